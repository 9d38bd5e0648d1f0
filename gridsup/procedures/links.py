"""The links of all procedures in force, each with its limit: what the page 环节期限 shows and sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from gridsup.procedures import versions
from gridsup.procedures.bureau import BureauRow, BureauTables, tables_of
from gridsup.procedures.model import LinkSetting
from gridsup.procedures.pack import Pack, RuleRef, RuleRow, RuleTable, Words
from gridsup.procedures.rules import load_tables

Mark = Literal["bureau", "default", "unverified", "law", "idle"]
"""Whose a limit is: the bureau's (本局设定), a default that it should set, an unread text's, the law's; or
that of a link that nothing counts (不计时)."""
DEFAULT_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Use:
    """A clock that takes its limit from a link."""

    pack: str
    pack_title: Words
    clock: str
    title: Words
    owner: str
    settles: bool
    """The system acts when it is due."""


@dataclass(slots=True)
class Link:
    """One row of a table of clocks, as this bureau applies it on a day."""

    table: RuleTable
    row: RuleRow
    law: RuleRow
    mark: Mark
    uses: list[Use] = field(default_factory=list)
    settings: list[LinkSetting] = field(default_factory=list)
    """The newest first; one that begins later than the day is not in force yet."""

    @property
    def own(self) -> BureauRow | None:
        return self.row if isinstance(self.row, BureauRow) else None


def links(session: Session, jurisdiction_id: int, day: date) -> list[Link]:
    """Every link that is in force on a day, those that the bureau has yet to set first."""
    shipped, tables = load_tables(), tables_of(session, jurisdiction_id)
    scope = {"jurisdiction": str(jurisdiction_id)}
    uses = _uses(session, jurisdiction_id, day)
    found = []
    for table in shipped:
        if table.kind != "clock":
            continue
        for law in shipped.in_force(table.table, day, scope):
            row = tables.lookup(table.table, law.id, day, scope)
            link = Link(table, row, law, mark_of(row), uses.get((table.table, law.id), []))
            if isinstance(tables, BureauTables):
                link.settings = list(tables.settings(table.table, law.id))
            found.append(link)
    order = ["default", "bureau", "unverified", "law", "idle"]
    return sorted(found, key=lambda one: order.index(one.mark))


def mark_of(row: RuleRow) -> Mark:
    """Whose the limit of a row is."""
    if row.idle is not None:
        return "idle"
    if isinstance(row, BureauRow) and row.tightened:
        return "bureau"
    if row.bound == "open":
        return "default"
    return "law" if row.verified else "unverified"


def _uses(session: Session, jurisdiction_id: int, day: date) -> dict[tuple[str, str], list[Use]]:
    found: dict[tuple[str, str], list[Use]] = {}
    for pack in _newest(session, jurisdiction_id, day):
        for name, clock in pack.clocks.items():
            if isinstance(clock.limit, RuleRef):
                use = Use(pack.id, pack.title, name, clock.title, clock.owner, clock.on_due is not None)
                found.setdefault((clock.limit.table, clock.limit.row), []).append(use)
    return found


def _newest(session: Session, jurisdiction_id: int, day: date) -> Iterator[Pack]:
    """The version of each procedure that a new matter takes on that day."""
    newest: dict[str, Pack] = {}
    for pack, _ in versions.installed(session, jurisdiction_id):
        if pack.effective_from <= day.isoformat() <= (pack.effective_to or "9999-12-31"):
            newest[pack.id] = pack
    yield from newest.values()

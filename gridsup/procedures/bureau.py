"""What one bureau put in the place of what ships: its own limits (本局设定), the holiday notices it entered.

The seed leaves the limits of the links open (P10-S1); what a statute fixes a bureau may only tighten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from gridsup.calendars import Amount, Calendar, NoticeDay, default_calendar
from gridsup.errors import FieldFault
from gridsup.procedures.model import HolidayNotice, LinkSetting
from gridsup.procedures.pack import RuleRow
from gridsup.procedures.rules import RuleTables, load_tables


class BureauRow(RuleRow):
    """A rule row under the bureau's own setting; ``value`` is what counts, ``law`` what it stands on."""

    law: dict[str, Any]
    set_version: int
    set_on: str
    set_by: int
    reason: str
    warn_share: float
    warn_days: int | None
    content: str
    requirement: str

    @property
    def tightened(self) -> bool:
        """Whether the limit itself is the bureau's, and not only its warning."""
        return self.bound == "open" or self.value != self.law


class BureauTables(RuleTables):
    """The shipped tables as one bureau applies them."""

    def __init__(self, shipped: RuleTables, settings: Iterable[LinkSetting]) -> None:
        self._tables = shipped._tables  # they were judged when they were read
        self._settings: dict[tuple[str, str], list[LinkSetting]] = {}
        for one in sorted(settings, key=lambda each: each.version, reverse=True):
            self._settings.setdefault((one.rule_table, one.rule_row), []).append(one)

    def setting(self, table: str, row: str, on: date) -> LinkSetting | None:
        """The newest setting of a row that is in force on a day."""
        known = self._settings.get((table, row), ())
        return next((one for one in known if one.effective_from <= on), None)

    def settings(self, table: str, row: str) -> Sequence[LinkSetting]:
        """All versions, the newest first."""
        return self._settings.get((table, row), ())

    def lookup(self, table: str, row: str, on: date, scope: Mapping[str, str] | None = None) -> RuleRow:
        law = super().lookup(table, row, on, scope)
        own = self.setting(table, row, on)
        return law if own is None else laid_over(law, own)


def laid_over(law: RuleRow, own: LinkSetting) -> BureauRow:
    """The law's row with a setting over it; where the law has become stricter than that, the law counts."""
    permitted = loosens(law, own.n, own.unit) is None
    return BureauRow(
        **{**law.model_dump(), "value": {"n": own.n, "unit": own.unit} if permitted else law.value},
        law=law.value,
        set_version=own.version,
        set_on=own.effective_from.isoformat(),
        set_by=own.officer_id,
        reason=own.reason,
        warn_share=own.warn_share,
        warn_days=own.warn_days,
        content=own.content,
        requirement=own.requirement,
    )


def loosens(law: RuleRow, n: int, unit: str) -> FieldFault | None:
    """Why a bureau may not put this limit in the law's place; None where it may.

    Shorter is tighter in the same unit; calendar days in place of as many working days are tighter too.
    """
    limit = Amount(int(law.value["n"]), law.value["unit"])
    same = unit == limit.unit
    if law.bound == "open" or (n, unit) == (limit.number, limit.unit):
        return None
    if law.bound == "at_most" and n <= limit.number and (same or (unit, limit.unit) == ("D", "WD")):
        return None
    if law.bound == "at_least" and same and abs(n) >= abs(limit.number):
        return None
    zh, en = {
        "at_most": (
            f"法定期限为{limit.zh}，本局只能缩短，不能延长",
            f"the law allows {limit.en}: only shorter",
        ),
        "at_least": (
            f"法定须提前{limit.zh}，本局只能更早",
            f"the law demands {limit.en} ahead: only earlier",
        ),
        "fixed": (
            f"{limit.zh}是当事人的法定期限，本局不能改变",
            f"{limit.en} is the party's own term: it stands",
        ),
    }[law.bound]
    return FieldFault("/n", f"{zh}。", f"{en}.")


def tables_of(session: Session, jurisdiction_id: int) -> RuleTables:
    """The rule tables as this jurisdiction applies them."""
    known = session.scalars(select_settings(jurisdiction_id)).all()
    return BureauTables(load_tables(), known) if known else load_tables()


def select_settings(jurisdiction_id: int) -> Select[LinkSetting]:
    """Every setting of a bureau, by row and version."""
    return (
        select(LinkSetting)
        .where(LinkSetting.jurisdiction_id == jurisdiction_id)
        .order_by(LinkSetting.rule_table, LinkSetting.rule_row, LinkSetting.version)
    )


def select_notices(jurisdiction_id: int) -> Select[HolidayNotice]:
    """The newest notice of each year that the bureau entered."""
    return (
        select(HolidayNotice)
        .where(HolidayNotice.jurisdiction_id == jurisdiction_id)
        .ext(distinct_on(HolidayNotice.year))
        .order_by(HolidayNotice.year, HolidayNotice.id.desc())
    )


def calendar_of(session: Session, jurisdiction_id: int) -> Calendar:
    """The working calendar of a bureau: the shipped notices, and over them those that it entered."""
    entered = session.scalars(select_notices(jurisdiction_id)).all()
    if not entered:
        return default_calendar()
    return _calendar(tuple((one.year, days_of(one.days)) for one in entered))


def days_of(days: Iterable[Mapping[str, Any]]) -> tuple[NoticeDay, ...]:
    """The stored days of a notice."""
    return tuple(NoticeDay(date.fromisoformat(each["date"]), each["name"], each["off"]) for each in days)


@lru_cache(maxsize=32)
def _calendar(entered: tuple[tuple[int, tuple[NoticeDay, ...]], ...]) -> Calendar:
    return default_calendar().with_notices(dict(entered))

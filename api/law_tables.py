"""The dated tables of law as the API shows them: rows in words, their days, whether they were checked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from gridsup.procedures import citations, lawtexts, wording
from gridsup.procedures.pack import RuleRow, RuleTable, Words
from gridsup.procedures.rules import CeilingValue, LimitValue, PenaltyValue, holds_on, load_tables

ORDER = ("penalty", "ceiling", "limit", "clock")
CONFISCATE = {"income": Words(zh="没收违法所得", en="illegal income confiscated"),
              "tools": Words(zh="没收专用工具", en="tools confiscated")}  # fmt: skip
MEASURES = {
    "correct": Words(zh="责令改正", en="order to correct"),
    "stop": Words(zh="责令停止", en="order to stop"),
    "close": Words(zh="责令关闭停业", en="order to close"),
    "revoke": Words(zh="吊销营业执照", en="licence revoked"),
}
CORRECT_FIRST = Words(zh="须先责令改正", en="correction ordered first")


class LawText(BaseModel):
    """An article in its own words."""

    law: str
    article: str
    text: str


class LawRow(BaseModel):
    """One dated provision. `title` and `told` say what it is and what it sets; `verified` false while its
    text was not checked against the official one; `until` is its last day."""

    id: str
    title: Words | None
    told: Words
    since: date | None
    until: date | None
    source: Words
    verified: bool
    place: str | None = Field(description="where it holds, where not everywhere")
    texts: list[LawText] = Field(description="the articles that it rests on, as far as their words were read")
    own: bool = Field(description="no law says it: the bureau sets it")
    seizure: Words | None = Field(description="what lets the bureau seal or seize for this conduct")


class LawTable(BaseModel):
    """A table of dated law. `by` is the day that chooses its row: of the event, the act or the decision."""

    table: str
    version: int
    kind: Literal["clock", "ceiling", "limit", "penalty"]
    by: Literal["trigger", "act", "decision"] | None
    title: Words
    rows: list[LawRow]


def law_tables(on: date | None) -> list[LawTable]:
    """The shipped tables but allocation, penalties first; all rows, or those in force on a day."""
    found = [_table(table, on) for table in load_tables() if table.kind in ORDER]
    return sorted((table for table in found if table.rows), key=lambda table: ORDER.index(table.kind))


def _table(table: RuleTable, on: date | None) -> LawTable:
    rows = [row for row in table.rows if on is None or holds_on(row, on)]
    return LawTable(
        **{name: getattr(table, name) for name in ("table", "version", "kind", "by", "title")},
        rows=[_row(table.kind, row) for row in rows],
    )


def _row(kind: str, row: RuleRow) -> LawRow:
    penalty = PenaltyValue.model_validate(row.value) if kind == "penalty" else None
    return LawRow(
        id=row.id,
        title=penalty.title if penalty else None,
        told=_TOLD[kind](row.value),
        since=date.fromisoformat(row.effective_from) if row.effective_from else None,
        until=date.fromisoformat(row.effective_to) if row.effective_to else None,
        source=citations.source(row.source),
        verified=row.verified,
        texts=[LawText(**asdict(one)) for one in lawtexts.quoted(row.source)],
        own=row.source.startswith("本局设定"),
        place="、".join(row.scope.values()) or None,
        seizure=citations.source(penalty.seizure.source) if penalty and penalty.seizure else None,
    )


def _clock(value: dict[str, Any]) -> Words:
    n, unit = int(value["n"]), str(value["unit"])
    told = wording.amount(abs(n), unit)
    return Words(zh=f"{told.zh}前", en=f"{told.en} before") if n < 0 else told


def _limit(value: dict[str, Any]) -> Words:
    read = LimitValue.model_validate(value)
    n = f"{read.n:g}"
    if read.unit == "%/D":
        return Words(zh=f"每日 {n}%", en=f"{n}% a day")
    return Words(zh=f"{n}%", en=f"{n}%") if read.unit == "%" else wording.amount(int(read.n), read.unit)


def _ceiling(value: dict[str, Any]) -> Words:
    read = CeilingValue.model_validate(value)
    return Words(
        zh=f"公民 {read.person:,} 元，法人或其他组织 {read.organisation:,} 元",
        en=f"{read.person:,} yuan for a person, {read.organisation:,} for an organisation",
    )


def _penalty(value: dict[str, Any]) -> Words:
    read = PenaltyValue.model_validate(value)
    parts = [MEASURES[one] for one in read.measures] + [CONFISCATE[one] for one in read.confiscate]
    if read.fine:
        most = f"{read.fine.min:,}–{read.fine.max:,}"
        parts.append(Words(zh=f"罚款 {most} 元", en=f"fine of {most} yuan"))
    if read.correction_first:
        parts.append(CORRECT_FIRST)
    return wording.joined(parts)


_TOLD = {"clock": _clock, "limit": _limit, "ceiling": _ceiling, "penalty": _penalty}

"""Dated rule tables: limits, ceilings, clocks and allocation, apart from the steps that use them.

A row is looked up by its id, by a day that the rule names, and by a scope (such as a jurisdiction). Rows of
one id and scope follow each other without gap and without overlap; a table that breaks this is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, model_validator

from gridsup.errors import FieldFault, Invalid, NotFound
from gridsup.procedures.loader import data_files, read_shape, read_yaml
from gridsup.procedures.pack import Amount, Condition, RuleRow, RuleTable, Strict, Words


class Inform(Strict):
    """Who is informed beside the lead; only where ``when`` is not false."""

    to: str
    when: Condition | None = None


class AllocationValue(Strict):
    """The value of an allocation row. ``lead``: D01…D22, or ``trade`` for the trade's own department."""

    priority: int
    title: Words
    when: Condition | None = None
    lead: str
    inform: list[Inform] = []
    reading: bool = False
    """The seed does not say so expressly; a reading of it."""
    manual: bool = False
    duty: str | None = None
    """A duty of the lead that a body of its own may carry out, such as the inspection before opening."""


class CeilingValue(Strict):
    """The most that a natural person and an organisation may be fined, inclusive."""

    person: int = Field(ge=0)
    organisation: int = Field(ge=0)
    currency: str


class Fine(Strict):
    """A range of fines in whole yuan, both ends inclusive (程序规定 art. 84)."""

    min: int = Field(ge=0)
    max: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Fine:
        if self.min > self.max:
            raise ValueError("a fine's least lies above its most")
        return self


class Power(Strict):
    """The provision that gives a power, and whether its text was checked."""

    source: str
    verified: bool = True


class PenaltyValue(Strict):
    """What a provision threatens one conduct with, in one grade of gravity.

    Of the rows for a conduct that are in force on a day, the first by ``priority`` whose ``when`` is true
    applies. ``correction_first``: no fine before an order to correct was refused. ``seizure``: what lets the
    bureau seal or seize for this conduct (查封、扣押), in any grade; it stands in the conduct's plain row.
    """

    conduct: str
    priority: int
    title: Words
    when: Condition | None = None
    fine: Fine | None = None
    confiscate: list[Literal["income", "tools"]] = []
    measures: list[Literal["correct", "stop", "close", "revoke"]] = []
    correction_first: bool = False
    seizure: Power | None = None


class LimitValue(Strict):
    """A figure with its unit."""

    n: float
    unit: str


SHAPES: dict[str, type[Strict]] = {
    "clock": Amount,
    "ceiling": CeilingValue,
    "limit": LimitValue,
    "penalty": PenaltyValue,
    "allocation": AllocationValue,
}


class RuleTables:
    """All rule tables by name."""

    def __init__(self, tables: Iterable[RuleTable]) -> None:
        """Raises ``Invalid``: ``rule-rows`` with one fault per wrong row, ``rule-table-twice``."""
        self._tables: dict[str, RuleTable] = {}
        for table in tables:
            if table.table in self._tables:
                raise Invalid(
                    "rule-table-twice",
                    zh="规则表“{table}”出现了两次。请合并为一份。",
                    en="The rule table “{table}” is there twice. Merge the two.",
                    table=table.table,
                )
            if faults := list(table_faults(table)):
                raise Invalid(
                    "rule-rows",
                    zh="规则表“{table}”有 {count} 处错误，第一处：{first}",
                    en="The rule table “{table}” has {count} faults, the first: {first_en}",
                    faults=faults,
                    table=table.table,
                    count=len(faults),
                    first=faults[0].zh,
                    first_en=faults[0].en,
                )
            self._tables[table.table] = table

    def __iter__(self) -> Iterator[RuleTable]:
        return iter(self._tables.values())

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def table(self, name: str) -> RuleTable:
        """Raises ``NotFound`` ``rule-table-unknown``."""
        if name not in self._tables:
            raise NotFound(
                "rule-table-unknown",
                zh="没有规则表“{table}”。请核对名称。",
                en="There is no rule table “{table}”. Check the name.",
                table=name,
            )
        return self._tables[name]

    def has_row(self, table: str, row: str) -> bool:
        return table in self._tables and any(each.id == row for each in self._tables[table].rows)

    def lookup(self, table: str, row: str, on: date, scope: Mapping[str, str] | None = None) -> RuleRow:
        """The row in force on a day; the one with the most specific scope that fits wins.

        Raises:
            NotFound: ``rule-table-unknown``, ``rule-row-unknown``, ``rule-not-in-force`` (no row that day).
            Invalid: ``rule-ambiguous`` when two equally specific scopes fit.
        """
        rows = [each for each in self.table(table).rows if each.id == row]
        if not rows:
            raise NotFound(
                "rule-row-unknown",
                zh="规则表“{table}”没有“{row}”这一行。请核对编号。",
                en="The rule table “{table}” has no row “{row}”. Check its id.",
                table=table,
                row=row,
            )
        fitting = [each for each in rows if holds_on(each, on) and _fits(each, scope or {})]
        if not fitting:
            raise NotFound(
                "rule-not-in-force",
                zh="规则“{table}/{row}”在 {on} 没有生效的规定。请补充该日期适用的条款，或核对日期。",
                en="The rule “{table}/{row}” has no provision in force on {on}. Add the one for that day, "
                "or check the date.",
                table=table,
                row=row,
                on=on.isoformat(),
            )
        most = max(len(each.scope) for each in fitting)
        best = [each for each in fitting if len(each.scope) == most]
        if len(best) > 1:
            raise Invalid(
                "rule-ambiguous",
                zh="规则“{table}/{row}”在 {on} 有多条同样适用的规定。请调整各条的适用范围。",
                en="On {on} several provisions of “{table}/{row}” fit equally. Make their scopes differ.",
                table=table,
                row=row,
                on=on.isoformat(),
            )
        return best[0]

    def in_force(self, table: str, on: date, scope: Mapping[str, str] | None = None) -> list[RuleRow]:
        """The rows of a table that are in force on a day, one per id."""
        ids = dict.fromkeys(
            each.id for each in self.table(table).rows if holds_on(each, on) and _fits(each, scope or {})
        )
        return [self.lookup(table, row, on, scope) for row in ids]


def holds_on(row: RuleRow, on: date) -> bool:
    """Whether a row is in force on a day, its first and last day included."""
    return (row.effective_from or "0001-01-01") <= on.isoformat() <= (row.effective_to or "9999-12-31")


def _fits(row: RuleRow, scope: Mapping[str, str]) -> bool:
    return all(scope.get(name) == value for name, value in row.scope.items())


def table_faults(table: RuleTable) -> Iterator[FieldFault]:
    """Wrong values, wrong dates, and rows of one id and scope that overlap or leave a gap."""
    series: dict[tuple[Any, ...], list[tuple[date, date, int]]] = {}
    for index, row in enumerate(table.rows):
        try:
            read_shape(SHAPES[table.kind], row.value, f"{table.table}/{row.id}")
        except Invalid as error:
            for fault in error.faults:
                yield FieldFault(f"/rows/{index}/value{fault.pointer}", fault.zh, fault.en)
        try:
            first = date.fromisoformat(row.effective_from or "0001-01-01")
            last = date.fromisoformat(row.effective_to or "9999-12-31")
        except ValueError:
            yield _fault(index, f"{row.id} 的日期无法读取", f"the dates of {row.id} cannot be read")
            continue
        if first > last:
            yield _fault(index, f"{row.id} 的失效日早于生效日", f"{row.id} ends before it begins")
        else:
            key = (row.id, tuple(sorted(row.scope.items())))
            series.setdefault(key, []).append((first, last, index))
    for (row_id, _), spans in series.items():
        for (_, earlier, _), (later, _, index) in pairwise(sorted(spans)):
            if later <= earlier:
                yield _fault(
                    index,
                    f"{row_id} 有两条规定在 {later} 同时生效",
                    f"{row_id} has two provisions in force on {later}",
                )
            elif later > earlier + timedelta(days=1):
                yield _fault(
                    index,
                    f"{row_id} 在 {earlier} 之后、{later} 之前没有规定",
                    f"{row_id} has no provision between {earlier} and {later}",
                )


def _fault(index: int, zh: str, en: str) -> FieldFault:
    return FieldFault(f"/rows/{index}", f"{zh}。", f"{en}.")


def read_table(text: str, source: str) -> RuleTable:
    """One table from YAML. Raises ``Invalid``: ``yaml-syntax``, ``file-shape``."""
    return read_shape(RuleTable, read_yaml(text, source), source)


@lru_cache
def load_tables() -> RuleTables:
    """The tables that ship with the product, read once per process."""
    return RuleTables(read_table(text, name) for name, text in data_files("rules"))


def lookup(table: str, row: str, on: date, scope: Mapping[str, str] | None = None) -> RuleRow:
    """:meth:`RuleTables.lookup` in the shipped tables."""
    return load_tables().lookup(table, row, on, scope)

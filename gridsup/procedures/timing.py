"""The arithmetic of a pack's clocks over ``gridsup.calendars``: when one is due, how it stands, and why.

One *run* of a clock begins with its start milestone and ends with any of its stop milestones. A further
start mark during a run changes nothing: repeating an act never buys time. After a stop, a new start mark
begins a new run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from gridsup.calendars import SHANGHAI, Amount, Calendar, Interval, Period, deadline, instant, local_day
from gridsup.errors import Invalid, Refused
from gridsup.procedures.bureau import BureauRow
from gridsup.procedures.citations import cited, in_brackets
from gridsup.procedures.conditions import evaluate
from gridsup.procedures.pack import Clock, Extension, Pack, RuleRef, RuleRow, Unit, Words
from gridsup.procedures.rules import RuleTables, load_tables

ClockState = Literal["running", "warned", "overdue", "paused", "stopped"]
Warned = Literal["share", "days"]
LAST_DAYS, LAST_DAYS_FROM = 1, 5
"""Unless the bureau sets it: a last warning when one day remains, for limits of five days or more."""
Spans = Mapping[str, Sequence[tuple[datetime, datetime | None]]]
"""Interval → its spans so far, each (begin, end or None while it is open)."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A prolongation that was granted, by which approval or post."""

    n: int
    unit: Unit
    by: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock; ``stopped_at`` None while it lasts."""

    started_at: datetime
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Limit:
    """What a clock allows, and the rule row that says so (None for a limit written in the pack)."""

    amount: Amount
    table: str | None = None
    version: int | None = None
    row: RuleRow | None = None
    title: Words | None = None
    """The table's, for people."""

    @property
    def own(self) -> BureauRow | None:
        """The row as the bureau set it (本局设定), where it did."""
        return self.row if isinstance(self.row, BureauRow) else None

    def as_json(self) -> dict[str, Any] | None:
        if self.row is None:
            return None
        told: dict[str, Any] = {
            "table": self.table,
            "version": self.version,
            "row": self.row.id,
            "effective_from": self.row.effective_from,
            "effective_to": self.row.effective_to,
            "source": self.row.source,
            "verified": self.row.verified,
        }
        if self.own:
            told["own"] = {
                "version": self.own.set_version,
                "effective_from": self.own.set_on,
                "officer_id": self.own.set_by,
                "reason": self.own.reason,
                "law": self.own.law,
                "limit": self.own.tightened,
            }
        return told


@dataclass(frozen=True, slots=True)
class Reading:
    """How one run of a clock stands.

    ``due_at``: the instant when the limit is over; late means ``now >= due_at``; None while it is paused.
    ``explanation`` is plain JSON in both languages, to be stored with the deadline.
    """

    clock: str
    started_at: datetime
    due_at: datetime | None
    warn_at: datetime | None
    paused: bool
    provisional: bool
    calendar: str
    limit: Limit
    explanation: dict[str, Any] = field(repr=False)

    def state(self, now: datetime, stopped_at: datetime | None = None) -> ClockState:
        """How the run stands at ``now``; once stopped it is neither running nor overdue any more."""
        if stopped_at is not None:
            return "stopped"
        if self.due_at is None:
            return "paused"
        if now >= self.due_at:
            return "overdue"
        return "warned" if self.warn_at is not None and now >= self.warn_at else "running"


def applies(clock: Clock, facts: Mapping[str, Any]) -> bool:
    """Whether the clock concerns a matter with these facts: its ``when`` is not false (unknown counts)."""
    return evaluate(clock.when, facts).value is not False


def runs(clock: Clock, marks: Iterable[tuple[str, datetime]]) -> list[Run]:
    """The runs of a clock from a matter's milestone marks, in the order in which they were made.

    A milestone that both stops and starts (退回重办) ends one run and begins the next.
    """
    found: list[Run] = []
    started: datetime | None = None
    for milestone, at in marks:
        if started is not None and milestone in clock.stop:
            found.append(Run(started, at))
            started = None
        if started is None and milestone == clock.start:
            started = at
    if started is not None:
        found.append(Run(started, None))
    return found


def limit_of(
    clock: Clock,
    started_at: datetime,
    *,
    tables: RuleTables | None = None,
    scope: Mapping[str, str] | None = None,
    dates: Mapping[str, date] | None = None,
    as_of: datetime | None = None,
) -> Limit:
    """The limit of a run, from the pack or from the rule row in force on the date that the rule names.

    ``by: trigger`` is the start's day, ``now`` that of ``as_of``; ``act``, ``decision`` stand in ``dates``.
    Raises ``NotFound`` as ``RuleTables.lookup``, and ``Invalid`` ``rule-date-missing``.
    """
    if not isinstance(clock.limit, RuleRef):
        return Limit(Amount(clock.limit.n, clock.limit.unit))
    ref, tables = clock.limit, tables or load_tables()
    known = {"trigger": local_day(started_at), **(dates or {})}
    if as_of is not None:
        known["now"] = local_day(as_of)
    if ref.by not in known:
        raise Invalid(
            "rule-date-missing",
            zh="规则“{table}/{row}”按“{by}”的日期适用，但该日期未知。请先登记该日期。",
            en="The rule “{table}/{row}” applies by the date of “{by}”, which is unknown. Record it first.",
            table=ref.table,
            row=ref.row,
            by=ref.by,
        )
    row = tables.lookup(ref.table, ref.row, known[ref.by], scope)
    amount = Amount(int(row.value["n"]), row.value["unit"])
    table = tables.table(ref.table)
    return Limit(amount, table.table, table.version, row, table.title)


def read(
    pack: Pack,
    name: str,
    started_at: datetime,
    *,
    intervals: Spans | None = None,
    extensions: Sequence[Granted] = (),
    tables: RuleTables | None = None,
    calendar: Calendar | None = None,
    scope: Mapping[str, str] | None = None,
    dates: Mapping[str, date] | None = None,
    as_of: datetime | None = None,
) -> Reading:
    """The due instant and the explanation of one run of the clock ``name``.

    ``intervals`` are all spans of the matter; those that the clock excludes are subtracted as a union. While
    one of them is open the run is paused and has no due instant.
    """
    clock = pack.clocks[name]
    limit = limit_of(clock, started_at, tables=tables, scope=scope, dates=dates, as_of=as_of)
    spans = [
        Interval(begin, end, pack.intervals[each].title.zh, pack.intervals[each].title.en)
        for each in clock.exclude
        for begin, end in (intervals or {}).get(each, ())
        if end is None or end > started_at
    ]
    paused = any(span.end is None for span in spans)
    cap = Amount(clock.cap.n, clock.cap.unit) if clock.cap else None
    until = as_of or max([started_at, *(span.begin for span in spans if isinstance(span.begin, datetime))])
    period = deadline(
        started_at,
        limit.amount,
        extensions=[Amount(each.n, each.unit) for each in extensions],
        cap=cap,
        exclude=spans,
        roll=clock.roll,
        calendar=calendar,
        as_of=until,
    )
    due_at = None if paused else period.due_at
    warnings = [] if due_at is None else _warnings(clock, limit, started_at, due_at, calendar)
    return Reading(
        clock=name,
        started_at=started_at,
        due_at=due_at,
        warn_at=min((at for _, at in warnings), default=None),
        paused=paused,
        provisional=period.provisional,
        calendar=period.calendar,
        limit=limit,
        explanation=_explanation(pack, name, period, limit, started_at, extensions, paused, warnings),
    )


def last_days(amount: Amount) -> int | None:
    """How many days before the end a limit is warned of once more, unless the bureau sets it."""
    if amount.unit == "H" or (amount.unit in ("D", "WD") and abs(amount.number) < LAST_DAYS_FROM):
        return None
    return LAST_DAYS


def _warnings(
    clock: Clock, limit: Limit, started_at: datetime, due_at: datetime, calendar: Calendar | None
) -> list[tuple[Warned, datetime]]:
    """When the share of the span is used up, and when so many days remain (P4-S1, 提前预警).

    A backward clock is warned of as long before its due instant.
    """
    own = limit.own
    share = own.warn_share if own else clock.warn
    found: list[tuple[Warned, datetime]] = [("share", due_at - (1 - share) * abs(due_at - started_at))]
    days = own.warn_days if own else last_days(limit.amount)
    unit = limit.amount.unit
    if days is None or unit == "H":
        return found
    ahead = deadline(
        local_day(due_at), Amount(-days, "WD" if unit == "WD" else "D"), roll="none", calendar=calendar
    )
    at = instant(ahead.due)
    return [*found, ("days", at)] if at > started_at or limit.amount.number < 0 else found


def grant(
    pack: Pack, name: str, *, by: Collection[str], earlier: Sequence[Granted] = (), term: int | None = None
) -> Granted:
    """The prolongation of the clock ``name`` that an approval or post among ``by`` may grant now.

    ``term`` is the number stated in the form where the extension leaves it open.
    Raises ``Refused`` ``extension-none`` or ``extension-used-up``, ``Invalid`` ``extension-term``.
    """
    clock = pack.clocks[name]
    allowed = [each for each in clock.extensions if each.by in by]
    if not allowed:
        raise Refused(
            "extension-none",
            zh="“{clock}”不能由此批准延长。请按规定的批准权限办理。",
            en="“{clock_en}” cannot be prolonged by this approval. Use the one that the procedure names.",
            clock=clock.title.zh,
            clock_en=clock.title.en,
        )
    extension = next((each for each in allowed if not _used_up(each, earlier)), None)
    if extension is None:
        raise Refused(
            "extension-used-up",
            zh="“{clock}”已延长 {times} 次，不能再延长。",
            en="“{clock_en}” was prolonged {times} time(s) already and cannot be prolonged again.",
            clock=clock.title.zh,
            clock_en=clock.title.en,
            times=sum(each.by in by for each in earlier),
        )
    n = extension.n if extension.n is not None else term
    if n is None or n < 1:
        raise Invalid(
            "extension-term",
            zh="请填写“{clock}”延长的期限（正整数）。",
            en="State by how much “{clock_en}” is prolonged (a whole number from 1).",
            clock=clock.title.zh,
            clock_en=clock.title.en,
        )
    return Granted(n, extension.unit, extension.by)


def _used_up(extension: Extension, earlier: Sequence[Granted]) -> bool:
    return sum(each.by == extension.by for each in earlier) >= extension.times


def _explanation(
    pack: Pack,
    name: str,
    period: Period,
    limit: Limit,
    started_at: datetime,
    extensions: Sequence[Granted],
    paused: bool,
    warnings: Sequence[tuple[Warned, datetime]],
) -> dict[str, Any]:
    """Rule, start event, unit, days skipped, pauses, extensions, calendar: why the date is what it is."""
    clock = pack.clocks[name]
    start = pack.milestones[clock.start]
    source_zh, source_en = _source(clock, limit)
    zh = [
        f"{clock.title.zh}：自“{start.zh}”（{local_day(started_at)}）起{limit.amount.zh}{source_zh}",
        *(step.zh for step in period.steps),
    ]
    en = [
        f"{clock.title.en}: {limit.amount.en} from “{start.en}” ({local_day(started_at)}){source_en}",
        *(step.en for step in period.steps),
    ]
    if paused:
        zh[-1] = "扣除期间尚未结束，期限暂停计算"
        en[-1] = "An excluded span is still open, the limit is paused"
    for told_zh, told_en in (*_standing(limit), *(_warning(kind, at) for kind, at in warnings)):
        zh.append(told_zh)
        en.append(told_en)
    return {
        "clock": name,
        "title": clock.title.model_dump(),
        "rules": list(clock.rules),
        "pack": {"id": pack.id, "version": pack.version},
        "rule": limit.as_json(),
        "start_event": {"milestone": clock.start, "title": start.model_dump(), "at": started_at.isoformat()},
        "unit": limit.amount.unit,
        "granted": [{"n": each.n, "unit": each.unit, "by": each.by} for each in extensions],
        "pending": paused,
        "warnings": [{"kind": kind, "at": at.isoformat()} for kind, at in warnings],
        "period": period.as_json(),
        "lines": {"zh": zh, "en": en},
    }


def _standing(limit: Limit) -> Iterator[tuple[str, str]]:
    """Whose the limit is: the bureau's own, one that the text leaves open, one that nobody has checked."""
    own, row = limit.own, limit.row
    if own and own.tightened:
        yield (
            f"本局设定（第{own.set_version}版，自{own.set_on}起）：{own.reason}",
            f"Set by the bureau (version {own.set_version}, from {own.set_on}): {own.reason}",
        )
    elif row is not None and row.bound == "open":
        yield (
            "原文未规定，此为默认值，待本局设定",
            "The text gives no limit: a default until the bureau sets it",
        )
    elif row is not None and not row.verified:
        yield "该期限未经核对原文", "This limit was not checked against the text"


def _warning(kind: Warned, at: datetime) -> tuple[str, str]:
    shown = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if kind == "share":
        return f"{shown}起预警（期限将尽）", f"Warning from {shown} (most of the time is used)"
    return f"{shown}起预警（仅余规定天数）", f"Warning from {shown} (only the set number of days remains)"


def _source(clock: Clock, limit: Limit) -> tuple[str, str]:
    if limit.row is None or limit.title is None:
        told = in_brackets(clock.rules)
        return told.zh, told.en
    return (
        f"（{limit.row.source}；{limit.title.zh}，第{limit.version}版）",
        f" ({cited(limit.row.id).en}; {limit.title.en}, version {limit.version})",
    )

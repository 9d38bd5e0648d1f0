"""Which clocks an act starts, stops, pauses, prolongs or re-aims: the rows that go into its event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gridsup.calendars import Calendar
from gridsup.procedures import hashing, timing
from gridsup.procedures.folding import fold_intervals
from gridsup.procedures.pack import Clock, Pack, RuleRef
from gridsup.procedures.projection import INSTANTS, Projection, instant
from gridsup.procedures.rules import RuleTables


@dataclass(frozen=True, slots=True)
class Extending:
    """An act that prolongs ``clock``: granted ``by`` an approval or post; ``term`` as the form states it."""

    clock: str
    by: str
    term: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """What an act means for the clocks."""

    pack: Pack
    jurisdiction_id: int
    at: datetime
    now: datetime
    before: Mapping[str, Any]
    """The facts before the act."""
    facts: Mapping[str, Any]
    milestones: Mapping[str, str]
    intervals: Sequence[Sequence[str]]
    ended: bool
    calendar: Calendar
    tables: RuleTables
    extends: Extending | None = None
    fired: str | None = None


def changes(p: Projection, step: Step) -> list[dict[str, Any]]:
    """The rows of all clock runs that this act touches, as plain JSON."""
    spans = spans_of(fold_intervals(p.matter["intervals"], step.intervals))
    touched: list[dict[str, Any]] = []
    for name, clock in step.pack.clocks.items():
        touched += _clock_changes(p, step, name, clock, spans)
    return [as_json(row) for row in touched]


def _clock_changes(
    p: Projection, step: Step, name: str, clock: Clock, spans: timing.Spans
) -> list[dict[str, Any]]:
    applies = timing.applies(clock, step.facts)
    running = p.running(name)
    row = dict(running) if running else None
    rows: list[dict[str, Any]] = []
    again = row is not None and _recounts(step, name, clock)
    if row and step.fired == name:
        rows.append(row | {"state": "fired", "stopped_at": row["due_at"]})
        row = None
    elif row and not applies:
        rows.append(row | {"state": "dropped", "stopped_at": step.at})
        row = None
    for milestone, text in _marks(p, step, clock, running is not None).items():
        at = datetime.fromisoformat(text)
        if row and milestone in clock.stop:
            rows.append(row | {"state": "stopped", "stopped_at": at})
            row = None
        if milestone != clock.start or not applies:
            continue
        if row is None:
            run = max([p.runs(name), *(r["run"] for r in rows)]) + 1
            row, again = _new_run(name, clock, run, at), True
        elif _backward(row):
            row, again = row | {"started_at": at}, True
    if row and step.ended:
        rows.append(row | {"state": "stopped", "stopped_at": step.at})
    elif row and again:
        rows.append(_counted(row, step, clock, spans))
    # A run that starts and stops within one act, or on an end state, never ran.
    return [r for r in rows if r["explanation"] is not None]


def _marks(p: Projection, step: Step, clock: Clock, runs: bool) -> Mapping[str, str]:
    """The act's milestones; before them the start itself, where facts only now say that the clock applies."""
    started = p.matter["milestones"].get(clock.start)
    if runs or started is None or clock.start in step.milestones or timing.applies(clock, step.before):
        return step.milestones
    stops = [p.matter["milestones"][name] for name in clock.stop if name in p.matter["milestones"]]
    if any(datetime.fromisoformat(stop) >= datetime.fromisoformat(started) for stop in stops):
        return step.milestones
    return {clock.start: started, **step.milestones}


def _new_run(name: str, clock: Clock, run: int, at: datetime) -> dict[str, Any]:
    return {
        "clock": name,
        "run": run,
        "started_at": at,
        "due_at": None,
        "warn_at": None,
        "state": "running",
        "owner": clock.owner,
        "on_due": clock.on_due,
        "stopped_at": None,
        "explanation": None,
        "calendar": None,
        "rule_table": None,
        "rule_version": None,
        "rule_row": None,
        "extensions": [],
    }


def _backward(row: Mapping[str, Any]) -> bool:
    """A clock that counts back from a date, such as a hearing: a moved date moves it."""
    return bool(row["explanation"] and row["explanation"]["period"]["amount"].startswith("-"))


def _recounts(step: Step, name: str, clock: Clock) -> bool:
    if step.extends and step.extends.clock == name:
        return True
    return any(interval in clock.exclude for interval, _, _ in step.intervals)


def _counted(row: dict[str, Any], step: Step, clock: Clock, spans: timing.Spans) -> dict[str, Any]:
    extensions = list(row["extensions"])
    if step.extends and step.extends.clock == row["clock"]:
        granted = timing.grant(
            step.pack,
            row["clock"],
            by=[step.extends.by],
            earlier=granted_of(row),
            term=step.extends.term,
        )
        extensions.append({"n": granted.n, "unit": granted.unit, "by": granted.by})
    counted = row | {"extensions": extensions}
    return count(
        counted,
        step.pack,
        step.jurisdiction_id,
        spans,
        at=step.at,
        now=step.now,
        calendar=step.calendar,
        tables=step.tables,
    )


def count(
    row: dict[str, Any],
    pack: Pack,
    jurisdiction_id: int,
    spans: timing.Spans,
    *,
    at: datetime,
    now: datetime,
    calendar: Calendar,
    tables: RuleTables,
) -> dict[str, Any]:
    """A run with its due instant and explanation computed anew. ``at``: the act that started it, when new."""
    clock = pack.clocks[row["clock"]]
    dates: dict[str, date] = {}
    if isinstance(clock.limit, RuleRef) and clock.limit.by in ("act", "decision"):
        day = (row["explanation"] or {}).get("rule_day") or at.astimezone(hashing.SHANGHAI).date().isoformat()
        dates = {clock.limit.by: date.fromisoformat(day)}
    reading = timing.read(
        pack,
        row["clock"],
        row["started_at"],
        intervals=spans,
        extensions=granted_of(row),
        calendar=calendar,
        tables=tables,
        scope={"jurisdiction": str(jurisdiction_id)},
        dates=dates,
        as_of=now,
    )
    explanation = reading.explanation
    if dates:
        explanation = explanation | {"rule_day": next(iter(dates.values())).isoformat()}
    limit = reading.limit
    return row | {
        "state": "paused" if reading.paused else "running",
        "due_at": reading.due_at,
        "warn_at": reading.warn_at,
        "explanation": explanation,
        "calendar": reading.calendar,
        "rule_table": limit.table,
        "rule_version": limit.version,
        "rule_row": limit.row.id if limit.row else None,
    }


def granted_of(row: Mapping[str, Any]) -> list[timing.Granted]:
    return [timing.Granted(each["n"], each["unit"], each["by"]) for each in row["extensions"]]


def spans_of(intervals: Mapping[str, Sequence[Sequence[str | None]]]) -> timing.Spans:
    """The stored intervals (ISO text) as instants."""
    return {
        name: [(datetime.fromisoformat(str(begin)), instant(end)) for begin, end in spans]
        for name, spans in intervals.items()
    }


def fire(p: Projection, clock: str) -> list[dict[str, Any]]:
    """The run of ``clock`` whose due instant has been dealt with."""
    row = p.running(clock)
    return [as_json(row | {"state": "fired", "stopped_at": row["due_at"]})] if row else []


def as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """A run as plain JSON, without its database id."""
    plain = {name: value for name, value in row.items() if name != "id"}
    return plain | {name: hashing.iso(plain[name]) if plain[name] is not None else None for name in INSTANTS}

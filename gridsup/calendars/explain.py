"""The explanation of a deadline: one line per rule that shaped it, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gridsup.calendars.amounts import Amount
from gridsup.calendars.counting import Outcome
from gridsup.calendars.intervals import Interval
from gridsup.calendars.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation."""

    zh: str
    en: str


def explain(
    origin: date,
    amounts: Sequence[Amount],
    cap: Amount | date | None,
    spans: Sequence[Interval],
    outcome: Outcome,
    rolled_from: date | None,
    calendar: Calendar,
) -> tuple[Step, ...]:
    """The lines for one outcome. ``cap`` is given only when it cut the period."""
    limit = amounts[0]
    steps = [_opening(origin, limit)]
    if outcome.paused:
        names = {(span.zh, span.en): None for span in spans}
        steps.append(
            Step(
                f"扣除{'、'.join(zh for zh, _ in names)}期间，其间{len(outcome.paused)}天不计入期限",
                f"Left out: {', '.join(en for _, en in names)}; {len(outcome.paused)} day(s) do not count",
            )
        )
    if limit.unit == "WD" and outcome.skipped:
        days = _listed(outcome.skipped, calendar)
        steps.append(Step(f"跳过非工作日：{days.zh}", f"Non-working days skipped: {days.en}"))
    for extension, mark in zip(amounts[1:], outcome.marks, strict=False):
        steps.append(
            Step(
                f"延长{extension.zh}，自原期限届满（{_shown(mark)}）接续计算",
                f"Extended by {extension.en}, counting on from the earlier limit ({_shown(mark)})",
            )
        )
    if cap is not None:
        shown = Step(f"共{cap.zh}", f"{cap.en} in all") if isinstance(cap, Amount) else _plain(cap)
        steps.append(Step(f"不得超过上限：{shown.zh}", f"Held by the cap: {shown.en}"))
    if rolled_from is not None:
        steps.append(_rolled(rolled_from, outcome.end, limit.number < 0, calendar))
    steps.append(_closing(outcome, calendar))
    return tuple(steps)


def _opening(origin: date, limit: Amount) -> Step:
    shown = _shown(origin)
    if limit.unit == "H":
        return Step(
            f"自{shown}起{'倒' if limit.number < 0 else ''}算{limit.zh}",
            f"{limit.en} {'back ' if limit.number < 0 else ''}from {shown}",
        )
    if limit.number < 0:
        return Step(
            f"自{shown}起倒算{limit.zh}，当日不计入",
            f"{limit.en} counted back from {shown}, that day not counted",
        )
    return Step(
        f"自{shown}起算{limit.zh}，开始的当日不计入（民法典第二百零一条）",
        f"{limit.en} from {shown}, the start day not counted (Civil Code art. 201)",
    )


def _rolled(origin: date, due: date, backward: bool, calendar: Calendar) -> Step:
    why = calendar.reason(origin)
    verb_zh, verb_en = ("提前", "moved back") if backward else ("顺延", "moved on")
    return Step(
        f"最后一日{origin.isoformat()}为{why.zh}，{verb_zh}至{due.isoformat()}（民法典第二百零三条）",
        f"The last day {origin.isoformat()} is {why.en}: {verb_en} to {due.isoformat()} "
        "(Civil Code art. 203)",
    )


def _closing(outcome: Outcome, calendar: Calendar) -> Step:
    end = _shown(outcome.end) + ("" if isinstance(outcome.end, datetime) else " 24:00")
    zh, en = f"{end}届满（工作日历{calendar.version}）", f"Over at {end} (calendar {calendar.version})"
    if outcome.provisional:
        zh += "；其中有年份的放假通知尚未公布，暂定，公布后重新计算"
        en += "; provisional: a year's holiday notice is not published yet, to be computed again"
    return Step(zh, en)


def _listed(days: Sequence[date], calendar: Calendar) -> Step:
    """Runs of days with one reason, such as ``2026-02-15至2026-02-23春节``."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and (day - runs[-1][1]).days == 1 and calendar.reason(day) == calendar.reason(runs[-1][0]):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))

    def shown(first: date, last: date, to: str) -> str:
        return first.isoformat() if first == last else f"{first.isoformat()}{to}{last.isoformat()}"

    return Step(
        "，".join(shown(first, last, "至") + calendar.reason(first).zh for first, last in runs),
        ", ".join(f"{shown(first, last, ' to ')} {calendar.reason(first).en}" for first, last in runs),
    )


def _shown(moment: date) -> str:
    if isinstance(moment, datetime):
        return moment.strftime("%Y-%m-%d %H:%M")
    return moment.isoformat()


def _plain(moment: date) -> Step:
    return Step(_shown(moment), _shown(moment))

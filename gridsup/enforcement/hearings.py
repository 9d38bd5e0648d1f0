"""The day of a hearing (听证): named, or put off, so that its notice still comes in time (APL-64)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gridsup.calendars import Amount, deadline, local_day
from gridsup.documents import terms
from gridsup.errors import FieldFault, Refused
from gridsup.procedures import bureau
from gridsup.procedures.effects import Decision

TABLE, ROW = "clocks_proc", "APL-64-NOTICE"
LOOK_AHEAD = timedelta(days=60)
"""How far the earliest lawful day is looked for: longer than any run of holidays and the longest lead."""


def early_enough(d: Decision) -> None:
    """The party is told seven working days ahead, or as long as the bureau set itself: a nearer day cannot
    be named any more. Raises :class:`Refused` ``hearing-too-soon`` with the earliest day."""
    day = date.fromisoformat(str(d.form["hearing_on"]))
    if _in_time(d, day):
        return
    earliest = _earliest(d, day)
    raise Refused(
        "hearing-too-soon",
        zh="听证通知须在听证{lead_zh}前送达（行政处罚法第六十四条）。听证日期最早为 {earliest}。",
        en="The party is told {lead_en} before the hearing (APL-64). The earliest day is {earliest}.",
        faults=[
            FieldFault("/hearing_on", f"最早为 {earliest}。", f"The earliest day is {earliest}."),
        ],
        earliest=earliest.isoformat(),
        lead_zh=_lead(d, day).zh,
        lead_en=_lead(d, day).en,
    )


def told_in_time(d: Decision) -> None:
    """A notice of hearing is published only where its term is over as long before the hearing as the party
    must be told. Raises :class:`Refused` ``hearing-before-notice`` with the earliest day."""
    held = local_day(datetime.fromisoformat(d.matter["milestones"]["hearing_held"]))
    told = terms.over_at(d.session, d.jurisdiction_id, d.effective_at)
    if _in_time(d, held, told):
        return
    earliest = local_day(told)
    while not _in_time(d, earliest, told):
        earliest += timedelta(days=1)
    raise Refused(
        "hearing-before-notice",
        zh="公告期满视为送达之日为 {told}，听证须在此后满{lead_zh}举行（行政处罚法第六十四条）。"
        "请先将听证延期至 {earliest} 或以后，再重新制发听证通知书。",
        en="The public notice serves the paper on {told}; the hearing is held {lead_en} after that at the "
        "earliest (APL-64). Put it off to {earliest} or later, then write its notice anew.",
        told=local_day(told).isoformat(),
        earliest=earliest.isoformat(),
        lead_zh=_lead(d, held).zh,
        lead_en=_lead(d, held).en,
    )


def served_in_time(d: Decision) -> None:
    """A notice of hearing that comes later than the party must be told is not served: the hearing is put off
    first. Raises :class:`Refused` ``hearing-notice-late`` with the earliest day."""
    held = local_day(datetime.fromisoformat(d.matter["milestones"]["hearing_held"]))
    if _in_time(d, held):
        return
    earliest = _earliest(d, held)
    raise Refused(
        "hearing-notice-late",
        zh="听证定于 {held}，通知书须在听证{lead_zh}前送达（行政处罚法第六十四条），现已来不及。"
        "请先将听证延期至 {earliest} 或以后，再重新制发听证通知书。",
        en="The hearing is on {held} and its notice is served {lead_en} before (APL-64): too late now. Put "
        "it off to {earliest} or later, then write its notice anew.",
        held=held.isoformat(),
        earliest=earliest.isoformat(),
        lead_zh=_lead(d, held).zh,
        lead_en=_lead(d, held).en,
    )


def _earliest(d: Decision, after: date) -> date:
    """The first day after that one for which the notice can still be given in time."""
    earliest = after + timedelta(days=1)
    while not _in_time(d, earliest) and earliest < after + 10 * LOOK_AHEAD:
        earliest += timedelta(days=1)
    return earliest


def _in_time(d: Decision, day: date, told: datetime | None = None) -> bool:
    """Whether the notice for that day can still be given: now, or when it is ``told``."""
    ahead = _lead(d, day)
    last = deadline(
        day,
        Amount(-ahead.number, ahead.unit),
        calendar=bureau.calendar_of(d.session, d.jurisdiction_id),
        as_of=d.now,
    )
    return (told or d.effective_at) < last.due_at


def _lead(d: Decision, day: date) -> Amount:
    """How long before a hearing on that day the party must have been told, in this bureau."""
    tables = bureau.tables_of(d.session, d.jurisdiction_id)
    row = tables.lookup(TABLE, ROW, day, {"jurisdiction": str(d.jurisdiction_id)})
    return Amount(abs(int(row.value["n"])), row.value["unit"])

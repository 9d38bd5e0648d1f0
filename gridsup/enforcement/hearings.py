"""The day of a hearing (听证): named, or put off, so that its notice still comes in time (APL-64)."""

from __future__ import annotations

from datetime import date, timedelta

from gridsup.calendars import Amount, deadline
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
    earliest = day + timedelta(days=1)
    while not _in_time(d, earliest) and earliest < day + 10 * LOOK_AHEAD:
        earliest += timedelta(days=1)
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


def _in_time(d: Decision, day: date) -> bool:
    """Whether the notice for that day can still be given."""
    ahead = _lead(d, day)
    last = deadline(
        day,
        Amount(-ahead.number, ahead.unit),
        calendar=bureau.calendar_of(d.session, d.jurisdiction_id),
        as_of=d.now,
    )
    return d.effective_at < last.due_at


def _lead(d: Decision, day: date) -> Amount:
    """How long before a hearing on that day the party must have been told, in this bureau."""
    tables = bureau.tables_of(d.session, d.jurisdiction_id)
    row = tables.lookup(TABLE, ROW, day, {"jurisdiction": str(d.jurisdiction_id)})
    return Amount(abs(int(row.value["n"])), row.value["unit"])

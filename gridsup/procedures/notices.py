"""Entering a new holiday notice (放假通知): what it would move, shown first; then the clocks counted anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from gridsup.calendars import Calendar, NoticeDay, statutory_days
from gridsup.errors import Conflict, FieldFault, Invalid
from gridsup.procedures import upkeep
from gridsup.procedures.bureau import calendar_of
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.procedures.model import HolidayNotice
from gridsup.procedures.upkeep import Moved

YEARS = (2007, 2060)
MOST_DAYS = 80


@dataclass(frozen=True, slots=True)
class Notice:
    """A year's notice: the days off, and the weekend days worked in exchange (调休上班)."""

    year: int
    days: tuple[NoticeDay, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a notice would change, against the calendar in use. ``calendar`` is its version afterwards."""

    before: str
    calendar: str
    moved: Sequence[Moved]
    checked: int
    """Days that the notice names."""


def preview(session: Session, notice: Notice, *, now: datetime | None = None) -> Preview:
    """Which due dates the notice moves; nothing is written. Raises Invalid ``notice-invalid``."""
    check(notice)
    before = calendar_of(session, jurisdiction_of(session))
    after = _with(before, notice)
    moved = upkeep.moved_by(session, after, now=now)
    return Preview(before.version, after.version, moved, len(notice.days))


def enter(
    session: Session,
    notice: Notice,
    *,
    officer_id: int | None,
    expected: str | None = None,
    now: datetime | None = None,
) -> tuple[Preview, list[int]]:
    """Keep the notice and count all open clocks anew; what moved, and the matters that got an event.

    ``expected`` is the calendar version of the preview that was seen. Entered again, nothing changes.
    Raises Invalid ``notice-invalid``; Conflict ``calendar-changed``.
    """
    shown = preview(session, notice, now=now)
    if expected is not None and shown.calendar != expected:
        raise Conflict(
            "calendar-changed",
            zh="预览之后工作日历又有变化。请重新预览后再确认。",
            en="The calendar has changed since the preview. Preview again, then confirm.",
        )
    if shown.before == shown.calendar:
        return shown, upkeep.recompute_deadlines(
            session, calendar_of(session, jurisdiction_of(session)), now=now
        )
    session.add(
        HolidayNotice(
            jurisdiction_id=jurisdiction_of(session),
            year=notice.year,
            days=[{"date": d.day.isoformat(), "name": d.name, "off": d.off} for d in sorted(notice.days)],
            source=notice.source.strip(),
            officer_id=officer_id,
            entered_at=now or clock(),
        )
    )
    session.flush()
    calendar = calendar_of(session, jurisdiction_of(session))
    return shown, upkeep.recompute_deadlines(session, calendar, now=now)


def check(notice: Notice) -> None:
    """Raises Invalid ``notice-invalid``: a notice with a gap would give wrong deadlines without a word."""
    if faults := list(_faults(notice)):
        raise Invalid(
            "notice-invalid",
            zh="放假通知有 {count} 处须更正：{first}",
            en="The notice has {count} faults: {first_en}",
            faults=faults,
            count=len(faults),
            first=faults[0].zh,
            first_en=faults[0].en,
        )


def _with(calendar: Calendar, notice: Notice) -> Calendar:
    return calendar.with_notice(notice.year, notice.days)


def _faults(notice: Notice) -> Iterable[FieldFault]:
    if not YEARS[0] <= notice.year <= YEARS[1]:
        zh, en = f"年份应在{YEARS[0]}至{YEARS[1]}之间。", f"The year lies in {YEARS[0]} to {YEARS[1]}."
        yield FieldFault("/year", zh, en)
        return
    if len(notice.source.strip()) < 2:
        yield FieldFault("/source", "请写明通知文号或来源。", "Give the number or source of the notice.")
    if not notice.days or len(notice.days) > MOST_DAYS:
        yield FieldFault("/days", f"请列出1至{MOST_DAYS}天。", f"List 1 to {MOST_DAYS} days.")
    seen: set[date] = set()
    for index, one in enumerate(notice.days):
        where = f"/days/{index}"
        if one.day in seen:
            yield FieldFault(where, f"{one.day}列了两次。", f"{one.day} is listed twice.")
        seen.add(one.day)
        if not date(notice.year - 1, 12, 1) <= one.day <= date(notice.year + 1, 1, 31):
            yield FieldFault(
                where, f"{one.day}不属于{notice.year}年。", f"{one.day} is not of {notice.year}."
            )
        if not one.name.strip():
            yield FieldFault(where, "请写明节日名称。", "Name the festival.")
    off = {one.day for one in notice.days if one.off}
    for day, name in statutory_days(notice.year).items():
        if notice.days and day not in off:
            zh = f"缺少法定节假日{day}（{name}）。"
            yield FieldFault("/days", zh, f"The statutory holiday {day} is missing.")

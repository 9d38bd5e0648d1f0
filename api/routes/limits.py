"""The limits of the links (环节期限), the holiday notices that move them, and what nears its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import standing
from api.auth import User
from api.deps import Db
from api.inputs import Day
from api.permissions import Permission
from api.policy import permit
from api.texts import Line
from gridsup.calendars import Amount, NoticeDay
from gridsup.people import audit
from gridsup.people import queries as people
from gridsup.people.deputies import day_of
from gridsup.procedures import limits, links, notices, warnings
from gridsup.procedures.bureau import calendar_of, select_notices
from gridsup.procedures.citations import source
from gridsup.procedures.family import clock
from gridsup.procedures.model import LinkSetting
from gridsup.procedures.pack import Words
from gridsup.procedures.timing import last_days
from gridsup.procedures.upkeep import Moved

router = APIRouter(tags=["limits"])
Reader = Annotated[User, permit(Permission.MATTERS_READ_ALL)]
Setter = Annotated[User, permit(Permission.LIMITS_SET)]
CalendarReader = Annotated[User, permit(Permission.CALENDAR_READ)]
CalendarKeeper = Annotated[User, permit(Permission.CALENDAR_SET)]
Own = Annotated[User, permit(Permission.MATTERS_READ)]
Unit = Literal["H", "D", "WD", "M", "Y"]
Bound = Literal["open", "at_most", "at_least", "fixed"]
SHOWN = timedelta(days=7)
Text = Annotated[str, Field(max_length=limits.TEXT)]


class LinkUse(BaseModel):
    """A clock that takes its limit from this link. `settles`: the system acts when it is due."""

    pack: str
    pack_title: Words
    clock: str
    title: Words
    owner: str
    settles: bool


class LimitVersion(BaseModel):
    """What the bureau set at one time (本局设定); never changed afterwards."""

    version: int
    n: int
    unit: Unit
    warn_share: float
    warn_days: int | None
    content: str
    requirement: str
    effective_from: date
    reason: str
    officer_id: int
    officer: str
    set_at: datetime


class LinkLimit(BaseModel):
    """A link's limit. `mark`: `bureau` 本局设定, `default` 待本局设定, `unverified` 未核对, `law` 法定,
    `idle` 不计时."""

    table: str
    table_title: Words
    row: str
    source: Words
    idle: Words | None = Field(description="why nothing counts it; such a link is not set")
    bound: Bound = Field(description="what a bureau may set: anything, no more, no less, nothing")
    mark: links.Mark
    n: int
    unit: Unit
    law_n: int
    law_unit: Unit
    warn_share: float
    warn_days: int | None
    content: str
    requirement: str
    newest: int = Field(description="the newest version, 0 when the bureau has set none")
    versions: list[LimitVersion] = Field(description="the newest first; a later day is not in force yet")
    uses: list[LinkUse]


class LimitForm(BaseModel):
    """What a link is set to. In force from tomorrow, or from a later day: what runs keeps its limit."""

    n: Annotated[int, Field(ge=-3650, le=3650)]
    unit: Unit
    warn_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    warn_days: Annotated[int, Field(ge=1, le=366)] | None = None
    content: Text = ""
    requirement: Text = ""
    reason: Line
    effective_from: Day | None = None
    version: Annotated[int, Field(ge=0, description="the newest version that was seen, 0 for none")]


class NoticeDayForm(BaseModel):
    day: Day
    name: Annotated[str, Field(min_length=1, max_length=40)]
    off: bool = Field(description="false: worked in exchange (调休上班)")


class HolidayNoticeForm(BaseModel):
    """A year's holiday notice (放假通知). `expected`: the calendar version of the preview that was seen."""

    year: Annotated[int, Field(ge=2007, le=2060)]
    days: Annotated[list[NoticeDayForm], Field(min_length=1, max_length=notices.MOST_DAYS)]
    source: Line
    expected: Annotated[str, Field(max_length=80)] | None = None


class MovedClock(BaseModel):
    """A clock run whose due instant the notice moves; the same instant where only its reasons change.

    Who may not read the matters of the whole bureau is not told which: then `runs` of one clock that move
    alike are one row.
    """

    matter_id: int | None
    title: str | None
    runs: int = 1
    number: str | None
    clock: str
    clock_title: Words
    owner: str
    before: datetime | None
    after: datetime | None


class NoticePreview(BaseModel):
    """What the notice changes. Nothing is written until it is entered."""

    before: str
    calendar: str
    moved: list[MovedClock] = Field(description="only those whose due instant moves, at most 1000")
    count: int = Field(description="clock runs whose due instant moves")
    matters: int
    recounted: int = Field(description="clock runs counted anew in all")


class NoticeEntered(BaseModel):
    preview: NoticePreview
    matters: list[int] = Field(description="matters that got an event; numbers alone")


class EnteredNotice(BaseModel):
    year: int
    source: str
    days: list[NoticeDayForm]
    officer_id: int | None
    entered_at: datetime


class CalendarView(BaseModel):
    """The calendar in use. `published`: the last year whose notice is known; later ones are provisional."""

    version: str
    published: int
    entered: list[EnteredNotice]


class WarningView(BaseModel):
    """A limit that nears its end or has passed. `kind`: `share` (80 %), `days` (so many remain), `over`."""

    matter_id: int
    title: str
    number: str | None
    clock: str
    clock_title: Words
    owner: str
    kind: Literal["share", "days", "over"]
    at: datetime
    due_at: datetime | None


@router.get("/link-limits")
def list_link_limits(
    user: Reader,
    session: Db,
    day: Annotated[Day | None, Query(description="as of; today when absent")] = None,
) -> list[LinkLimit]:
    """Every link with its limit, those that the bureau has yet to set first."""
    on = day or day_of(clock())
    found = links.links(session, user.jurisdiction_id, on)
    return [_link(one, _names(session, user, found)) for one in found]


@router.put("/link-limits/{table}/{row}")
def set_link_limit(
    table: Annotated[str, Path(max_length=60)],
    row: Annotated[str, Path(max_length=80)],
    form: LimitForm,
    user: Setter,
    session: Db,
) -> LinkLimit:
    """Set one link anew: the next version, 本局设定. A limit of the law can only be tightened."""
    given = form.model_dump(exclude={"version"})
    draft = limits.Draft(**given, expected=form.version)
    made = limits.set_limit(session, table, row, draft, officer_id=user.officer_id)
    audit.record(
        session,
        user.jurisdiction_id,
        "limit-set",
        officer_id=user.officer_id,
        subject=f"{table}/{row}",
        reason=made.reason,
        version=made.version,
        limit=f"{made.n}{made.unit}",
        effective_from=made.effective_from.isoformat(),
    )
    found = links.links(session, user.jurisdiction_id, day_of(clock()))
    link = next(one for one in found if (one.table.table, one.row.id) == (table, row))
    return _link(link, _names(session, user, [link]))


@router.get("/calendar")
def read_calendar(user: CalendarReader, session: Db) -> CalendarView:
    """The working calendar in use, and the notices that the bureau entered itself."""
    calendar = calendar_of(session, user.jurisdiction_id)
    entered = session.scalars(select_notices(user.jurisdiction_id)).all()
    return CalendarView(
        version=calendar.version,
        published=max(calendar.notices),
        entered=[
            EnteredNotice(
                year=one.year,
                source=one.source,
                days=[NoticeDayForm(day=d["date"], name=d["name"], off=d["off"]) for d in one.days],
                officer_id=one.officer_id,
                entered_at=one.entered_at,
            )
            for one in entered
        ],
    )


@router.post("/calendar/notices/preview")
def preview_holiday_notice(form: HolidayNoticeForm, user: CalendarKeeper, session: Db) -> NoticePreview:
    """Which due dates a notice would move, from when to when. Nothing is written."""
    return _preview(user, notices.preview(session, _notice(form)))


@router.post("/calendar/notices", status_code=201)
def enter_holiday_notice(form: HolidayNoticeForm, user: CalendarKeeper, session: Db) -> NoticeEntered:
    """Enter a notice and count every open clock anew; each change is an event of its matter."""
    shown, changed = notices.enter(session, _notice(form), officer_id=user.officer_id, expected=form.expected)
    audit.record(
        session,
        user.jurisdiction_id,
        "holiday-notice",
        officer_id=user.officer_id,
        subject=f"calendar:{form.year}",
        reason=form.source,
        calendar=shown.calendar,
        matters=len(changed),
    )
    return NoticeEntered(preview=_preview(user, shown), matters=changed)


@router.get("/warnings")
def list_warnings(
    user: Own, session: Db, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[WarningView]:
    """Announced in the last seven days, still running, and for this person's posts to see to."""
    posts = sorted({one.post for one in user.capacities})
    only = None if user.may(Permission.BOARD_READ) else _own_stations(session, user)
    rows = session.execute(
        warnings.announced(user.jurisdiction_id, clock() - SHOWN, posts, only, limit)
    ).mappings()
    sight = [WarningView(**{k: row[k] for k in WarningView.model_fields}) for row in rows]
    seen = standing.visible(session, user, [one.matter_id for one in sight])
    return [one for one in sight if one.matter_id in seen]


def _own_stations(session: Session, user: User) -> list[int] | None:
    waiting = standing.waiting_for(session, user)
    if any(one.station_ids is None for one in waiting):
        return None
    return sorted({place for one in waiting for place in one.station_ids or ()})


def _notice(form: HolidayNoticeForm) -> notices.Notice:
    days = tuple(NoticeDay(one.day, one.name.strip(), one.off) for one in form.days)
    return notices.Notice(form.year, days, form.source)


def _preview(user: User, shown: notices.Preview) -> NoticePreview:
    moved = [one for one in shown.moved if one.before != one.after]
    rows = [_moved(one) for one in moved] if user.may(Permission.MATTERS_READ_ALL) else _unnamed(moved)
    return NoticePreview(
        before=shown.before,
        calendar=shown.calendar,
        moved=rows[:1000],
        count=len(moved),
        matters=len({one.matter_id for one in moved}),
        recounted=len(shown.moved),
    )


def _moved(one: Moved) -> MovedClock:
    return MovedClock(**{name: getattr(one, name) for name in MovedClock.model_fields if name != "runs"})


def _unnamed(moved: Iterable[Moved]) -> list[MovedClock]:
    alike: dict[tuple[Any, ...], MovedClock] = {}
    for one in moved:
        key = (one.clock, one.owner, one.clock_title["zh"], one.before, one.after)
        held = alike.setdefault(
            key,
            _moved(one).model_copy(update={"matter_id": None, "title": None, "number": None, "runs": 0}),
        )
        held.runs += 1
    return list(alike.values())


def _names(session: Session, user: User, found: list[links.Link]) -> dict[int, str]:
    ids = {setting.officer_id for one in found for setting in one.settings}
    return {one.id: one.name for one in session.scalars(people.officers_by_id(user.jurisdiction_id, ids))}


def _link(one: links.Link, names: dict[int, str]) -> LinkLimit:
    own = one.own
    return LinkLimit(
        table=one.table.table,
        table_title=one.table.title,
        row=one.row.id,
        source=source(one.law.source),
        idle=one.law.idle,
        bound=one.law.bound,
        mark=one.mark,
        n=one.row.value["n"],
        unit=one.row.value["unit"],
        law_n=one.law.value["n"],
        law_unit=one.law.value["unit"],
        warn_share=own.warn_share if own else links.DEFAULT_SHARE,
        warn_days=own.warn_days if own else last_days(Amount(one.row.value["n"], one.row.value["unit"])),
        content=own.content if own else "",
        requirement=own.requirement if own else "",
        newest=max((each.version for each in one.settings), default=0),
        versions=[_version(each, names) for each in one.settings],
        uses=[LinkUse(**_plain(each)) for each in one.uses],
    )


def _plain(use: links.Use) -> dict[str, Any]:
    return {name: getattr(use, name) for name in LinkUse.model_fields}


def _version(one: LinkSetting, names: dict[int, str]) -> LimitVersion:
    told = {n: getattr(one, n) for n in LimitVersion.model_fields if n != "officer"}
    return LimitVersion(**told, officer=names.get(one.officer_id, f"#{one.officer_id}"))

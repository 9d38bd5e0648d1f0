"""Posts with their deputies, leave, and who answers for which cell or community."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names
from api.auth import User
from api.deps import Db, Id
from api.inputs import Day
from api.permissions import Permission
from api.policy import permit
from api.texts import Line
from gridsup.cells.queries import cell
from gridsup.errors import FieldFault, Forbidden, Invalid, NotFound
from gridsup.people import assignments, postings, queries
from gridsup.people.deputies import STATION_HEAD, day_of, receipts, unreceived
from gridsup.people.model import Assignment, Leave, Posting
from gridsup.procedures.pack import SYSTEM
from gridsup.procedures.posts import POSTS

router = APIRouter(tags=["people"])
Reader = Annotated[User, permit(Permission.PEOPLE_READ)]
Editor = Annotated[User, permit(Permission.PEOPLE_EDIT)]
LeaveKeeper = Annotated[User, permit(Permission.LEAVES_EDIT)]
Assigner = Annotated[User, permit(Permission.CELLS_ASSIGN)]
Number = Annotated[int, Field(ge=1, lt=2**63)]
Asked = Annotated[int | None, Query(ge=1, lt=2**63)]


class PostName(BaseModel):
    post: str
    zh: str
    en: str


class PostingView(BaseModel):
    """An officer holds a post in a body; `valid_to` is the last day."""

    id: int
    officer_id: int
    organisation_id: int
    post: str
    deputy_id: int | None
    valid_from: date
    valid_to: date | None


class NewPosting(BaseModel):
    officer_id: Number
    organisation_id: Number
    post: Line
    valid_from: date
    valid_to: date | None = None
    deputy_id: Number | None = None


class PostingChange(BaseModel):
    """Only what is given changes."""

    deputy_id: Number | None = None
    last_day: date = Field(default=date.max, description="the post ends after this day")


class LeaveReceipt(BaseModel):
    """Who receives the work of a post from one day to another, both inclusive; null: nobody."""

    post: str
    first: date
    last: date
    officer_id: int | None
    name: str | None


class LeaveView(BaseModel):
    """An absence; both days belong to it. `received`: whose the work is meanwhile, from today on."""

    id: int
    officer_id: int
    name: str
    first_day: date
    last_day: date
    reason: str
    received: list[LeaveReceipt]
    mine: bool = Field(description="I may end it")


class NewLeave(BaseModel):
    officer_id: Number
    first_day: Day
    last_day: Day
    reason: Line


class Return(BaseModel):
    back_on: Day


class AssignmentView(BaseModel):
    """Who answers for a place: from a day (inclusive) until another (exclusive; null while it lasts)."""

    id: int
    officer_id: int
    cell_id: int | None
    community_id: int | None
    from_day: date
    until_day: date | None


class NewAssignment(BaseModel):
    """Exactly one of `cell_id` and `community_id`."""

    officer_id: Number
    cell_id: Number | None = None
    community_id: Number | None = None
    from_day: date


@router.get("/posts")
def list_posts(user: Reader) -> list[PostName]:
    """The posts that an officer can hold."""
    return [PostName(post=name, zh=words.zh, en=words.en) for name, words in POSTS.items() if name != SYSTEM]


@router.get("/postings")
def list_postings(
    user: Reader, session: Db, day: date | None = None, post: str | None = None, organisation_id: Asked = None
) -> list[PostingView]:
    """Who holds which post on a day (today when none is given)."""
    query = queries.postings_on(
        user.jurisdiction_id, day or _today(), post=post, organisation_id=organisation_id
    )
    return [_posting(one) for one in session.scalars(query)]


@router.get("/postings/unreceived")
def list_unreceived(user: Reader, session: Db, day: date | None = None) -> list[PostingView]:
    """Posts whose work nobody receives on a day: holder and deputy away, no station head to step in."""
    return [_posting(one) for one in unreceived(session, user.jurisdiction_id, day or _today())]


@router.post("/postings", status_code=201)
def add_posting(form: NewPosting, user: Editor, session: Db) -> PostingView:
    """Give an officer a post."""
    if form.post not in POSTS or form.post == SYSTEM:
        zh, en = "没有这个岗位。", "There is no such post."
        raise Invalid("unknown-post", zh=zh, en=en, faults=[FieldFault("/post", zh, en)])
    return _posting(
        postings.add_posting(session, user.jurisdiction_id, by=user.officer_id, **form.model_dump())
    )


@router.patch("/postings/{posting_id}")
def change_posting(posting_id: Id, form: PostingChange, user: Editor, session: Db) -> PostingView:
    """Name another deputy, or end the post."""
    place, by = user.jurisdiction_id, user.officer_id
    if "deputy_id" in form.model_fields_set:
        postings.set_deputy(session, place, posting_id, form.deputy_id, by=by)
    if "last_day" in form.model_fields_set:
        postings.end_posting(session, place, posting_id, last_day=form.last_day, by=by)
    return _posting(postings.get_posting(session, place, posting_id))


@router.get("/leaves")
def list_leaves(
    user: Reader, session: Db, officer_id: Asked = None, since: date | None = None
) -> list[LeaveView]:
    """Absences that end on or after a day (today when none is given)."""
    query = queries.leaves(user.jurisdiction_id, officer_id=officer_id, since=since or _today())
    return _leaves(session, user, session.scalars(query).all())


@router.post("/leaves", status_code=201)
def add_leave(form: NewLeave, user: LeaveKeeper, session: Db) -> LeaveView:
    """Record an absence: the deputy receives meanwhile. A station's head does it for the station's people."""
    _check_keeper(session, user, form.officer_id)
    if form.last_day >= form.first_day and form.last_day < _today():
        zh = "这些日子已经过去：补登不改变已由谁接收。请登记今天或以后还在休的假。"
        en = "These days are over: who received the work then does not change. Enter leave that still lasts."
        raise Invalid("leave-past", zh=zh, en=en, faults=[FieldFault("/last_day", zh, en)])
    told = form.model_dump() | {"by": user.officer_id}
    return _leaves(session, user, [postings.add_leave(session, user.jurisdiction_id, **told)])[0]


@router.post("/leaves/{leave_id}/return", status_code=204)
def end_leave(leave_id: Id, form: Return, user: LeaveKeeper, session: Db) -> None:
    """The officer is back on that day, today or later; a leave that had not begun is struck out."""
    held = session.scalar(queries.leave(user.jurisdiction_id, leave_id))
    if held is not None:
        _check_keeper(session, user, held.officer_id)
    if form.back_on < _today():
        zh, en = (
            "返岗日不能早于今天：此前已由代岗人接收。",
            "Back from today on: until now the deputy received.",
        )
        raise Invalid("leave-past", zh=zh, en=en, faults=[FieldFault("/back_on", zh, en)])
    postings.end_leave(session, user.jurisdiction_id, leave_id, back_on=form.back_on, by=user.officer_id)


@router.get("/assignments")
def list_assignments(
    user: Reader,
    session: Db,
    day: date | None = None,
    officer_id: Asked = None,
    cell_id: Asked = None,
    community_id: Asked = None,
) -> list[AssignmentView]:
    """Who answers for which cell or community on a day (today when none is given)."""
    query = queries.assignments_on(
        user.jurisdiction_id,
        day or _today(),
        officer_id=officer_id,
        cell_id=cell_id,
        community_id=community_id,
    )
    return [_assignment(one) for one in session.scalars(query)]


@router.post("/assignments", status_code=201)
def assign(form: NewAssignment, user: Assigner, session: Db) -> AssignmentView:
    """Make an officer answerable for a place; the one before ends on that day."""
    if form.cell_id is not None and session.scalar(cell(user.jurisdiction_id, form.cell_id)) is None:
        raise NotFound("cell", zh="没有这个网格。", en="There is no such cell.")
    return _assignment(
        assignments.assign(session, user.jurisdiction_id, by=user.officer_id, **form.model_dump())
    )


def _today() -> date:
    return day_of(datetime.now(UTC))


def _posting(row: Posting) -> PostingView:
    return PostingView.model_validate(row, from_attributes=True)


def _leaves(session: Session, user: User, rows: Sequence[Leave]) -> list[LeaveView]:
    place, today = user.jurisdiction_id, _today()
    received = {row.id: receipts(session, place, row, today) for row in rows}
    people = {row.officer_id for row in rows}
    deputies = {one.officer_id for each in received.values() for one in each}
    known = names.look_up(session, place, officers=people | deputies)
    mine = _kept_by(session, user)
    homes = {one.id: one.organisation_id for one in session.scalars(queries.officers_by_id(place, people))}
    return [
        LeaveView(
            id=row.id,
            officer_id=row.officer_id,
            name=known.officer(row.officer_id) or "",
            first_day=row.first_day,
            last_day=row.last_day,
            reason=row.reason,
            received=[
                LeaveReceipt(
                    post=one.post,
                    first=one.first,
                    last=one.last,
                    officer_id=one.officer_id,
                    name=known.officer(one.officer_id),
                )
                for one in received[row.id]
            ],
            mine=mine is None or homes.get(row.officer_id) in mine,
        )
        for row in rows
    ]


def _kept_by(session: Session, user: User) -> set[int] | None:
    """The bodies whose people's leave one may enter: a head's station with its groups; None: everybody's."""
    if user.may(Permission.PEOPLE_EDIT):
        return None
    stations = {one.organisation_id for one in user.capacities if one.post == STATION_HEAD}
    return {
        place for one in stations for place in session.scalars(queries.subtree(user.jurisdiction_id, one))
    }


def _check_keeper(session: Session, user: User, officer_id: int) -> None:
    mine = _kept_by(session, user)
    if mine is None:
        return
    officer = session.scalar(queries.officer(user.jurisdiction_id, officer_id))
    if officer is not None and officer.organisation_id not in mine:
        raise Forbidden(
            "leave-elsewhere",
            zh="{name}不是本所人员。其他单位的休假由其所长或人员管理员登记。",
            en="{name} is not of your station. That station's head or the keeper of the register enters it.",
            name=officer.name,
        )


def _assignment(row: Assignment) -> AssignmentView:
    return AssignmentView(
        id=row.id,
        officer_id=row.officer_id,
        cell_id=row.cell_id,
        community_id=row.community_id,
        from_day=row.during.lower,
        until_day=row.during.upper,
    )

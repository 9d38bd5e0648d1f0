"""Escalation and joint work: the monthly bulletin, the two routes to joint enforcement, the joint conference.

Every step of these matters is a plain act too (`POST /matters/{matter_id}/actions/{action}`); the routes here
are those that gather from the ledger or touch several matters at once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import standing
from api.acts import ActAnswer, answer_view
from api.auth import User
from api.deps import Db, Id
from api.inputs import Day, Facts, Number
from api.permissions import Permission
from api.pointers import pointing, under
from api.policy import permit
from api.routes.actions import Key
from api.texts import Prose
from gridsup.codes.patterns import MONTH
from gridsup.jointwork import candidates, queries, service
from gridsup.jointwork.bulletin import UnitFigures, figures, in_words
from gridsup.jointwork.candidates import LEAST, Concentration, Operator
from gridsup.jointwork.members import Members, members
from gridsup.jointwork.service import Desk
from gridsup.people.deputies import day_of
from gridsup.procedures.model import Matter
from gridsup.procedures.pack import Words

router = APIRouter(tags=["joint work"])
Reader = Annotated[User, permit(Permission.MATTERS_READ_ALL)]
Actor = Annotated[User, permit(Permission.MATTERS_ACT)]
Member = Annotated[User, permit(Permission.PROCEDURES_READ)]
Month = Annotated[str, Query(pattern=MONTH, description="such as `2026-03`")]
OFFICE = ("dispatcher", "supervision")
"""Posts that draft bulletins and note problems; the rest is the registration section's alone."""


class JointCandidate(BaseModel):
    """An open row of the unlicensed ledger; `hold_out`: was urged and refused."""

    matter_id: int
    name: str
    address: str
    cell: str | None
    street: str | None
    trade: str | None
    hold_out: bool


class ConcentrationView(BaseModel):
    """A cell, street or trade with many open unlicensed operators."""

    by: candidates.By
    key: str
    trades: list[str]
    operators: list[JointCandidate]


class CampaignCandidates(BaseModel):
    """What a plan for a joint campaign may be made of (P10-S5)."""

    least: int
    concentrations: list[ConcentrationView]
    hold_outs: list[JointCandidate]


class UnitView(BaseModel):
    """A unit's month; `problem` as the bulletin would print it, with the matters it rests on."""

    organisation_id: int
    unit: str
    kind: str
    found: int
    closed: int
    open: int
    overdue: int
    problem: str | None
    problem_words: Words | None = Field(description="the same in both languages; null where none is known")
    matters: list[int]


class NewBulletin(BaseModel):
    month: Annotated[str, Field(pattern=MONTH)]
    remarks: Prose | None = None


class Issued(BaseModel):
    """The bulletin as issued, and the problems that it urges."""

    answer: ActAnswer
    urged: list[int]


class NewProblem(BaseModel):
    """A problem that a check found (P10-S3), for the next bulletin."""

    organisation_id: Number
    problem: Annotated[str, Field(min_length=2, max_length=2000)]
    found_by: Annotated[str, Field(pattern="^(platform|field_check|meeting)$")] = "field_check"


class Filed(BaseModel):
    """A form as the procedure's opening action asks for it (`GET /procedures/{pack}/{version}`)."""

    form: Facts


class Meeting(BaseModel):
    """How a meeting went; what earlier ones left open is carried over, to be done by `until`."""

    form: Facts
    until: Day


class MeetingHeld(BaseModel):
    answer: ActAnswer
    carried: list[int]


class NewResolution(BaseModel):
    organisation_id: Number
    content: Annotated[str, Field(min_length=2, max_length=2000)]
    until: Day


class ResolutionView(BaseModel):
    """Who does what until when; `carried`: how often it went to a later meeting."""

    id: int
    content: str
    unit: str
    until: date | None
    state: str
    ended: bool
    outcome: str | None
    carried: int


class ConferenceView(BaseModel):
    """A meeting of the joint conference with the resolutions that stand with it."""

    id: int
    number: str | None
    session: str
    kind: str
    meeting_day: date | None
    place: str
    chair: str
    agenda: str
    attendance: list[dict[str, Any]]
    state: str
    ended: bool
    resolutions: list[ResolutionView]
    carries: list[ResolutionView] = Field(
        description="open resolutions of earlier meetings that come along once this one is recorded (结转)"
    )


class ConferencesView(BaseModel):
    """The meetings, the latest first; `held_this_year` of `wanted_a_year` (P9-N8: twice in principle)."""

    conferences: list[ConferenceView]
    held_this_year: int
    wanted_a_year: int = 2


@router.get("/joint/members")
def list_joint_members(user: Member) -> Members:
    """The members of the joint conference (P9-A1) and of the joint enforcement team (P10-A11)."""
    return members()


@router.get("/joint/candidates")
def list_campaign_candidates(
    user: Reader,
    session: Db,
    least: Annotated[int, Query(ge=2, le=1000, description="from how many operators on")] = LEAST,
) -> CampaignCandidates:
    """Concentrations by cell, street and trade, and hold-outs, in the open unlicensed ledger."""
    found = candidates.candidates(session, user.jurisdiction_id, least=least)
    return CampaignCandidates(
        least=least,
        concentrations=[_concentration(one) for one in found.concentrations],
        hold_outs=[_operator(one) for one in found.hold_outs],
    )


@router.post("/joint/plans", status_code=201)
def draft_campaign_plan(form: Filed, user: Actor, session: Db, idempotency_key: Key) -> ActAnswer:
    """The registration section drafts a plan for the district government (P10-S5, first route)."""
    with pointing(under("/form", but=frozenset())):
        answer = service.draft_plan(_desk(session, user, idempotency_key), form.form)
    return answer_view(session, user.jurisdiction_id, answer)


@router.post("/joint/applications", status_code=201)
def apply_for_joint_action(form: Filed, user: Actor, session: Db, idempotency_key: Key) -> ActAnswer:
    """A member unit applies in writing (P10-S5, second route): by its own account, or put on record here."""
    with pointing(under("/form", but=frozenset())):
        answer = service.apply(_desk(session, user, idempotency_key, "liaison", "dispatcher"), form.form)
    return answer_view(session, user.jurisdiction_id, answer)


@router.get("/joint/figures")
def show_month_figures(user: Reader, session: Db, month: Month) -> list[UnitView]:
    """The month by unit, as its bulletin would freeze it now (P10-N2)."""
    return [_unit(one) for one in figures(session, user.jurisdiction_id, month)]


@router.post("/joint/bulletins", status_code=201)
def draft_month_bulletin(form: NewBulletin, user: Actor, session: Db, idempotency_key: Key) -> ActAnswer:
    """Draft the bulletin of a month; each problem in it becomes a matter (P10-S4)."""
    desk = _desk(session, user, idempotency_key, *OFFICE)
    answer = service.draft_bulletin(desk, form.month, form.remarks)
    return answer_view(session, user.jurisdiction_id, answer)


@router.post("/joint/bulletins/{matter_id}/issue")
def issue_month_bulletin(matter_id: Id, user: Actor, session: Db, idempotency_key: Key) -> Issued:
    """Issue an approved bulletin and urge the units it names."""
    standing.check_sight(session, user, [matter_id])
    answer, urged = service.issue_bulletin(_desk(session, user, idempotency_key), matter_id)
    return Issued(answer=answer_view(session, user.jurisdiction_id, answer), urged=urged)


@router.post("/joint/problems", status_code=201)
def note_unit_problem(form: NewProblem, user: Actor, session: Db, idempotency_key: Key) -> ActAnswer:
    """Note a unit's problem for the next bulletin."""
    desk = _desk(session, user, idempotency_key, *OFFICE)
    answer = service.note_problem(desk, form.organisation_id, form.problem, form.found_by)
    return answer_view(session, user.jurisdiction_id, answer)


@router.get("/joint/conferences")
def list_joint_conferences(user: Reader, session: Db) -> ConferencesView:
    """The meetings of the joint conference and what became of their resolutions (P9-A1)."""
    j = user.jurisdiction_id
    held = session.scalars(queries.of_pack(j, queries.CONFERENCE)).all()
    resolved: dict[int, list[Matter]] = {}
    for one in session.scalars(queries.resolutions(j, open_only=False)):
        resolved.setdefault(int(one.facts["conference"]), []).append(one)
    year = day_of(datetime.now(UTC)).year
    return ConferencesView(
        conferences=[_conference(one, resolved.get(one.id, []), _carries(session, j, one)) for one in held],
        held_this_year=service.meetings_in(held, year),
    )


@router.post("/joint/conferences", status_code=201)
def convene_joint_conference(form: Filed, user: Actor, session: Db, idempotency_key: Key) -> ActAnswer:
    """Convene a meeting."""
    with pointing(under("/form", but=frozenset())):
        answer = service.convene(_desk(session, user, idempotency_key), form.form)
    return answer_view(session, user.jurisdiction_id, answer)


@router.post("/joint/conferences/{matter_id}/hold")
def hold_joint_conference(
    matter_id: Id, form: Meeting, user: Actor, session: Db, idempotency_key: Key
) -> MeetingHeld:
    """Record a meeting: who came and what was said; open resolutions of earlier meetings come along."""
    standing.check_sight(session, user, [matter_id])
    desk = _desk(session, user, idempotency_key)
    with pointing(under("/form", but=frozenset({"until"}))):
        answer, carried = service.hold(desk, matter_id, form.form, form.until)
    return MeetingHeld(answer=answer_view(session, user.jurisdiction_id, answer), carried=carried)


@router.post("/joint/conferences/{matter_id}/resolutions", status_code=201)
def add_conference_resolution(
    matter_id: Id, form: NewResolution, user: Actor, session: Db, idempotency_key: Key
) -> ActAnswer:
    """Put a resolution of a meeting on record: who, what, until when."""
    standing.check_sight(session, user, [matter_id])
    desk = _desk(session, user, idempotency_key)
    answer = service.resolve(desk, matter_id, form.organisation_id, form.content, form.until)
    return answer_view(session, user.jurisdiction_id, answer)


def _desk(session: Session, user: User, key: str, *posts: str) -> Desk:
    acting = standing.acting(session, user, None, posts or ("dispatcher",))
    return Desk(session, user.jurisdiction_id, acting, key)


def _operator(one: Operator) -> JointCandidate:
    return JointCandidate.model_validate(one, from_attributes=True)


def _concentration(one: Concentration) -> ConcentrationView:
    return ConcentrationView(
        by=one.by, key=one.key, trades=list(one.trades), operators=[_operator(o) for o in one.operators]
    )


def _unit(one: UnitFigures) -> UnitView:
    shown = {name: getattr(one, name) for name in UnitView.model_fields if name != "problem_words"}
    return UnitView(**shown, problem_words=in_words(one.problem) if one.problem else None)


def _carries(session: Session, jurisdiction_id: int, one: Matter) -> list[Matter]:
    """What recording it would carry over; nothing once it is recorded."""
    if one.state != "convened":
        return []
    return [each for _, left in service.to_carry(session, jurisdiction_id, one.id) for each in left]


def _conference(one: Matter, resolved: list[Matter], carries: list[Matter]) -> ConferenceView:
    told = {name: one.facts.get(name) or "" for name in ("session", "kind", "place", "chair", "agenda")}
    return ConferenceView(
        id=one.id,
        number=one.number,
        **told,
        meeting_day=_day(one.milestones.get("meeting_day")),
        attendance=one.facts.get("attendance") or [],
        state=one.state,
        ended=one.ended_at is not None,
        resolutions=[_resolution(each) for each in resolved],
        carries=[_resolution(each) for each in carries],
    )


def _resolution(one: Matter) -> ResolutionView:
    return ResolutionView(
        id=one.id,
        content=one.facts["content"],
        unit=one.facts["unit"],
        until=_day(one.milestones.get("until")),
        state=one.state,
        ended=one.ended_at is not None,
        outcome=one.outcome,
        carried=int(one.facts.get("carried") or 0),
    )


def _day(instant: str | None) -> date | None:
    return day_of(datetime.fromisoformat(instant)) if instant else None

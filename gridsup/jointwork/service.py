"""Verbs of escalation and joint work. Each goes through the one door, under one key of the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import SHANGHAI
from gridsup.errors import FieldFault, Forbidden, Invalid, NotFound, Refused
from gridsup.jointwork import queries
from gridsup.jointwork.bulletin import UnitFigures, figures
from gridsup.jointwork.candidates import operators
from gridsup.people import queries as people
from gridsup.people.model import Organisation
from gridsup.procedures import engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer
from gridsup.procedures.engine import Header
from gridsup.procedures.family import clock, legal_day
from gridsup.procedures.model import Matter

ANSWERING = ("station", "section", "department")
"""Kinds of bodies that can be responsible for a problem or a resolution."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts, in which transaction, under which key; ``now`` is for tests."""

    session: Session
    jurisdiction_id: int
    acting: Acting
    key: str
    now: datetime | None = None

    @property
    def moment(self) -> datetime:
        return self.now or clock()

    def open(self, pack: str, header: Header, form: Mapping[str, Any], part: str = "") -> Answer:
        key = f"{self.key}{part}"
        return engine.open_matter(self.session, pack, self.acting, header, form, key=key, now=self.now)

    def act(self, matter_id: int, action: str, form: Mapping[str, Any], part: str = "") -> Answer:
        return engine.act(
            self.session,
            matter_id,
            action,
            self.acting,
            form,
            key=f"{self.key}{part}",
            expected_version=None,
            now=self.now,
        )

    def body(self, organisation_id: int) -> Organisation:
        """A body that can be responsible. Raises NotFound ``no-unit``."""
        found = self.session.scalars(queries.bodies(self.jurisdiction_id, ANSWERING)).all()
        one = next((each for each in found if each.id == organisation_id), None)
        if one is None:
            raise NotFound(
                "no-unit",
                zh="没有编号为 {unit} 的监管所、股室或联络部门。",
                en="There is no station, section or department with the number {unit}.",
                unit=organisation_id,
            )
        return one


# ------------------------------------------------------------------ bulletin and escalation


def text_of(units: Sequence[UnitFigures]) -> str:
    """The bulletin's text, a line per unit."""
    lines = []
    for one in units:
        flow = (
            f"新发现 {one.found} 户，办结 {one.closed} 户，在办 {one.open} 户，"
            if one.kind == "station"
            else ""
        )
        lines.append(f"{one.unit}：{flow}{one.problem or '无逾期事项'}。")
    return "\n".join(lines) or "各单位均无在办事项。"


def draft_bulletin(desk: Desk, month: str, remarks: str | None = None) -> Answer:
    """Draft the bulletin of a month: its figures are frozen, each problem in it is noted (P10-S3).

    Raises Invalid ``month-malformed``, ``month-ahead``, Refused ``bulletin-twice``.
    """
    if month > f"{desk.moment.astimezone(SHANGHAI):%Y-%m}":
        raise Invalid(
            "month-ahead",
            zh="{month} 尚未到来，不能拟月通报。请选本月或以前的月份。",
            en="{month} has not come yet: choose this month or an earlier one.",
            month=month,
        )
    units = figures(desk.session, desk.jurisdiction_id, month, now=desk.now)
    rows = [
        {"unit": u.unit, "found": u.found, "closed": u.closed, "open": u.open, "overdue": u.overdue}
        for u in units
    ]
    form: dict[str, Any] = {"month": month, "figures": rows, "body": text_of(units)}
    if remarks:
        form["remarks"] = remarks
    made = desk.open(queries.BULLETIN, Header(f"{month} 月通报"), form)
    for one in units:
        if one.problem:
            told = {"month": month, "bulletin": made.matter_id, "overdue_matters": one.matters[:1000]}
            note_problem(desk, one.organisation_id, one.problem, "platform", told, f"/{one.organisation_id}")
    return made


def note_problem(
    desk: Desk,
    organisation_id: int,
    problem: str,
    found_by: str,
    more: Mapping[str, Any] | None = None,
    part: str = "",
) -> Answer:
    """Note a unit's problem for the next bulletin (P10-S4). Raises NotFound ``no-unit``."""
    unit = desk.body(organisation_id)
    header = Header(
        f"{unit.name}：{problem}"[:200],
        station_id=unit.id if unit.kind == "station" else None,
        assigned_org_id=unit.id,
    )
    form = {"unit": unit.name, "problem": problem, "found_by": found_by, **(more or {})}
    return desk.open(queries.ESCALATION, header, form, part)


def issue_bulletin(desk: Desk, bulletin_id: int) -> tuple[Answer, list[int]]:
    """Issue an approved bulletin and urge every unit whose problem waits for it; the problems' ids."""
    issued = desk.act(bulletin_id, "issue", {})
    urged = []
    waiting = desk.session.scalars(queries.noted_for(desk.jurisdiction_id, bulletin_id)).all()
    for number in sorted(one.id for one in waiting):
        desk.act(number, "publish", {"bulletin": bulletin_id}, f"/{number}")
        urged.append(number)
    return issued, urged


# ------------------------------------------------------------------ the two routes to joint enforcement


def draft_plan(desk: Desk, form: Mapping[str, Any]) -> Answer:
    """Draft the registration section's plan over open matters of the ledger (P10-S5, first route).

    ``form`` is the pack's, without ``targets``: the list of operators is written from the ledger. Raises
    Invalid ``plan-matters``.
    """
    known = {one.matter_id: one for one in operators(desk.session, desk.jurisdiction_id)}
    named = form.get("matters")
    chosen = (
        [one for one in named if isinstance(one, int) and one in known] if isinstance(named, list) else []
    )
    lines = [f"{no}. {known[one].name}（{known[one].address}）" for no, one in enumerate(chosen, 1)]
    header = Header(str(form.get("name", ""))[:200])
    return desk.open(queries.CAMPAIGN, header, {**form, "targets": "\n".join(lines) or "（无）"})


def apply(desk: Desk, form: Mapping[str, Any]) -> Answer:
    """Take a member unit's written application (P10-S5, second route); it follows it under its account.

    Under a liaison's account it is that liaison's own unit that applies. Raises Invalid
    ``applicant-without-body``, Forbidden ``applicant-elsewhere``.
    """
    bodies = desk.session.scalars(queries.bodies(desk.jurisdiction_id, ["department"])).all()
    if desk.acting.post == "liaison":
        form = _as_own(desk, {one.id: one for one in bodies}, form)
    body = next((one for one in bodies if one.code == form.get("department")), None)
    if body is None:
        zh = "该部门在本辖区没有登记联络单位，请先在“部门与机构”中登记。"
        en = "No body is registered for that department; register it under Organisations first."
        raise Invalid("applicant-without-body", zh=zh, en=en, faults=[FieldFault("/department", zh, en)])
    header = Header(f"{body.name}：{form.get('subject', '')}"[:200], assigned_org_id=body.id)
    return desk.open(queries.APPLICATION, header, form)


def _as_own(desk: Desk, bodies: Mapping[int, Organisation], form: Mapping[str, Any]) -> Mapping[str, Any]:
    """The application as that of the body for which the liaison acts."""
    held = people.postings_on(
        desk.jurisdiction_id, legal_day(desk.moment), officer_id=desk.acting.holder_id, post="liaison"
    )
    own = [bodies[one.organisation_id] for one in desk.session.scalars(held) if one.organisation_id in bodies]
    wanted = form.get("department", own[0].code if own else None)
    if wanted not in {one.code for one in own}:
        names = "、".join(one.name for one in own)
        raise Forbidden(
            "applicant-elsewhere",
            zh="只能以本单位（{names}）名义申请。其他单位的申请由其联络员提出，或由注册股登记。",
            en="You apply for your own unit ({names}). Another unit's liaison applies for it, or the "
            "registration section puts its paper on record.",
            names=names or "—",
        )
    return {**form, "department": wanted}


# ------------------------------------------------------------------ the joint conference


def convene(desk: Desk, form: Mapping[str, Any]) -> Answer:
    """Convene the joint conference (P9-A1)."""
    return desk.open(queries.CONFERENCE, Header(str(form.get("session", ""))[:200]), form)


def hold(desk: Desk, conference_id: int, form: Mapping[str, Any], until: date) -> tuple[Answer, list[int]]:
    """Record a meeting; what earlier ones left open is carried over to it, to be done by ``until``.

    Earlier meetings then close. Returns the ids of the resolutions carried over. Raises NotFound
    ``no-meeting``, Refused ``meeting-ahead``, Invalid ``term-past`` and as the door does.
    """
    session, j = desk.session, desk.jurisdiction_id
    meeting = session.scalars(queries.matter(j, conference_id, queries.CONFERENCE)).one_or_none()
    if meeting is None:
        raise NotFound(
            "no-meeting",
            zh="没有编号为 {meeting} 的联席会议。",
            en="There is no joint conference with the number {meeting}.",
            meeting=conference_id,
        )
    day = date.fromisoformat(str(meeting.milestones["meeting_day"])[:10])
    if day > legal_day(desk.moment):
        raise Refused(
            "meeting-ahead",
            zh="会议定于 {day} 召开，请在召开后登记召开情况。",
            en="The meeting is on {day}: record how it went once it was held.",
            day=day.isoformat(),
        )
    _check_term(desk, until)
    held = desk.act(conference_id, "hold", form)
    carried = []
    for before, left_open in to_carry(session, j, conference_id):
        for one in left_open:
            if one.state == "answered":  # an answer that nobody confirmed is open still
                returned = {"result": "not_done", "reason": "会前未确认，结转下次会议"}
                desk.act(one.id, "return_answer", returned, f"/r{one.id}")
            told = {
                "conference": conference_id,
                "carried": int(one.facts.get("carried") or 0) + 1,
                "until": until.isoformat(),
            }
            desk.act(one.id, "carry_over", told, f"/{one.id}")
            carried.append(one.id)
        session.expire_all()
        desk.act(before, "hand_on", {}, f"/{before}")
    return held, carried


def to_carry(session: Session, jurisdiction_id: int, conference_id: int) -> list[tuple[int, list[Matter]]]:
    """What recording a meeting carries over to it (结转): each earlier meeting, and its open resolutions."""
    held = session.scalars(queries.of_pack(jurisdiction_id, queries.CONFERENCE)).all()
    earlier = sorted(one.id for one in held if one.state == "held" and one.id != conference_id)
    return [
        (before, list(session.scalars(queries.resolutions(jurisdiction_id, before, open_only=True))))
        for before in earlier
    ]


def resolve(desk: Desk, conference_id: int, organisation_id: int, content: str, until: date) -> Answer:
    """Record who does what until when.

    Raises NotFound ``no-unit``, Refused ``meeting-not-held``, Invalid ``term-past``.
    """
    unit = desk.body(organisation_id)
    _check_term(desk, until)
    header = Header(
        content[:200],
        subject_kind="conference",
        subject_id=conference_id,
        station_id=unit.id if unit.kind == "station" else None,
        assigned_org_id=unit.id,
    )
    form = {
        "conference": conference_id,
        "content": content,
        "unit": unit.name,
        "until": until.isoformat(),
    }
    return desk.open(queries.RESOLUTION, header, form)


def _check_term(desk: Desk, until: date) -> None:
    if until < legal_day(desk.moment):
        zh, en = "完成期限已过，请填今天或以后的日期。", "That day is over: choose today or later."
        raise Invalid("term-past", zh=zh, en=en, faults=[FieldFault("/until", zh, en)])


def meetings_in(conferences: Sequence[Matter], year: int) -> int:
    """How many meetings of a year were held; twice is the rule (P9-N8)."""
    days = (one.milestones.get("meeting_day", "") for one in conferences if "held" in one.milestones)
    return sum(day.startswith(str(year)) for day in days)

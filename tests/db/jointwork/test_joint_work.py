"""The ladder of escalation, the two routes to joint enforcement, the conference: walked through the door."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.documents.model import Document
from gridsup.errors import Conflict, Forbidden, GridsupError, Invalid, Refused
from gridsup.jointwork import queries, service
from gridsup.jointwork.bulletin import figures
from gridsup.jointwork.candidates import candidates
from gridsup.jointwork.service import Desk
from gridsup.people.model import Organisation, Posting
from gridsup.procedures import engine, views
from gridsup.procedures.door import Answer
from gridsup.procedures.engine import Header
from gridsup.procedures.loader import load_packs
from gridsup.procedures.model import Matter
from gridsup.procedures.proof import differences, verify
from gridsup.wiring import wire
from tests import factories
from tests.db.procedures.trips import CLASSES, DAY, MONDAY, Walk

WHY = {"reason": "情况属实", "why": "情况属实"}
UNITS = [{"unit": "公安", "liaison": "张三"}, {"unit": "卫生", "liaison": "李四"}]
CAPTURE = {
    "operator_name": "张三",
    "address": "民权街道1号",
    "scope": "小吃",
    "trade": "餐饮",
    "permit_required": True,
    "permit_status": "none",
    "business_licence_status": "none",
}


class Office(Walk):
    """A bureau, its efficiency office too, and short ways to act."""

    def __init__(self, session: Session) -> None:
        wire()
        self.session, self.now, self._keys = session, MONDAY, count()
        self.bureau = factories.bureau(session)
        held = set(self.bureau.officers)
        for post in {"deputy_head", "bureau_head", "efficiency", "station_head", "liaison"} - held:
            home = self.bureau.department_id if post == "liaison" else self.bureau.bureau_id
            self.bureau.officers[post] = factories.officer(session, post, home)

    def desk(self, who: str = "dispatcher") -> Desk:
        return Desk(self.session, factories.JURISDICTION, self.acting(who), f"k{next(self._keys)}", self.now)

    def do(self, matter: int, action: str, who: str = "dispatcher", form: Any = None) -> Answer:
        return self.desk(who).act(matter, action, form or {})

    def household(self) -> int:
        """An unlicensed household with its open matter, captured and classified."""
        business = factories.business(self.session, self.bureau, licence_status="none")
        opened = engine.open_matter(
            self.session,
            "unlicensed_operation",
            self.acting("inspector"),
            Header(
                "无照小吃店",
                subject_kind="business",
                subject_id=business,
                cell_id=self.bureau.cells["42010301-001"],
                station_id=self.bureau.station_id,
            ),
            {"source": "patrol"},
            key=f"k{next(self._keys)}",
            now=self.now,
        )
        self.do(opened.matter_id, "capture", "inspector", CAPTURE)
        self.do(opened.matter_id, "classify", "dispatcher", CLASSES)
        return opened.matter_id

    def hold_out(self) -> int:
        """Urged, and found still at it."""
        matter = self.household()
        self.do(matter, "guide")
        self.do(matter, "receive_guide", "station_head")
        self.do(matter, "recheck_unlicensed", "inspector", {"result": "still_unlicensed", "note": "拒不改正"})
        return matter

    def sound(self) -> None:
        assert list(verify(self.session)) == []
        assert list(differences(self.session)) == []


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def refused(code: str, what: Any, *args: Any, **more: Any) -> GridsupError:
    with pytest.raises((Refused, Conflict, Forbidden, Invalid)) as found:
        what(*args, **more)
    assert found.value.code == code
    return found.value


# ------------------------------------------------------------------ P10-N2, P10-S4


def test_the_ladder_leads_from_the_bulletin_to_the_efficiency_office(office: Office) -> None:
    matter = office.household()
    office.do(matter, "guide")
    office.now += 10 * DAY  # the station has not received its command
    units = {
        one.unit: one for one in figures(office.session, factories.JURISDICTION, "2026-03", now=office.now)
    }
    (station,) = (one for one in units.values() if one.organisation_id == office.bureau.station_id)
    assert (station.found, station.open, station.overdue) == (1, 1, 1)
    assert station.matters == [matter]

    bulletin = service.draft_bulletin(office.desk(), "2026-03").matter_id
    (problem,) = office.session.scalars(queries.noted_for(factories.JURISDICTION, bulletin)).all()
    assert problem.facts["overdue_matters"] == [matter]
    refused("bulletin-twice", service.draft_bulletin, office.desk(), "2026-03")
    refused("bulletin-not-issued", office.do, problem.id, "publish", "dispatcher", {"bulletin": bulletin})
    refused("wrong-state", office.do, problem.id, "transfer", "dispatcher", {"reason": "跳级"})
    refused("wrong-state", office.do, bulletin, "issue")
    office.do(bulletin, "approve", "deputy_head")
    _, urged = service.issue_bulletin(office.desk(), bulletin)
    assert urged == [problem.id]
    refused("wrong-state", office.do, problem.id, "transfer", "dispatcher", {"reason": "跳级"})

    office.now += 16 * DAY  # fifteen days to put it right are over
    assert office.state(problem.id) == "unrectified"
    office.do(problem.id, "answer", "station_head", {"content": "已签收，正在落实"})
    told = {"rectified": "partial", "finding": "仍有一户未复查"}
    office.do(problem.id, "find_unrectified", "dispatcher", told)
    office.do(problem.id, "transfer", "dispatcher", {"reason": "经通报督促仍未整改到位"})
    assert office.state(problem.id) == "with_efficiency"
    refused("post-not-allowed", office.do, problem.id, "supervise", "dispatcher", {"requirement": "限期"})
    office.do(problem.id, "supervise", "efficiency", {"requirement": "十日内整改"})
    office.do(problem.id, "answer_supervision", "station_head", {"content": "已全部整改"})
    office.do(problem.id, "close_supervised", "efficiency", {"opinion": "同意销号"})
    assert views.current(office.session, problem.id, now=office.now)["outcome"] == "rectified_supervised"
    kinds = set(office.session.scalars(select(Document.kind)))
    assert {"work_bulletin", "efficiency_transfer"} <= kinds
    office.sound()


def test_only_the_unit_itself_answers(office: Office) -> None:
    section = office.bureau.section_id
    note = service.note_problem(office.desk(), section, "台账记录不全", "field_check")
    bulletin = service.draft_bulletin(office.desk(), "2026-03").matter_id
    office.do(bulletin, "approve", "deputy_head")
    service.issue_bulletin(office.desk(), bulletin)  # a problem noted by hand goes along
    assert office.state(note.matter_id) == "urged"
    refused("not-assigned", office.do, note.matter_id, "answer", "station_head", {"content": "代为整改"})


def test_a_problem_that_nobody_bulletins_is_late_after_a_month(office: Office) -> None:
    note = service.note_problem(office.desk(), office.bureau.station_id, "台账记录不全", "meeting")
    (clock,) = views.deadlines(office.session, note.matter_id, now=office.now + 40 * DAY)
    assert (clock["clock"], clock["overdue"]) == ("bulletin_term", True)


# ------------------------------------------------------------------ P10-S5, two routes


def plan(matters: list[int], ground: str = "concentration") -> dict[str, Any]:
    return {
        "name": "校园周边无照餐饮整治",
        "ground": ground,
        "harm": "health",
        "area": "民权街道",
        "matters": matters,
        "reason": "无照餐饮集中，单一部门难以处置",
    }


def test_the_plan_goes_through_the_government_to_the_team(office: Office) -> None:
    crowd = [office.household() for _ in range(3)]
    stubborn = office.hold_out()
    found = candidates(office.session, factories.JURISDICTION, least=4)
    assert {one.matter_id for one in found.hold_outs} == {stubborn}
    (cell,) = (one for one in found.concentrations if one.by == "cell")
    assert {one.matter_id for one in cell.operators} == {*crowd, stubborn}
    assert candidates(office.session, factories.JURISDICTION, least=5).concentrations == ()

    refused("plan-matters", service.draft_plan, office.desk(), plan([*crowd, 999_999]))
    refused("plan-matters", service.draft_plan, office.desk(), plan(crowd, "hold_outs"))
    made = service.draft_plan(office.desk(), plan([stubborn], "hold_outs")).matter_id
    refused("wrong-state", office.do, made, "begin", "dispatcher", {"units": UNITS, "last_day": "2026-04-30"})
    office.approve(office.do(made, "submit"), "deputy_head", "bureau_head")
    assert office.state(made) == "submitted"
    office.do(made, "agree", "dispatcher", {"answer_no": "江政函〔2026〕3号", "decided_by": "王副区长"})
    twice = {"units": [*UNITS, {"unit": "公安", "liaison": "王五"}], "last_day": "2026-04-30"}
    refused("team-twice", office.do, made, "begin", "dispatcher", twice)
    office.do(made, "begin", "dispatcher", {"units": UNITS, "last_day": "2026-04-30"})
    office.now = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
    assert office.state(made) == "over"  # the days set are over by themselves
    office.do(made, "report", "dispatcher", {"summary": "整治到位", "settled": 1})
    assert office.state(made) == "closed"
    office.sound()


def application(**more: Any) -> dict[str, Any]:
    return {
        "department": "D07",
        "paper_no": "消安〔2026〕8号",
        "subject": "沿街店铺消防整治",
        "area": "民权街道",
        "harm": "safety_hazard",
        "industry_wide": True,
        "reason": "重大火灾隐患",
        **more,
    }


def test_an_application_needs_no_plan_and_no_government_but_the_scope_of_the_team(
    office: Office, session: Session
) -> None:
    code = (
        session.scalars(select(Organisation).where(Organisation.id == office.bureau.department_id)).one().code
    )
    made = service.apply(office.desk("liaison"), application(department=code)).matter_id
    matter = session.get(Matter, (factories.JURISDICTION, made))
    assert matter is not None
    assert matter.assigned_org_id == office.bureau.department_id
    office.do(made, "accept", "dispatcher", {"decided_by": "王副区长"})
    office.do(made, "begin", "dispatcher", {"units": UNITS, "last_day": "2026-04-30"})
    office.do(made, "report", "dispatcher", {"summary": "已整改"})
    office.do(made, "confirm", "liaison")
    assert office.state(made) == "closed"

    for outside in ({"industry_wide": False}, {"harm": "none"}):
        other = service.apply(office.desk(), application(department=code, **outside)).matter_id
        refused("condition-not-met", office.do, other, "accept", "dispatcher", {"decided_by": "王副区长"})
    missing = application(department=code)
    del missing["paper_no"]  # a written application has a number
    refused("form-invalid", service.apply, office.desk(), missing)
    refused("applicant-without-body", service.apply, office.desk(), application(department="D20"))
    office.sound()


def test_the_two_routes_never_open_each_other() -> None:
    for pack in (load_packs().latest(queries.CAMPAIGN), load_packs().latest(queries.APPLICATION)):
        assert not any(action.opens for action in pack.actions.values())
    government = {"submit", "agree", "send_back", "refuse"}
    assert not (government - {"refuse"}) & set(load_packs().latest(queries.APPLICATION).actions)


# ------------------------------------------------------------------ P9-A1, P9-N8

MEETING = {
    "session": "第一次联席会议",
    "kind": "regular",
    "meeting_day": "2026-03-10",
    "place": "区政府",
    "chair": "王副区长",
    "agenda": "通报工作、安排任务",
}
CAME = {"attendance": [{"unit": "公安", "person": "张三", "present": True}], "record": "会议记录"}


def test_what_a_meeting_leaves_open_stands_with_the_next(office: Office) -> None:
    first = service.convene(office.desk(), MEETING).matter_id
    until = date(2026, 4, 10)
    refused(
        "meeting-not-held", service.resolve, office.desk(), first, office.bureau.department_id, "抽查", until
    )
    office.now = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    service.hold(office.desk(), first, CAME, until)
    done, late, unconfirmed = (
        service.resolve(office.desk(), first, office.bureau.department_id, f"事项{n}", until).matter_id
        for n in range(3)
    )
    office.do(done, "report_done", "liaison", {"report": "已完成"})
    office.do(done, "confirm")
    office.now = datetime(2026, 4, 12, 1, 0, tzinfo=UTC)
    assert office.state(late) == "not_done"
    office.do(unconfirmed, "record_answer", "dispatcher", {"report": "来函称已完成"})
    assert refused("resolutions-open", office.do, first, "hand_on").params["count"] == 2

    second = service.convene(office.desk(), {**MEETING, "meeting_day": "2026-08-10"}).matter_id
    office.now = datetime(2026, 8, 10, 1, 0, tzinfo=UTC)
    _, carried = service.hold(office.desk(), second, CAME, date(2026, 10, 10))
    assert carried == [late, unconfirmed]
    assert (office.state(first), office.state(second)) == ("closed", "held")
    open_now = office.session.scalars(
        queries.resolutions(factories.JURISDICTION, second, open_only=True)
    ).all()
    assert [(one.id, one.facts["carried"]) for one in open_now] == [(late, 1), (unconfirmed, 1)]
    (running,) = (
        row for row in views.deadlines(office.session, late, now=office.now) if row["state"] == "running"
    )
    assert (running["clock"], running["overdue"]) == ("done_term", False)
    held = office.session.scalars(queries.of_pack(factories.JURISDICTION, queries.CONFERENCE)).all()
    assert service.meetings_in(held, 2026) == 2
    office.sound()


def test_a_meeting_without_a_successor_is_late_after_half_a_year(office: Office) -> None:
    """P9-N8: in principle twice a year."""
    first = service.convene(office.desk(), MEETING).matter_id
    office.now = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    service.hold(office.desk(), first, CAME, date(2026, 4, 10))
    later = views.deadlines(office.session, first, now=office.now + 200 * DAY)
    assert {row["clock"] for row in later if row["overdue"]} >= {"p9_n8"}


def test_only_the_responsible_unit_reports_a_resolution_done(office: Office) -> None:
    first = service.convene(office.desk(), MEETING).matter_id
    office.now = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    service.hold(office.desk(), first, CAME, date(2026, 4, 10))
    made = service.resolve(
        office.desk(), first, office.bureau.section_id, "牵头排查", date(2026, 4, 10)
    ).matter_id
    refused("not-assigned", office.do, made, "report_done", "liaison", {"report": "已完成"})
    office.session.add(
        Posting(
            jurisdiction_id=factories.JURISDICTION,
            officer_id=office.bureau.officers["dispatcher"],
            organisation_id=office.bureau.section_id,
            post="section",
            valid_from=factories.LONG_AGO,
        )
    )
    office.session.flush()
    office.bureau.officers["section"] = office.bureau.officers["dispatcher"]
    office.do(made, "report_done", "section", {"report": "已完成"})
    assert office.state(made) == "answered"

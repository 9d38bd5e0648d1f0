"""Service by public notice (公告送达): a paper, published sealed; its term serves, or a hand before that."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from api import document_shapes
from gridsup.calendars import SHANGHAI
from gridsup.documents import files, publishing, services, terms, voiding
from gridsup.documents import queries as documents
from gridsup.documents.announcing import NOTICE
from gridsup.documents.model import Document
from gridsup.documents.proof import Service
from gridsup.errors import GridsupError
from gridsup.people.model import Jurisdiction
from gridsup.procedures import upkeep, views
from tests.db.enforcement.steps import (
    HEARD,
    INSPECTION,
    LIST,
    THINGS,
    asked,
    fined,
    granted,
    noticed,
    opened,
    text_of,
)
from tests.db.procedures.trips import DAY, FINE, REFUSED, REPORT, WORD, Trip, investigated, refused
from tests.db.procedures.trips import NOTICE as TOLD

WEB = {"where": "本局网站"}
IN_HAND = {"way": "post", "place": "当事人住所", "proof_no": "EMS1"}


def without_seal(trip: Trip, *kinds: str) -> None:
    """This bureau puts no seal to papers of those kinds."""
    home = trip.session.get_one(Jurisdiction, trip.bureau.jurisdiction_id)
    home.settings = {**home.settings, "seals": home.settings.get("seals", {}) | dict.fromkeys(kinds, "none")}
    trip.session.flush()


def papers(trip: Trip, case: int) -> dict[str, Document]:
    """Kind → the matter's latest document of it, as it stands now."""
    found = documents.documents_of(trip.bureau.jurisdiction_id, case)
    return {
        one.kind: one for one in trip.session.scalars(found, execution_options={"populate_existing": True})
    }


def written(trip: Trip, matter: int, kind: str) -> Document:
    """The notice of the matter's paper of that kind; this bureau seals neither."""
    without_seal(trip, kind, NOTICE)
    paper = papers(trip, matter)[kind]
    who = trip.acting("enforcement")
    return publishing.write(trip.session, paper.id, tried="查无下落。", gist=None, acting=who, now=trip.now)


def announced(trip: Trip, matter: int, kind: str) -> Document:
    """The paper of that kind is published; returns its notice."""
    notice = written(trip, matter, kind)
    who = trip.acting("enforcement")
    return publishing.publish(trip.session, notice.id, "本局网站", who, now=trip.now)


def why_not(trip: Trip, matter: int, kind: str) -> str:
    with pytest.raises(GridsupError) as caught:
        announced(trip, matter, kind)
    return caught.value.code


def voided(trip: Trip, paper: Document) -> Document:
    return voiding.void(trip.session, paper.id, "日期有误", trip.acting("enforcement"), now=trip.now)


def shown(trip: Trip, paper: Document, monkeypatch: pytest.MonkeyPatch) -> document_shapes.DocumentDetail:
    """The paper as people read it at the trip's instant."""
    trip.session.refresh(paper)
    monkeypatch.setattr(document_shapes, "clock", lambda: trip.now)
    return document_shapes.documents(trip.session, [paper])[0]


def test_a_decision_is_sealed_before_it_is_served_and_a_public_notice_takes_thirty_days(trip: Trip) -> None:
    case = noticed(trip, **REFUSED, proposed_fine="10000")
    trip.approve(trip.do(case, "decide", "enforcement", FINE), "bureau_head")
    assert refused(trip, case, "serve", "enforcement", {"way": "post"}, pair=True) == "not-sealed"
    assert refused(trip, case, "publish_decision", "enforcement", WEB) == "not-sealed"
    without_seal(trip, "penalty_decision")
    assert refused(trip, case, "publish_decision", "enforcement", WEB) == "no-public-notice"
    notice = written(trip, case, "penalty_decision")
    assert refused(trip, case, "publish_decision", "enforcement", {}) == "form-invalid"
    assert why_not(trip, case, "penalty_decision") == "notice-written"
    text = str(files.words(trip.session, notice))
    decision = papers(trip, case)["penalty_decision"]
    assert all(
        one in text for one in (decision.number, "因查无下落，采用", "经过30日", "程序规定》第八十二条第五项")
    )
    trip.do(case, "publish_decision", "enforcement", WEB)
    assert (trip.now + 31 * DAY).date() == trip.due(case, "public_service").astimezone(SHANGHAI).date()
    for one in (notice, decision):
        with pytest.raises(GridsupError, match="notice-published"):
            voided(trip, one)
    trip.now = trip.due(case, "public_service") - timedelta(seconds=1)
    assert trip.state(case) == "publishing"
    trip.now = trip.due(case, "public_service")
    assert trip.state(case) == "served"
    upkeep.settle_due(trip.session, now=trip.now)
    paper = papers(trip, case)["penalty_decision"]
    (service,) = trip.session.scalars(documents.services_of(trip.bureau.jurisdiction_id, [paper.id]))
    assert (paper.status, service.way, service.served_at) == ("served", "public", trip.now)
    assert (service.place, service.note, service.receipt_number) == ("本局网站", "查无下落", None)
    (money,) = trip.do(case, "begin_execution", "enforcement").children
    served = views.current(trip.session, money, now=trip.now)["milestones"]["decision_served"]
    assert datetime.fromisoformat(served) == trip.now
    trip.sound()


def test_a_notice_of_penalty_is_announced_and_who_comes_meanwhile_is_served_in_person(trip: Trip) -> None:
    """PROC-83: the window of defence begins when the term of the public notice is over, or with service."""
    _, case = investigated(trip)
    report = REPORT | REFUSED | {"proposed_fine": "10000"}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    assert refused(trip, case, "announce_notice", "enforcement", WEB) == "no-paper-to-serve"
    trip.do(case, "notify", "enforcement", TOLD)
    before = trip.due(case, "decision")
    announced(trip, case, "penalty_notice")
    assert trip.state(case) == "announced"
    trip.now = trip.due(case, "announcement")
    upkeep.settle_due(trip.session, now=trip.now)
    assert (trip.state(case), papers(trip, case)["penalty_notice"].status) == ("notified", "served")
    assert trip.due(case, "decision") > before  # the time of the public notice does not count (PROC-64)
    trip.now = trip.due(case, "defence")
    trip.approve(trip.do(case, "decide", "enforcement", FINE), "bureau_head")
    assert "视为送达" in text_of(trip, papers(trip, case)["penalty_decision"])
    announced(trip, case, "penalty_decision")
    (money,) = trip.handed(case, "serve").children
    assert (trip.state(case), papers(trip, case)["penalty_decision"].status) == ("executing", "served")
    due = trip.due(money, "payment")
    trip.now += 40 * DAY
    upkeep.settle_due(trip.session, now=trip.now)
    assert publishing.settle_due(trip.session, now=trip.now) == []
    assert trip.state(case) == "executing"
    assert trip.due(money, "payment") == due
    trip.sound()


def test_a_paper_reads_as_served_from_the_end_of_the_term_before_anybody_wrote_it_down(
    trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seizure decision is served beside the steps: by hand, or by the notice's term."""
    _, case = investigated(trip)
    (held,) = trip.do(case, "apply_seizure", "enforcement", THINGS).children
    trip.approve(trip.do(held, "seize", "enforcement", LIST, pair=True), "bureau_head")
    paper = papers(trip, held)["seizure_decision"]
    notice = announced(trip, held, "seizure_decision")
    assert not shown(trip, notice, monkeypatch).publish
    assert why_not(trip, held, "seizure_decision") == "notice-written"
    until = terms.over_at(trip.session, trip.bureau.jurisdiction_id, trip.now)
    assert until.astimezone(SHANGHAI).date() == date(2026, 4, 2)  # 2 March + 30 days, and the day is over
    trip.now = until - timedelta(seconds=1)
    told = shown(trip, paper, monkeypatch)
    assert (told.status, told.services, told.notice and told.notice.until) == ("numbered", [], until)
    assert publishing.settle_due(trip.session, now=trip.now) == []
    trip.now = until
    service = Service("post", trip.now, "当事人住所", proof_no="EMS1")
    with pytest.raises(GridsupError, match="served-already"):
        services.serve(trip.session, paper.id, service, trip.acting("enforcement"), now=trip.now)
    with pytest.raises(GridsupError, match="served-not-void"):
        voided(trip, paper)
    before = shown(trip, paper, monkeypatch)
    assert publishing.settle_due(trip.session, now=trip.now) == [held]
    after = shown(trip, paper, monkeypatch)
    assert (before.status, before.services[0].id) == ("served", None)
    same = after.model_copy(update={"services": [after.services[0].model_copy(update={"id": None})]})
    assert same.model_dump() == before.model_dump()
    assert publishing.settle_due(trip.session, now=trip.now) == []
    trip.sound()


def test_a_reminder_is_announced_and_its_ten_days_begin_with_the_end_of_the_notice(
    trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AEL-54, PROC-83: the same answer before and after the clockwork has written it down."""
    _, money = fined(trip)
    trip.do(money, "remind", "enforcement", WORD)
    paper = papers(trip, money)["performance_reminder"]
    announced(trip, money, "performance_reminder")
    until = trip.due(money, "announcement")
    assert until == terms.over_at(trip.session, trip.bureau.jurisdiction_id, trip.now)
    trip.now = until
    before = shown(trip, paper, monkeypatch)
    assert (before.status, before.step) == ("served", None)
    assert refused(trip, money, "serve_reminder", "enforcement", IN_HAND, pair=True) == "no-paper-to-serve"
    upkeep.settle_due(trip.session, now=trip.now)
    assert shown(trip, paper, monkeypatch).services[0].served_at == before.services[0].served_at == until
    assert trip.due(money, "reminder") > until + 10 * DAY
    trip.now = trip.due(money, "reminder")
    assert views.current(trip.session, money, now=trip.now)["facts"]["reminder_over"] is True
    trip.sound()


def test_a_notice_to_rectify_is_announced_where_its_own_day_comes_after_the_notice(trip: Trip) -> None:
    """P6-S3: else it would be served with its term over."""
    matter = opened(trip, "rectification", "enforcement", INSPECTION, pair=True)
    near, far = ((trip.now + n * DAY).date().isoformat() for n in (20, 50))
    ask = {"requirement": "清理消防通道"}
    trip.do(matter, "give_notice", "enforcement", ask | {"term_end": near})
    assert why_not(trip, matter, "rectification_notice") == "notice-outlasts-paper"
    for kind in (NOTICE, "rectification_notice"):
        voided(trip, papers(trip, matter)[kind])
    trip.do(matter, "give_notice", "enforcement", ask | {"term_end": far})
    announced(trip, matter, "rectification_notice")
    assert trip.state(matter) == "announced"
    trip.now = trip.due(matter, "announcement")
    upkeep.settle_due(trip.session, now=trip.now)
    served = papers(trip, matter)["rectification_notice"].status
    assert (trip.state(matter), served) == ("rectifying", "served")
    assert trip.due(matter, "term").astimezone(SHANGHAI).date() == date.fromisoformat(far) + DAY
    trip.now = trip.due(matter, "term")
    assert trip.state(matter) == "reinspection"
    trip.sound()


def test_a_notice_of_hearing_is_announced_where_its_hearing_leaves_seven_working_days(trip: Trip) -> None:
    """APL-64: the party is told seven working days before the hearing, here with the end of the notice."""
    case = asked(trip)
    granted(trip, case, "2026-04-10")
    trip.do(case, "notify_hearing", "legal", WORD)
    assert why_not(trip, case, "hearing_notice") == "hearing-before-notice"
    for kind in (NOTICE, "hearing_notice"):
        voided(trip, papers(trip, case)[kind])
    later = {"hearing_on": "2026-04-20", "asked_by": "president", "reason": "需公告送达"}
    trip.do(case, "postpone_hearing", "legal", later)
    trip.do(case, "notify_hearing", "legal", WORD)
    announced(trip, case, "hearing_notice")
    assert refused(trip, case, "close_hearing", "legal", HEARD) == "condition-not-met"
    trip.now = trip.due(case, "hearing_announcement")
    assert trip.now < trip.due(case, "hearing_notice")
    trip.now += 30 * DAY
    trip.do(case, "close_hearing", "legal", HEARD)
    assert papers(trip, case)["hearing_notice"].status == "served"
    trip.sound()

"""Hearings (听证): asked for, granted, put off, presided over, ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridsup.calendars import SHANGHAI
from gridsup.errors import Refused
from gridsup.people.model import Officer, Posting
from gridsup.procedures import views
from tests import factories
from tests.db.enforcement.steps import (
    HEARD,
    asked,
    granted,
    papers_of,
    text_of,
)
from tests.db.procedures.trips import (
    DAY,
    FINE,
    REPORT,
    WORD,
    Trip,
    investigated,
    refused,
)


def test_a_request_for_a_hearing_stops_the_window_and_waits_for_the_grant(trip: Trip) -> None:
    _, case = investigated(trip)
    trip.do(case, "report_investigation", "enforcement", REPORT | {"proposed_fine": "9999.99"}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    assert refused(trip, case, "request_hearing", "enforcement", WORD) == "condition-not-met"
    grave = trip.now
    _, case = investigated(trip)
    trip.do(case, "report_investigation", "enforcement", REPORT | {"grave_measure": True}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    window = trip.due(case, "defence")
    trip.do(case, "request_hearing", "enforcement", WORD)
    trip.now = window + DAY
    assert trip.state(case) == "asked"
    assert trip.due(case, "hearing_grant") > grave


WITHDRAWN = {"content": "当事人书面撤回听证申请", "statement_no": "撤回申请书一份"}


def test_a_request_withdrawn_in_its_window_leaves_the_rest_of_the_window(trip: Trip) -> None:
    """PROC-57: five working days from the notice, as if no hearing had been asked for."""
    case = asked(trip)
    window = trip.due(case, "defence")
    assert refused(trip, case, "withdraw_request", "legal", WITHDRAWN) == "wrong-state"
    trip.do(case, "request_hearing", "enforcement", WORD)
    assert [state for _, state in clocks_of(trip, case)["defence"]] == ["dropped"]
    trip.now += DAY
    trip.do(case, "withdraw_request", "legal", WITHDRAWN)
    clocks = clocks_of(trip, case)
    assert [state for _, state in clocks["defence"]] == ["dropped", "running"]
    assert [state for _, state in clocks["hearing_grant"]] == ["stopped"]
    assert (trip.state(case), trip.due(case, "defence")) == ("notified", window)
    trip.do(case, "request_hearing", "enforcement", WORD)
    trip.do(case, "withdraw_request", "enforcement", WITHDRAWN)
    trip.now = window
    assert trip.state(case) == "deciding"
    trip.sound()


def test_a_request_withdrawn_after_its_window_leads_to_the_decision_which_tells_of_it(trip: Trip) -> None:
    case = asked(trip)
    window = trip.due(case, "defence")
    trip.do(case, "request_hearing", "enforcement", WORD)
    trip.now = window + 3 * DAY
    assert trip.state(case) == "asked"
    trip.do(case, "withdraw_request", "legal", WITHDRAWN)
    assert trip.state(case) == "deciding"
    trip.approve(trip.do(case, "decide", "enforcement", FINE), "bureau_head")
    (decision,) = (
        one for one in trip.session.scalars(papers_of(trip, case)) if one.kind == "penalty_decision"
    )
    assert "当事人要求听证，后在本局受理前撤回" in text_of(trip, decision)
    trip.sound()


def test_a_second_notice_gives_the_window_whole_again(trip: Trip) -> None:
    """A request that was granted or waived leaves nothing behind for the notice on new facts."""
    case = asked(trip)
    trip.do(case, "request_hearing", "enforcement", WORD)
    trip.do(case, "waive_defence", "enforcement", WORD | {"statement_no": "1"})
    trip.do(case, "notify_again", "enforcement", {"reason": "新事实", "proposed_fine": "20000"}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    assert clocks_of(trip, case)["defence"][-1][1] == "running"
    trip.now = trip.due(case, "defence")
    assert trip.state(case) == "deciding"


def clocks_of(trip: Trip, matter: int) -> dict[str, list[tuple[str, str]]]:
    """Clock → the last day and the state of each run."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in views.deadlines(trip.session, matter, now=trip.now):
        last = (row["due_at"] - timedelta(seconds=1)).astimezone(SHANGHAI).date() if row["due_at"] else "—"
        found.setdefault(row["clock"], []).append((str(last), row["state"]))
    return found


def test_a_hearing_is_put_off_and_the_party_is_told_anew(trip: Trip) -> None:
    """听证延期: seven working days before the new day, by a notice of its own; both clocks move with it."""
    case = asked(trip)
    later = {"hearing_on": "2026-04-03", "asked_by": "party", "reason": "当事人住院治疗"}
    assert refused(trip, case, "postpone_hearing", "legal", later) == "wrong-state"
    granted(trip, case, "2026-03-20")
    trip.do(case, "postpone_hearing", "legal", later | {"hearing_on": "2026-03-25"})  # nobody was told yet
    assert clocks_of(trip, case)["hearing_notice"] == [("2026-03-16", "running")]
    trip.do(case, "notify_hearing", "legal", WORD)
    trip.handed(case, "serve_hearing_notice", "legal")
    trip.now += 15 * DAY
    assert refused(trip, case, "postpone_hearing", "enforcement", later) == "post-not-allowed"
    soon = later | {"hearing_on": "2026-03-25"}
    assert refused(trip, case, "postpone_hearing", "legal", soon) == "hearing-too-soon"
    trip.do(case, "postpone_hearing", "legal", later)
    clocks = clocks_of(trip, case)
    assert clocks["hearing_notice"] == [("2026-03-16", "stopped"), ("2026-03-25", "running")]
    assert [state for _, state in clocks["hearing_day"]] == ["stopped", "stopped", "running"]
    assert clocks["hearing_day"][-1][0] == "2026-04-03"
    assert trip.due(case, "decision") is None  # the time of the hearing still does not count
    assert refused(trip, case, "close_hearing", "legal", HEARD) == "condition-not-met"
    trip.do(case, "notify_hearing", "legal", WORD)
    trip.handed(case, "serve_hearing_notice", "legal")
    notices = [one for one in trip.session.scalars(papers_of(trip, case)) if one.kind == "hearing_notice"]
    first, second = (text_of(trip, one) for one in notices)
    assert ("2026年3月25日" in first, "当事人住院治疗" in first) == (True, True)
    assert ("2026年4月3日" in second, "延期举行" in second) == (True, True)
    trip.now += 30 * DAY
    trip.do(case, "close_hearing", "legal", HEARD)
    trip.sound()


@pytest.fixture
def heard(trip: Trip) -> int:
    """A hearing on 20 March, presided over by one of two reviewers."""
    trip.bureau.officers["legal_2"] = factories.officer(trip.session, "legal", trip.bureau.bureau_id)
    case = asked(trip)
    granted(trip, case, "2026-03-20")
    return case


def held_on_its_day(trip: Trip, case: int) -> None:
    """The party is told of the hearing, and its day comes."""
    trip.do(case, "notify_hearing", "legal", WORD)
    trip.handed(case, "serve_hearing_notice", "legal")
    trip.now = trip.due(case, "hearing_day") - DAY


def presiding(trip: Trip, who: str) -> dict[str, object]:
    return {"hearing_president": trip.bureau.officers[who], "reason": "另行指定"}


def test_who_handled_the_case_or_reviews_none_does_not_preside(trip: Trip, heard: int) -> None:
    """APL-64: somebody of the bureau who did not investigate the case."""
    for who in ("enforcement", "dispatcher"):
        assert (
            refused(trip, heard, "name_president", "bureau_head", presiding(trip, who)) == "president-not-fit"
        )
    handler = trip.bureau.officers["enforcement"]
    post = Posting(
        jurisdiction_id=trip.bureau.jurisdiction_id, officer_id=handler,
        organisation_id=trip.bureau.bureau_id, post="legal", valid_from=factories.LONG_AGO,
    )  # fmt: skip
    trip.session.add(post)
    assert refused(trip, heard, "name_president", "bureau_head", presiding(trip, "enforcement")) == (
        "president-not-fit"
    )


def test_the_president_alone_ends_the_hearing_and_not_before_its_day(trip: Trip, heard: int) -> None:
    trip.do(heard, "notify_hearing", "legal", WORD)
    trip.handed(heard, "serve_hearing_notice", "legal")
    assert refused(trip, heard, "close_hearing", "legal", HEARD) == "hearing-not-yet"
    absent = {"ground": "absent", "content": "经传唤未到场"}
    assert refused(trip, heard, "end_hearing", "legal", absent) == "hearing-not-yet"
    trip.now = trip.due(heard, "hearing_day") - DAY
    assert refused(trip, heard, "close_hearing", "legal_2", HEARD) == "not-the-president"
    trip.do(heard, "close_hearing", "legal", HEARD)
    assert trip.state(heard) == "rereview"
    trip.sound()


def test_a_president_who_steps_aside_is_replaced_before_the_hearing_goes_on(trip: Trip, heard: int) -> None:
    """APL-43: the party may object to who presides; the case waits for another."""
    aside = {"officer_id": trip.bureau.officers["legal"], "asked_by": "party", "reason": "与当事人是亲属"}
    trip.approve(trip.do(heard, "recuse", "legal_2", aside), "bureau_head")
    assert refused(trip, heard, "notify_hearing", "legal_2", WORD) == "no-president"
    again = presiding(trip, "legal")
    assert refused(trip, heard, "name_president", "legal_2", again) == "president-not-fit"
    trip.do(heard, "name_president", "legal_2", presiding(trip, "legal_2"))
    held_on_its_day(trip, heard)
    (notice,) = (one for one in trip.session.scalars(papers_of(trip, heard)) if one.kind == "hearing_notice")
    name = trip.session.get_one(Officer, (trip.bureau.jurisdiction_id, trip.bureau.officers["legal_2"])).name
    assert f"本次听证由{name}主持" in text_of(trip, notice)
    assert refused(trip, heard, "close_hearing", "legal", HEARD) == "recused"
    trip.do(heard, "close_hearing", "legal_2", HEARD)
    trip.sound()


def test_a_notice_that_comes_too_late_is_not_served(trip: Trip, heard: int) -> None:
    trip.do(heard, "notify_hearing", "legal", WORD)
    trip.now = trip.due(heard, "hearing_notice")
    with pytest.raises(Refused, match="hearing-notice-late"):
        trip.handed(heard, "serve_hearing_notice", "legal")
    later = {"hearing_on": "2026-04-03", "asked_by": "president", "reason": "通知未能按时送达"}
    trip.do(heard, "postpone_hearing", "legal", later)
    assert trip.state(heard) == "hearing"


@pytest.mark.parametrize(
    ("step", "form", "said"),
    [
        ("end_hearing", {"ground": "absent", "content": "无人到场"}, "无正当理由拒不出席听证"),
        ("withdraw_hearing", {"content": "当事人书面撤回"}, "要求听证后又撤回"),
    ],
)
def test_a_hearing_that_is_missed_or_withdrawn_ends_and_the_case_is_reviewed_again(
    trip: Trip, heard: int, step: str, form: dict[str, str], said: str
) -> None:
    """APL-64: who stays away without good reason gives the right up; the decision says what became of it."""
    held_on_its_day(trip, heard)
    trip.do(heard, step, "legal", form)
    assert trip.state(heard) == "rereview"
    trip.do(heard, "review_after_hearing", "legal_2", {"opinion": "同意"})
    trip.approve(trip.do(heard, "decide", "enforcement", FINE), "bureau_head")
    decision = next(
        one for one in trip.session.scalars(papers_of(trip, heard)) if one.kind == "penalty_decision"
    )
    assert said in text_of(trip, decision)
    trip.sound()

"""A case is closed over no paper for the party, its own or of its measures, that never reached it (PROC-77,
APL-44, APL-61, AEL-24, AEL-25)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from gridsup.documents import life, publishing, seals, services, terms, voiding
from gridsup.documents.kinds import kinds
from gridsup.documents.model import STATUSES, Document, DocumentService
from gridsup.documents.numbering import catalogue as series
from gridsup.documents.proof import Service
from gridsup.enforcement import closing
from gridsup.errors import Conflict
from gridsup.people.model import Jurisdiction
from gridsup.procedures import views
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Pack
from gridsup.procedures.proof import differences
from tests.db.documents.conftest import drawing
from tests.db.enforcement.steps import LIST, THINGS, fined
from tests.db.procedures.trips import DAY, HANDED, KEPT, WHY, WORD, Trip, investigated, refused

BACK = HANDED | {"ground": "innocent", "content": "已返还"}


def lifted(trip: Trip) -> tuple[int, int, list[Document]]:
    """A case, a seizure of it that was lifted, and the two papers of the seizure: neither was sealed."""
    _, case = investigated(trip)
    (held,) = trip.do(case, "apply_seizure", "enforcement", THINGS).children
    trip.approve(trip.do(held, "seize", "enforcement", LIST, pair=True), "bureau_head")
    trip.now += DAY
    trip.do(held, "release", "enforcement", BACK, pair=True)
    return case, held, papers(trip, held)


def papers(trip: Trip, matter: int) -> list[Document]:
    found = select(Document).where(Document.matter_id == matter).order_by(Document.id)
    return list(trip.session.scalars(found, execution_options={"populate_existing": True}))


def served(trip: Trip, paper: Document, **at: timedelta) -> Document:
    """By post, ``ago`` before it is recorded."""
    then = trip.now - at.get("ago", timedelta(0))
    posted = Service(way="post", at=then, place="当事人住所", proof_no="EMS1")
    return services.serve(trip.session, paper.id, posted, trip.acting("enforcement"), now=trip.now)


def unsealed(trip: Trip, *names: str) -> None:
    """This bureau puts no seal to papers of those kinds."""
    home = trip.session.get_one(Jurisdiction, trip.bureau.jurisdiction_id)
    home.settings = {**home.settings, "seals": home.settings.get("seals", {}) | dict.fromkeys(names, "none")}


def why_not(trip: Trip, case: int, step: str = "terminate") -> Conflict | None:
    """What stands beside the step before anybody presses it; the press says the same."""
    may = views.available_actions(trip.session, case, [trip.acting("enforcement")], now=trip.now)["actions"]
    told = [why["code"] for one in may if one["action"] == step for why in one["reasons"]]
    found = closing.unready(trip.session, trip.bureau.jurisdiction_id, case, "penalty_case", step)
    assert told == ([found.code] if found else [])
    if found:
        assert refused(trip, case, step, "enforcement", WHY) == found.code
    return found


def test_each_kind_of_paper_for_the_party_holds_the_case_open_until_it_is_served_or_void(trip: Trip) -> None:
    """The whole table: every kind of paper in every status, below a case and below what is none."""
    case, held, (decision, release) = lifted(trip)
    voiding.void(trip.session, release.id, "未交付", trip.acting("station_head"), now=trip.now)
    place, session = trip.bureau.jurisdiction_id, trip.session
    for kind in kinds():
        for status in STATUSES:
            session.execute(
                update(Document).where(Document.id == decision.id).values(kind=kind, status=status)
            )
            found = closing.unready(session, place, case, "penalty_case", "terminate")
            open_ended = kinds()[kind].served == "receipt" and status in ("numbered", "sealed")
            assert (found.code if found else None) == ("papers-unserved" if open_ended else None), kind
            assert closing.unready(session, place, held, "seizure", "release") is None
            assert closing.unready(session, place, case, "unlicensed_operation", "accept_ceased") is None


def test_a_case_waits_for_the_papers_of_a_lifted_seizure_and_names_each_of_them(trip: Trip) -> None:
    case, held, (decision, release) = lifted(trip)
    told = why_not(trip, case)
    assert told is not None
    for one in (decision, release):
        assert f"《{one.title}》{one.number}（“查封、扣押”，待用印）" in told.text("zh")
        assert one.number in told.text("en")
    keeper = trip.bureau.officers["general"]
    image = seals.add(trip.session, "公章", drawing(trip, "#c8102e"), officer_id=keeper)
    life.seal(trip.session, decision.id, image.id, trip.acting("general"), now=trip.now)
    told = why_not(trip, case)
    assert told is not None
    assert f"{decision.number}（“查封、扣押”，待送达）" in told.text("zh")
    then = trip.now - DAY  # it was handed over when the things were taken, and recorded only now
    served(trip, decision, ago=DAY)
    (service,) = trip.session.scalars(
        select(DocumentService).where(DocumentService.document_id == decision.id)
    )
    assert (service.served_at, bool(service.receipt_number)) == (then, True)
    told = why_not(trip, case)
    assert told is not None
    assert decision.number not in told.text("zh")
    voiding.void(trip.session, release.id, "当事人已去世，未交付", trip.acting("station_head"), now=trip.now)
    assert why_not(trip, case) is None
    assert trip.state(held) == "released"
    trip.approve(trip.do(case, "terminate", "enforcement", WHY), "bureau_head")
    trip.sound()


def test_a_signature_does_not_close_a_case_whose_paper_was_written_meanwhile(trip: Trip) -> None:
    _, case = investigated(trip)
    proposed = trip.do(case, "terminate", "enforcement", WHY)
    (kept,) = trip.do(case, "preserve_evidence", "enforcement", THINGS).children
    trip.do(kept, "preserve_urgent", "enforcement", KEPT, pair=True)
    trip.do(kept, "release", "enforcement", {"decision": "返还当事人"} | HANDED, pair=True)
    with pytest.raises(Conflict, match="papers-unserved"):
        trip.approve(proposed, "bureau_head")
    trip.delivered(kept)
    trip.approve(proposed, "bureau_head")
    assert trip.state(case) == "terminated"


def test_a_paper_under_public_notice_holds_the_case_open_until_its_term_is_over(
    trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _, (decision, release) = lifted(trip)
    unsealed(trip, decision.kind, release.kind, "public_notice")
    served(trip, release)
    who = trip.acting("enforcement")
    notice = publishing.write(
        trip.session, decision.id, tried="查无下落", gist=None, acting=who, now=trip.now
    )
    publishing.publish(trip.session, notice.id, "本局网站", who, now=trip.now)
    monkeypatch.setattr(closing, "clock", lambda: trip.now)
    told = why_not(trip, case)
    assert told is not None
    assert "公告期未满" in told.text("zh")
    trip.now = terms.standing(trip.session, [decision])[decision.id].until
    assert why_not(trip, case) is None
    trip.approve(trip.do(case, "terminate", "enforcement", WHY), "bureau_head")
    assert list(differences(trip.session)) == []


def test_a_reminder_that_was_never_handed_over_is_void_before_the_case_is_closed(trip: Trip) -> None:
    """The party paid before the reminder (催告书) went out."""
    case, money = fined(trip)
    trip.now = trip.due(money, "contest_term")
    trip.do(money, "remind", "enforcement", WORD)
    paid = {"amount": "10000", "paid_on": trip.now.date().isoformat(), "receipt_no": "R1"}
    trip.do(money, "record_payment", "general", paid | {"kind": "fine"})
    trip.do(money, "record_payment", "general", paid | {"kind": "late_fine", "amount": "10000"})
    trip.do(money, "confirm_performed", "general", WORD)
    (reminder,) = (one for one in papers(trip, money) if one.kind == "performance_reminder")
    told = why_not(trip, case, "close_penalised")
    assert told is not None
    assert reminder.number in told.text("zh")
    voiding.void(trip.session, reminder.id, "送达前已缴清", trip.acting("station_head"), now=trip.now)
    trip.approve(trip.do(case, "close_penalised", "enforcement", WORD), "bureau_head")
    trip.sound()


def amended(trip: Trip, case: int) -> Document:
    """An amendment (更正通知书) of the decision, written and nothing more."""
    decision = next(one for one in papers(trip, case) if one.kind == "penalty_decision")
    who = trip.acting("enforcement")
    wrong = {"was": "罚款一万元", "now": "罚款壹万元整", "reason": "文字更正"}
    return life.amend(trip.session, decision.id, **wrong, acting=who, at=trip.now)


def test_a_paper_of_the_case_itself_holds_its_closing_and_names_itself(trip: Trip) -> None:
    """The decision was served and paid; the amendment of it never went out."""
    case, money = fined(trip)
    amendment = amended(trip, case)
    paid = {"amount": "10000", "paid_on": trip.now.date().isoformat(), "receipt_no": "R1"}
    trip.do(money, "record_payment", "general", paid | {"kind": "fine"})
    trip.do(money, "confirm_performed", "general", WORD)
    told = why_not(trip, case, "close_penalised")
    assert told is not None
    assert f"《更正通知书》{amendment.number}（本案，待用印）" in told.text("zh")
    assert "请在本案“文书”一栏" in told.text("zh")
    assert f"“Amendment” {amendment.number} (this case, to be sealed)" in told.text("en")
    unsealed(trip, "amendment")
    served(trip, amendment, ago=DAY)
    assert why_not(trip, case, "close_penalised") is None
    trip.approve(trip.do(case, "close_penalised", "enforcement", WORD), "bureau_head")
    trip.sound()


def test_papers_here_and_below_are_told_with_both_places(trip: Trip) -> None:
    case, _, _ = lifted(trip)
    (first,) = (one for one in papers(trip, case) if one.kind == "filing_form")
    trip.session.execute(update(Document).where(Document.id == first.id).values(kind="penalty_notice"))
    told = why_not(trip, case)
    assert told is not None
    assert ("（本案，" in told.text("zh"), "（“查封、扣押”，" in told.text("zh")) == (True, True)
    assert "请在本案“文书”一栏，属于关联事项的" in told.text("zh")


CLOSED_OVER = [
    (loaded.pack, name)
    for loaded in load_packs()
    if loaded.pack.id in closing.CASES
    for name, action in loaded.pack.actions.items()
    if "documents.number" in action.effects
    for kind in [kinds()[series()[f"{loaded.pack.id}.{name}"].kind]]
    if kind.served == "receipt"
]


@pytest.mark.parametrize(("pack", "act"), CLOSED_OVER, ids=lambda one: getattr(one, "version", one))
def test_every_version_has_a_step_that_serves_what_it_numbers_for_the_party(pack: Pack, act: str) -> None:
    """A case under way of an older version told of the service by its step; that paper is not held."""
    kind = kinds()[series()[f"{pack.id}.{act}"].kind]
    today = load_packs().latest(pack.id)
    reached = {
        mark
        for step in (*kind.steps, *kind.announced.values())
        for mark in today.actions[step.partition(".")[2]].marks
    }
    serving = [f"{pack.id}.{name}" for name, each in pack.actions.items() if reached & set(each.marks)]
    assert {*serving} & {*kind.acts, *kind.steps, *kind.announced.values()}

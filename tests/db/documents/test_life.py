"""The life of a document: numbers, files, seals, service, amendments, voids and prints."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gridsup.db import transaction
from gridsup.documents import drafts, files, life, prints, queries, seals, services, voiding
from gridsup.documents.model import Document, DocumentService
from gridsup.documents.numbering import last_serial, next_serial
from gridsup.documents.proof import Service
from gridsup.errors import Conflict, GridsupError, Invalid, NotFound, Unavailable
from gridsup.people.model import AuditEntry, Jurisdiction
from gridsup.procedures import attachments, views
from tests.conftest import JURISDICTION, Clone
from tests.db.documents import walk
from tests.db.documents.conftest import drawing
from tests.db.procedures.trips import Trip
from tests.pdf import text_of


def of_kind(trip: Trip, kind: str) -> Document:
    return trip.session.scalars(
        select(Document).where(Document.kind == kind).order_by(Document.id.desc())
    ).first() or pytest.fail(f"no {kind}")


def refused(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(GridsupError) as caught:
        call(*args, **more)
    return caught.value.code


def sealed(trip: Trip, document: Document) -> Document:
    image = seals.add(
        trip.session, "公章", drawing(trip, "#c8102e"), officer_id=trip.bureau.officers["general"]
    )
    return life.seal(trip.session, document.id, image.id, trip.acting("general"))


def signed(trip: Trip, **more: Any) -> Service:
    given = {"receiver": walk.PARTY, "relation": "本人", "signature_sha256": drawing(trip)}
    return Service(way="direct", at=datetime.now(UTC), place="当事人经营场所", **{**given, **more})


def test_numbers_have_no_gap_and_no_twin_however_many_ask_at_once(clone: Clone) -> None:
    """Half of the transactions fail after taking a number: the next one takes the same number again."""
    kept: list[int] = []
    barrier = threading.Barrier(8)

    class Failed(Exception):
        pass

    def ask(worker: int) -> None:
        barrier.wait()
        for turn in range(10):
            try:
                with transaction(clone.engine, JURISDICTION) as session:
                    number = next_serial(session, JURISDICTION, "监处", 2026)
                    if (worker + turn) % 2:
                        raise Failed
            except Failed:
                continue
            kept.append(number)

    workers = [threading.Thread(target=ask, args=(one,)) for one in range(8)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(kept) == list(range(1, 41))
    with transaction(clone.engine, JURISDICTION) as session:
        assert last_serial(session, JURISDICTION, "监处", 2026) == 40
        assert next_serial(session, JURISDICTION, "监处", 2027) == 1  # a year begins anew


def test_a_void_keeps_its_number_and_the_next_paper_gets_the_next(trip: Trip) -> None:
    matter = walk.corrected(trip)
    first = of_kind(trip, "correction_order")
    voiding.void(trip.session, first.id, "地址打错", trip.acting("station_head"))
    assert (first.status, first.void_reason, first.serial) == ("void", "地址打错", 1)
    assert (
        refused(voiding.void, trip.session, first.id, "再次", trip.acting("station_head")) == "document-void"
    )
    assert [one.kind for one in drafts.open_drafts(trip.session, matter)].count("correction_order") == 1
    second = life.issue(trip.session, matter, "correction_order", trip.acting("dispatcher"))
    assert (second.serial, second.status) == (2, "numbered")
    assert "监责改〔2026〕0002号" in text_of(files.original(trip.session, second))
    assert refused(life.issue, trip.session, matter, "correction_order", trip.acting("dispatcher")) == (
        "already-issued"
    )
    trip.sound()


def test_a_command_that_is_withdrawn_takes_its_number_and_its_papers_with_it(trip: Trip) -> None:
    """撤回指令: void before receipt, kept in the series; not once the party holds a paper of it."""
    matter, why, who = trip.classified(), {"reason": "对象有误"}, trip.acting("dispatcher")
    trip.do(matter, "guide", "dispatcher")
    life.issue(trip.session, matter, "licensing_urge", who)
    trip.do(matter, "withdraw", "dispatcher", why)
    papers = trip.session.scalars(queries.documents_of(JURISDICTION, matter)).all()
    assert [(one.kind, one.serial, one.status) for one in papers] == [
        ("command", 1, "void"),
        ("licensing_urge", 1, "void"),
    ]
    assert {one.void_reason for one in papers} == {"指令撤回：对象有误"}
    events = views.history(trip.session, matter)
    (told,) = (
        one["results"][drafts.WITHDRAWN]["lines"]["zh"] for one in events if one["action"] == "withdraw"
    )
    assert all(one.number in told[0] for one in papers)
    left = {one.kind for one in drafts.open_drafts(trip.session, matter)}
    assert left.isdisjoint({"command", "licensing_urge", "licensing_notice"})
    assert refused(life.issue, trip.session, matter, "command", who) == "no-act-for-document"
    trip.do(matter, "guide", "dispatcher")
    assert of_kind(trip, "command").serial == 2
    urge = life.issue(trip.session, matter, "licensing_urge", who)
    sealed(trip, urge)
    services.serve(trip.session, urge.id, signed(trip), trip.acting("enforcement"))
    with pytest.raises(Conflict, match="command-served"):
        trip.do(matter, "withdraw", "dispatcher", why)
    trip.sound()


def test_the_first_file_is_frozen_and_its_hash_is_kept(trip: Trip) -> None:
    walk.corrected(trip)
    order = of_kind(trip, "correction_order")
    content = files.original(trip.session, order)
    home = trip.session.get_one(Jurisdiction, trip.bureau.jurisdiction_id)
    home.settings = {**home.settings, "review_organ": "另一机关"}
    trip.session.flush()
    assert files.original(trip.session, order) == content
    path = attachments.path_of(order.jurisdiction_id, str(order.file_sha256))
    path.write_bytes(content + b" ")
    with pytest.raises(Unavailable, match="file-lost"):
        files.original(trip.session, order)


def test_an_amendment_names_the_original_by_number_and_leaves_it_as_it_is(trip: Trip) -> None:
    walk.corrected(trip)
    order = of_kind(trip, "correction_order")
    before = files.original(trip.session, order)
    words = {"was": "花楼街128号", "now": "花楼街126号", "reason": "地址笔误"}
    made = life.amend(trip.session, order.id, **words, acting=trip.acting("dispatcher"))
    assert (made.amends_id, made.serial) == (order.id, 1)
    said = text_of(files.original(trip.session, made))
    for element in (order.number, order.title, *words.values(), walk.PARTY, made.number):
        assert element in said, element
    assert (files.original(trip.session, order), order.status) == (before, "numbered")
    trip.sound()


def test_a_seal_image_goes_into_the_paper_once_and_only_where_the_bureau_seals_so(trip: Trip) -> None:
    walk.corrected(trip)
    order = of_kind(trip, "correction_order")
    plain = files.original(trip.session, order)
    scan = attachments.save(trip.session, b"%PDF-scan", uploaded_by=trip.bureau.officers["general"]).sha256
    assert refused(life.bind_scan, trip.session, order.id, scan, trip.acting("general")) == "other-seal"
    assert refused(life.seal, trip.session, order.id, 999, trip.acting("general")) == "no-seal"
    sealed(trip, order)
    assert (order.status, order.sealed_by) == ("sealed", "image")
    final, mime = files.final(trip.session, order)
    assert mime == "application/pdf"
    assert final != plain == files.original(trip.session, order)
    assert text_of(final) == text_of(plain)
    assert refused(sealed, trip, order) == "sealed-already"
    trip.sound()


def test_a_wet_seal_is_printed_sealed_scanned_and_bound_to_its_number(trip: Trip) -> None:
    walk.on_spot(trip)
    decision = of_kind(trip, "on_spot_decision")
    keeper = trip.acting("general")
    scan = attachments.save(trip.session, b"%PDF-scan", uploaded_by=trip.bureau.officers["general"]).sha256
    assert refused(life.bind_scan, trip.session, decision.id, scan, keeper) == "not-printed"
    prints.record(trip.session, decision.id, officer_id=trip.bureau.officers["enforcement"])
    assert refused(life.bind_scan, trip.session, decision.id, "0" * 64, keeper) == "no-attachment"
    life.bind_scan(trip.session, decision.id, scan, keeper)
    assert (decision.status, decision.sealed_by, decision.final_sha256) == ("sealed", "scan", scan)
    assert files.final(trip.session, decision)[0] == b"%PDF-scan"
    assert refused(life.bind_scan, trip.session, decision.id, scan, keeper) == "sealed-already"
    trip.sound()


def test_a_bureau_may_seal_a_kind_otherwise(trip: Trip) -> None:
    walk.on_spot(trip)
    decision = of_kind(trip, "on_spot_decision")
    assert seals.ways(trip.session)["on_spot_decision"] == life.policy(trip.session, decision) == "wet"
    for _ in range(2):
        seals.choose(trip.session, "on_spot_decision", "image")
    told = trip.session.scalars(select(AuditEntry).where(AuditEntry.act == "seal_way")).all()
    assert [(one.subject, one.detail) for one in told] == [
        ("on_spot_decision", {"before": "wet", "way": "image"})
    ]
    assert seals.ways(trip.session)["on_spot_decision"] == life.policy(trip.session, decision) == "image"
    for kind, way in (("on_spot_decision", "none"), ("filing_form", "image"), ("nothing", "wet")):
        assert refused(seals.choose, trip.session, kind, way) in ("seal-way", "no-document-kind")
    assert sealed(trip, decision).status == "sealed"


def test_a_paper_is_served_signed_and_its_receipt_numbered_in_the_same_step(trip: Trip) -> None:
    matter = walk.ledger(trip)
    order = of_kind(trip, "licensing_urge")
    who = trip.acting("enforcement")
    assert refused(services.serve, trip.session, order.id, signed(trip), who) == "not-sealed"
    sealed(trip, order)
    crew = [trip.bureau.officers["enforcement_2"]]
    given = signed(trip)
    services.serve(trip.session, order.id, given, who, crew=crew)
    served = trip.session.scalars(select(DocumentService)).one()
    receipt = of_kind(trip, "service_receipt")
    assert order.status == "served"
    assert (served.document_id, served.receipt_number) == (order.id, receipt.number)
    assert served.officers == [trip.bureau.officers["enforcement"], *crew]
    said = text_of(files.original(trip.session, receipt))
    for element in (
        order.number,
        order.title,
        walk.PARTY,
        "本人",
        "直接送达",
        "当事人经营场所",
        "江汉区市场监督管理局",
    ):
        assert element in said, element
    again = services.serve(trip.session, order.id, given, who)  # a phone that never heard the answer
    assert (again.id, again.status) == (order.id, "served")
    assert trip.session.scalars(select(DocumentService)).one() is served
    other = replace(given, place="别处")
    assert refused(services.serve, trip.session, order.id, other, who) == "served-already"
    assert refused(voiding.void, trip.session, order.id, "错", who) == "served-not-void"
    event = views.history(trip.session, matter)[-1]
    assert (event["kind"], event["action"], len(event["photos"])) == ("document", "document_serve", 1)
    trip.sound()


REFUSAL = Service(
    way="left",
    at=datetime.now(UTC),
    place="当事人住所",
    refusal="当事人拒绝签名",
    witness="赵主任",
    witness_of="花楼街社区居民委员会",
)


LACKS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["/photos"]),
    ({"witness": None}, ["/witness", "/photos"]),
    ({"witness_of": None}, ["/witness_of", "/photos"]),
    ({"refusal": None}, ["/refusal", "/photos"]),
    ({"way": "direct"}, ["/receiver", "/signature_sha256", "/way"]),
    ({"way": "post", "refusal": None}, ["/proof_no"]),
    ({"way": "electronic", "refusal": None}, ["/proof_no", "/address_confirmed"]),
    ({"way": "entrusted", "refusal": None}, ["/proof_no"]),
    ({"place": " "}, ["/place", "/photos"]),
    ({"at": datetime.now(UTC) + timedelta(days=1)}, ["/photos", "/at"]),
    ({"at": datetime(2020, 1, 1, tzinfo=UTC)}, ["/photos", "/at"]),
]


def test_service_names_what_its_way_asks_for(trip: Trip) -> None:
    walk.ledger(trip)
    order = sealed(trip, of_kind(trip, "licensing_urge"))
    for change, fields in LACKS:
        with pytest.raises(Invalid) as caught:
            services.serve(trip.session, order.id, replace(REFUSAL, **change), trip.acting("enforcement"))
        assert [fault.pointer for fault in caught.value.faults] == fields, change


def test_a_refused_signature_is_witnessed_photographed_and_stands_on_the_receipt(trip: Trip) -> None:
    walk.ledger(trip)
    order = sealed(trip, of_kind(trip, "licensing_urge"))
    left = replace(REFUSAL, photos=[drawing(trip)], witness_signature_sha256=drawing(trip, "#0000ff"))
    services.serve(trip.session, order.id, left, trip.acting("enforcement"))
    said = text_of(files.original(trip.session, of_kind(trip, "service_receipt")))
    for element in ("留置送达", "当事人拒绝签名", "赵主任", "花楼街社区居民委员会"):
        assert element in said, element
    trip.sound()


def test_a_record_is_signed_itself_and_gives_no_receipt(trip: Trip) -> None:
    walk.rectified(trip)
    record = of_kind(trip, "site_record")
    plain = files.original(trip.session, record)
    services.serve(trip.session, record.id, signed(trip), trip.acting("enforcement"))
    assert (record.status, record.sealed_by) == ("served", "signature")
    assert files.final(trip.session, record)[0] != plain
    receipts = trip.session.scalars(select(Document).where(Document.kind == "service_receipt"))
    assert record.number not in {one.content["fields"]["paper_number"] for one in receipts}
    trip.sound()


def test_a_step_and_the_service_of_its_paper_are_one_act_from_either_side(trip: Trip) -> None:
    """Sealed first, then served once: the papers take the step, the step serves the paper."""
    matter, end = walk.to_rectify(trip)
    pair = [trip.bureau.officers[one] for one in ("enforcement", "enforcement_2")]
    notice, who = of_kind(trip, "rectification_notice"), trip.acting("enforcement")
    serve = (services.serve, trip.session, notice.id, signed(trip), who)
    assert refused(*serve, crew=pair) == "not-sealed"
    (step,) = (
        one
        for one in views.available_actions(trip.session, matter, [who])["actions"]
        if one["action"] == "serve_notice"
    )
    assert [why["code"] for why in step["reasons"]] == ["not-sealed"]
    assert refused(
        trip.do, matter, "give_notice", "enforcement", {"requirement": "清理", "term_end": end}
    ) == ("paper-unserved")
    sealed(trip, notice)
    assert refused(*serve) == "crew-too-small"
    services.serve(*serve[1:], crew=pair)
    services.serve(*serve[1:], crew=pair)  # the phone that never heard the answer
    assert (notice.status, trip.state(matter)) == ("served", "rectifying")
    assert [one["action"] for one in views.history(trip.session, matter)][-1] == "serve_notice"
    (proof,) = trip.session.scalars(queries.services_of(JURISDICTION, [notice.id]))
    receipt = of_kind(trip, "service_receipt")
    assert (proof.receipt_number, receipt.event_seq) == (receipt.number, proof.event_seq)
    assert notice.number in text_of(files.original(trip.session, receipt))
    assert trip.due(matter, "term").date().isoformat() >= end

    again, end = walk.to_rectify(trip, "walk-r2")
    sealed(trip, of_kind(trip, "rectification_notice"))
    left = {"way": "left", "place": "当事人住所", "refusal": "拒绝签名", "term_end": end}
    lacking = (trip.do, again, "serve_notice", "enforcement")
    assert refused(*lacking, left, pair=True) == "form-invalid"  # no witness
    left |= {"witness": "赵主任", "witness_of": "花楼街社区居民委员会"}
    assert refused(*lacking, left, pair=True) == "service-not-proved"  # neither a signature nor a photo
    left |= {"witness_signature_sha256": drawing(trip)}
    moved = left | {"term_end": (datetime.fromisoformat(end) + timedelta(days=1)).date().isoformat()}
    assert refused(*lacking, moved, pair=True) == "paper-says-otherwise"
    trip.do(again, "serve_notice", "enforcement", left, pair=True)
    served = of_kind(trip, "rectification_notice")
    trip.session.refresh(served)
    (proof,) = trip.session.scalars(queries.services_of(JURISDICTION, [served.id]))
    assert (served.status, proof.way, proof.witness) == ("served", "left", "赵主任")
    assert refused(*serve[:2], served.id, signed(trip), who, crew=pair) == "served-already"
    assert refused(*lacking, left, pair=True) == "wrong-state"
    trip.sound()


def test_a_form_of_the_office_is_served_on_nobody(trip: Trip) -> None:
    walk.opened_case(trip)
    form = of_kind(trip, "filing_form")
    assert refused(services.serve, trip.session, form.id, signed(trip), trip.acting("enforcement")) == (
        "not-served-kind"
    )


def test_whoever_prints_again_says_why(trip: Trip) -> None:
    walk.corrected(trip)
    order = of_kind(trip, "correction_order")
    who = trip.bureau.officers["enforcement"]
    prints.record(trip.session, order.id, officer_id=who, copies=3)
    with pytest.raises(Invalid, match="reprint-reason"):
        prints.record(trip.session, order.id, officer_id=who, reason="  ")
    prints.record(trip.session, order.id, officer_id=who, reason="首份污损")
    with pytest.raises(Invalid, match="copies"):
        prints.record(trip.session, order.id, officer_id=who, copies=0, reason="再印")
    with pytest.raises(NotFound, match="no-document"):
        prints.record(trip.session, 10**9, officer_id=who)
    place = trip.bureau.jurisdiction_id
    log = trip.session.scalars(queries.prints(place)).all()
    assert [(one.copies, one.reason) for one in log] == [(1, "首份污损"), (3, None)]
    assert [one.copies for one in trip.session.scalars(queries.prints(place, again=False))] == [3]
    assert trip.session.scalars(queries.prints(place, text="0001号", kind="correction_order")).all() == log
    assert trip.session.scalars(queries.prints(place, until=log[-1].printed_at)).all() == []


def test_void_documents_do_nothing_more(trip: Trip) -> None:
    walk.corrected(trip)
    order = of_kind(trip, "correction_order")
    files.original(trip.session, order)
    image = seals.add(trip.session, "公章", drawing(trip), officer_id=trip.bureau.officers["general"])
    who = trip.acting("general")
    voiding.void(trip.session, order.id, "作废", who)
    assert refused(life.seal, trip.session, order.id, image.id, who) == "document-void"
    assert refused(services.serve, trip.session, order.id, signed(trip), who) == "document-void"
    with pytest.raises(Conflict, match="document-void"):
        life.amend(trip.session, order.id, was="甲", now="乙", reason="丙", acting=who)

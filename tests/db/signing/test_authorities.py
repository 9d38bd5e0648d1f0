"""授权代签: who may sign for whom, when and what; X signs as X（代Y）, and every rule binds X."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.errors import Forbidden, GridsupError, Invalid, NotFound, Refused
from gridsup.people.model import AuditEntry, Officer, Posting
from gridsup.procedures import engine, store, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Header, open_matter
from gridsup.procedures.loader import LoadedPack
from gridsup.procedures.proof import differences, verify
from gridsup.signing import authorities, waiting
from gridsup.signing.waiting import Approve, Signer
from tests.db.procedures.small_bureau import JURISDICTION, MONDAY, Bureau, do, found_bureau, fresh
from tests.db.procedures.small_pack import CASE, step

DAY = MONDAY.date()
ONE = timedelta(days=1)
FILE, CLOSE = "penalty_case.file_case", "penalty_case.close_served"
KINDS = ("file_case", "close_served", "decide", "decide_collectively", "not_declared")


@pytest.fixture
def bureau(session: Session) -> Bureau:
    made = found_bureau(session)
    plain = json.loads(json.dumps(CASE)) | {"id": "penalty_case", "version": 99}
    for name in ("close_by_chain", "close_by_two"):
        del plain["actions"][name]
    plain["approvals"] = {
        "head": {"title": CASE["title"], "mode": "chain", "steps": [{"post": "bureau_head"}]},
        "filing": {
            "title": CASE["title"],
            "mode": "chain",
            "steps": [{"post": "station_head"}, {"post": "bureau_head"}],
        },
        "collective": {
            "title": CASE["title"],
            "mode": "quorum",
            "quorum": 1,
            "steps": [{"post": "bureau_head"}, {"post": "deputy_head"}],
        },
    }
    for name in KINDS:
        approval = {"file_case": "filing", "decide_collectively": "collective"}.get(name, "head")
        plain["actions"][name] = step(name, ["working"], None, ["enforcement"], approval=approval)
    versions.install(session, JURISDICTION, [LoadedPack.from_data(plain, "case")])
    return made


def proposed(session: Session, bureau: Bureau, action: str = "close_served") -> tuple[int, int]:
    """A matter with an open proposal: ``(matter, proposal)``."""
    header = Header(title="一件案", station_id=bureau.station_id)
    more = {"key": fresh(), "now": MONDAY, "effective_at": MONDAY}
    matter = open_matter(
        session, "penalty_case", bureau.inspector, header, {"what": "无照"}, **more
    ).matter_id
    do(session, matter, "begin", bureau.dispatcher)
    seq = do(session, matter, action, bureau.enforcer).proposal
    assert seq is not None
    return matter, seq


def authorise(session: Session, giver: Acting, receiver: Acting, *acts: str, **more: object) -> Acting:
    given = {
        "giver_id": giver.person_id,
        "post": giver.post,
        "receiver_id": receiver.person_id,
        "acts": list(acts or (FILE, CLOSE)),
        "valid_from": DAY,
        "valid_to": DAY,
        "reason": "出差",
        "today": DAY,
        **more,
    }
    row = authorities.grant(session, JURISDICTION, **given)  # type: ignore[arg-type]
    return Acting(receiver.person_id, giver.post, giver.person_id, authority_id=row.id)


def sign(session: Session, matter: int, seq: int, acting: Acting, now: datetime = MONDAY) -> str | None:
    """None when the signature was taken, else the code of the refusal."""
    try:
        engine.sign(session, matter, seq, acting, agreed=True, key=fresh(), expected_version=None, now=now)
    except GridsupError as refusal:
        return refusal.code
    return None


def test_the_signature_names_both_and_the_record_holds(session: Session, bureau: Bureau) -> None:
    matter, seq = proposed(session, bureau)
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head)
    assert sign(session, matter, seq, acting) is None
    events = store.events_of(session, JURISDICTION, matter)
    told = next(one.data for one in events if one.kind == "signed")
    assert (told["person"], told["acting_for"], told["authority"]) == (
        bureau.deputy_head.person_id,
        bureau.bureau_head.person_id,
        acting.authority_id,
    )
    assert all("authority" not in one.data for one in events if one.kind != "signed")
    assert not list(verify(session))
    assert not list(differences(session))


@pytest.mark.parametrize(
    ("first", "last", "at", "taken"),
    [
        (0, 0, 0, True),
        (0, 5, 5, True),
        (1, 5, 1, True),
        (1, 5, 0, False),
        (0, 5, 6, False),
        (0, 0, 1, False),
    ],
)
def test_it_holds_on_its_days_only(
    session: Session, bureau: Bureau, first: int, last: int, at: int, taken: bool
) -> None:
    matter, seq = proposed(session, bureau)
    days = {"valid_from": DAY + first * ONE, "valid_to": DAY + last * ONE}
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head, **days)
    code = sign(session, matter, seq, acting, MONDAY + at * ONE)
    assert code == (None if taken else "outside-authority")


def test_a_signature_is_not_dated_back_into_its_term(session: Session, bureau: Bureau) -> None:
    matter, seq = proposed(session, bureau)
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head)
    more = {"agreed": True, "key": fresh(), "expected_version": None}
    late = {"effective_at": MONDAY + timedelta(hours=1), "now": MONDAY + ONE}
    with pytest.raises(Refused, match="outside-authority"):
        engine.sign(session, matter, seq, acting, **more, **late)


def test_revoked_it_carries_nothing_any_more(session: Session, bureau: Bureau) -> None:
    matter, seq = proposed(session, bureau)
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head)
    more = {"reason": "已回", "now": datetime.now(UTC), "today": DAY}
    stranger = {"by": bureau.inspector.person_id, "office": False}
    with pytest.raises(Forbidden, match="authority-not-yours"):
        authorities.revoke(session, JURISDICTION, acting.authority_id or 0, **stranger, **more)  # type: ignore[arg-type]
    mine = {"by": bureau.bureau_head.person_id, "office": False}
    authorities.revoke(session, JURISDICTION, acting.authority_id or 0, **mine, **more)  # type: ignore[arg-type]
    assert sign(session, matter, seq, acting) == "outside-authority"
    with pytest.raises(Refused, match="authority-over"):
        authorities.revoke(session, JURISDICTION, acting.authority_id or 0, **mine, **more)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        authorities.revoke(session, JURISDICTION, 10**9, **mine, **more)  # type: ignore[arg-type]
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["signing-authorised", "signing-revoked"]


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("close_served", None),
        ("decide", "signing-personal"),
        ("decide_collectively", "signing-personal"),
        ("not_declared", "signing-personal"),
    ],
)
def test_a_kind_that_is_personal_is_signed_for_nobody(
    session: Session, bureau: Bureau, action: str, code: str | None
) -> None:
    matter, seq = proposed(session, bureau, action)
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head)
    row = session.get_one(authorities.SigningAuthority, (JURISDICTION, acting.authority_id))
    row.acts = [f"penalty_case.{name}" for name in KINDS]  # as if it had been written before the law changed
    session.flush()
    assert sign(session, matter, seq, acting) == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"person_id": "second_inspector"},
        {"acting_for_id": "station_head"},
        {"post": "station_head"},
        {"authority_id": None},
        {"authority_id": 10**9},
    ],
)
def test_it_is_from_one_to_one_in_one_post(
    session: Session, bureau: Bureau, wrong: dict[str, object]
) -> None:
    matter, seq = proposed(session, bureau)
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head)
    changed = {
        name: getattr(bureau, one).person_id if name.endswith("_id") and isinstance(one, str) else one
        for name, one in wrong.items()
    }
    code = sign(session, matter, seq, replace(acting, **changed))  # type: ignore[arg-type]
    assert code in ("outside-authority", "post-not-allowed", "not-deputy")
    assert sign(session, matter, seq, acting) is None


def test_it_names_its_kinds_and_carries_no_other(session: Session, bureau: Bureau) -> None:
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head, FILE)
    assert sign(session, *proposed(session, bureau), acting) == "outside-authority"


def test_it_ends_with_the_posts_of_both(session: Session, bureau: Bureau) -> None:
    matter, seq = proposed(session, bureau)
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head, valid_to=DAY + 9 * ONE)
    for who in (bureau.bureau_head, bureau.deputy_head):
        held = session.scalars(select(Posting).where(Posting.officer_id == who.person_id)).one()
        held.valid_to = DAY - ONE
        session.flush()
        assert sign(session, matter, seq, acting) == "outside-authority"
        held.valid_to = None
        session.flush()
    officer = session.get_one(Officer, (JURISDICTION, bureau.deputy_head.person_id))
    officer.active = False
    session.flush()
    assert sign(session, matter, seq, acting) == "outside-authority"


def test_who_took_part_signs_for_nobody_and_nobody_signs_twice(session: Session, bureau: Bureau) -> None:
    """Reviewer ≠ handler: the dispatcher of this matter may sign for the station head in others only."""
    matter, seq = proposed(session, bureau, "file_case")
    proposer = authorise(session, bureau.station_head, bureau.enforcer, FILE)
    handler = authorise(session, bureau.station_head, bureau.dispatcher, FILE)
    clean = authorise(session, bureau.station_head, bureau.deputy_head, FILE)
    for_head = authorise(session, bureau.bureau_head, bureau.deputy_head, FILE)
    assert sign(session, matter, seq, proposer) == "own-proposal"
    assert sign(session, matter, seq, handler) == "signer-took-part"
    assert sign(session, matter, seq, clean) is None
    assert sign(session, matter, seq, for_head) == "signed-already"
    assert sign(session, matter, seq, bureau.station_head) == "post-not-allowed"
    assert sign(session, matter, seq, bureau.bureau_head) is None


def test_it_signs_and_does_nothing_else(session: Session, bureau: Bureau) -> None:
    matter, _ = proposed(session, bureau)
    acting = replace(authorise(session, bureau.bureau_head, bureau.deputy_head), post="dispatcher")
    with pytest.raises(Forbidden, match="authority-signs-only"):
        do(session, matter, "note", acting)


@pytest.mark.parametrize(
    ("wrong", "kind", "code", "pointer"),
    [
        ({"valid_from": DAY - ONE}, Invalid, "authority-days", "/valid_from"),
        ({"valid_to": DAY - ONE}, Invalid, "authority-days", "/valid_to"),
        ({"acts": []}, Invalid, "authority-acts", "/acts"),
        ({"acts": [CLOSE, "penalty_case.nothing"]}, Invalid, "authority-acts", "/acts/1"),
        ({"acts": ["simple_penalty.close"]}, Invalid, "authority-acts", "/acts/0"),
        ({"acts": ["penalty_case.decide"]}, Refused, "signing-personal", None),
        ({"acts": ["penalty_case.decide_collectively"]}, Refused, "signing-personal", None),
        ({"post": "station_head"}, Forbidden, "authority-post", None),
        ({"receiver": "bureau_head"}, Invalid, "authority-receiver", "/receiver_id"),
        ({"receiver": "liaison"}, Invalid, "authority-receiver", "/receiver_id"),
        ({"receiver": "dispatcher"}, Invalid, "authority-receiver", "/receiver_id"),
        ({"receiver_id": 10**9}, NotFound, "officer", None),
    ],
)
def test_what_is_recorded_is_judged_at_once(
    session: Session,
    bureau: Bureau,
    wrong: dict[str, object],
    kind: type[GridsupError],
    code: str,
    pointer: str | None,
) -> None:
    wrong = dict(wrong)
    receiver = getattr(bureau, str(wrong.pop("receiver", "deputy_head")))
    with pytest.raises(kind, match=code) as caught:
        authorise(session, bureau.bureau_head, receiver, CLOSE, **wrong)
    assert [one.pointer for one in caught.value.faults] == ([pointer] if pointer else [])


@pytest.mark.parametrize(
    ("first", "last", "revoked", "stands"),
    [(0, 0, False, "in_force"), (1, 2, False, "coming"), (-3, -1, False, "ended"), (0, 9, True, "revoked")],
)
def test_how_it_stands(first: int, last: int, revoked: bool, stands: str) -> None:
    row = authorities.SigningAuthority(
        valid_from=DAY + first * ONE, valid_to=DAY + last * ONE, revoked_at=MONDAY if revoked else None
    )
    assert authorities.standing(row, date(DAY.year, DAY.month, DAY.day)) == stands


def test_what_waits_is_what_the_door_would_let_me_sign(session: Session, bureau: Bureau) -> None:
    closing, filing = proposed(session, bureau), proposed(session, bureau, "file_case")
    acting = authorise(session, bureau.bureau_head, bureau.deputy_head)

    def waits(*signers: Signer) -> list[tuple[int, int]]:
        return [(one.member.id, one.seq) for one in waiting.proposals(session, signers, now=MONDAY)]

    assert waits(Signer(bureau.bureau_head)) == [closing]
    assert waits(Signer(bureau.station_head, frozenset({bureau.station_id}))) == [filing]
    assert waits(Signer(bureau.station_head, frozenset({0}))) == []
    assert waits(Signer(acting)) == [closing]
    assert waits(Signer(bureau.enforcer), Signer(bureau.liaison)) == []
    assert waiting.proposals(session, [Signer(bureau.bureau_head)], org_ids=[], now=MONDAY) == []


def test_only_routine_kinds_are_approved_many_at_once(session: Session, bureau: Bureau) -> None:
    first, second = proposed(session, bureau), proposed(session, bureau)
    filing, decision = proposed(session, bureau, "file_case"), proposed(session, bureau, "decide")
    version = store.load(session, JURISDICTION, [first[0]])[first[0]].matter["version"]
    asked = [
        Approve(*one, version, bureau.bureau_head)
        for one in (first, filing, decision, second, (first[0], 999))
    ]
    asked.append(Approve(*second, version + 9, bureau.bureau_head))
    found = waiting.approve_many(session, asked, "同意。", fresh(), now=MONDAY)
    codes = [one.code if isinstance(one, GridsupError) else one.kind for one in found]
    assert codes == ["act", "not-routine", "not-routine", "act", "matter-changed", "key-reused"]
    assert "file_case" in found[1].text("zh")  # type: ignore[union-attr]

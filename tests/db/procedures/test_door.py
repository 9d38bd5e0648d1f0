"""Each rule of the one door, named as a rule. On a small synthetic procedure (``small_bureau.CASE``)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from gridsup.procedures import store, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Header, Request, act_many, open_matter
from gridsup.procedures.loader import LoadedPack
from gridsup.procedures.model import ActKey, Attachment, Matter
from gridsup.procedures.upkeep import KEYS_KEPT, prune_keys
from tests.db.procedures.checks import events, refused, sound
from tests.db.procedures.small_bureau import JURISDICTION, MONDAY, Bureau, do, fresh, report, working
from tests.db.procedures.small_pack import CASE

PHOTO = "a" * 64


# ------------------------------------------------------------------ key


def test_a_repeated_request_acts_once_and_answers_the_same(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    again = {"key": "same", "expected_version": 2}
    first = do(session, matter, "note", bureau.dispatcher, {"note": "一"}, **again)
    second = do(session, matter, "note", bureau.dispatcher, {"note": "一"}, **again)
    assert second.replayed
    assert replace(second, replayed=False) == first
    assert len(events(session, matter)) == 3


def test_a_repeated_opening_opens_one_matter(session: Session, bureau: Bureau) -> None:
    def ask() -> int:
        header = Header(title="同一件")
        return open_matter(
            session, "case", bureau.inspector, header, {"what": "x"}, key="once", now=MONDAY
        ).matter_id

    assert ask() == ask()
    assert session.scalar(select(func.count()).select_from(Matter)) == 1


def test_keys_are_forgotten_only_when_no_phone_can_still_hold_their_act(
    session: Session, bureau: Bureau
) -> None:
    matter = working(session, bureau)
    do(session, matter, "note", bureau.dispatcher, {"note": "一"}, key="same")
    made = session.scalar(select(ActKey.made_at).where(ActKey.key == "same"))
    assert made is not None
    assert prune_keys(session, now=made + KEYS_KEPT) == 0
    again = {"key": "same", "now": MONDAY, "expected_version": None}
    assert do(session, matter, "note", bureau.dispatcher, {"note": "一"}, **again).replayed
    assert prune_keys(session, now=made + KEYS_KEPT + timedelta(seconds=1)) == 3
    assert session.scalar(select(func.count()).select_from(ActKey)) == 0
    stale = again | {"expected_version": 2}  # what the first one had seen
    refused(Conflict, "matter-changed", session, matter, "note", bureau.dispatcher, {"note": "一"}, **stale)


def test_a_key_used_for_another_request_is_refused(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "note", bureau.dispatcher, {"note": "一"}, key="k")
    refused(Invalid, "key-reused", session, matter, "note", bureau.dispatcher, {"note": "二"}, key="k")


def test_keys_of_two_persons_do_not_meet(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "note", bureau.dispatcher, {"note": "一"}, key="k")
    assert not do(session, matter, "note", bureau.inspector, {"note": "二"}, key="k").replayed


def test_a_failure_stores_no_key_and_no_event(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    refused(Invalid, "form-invalid", session, matter, "note", bureau.dispatcher, {"note": 7}, key="k")
    assert session.scalar(select(func.count()).select_from(ActKey).where(ActKey.key == "k")) == 0
    assert do(session, matter, "note", bureau.dispatcher, {"note": "一"}, key="k").version == 3


@pytest.mark.parametrize("key", ["", "x" * 121, "a\0b", "\ud800"])
def test_a_malformed_key_is_refused(session: Session, bureau: Bureau, key: str) -> None:
    matter = working(session, bureau)
    refused(Invalid, "key-malformed", session, matter, "note", bureau.dispatcher, key=key)


# ------------------------------------------------------------------ version and state


def test_a_changed_matter_conflicts_and_says_where_it_stands(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau).matter_id
    do(session, matter, "begin", bureau.dispatcher, expected_version=1)
    conflict = refused(
        Conflict, "matter-changed", session, matter, "begin", bureau.dispatcher, expected_version=1
    )
    assert conflict.params["state"] == "working"
    assert conflict.params["version"] == 2


def test_no_step_is_skipped(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau).matter_id
    refused(Conflict, "wrong-state", session, matter, "close", bureau.inspector)


def test_an_ended_matter_takes_no_act(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    assert do(session, matter, "close", bureau.inspector).ended
    refused(Conflict, "wrong-state", session, matter, "note", bureau.inspector)


def test_unknown_matters_and_steps_are_not_found(session: Session, bureau: Bureau) -> None:
    refused(NotFound, "no-matter", session, 10**15, "note", bureau.dispatcher)
    matter = working(session, bureau)
    refused(NotFound, "no-action", session, matter, "dance", bureau.dispatcher)
    refused(NotFound, "no-action", session, matter, "report", bureau.inspector)


# ------------------------------------------------------------------ guard, form, photos


def test_an_unknown_fact_is_named_and_a_false_one_refuses(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    refusal = refused(Refused, "facts-missing", session, matter, "guarded", bureau.inspector)
    assert refusal.params["missing"] == ["permit"]
    do(session, matter, "tell_permit", bureau.inspector, {"permit": False})
    refused(Refused, "condition-not-met", session, matter, "guarded", bureau.inspector)
    do(session, matter, "tell_permit", bureau.inspector, {"permit": True})
    assert do(session, matter, "guarded", bureau.inspector).version == 5


def test_a_form_is_judged_with_field_pointers(session: Session, bureau: Bureau) -> None:
    with pytest.raises(Invalid) as found:
        open_matter(session, "case", bureau.inspector, Header(title="x"), {"wat": 1}, key=fresh(), now=MONDAY)
    assert {fault.pointer for fault in found.value.faults} == {"/what", "/wat"}


@pytest.mark.parametrize("value", ["\0", "\ud800", float("nan"), 2**60, {"\0": 1}, ["\udfff"]])
def test_what_cannot_be_kept_is_refused_with_a_pointer(
    session: Session, bureau: Bureau, value: object
) -> None:
    matter = working(session, bureau)
    refusal = refused(Invalid, "not-storable", session, matter, "note", bureau.dispatcher, {"note": value})
    assert all(fault.pointer.startswith("/note") for fault in refusal.faults)


def test_an_absent_photo_is_refused_by_name(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    photos = [{"sha256": PHOTO, "caption": "门面"}]
    refusal = refused(
        Invalid, "photo-absent", session, matter, "photographed", bureau.inspector, photos=photos
    )
    assert PHOTO in refusal.text("zh")
    assert refusal.faults[0].pointer == "/photos/0"


def test_photos_are_counted_and_captioned(session: Session, bureau: Bureau) -> None:
    session.add(
        Attachment(
            jurisdiction_id=JURISDICTION,
            sha256=PHOTO,
            size=1,
            mime="image/jpeg",
            uploaded_by=bureau.inspector.person_id,
        )
    )
    session.flush()
    matter = working(session, bureau)
    refused(Invalid, "photo-count", session, matter, "photographed", bureau.inspector)
    bare = [{"sha256": PHOTO}]
    refused(Invalid, "photo-caption", session, matter, "photographed", bureau.inspector, photos=bare)
    named = [{"sha256": PHOTO, "caption": "门面"}]
    do(session, matter, "photographed", bureau.inspector, photos=named)
    assert events(session, matter)[-1].data["photos"] == named


def test_a_secret_is_stored_as_ciphertext_only(session: Session, bureau: Bureau) -> None:
    matter = open_matter(
        session,
        "case",
        bureau.inspector,
        Header(title="x"),
        {"what": "x", "who": "张三丰"},
        key=fresh(),
        now=MONDAY,
    ).matter_id
    event = events(session, matter)[0]
    assert "张三丰" not in json.dumps(event.data, ensure_ascii=False)
    assert "张三丰".encode() not in bytes(event.body)
    assert set(event.data["form"]["who"]) == {"sealed"}


# ------------------------------------------------------------------ time


def test_no_act_takes_effect_in_the_future(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    soon = MONDAY + timedelta(seconds=1)
    refused(Invalid, "effective-in-future", session, matter, "note", bureau.inspector, effective_at=soon)


def test_no_act_takes_effect_before_the_step_it_follows(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    before = MONDAY - timedelta(seconds=1)
    refused(Conflict, "effective-too-early", session, matter, "note", bureau.inspector, effective_at=before)


def test_a_time_without_a_zone_is_refused(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    naive = MONDAY.replace(tzinfo=None)
    refused(Invalid, "effective-naive", session, matter, "note", bureau.inspector, effective_at=naive)


def test_legal_time_starts_clocks_and_differs_from_recording(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau).matter_id
    later = MONDAY + timedelta(days=2)
    do(session, matter, "begin", bureau.dispatcher, effective_at=MONDAY + timedelta(days=1), now=later)
    event = events(session, matter)[-1]
    assert (event.recorded_at, event.effective_at) == (later, MONDAY + timedelta(days=1))
    work = store.load(session, JURISDICTION, [matter])[matter].running("work")
    assert work is not None
    assert work["started_at"] == MONDAY + timedelta(days=1)


# ------------------------------------------------------------------ offline


def test_a_stale_act_is_kept_beside_the_current_state(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "close", bureau.inspector)
    late = do(
        session,
        matter,
        "note",
        bureau.second_inspector,
        {"note": "我看见"},
        offline=True,
        expected_version=2,
    )
    assert (late.kind, late.state, late.version) == ("late", "closed", 4)
    assert late.late is not None
    assert late.late["code"] == "matter-changed"
    assert events(session, matter)[-1].data["form"] == {"note": "我看见"}
    sound(session)


def test_a_fresh_offline_act_takes_effect(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    answer = do(session, matter, "close", bureau.inspector, offline=True, expected_version=2)
    assert (answer.kind, answer.state) == ("act", "closed")


def test_a_late_act_still_needs_its_photos_and_its_post(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "close", bureau.inspector)
    stale = {"offline": True, "expected_version": 2}
    photos = [{"sha256": PHOTO, "caption": "x"}]
    refused(Invalid, "photo-absent", session, matter, "note", bureau.inspector, photos=photos, **stale)
    liar = Acting(bureau.liaison.person_id, "inspector")
    refused(Forbidden, "post-not-held", session, matter, "note", liar, **stale)


# ------------------------------------------------------------------ many at once, effects, the record


def test_each_act_of_a_burst_stands_or_falls_by_itself(session: Session, bureau: Bureau) -> None:
    matters = [report(session, bureau).matter_id for _ in range(3)]
    do(session, matters[1], "begin", bureau.dispatcher)
    requests = [
        Request(matter, "begin", bureau.dispatcher, key=f"burst-{matter}", expected_version=1)
        for matter in reversed(matters)
    ]
    answers = act_many(session, requests, now=MONDAY)
    assert [getattr(a, "code", "ok") for a in answers] == ["ok", "matter-changed", "ok"]
    again = act_many(session, requests, now=MONDAY)
    assert [getattr(a, "replayed", None) for a in again] == [True, None, True]
    sound(session)


def test_an_effect_decides_once_and_a_rebuild_only_projects(session: Session, bureau: Bureau) -> None:
    from tests.db.procedures import small_bureau

    matter = working(session, bureau)
    before = len(small_bureau._given)
    do(session, matter, "numbered", bureau.dispatcher)
    assert session.scalar(select(Matter.number).where(Matter.id == matter)) == f"T-{matter}-2"
    sound(session)
    assert len(small_bureau._given) == before + 1


def test_events_can_be_neither_changed_nor_removed(session: Session, bureau: Bureau) -> None:
    working(session, bureau)
    for statement in (
        "UPDATE events SET action = 'x'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE pack_versions SET hash = 'x'",
        "DELETE FROM signatures",
        "DELETE FROM matters",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(statement))


def test_a_changed_pack_under_an_old_version_is_refused(session: Session, bureau: Bureau) -> None:

    changed = LoadedPack.from_data({**CASE, "effective_from": "2021-01-01"}, "case")
    with pytest.raises(Conflict, match="pack-changed"):
        versions.install(session, JURISDICTION, [changed])


def test_tampering_shows(session: Session, bureau: Bureau) -> None:
    from types import SimpleNamespace

    from gridsup.procedures.hashing import verify_chain

    matter = working(session, bureau)
    rows = [SimpleNamespace(**row._mapping) for row in events(session, matter)]
    assert verify_chain(rows) == []
    rows[0].person_id = 999
    assert [f.what for f in verify_chain(rows)] == ["copy:person_id"]
    rows[0].person_id = rows[0].data["person"]
    rows[0].body = bytes(rows[0].body).replace("无照".encode(), "有照".encode())
    assert "hash" in {f.what for f in verify_chain(rows)}
    assert "gap" in {f.what for f in verify_chain(rows[1:])}
    assert "head" in {f.what for f in verify_chain(rows[:1], head=(2, "0" * 64))}


def test_events_carry_their_instants_in_one_zone(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    body = events(session, matter)[0].data
    assert body["recorded_at"] == "2026-03-02T09:00:00+08:00"
    assert MONDAY.tzinfo is UTC


def test_rows_that_the_session_holds_show_the_act(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau).matter_id
    row = session.get_one(Matter, (JURISDICTION, matter))
    assert row.state == "new"
    do(session, matter, "begin", bureau.dispatcher)
    assert row.state == "working"

"""Proof and repair of the record, files and daily roots, and the commands that show them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from gridsup import db
from gridsup.errors import Invalid, NotFound, Refused
from gridsup.procedures import attachments, merkle, proof
from gridsup.settings import get_settings
from tests.db.procedures.small_bureau import JURISDICTION, MONDAY, Bureau, do, found_in, report, working

JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 100


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GRIDSUP_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


# ------------------------------------------------------------------ files


def test_a_file_lies_under_its_hash_and_twice_is_once(
    session: Session, bureau: Bureau, data_dir: Path
) -> None:
    person = bureau.inspector.person_id or 0
    one = attachments.save(session, JPEG, uploaded_by=person, taken_at=MONDAY)
    again = attachments.save(session, JPEG, uploaded_by=bureau.dispatcher.person_id or 0)
    assert (one.id, one.mime, one.uploaded_by) == (again.id, "image/jpeg", person)
    digest = hashlib.sha256(JPEG).hexdigest()
    assert attachments.path_of(JURISDICTION, digest).read_bytes() == JPEG
    assert [p.name for p in data_dir.rglob("*") if p.is_file() and p.name != "master.key"] == [digest]
    assert attachments.arrived(session, [digest, "0" * 64]) == {digest}
    with pytest.raises(NotFound, match="no-attachment"):
        attachments.find(session, "0" * 64)


@pytest.mark.parametrize(
    ("content", "sha256", "code"),
    [(b"", None, "file-empty"), (b"MZ\x90", None, "file-kind"), (JPEG, "0" * 64, "file-damaged")],
)
def test_what_is_no_photo_is_not_kept(
    session: Session, bureau: Bureau, data_dir: Path, content: bytes, sha256: str | None, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        attachments.save(session, content, uploaded_by=bureau.inspector.person_id or 0, sha256=sha256)
    assert not (data_dir / "files").exists()


def test_a_file_is_synced_before_its_row_is_written(
    session: Session, bureau: Bureau, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    synced: list[str] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    attachments.save(session, JPEG, uploaded_by=bureau.inspector.person_id or 0)
    folder = attachments.path_of(JURISDICTION, hashlib.sha256(JPEG).hexdigest()).parent
    assert Path(synced[0]).parent == folder
    assert synced[1:] == [str(p) for p in [folder, folder.parent, folder.parent.parent, data_dir]]


# ------------------------------------------------------------------ daily roots


def test_a_day_is_sealed_after_it_is_over_and_changes_show(
    session: Session, bureau: Bureau, data_dir: Path
) -> None:
    monday = date(2026, 3, 2)
    with pytest.raises(Refused, match="day-not-over"):
        merkle.seal_day(session, monday, now=MONDAY)
    working(session, bureau)
    sealed = merkle.seal_past_days(session, now=MONDAY + timedelta(days=3))
    assert [(row.day.day, row.count) for row in sealed] == [(2, 2), (3, 0), (4, 0)]
    assert merkle.seal_past_days(session, now=MONDAY + timedelta(days=3)) == []
    assert merkle.faults(session) == []
    file = merkle.root_file(JURISDICTION)
    file.write_text(file.read_text().replace(sealed[0].root, "0" * 64))
    assert merkle.faults(session) == ["2026-03-02: file"]
    report(session, bureau)  # an event slipped into a sealed day
    assert merkle.faults(session) == ["2026-03-02: events", "2026-03-02: file"]


def test_a_root_depends_on_every_leaf_and_not_on_their_order() -> None:
    leaves = [hashlib.sha256(bytes([i])).hexdigest() for i in range(7)]
    assert merkle.root_of(leaves) == merkle.root_of(leaves[::-1])
    roots = {merkle.root_of(leaves[:i] + leaves[i + 1 :]) for i in range(7)} | {merkle.root_of(leaves)}
    assert len(roots) == 8


# ------------------------------------------------------------------ rebuild and the command line


def test_a_spoiled_projection_is_found_and_rebuilt_from_the_events(clone: Any) -> None:
    bureau = found_in(clone.engine, clone.owner)
    with db.transaction(clone.engine, JURISDICTION) as session:
        matter = working(session, bureau, lon=114.27, lat=30.6)
        do(session, matter, "close_by_chain", bureau.inspector)
    with db.transaction(clone.owner, JURISDICTION) as session:
        for spoil in (
            "UPDATE matters SET state = 'closed', title = 'x', geom = NULL",
            "DELETE FROM deadlines WHERE clock = 'work'",
            "UPDATE deadlines SET run = 9 WHERE clock = 'start'",
            "UPDATE proposals SET state = 'refused'",
        ):
            session.execute(text(spoil))
    with db.transaction(clone.owner, JURISDICTION) as session:
        places = {each.place for each in proof.differences(session)}
        assert {"matter.state", "matter.title", "matter.lon", "deadlines[('work', 1)]"} <= places
        assert {"deadlines[('start', 9)]", "deadlines[('start', 1)]", "proposals[3]"} <= places
        assert proof.rebuild(session) == 1
    with db.transaction(clone.engine, JURISDICTION) as session:
        assert list(proof.differences(session)) == []
        assert list(proof.verify(session)) == []


@pytest.fixture
def command(clone: Any, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``gridsup …`` on a database of one's own; answers (exit code, JSON)."""
    from gridsup.cli import app

    monkeypatch.setenv("GRIDSUP_DATABASE_URL", clone.url)
    get_settings.cache_clear()

    def forget() -> None:
        for engine in (db.app_engine, db.owner_engine):
            if engine.cache_info().currsize:
                engine().dispose()
            engine.cache_clear()

    def run(*args: str) -> tuple[int, Any]:
        forget()
        result = CliRunner().invoke(app, ["procedures", *args, "--json"])
        return result.exit_code, json.loads(result.stdout) if result.stdout.startswith(("{", "[")) else None

    yield run
    forget()


def test_the_commands_explain_verify_and_rebuild(command: Any, clone: Any) -> None:
    bureau = found_in(clone.engine, clone.owner)
    with db.transaction(clone.engine, JURISDICTION) as session:
        matter = working(session, bureau)
    code, shown = command("explain", str(matter))
    assert code == 0
    assert [event["action"] for event in shown["history"]] == ["report", "begin"]
    assert shown["deadlines"][0]["explanation"]["lines"]["zh"]
    assert command("explain", "999")[0] == 1
    assert command("verify") == (
        0,
        {"matters": 1, "chain_faults": [], "custody_faults": [], "root_faults": []},
    )
    with db.transaction(clone.owner, JURISDICTION) as session:
        session.execute(text("UPDATE matters SET state = 'held'"))
    assert command("rebuild", "--check")[0] == 1
    assert command("rebuild")[0] == 0
    assert command("rebuild", "--check") == (0, {"matters": 1, "differences": []})
    with db.transaction(clone.owner, JURISDICTION) as session:
        session.execute(text("UPDATE events SET person_id = NULL WHERE seq = 1"))
    assert command("verify") == (
        1,
        {
            "matters": 1,
            "chain_faults": [f"{matter}/1: copy:person_id"],
            "custody_faults": [],
            "root_faults": [],
        },
    )

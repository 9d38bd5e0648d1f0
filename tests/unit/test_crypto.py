"""Field encryption: what opens, what does not, and what is never said."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text

from gridsup import crypto
from gridsup.crypto import SEALED_IDENTITY, EncryptedText, NotText, SealBroken, blind_index, decrypt, encrypt
from gridsup.errors import Unavailable
from gridsup.settings import get_settings

OLD, NEW = "0a" * 32, "1b" * 32
SECRET = "张三13812345678"  # noqa: S105


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("GRIDSUP_MASTER_KEY", raising=False)
    monkeypatch.setenv("GRIDSUP_DATA_DIR", str(tmp_path / "data"))
    get_settings.cache_clear()
    yield tmp_path / "data"
    monkeypatch.undo()
    get_settings.cache_clear()
    crypto._master_keys.cache_clear()


def code_of(stored: bytes, purpose: str = "a.b", bound: tuple[str | int, ...] = ()) -> str:
    with pytest.raises(SealBroken) as refusal:
        decrypt(stored, purpose, bound)
    assert isinstance(refusal.value, Unavailable)
    assert SECRET not in f"{refusal.value} {refusal.value.text('zh')}"
    return refusal.value.code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_any_text_comes_back_and_never_looks_the_same_twice(plain: str) -> None:
    one, two = encrypt(plain, "a.b"), encrypt(plain, "a.b")
    assert one != two
    assert decrypt(one, "a.b") == decrypt(two, "a.b") == plain


def test_key_is_made_once_for_the_owner_alone(folder: Path) -> None:
    stored = encrypt(SECRET, "a.b")
    key = folder / "master.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["master.key"]
    crypto._master_keys.cache_clear()
    assert decrypt(stored, "a.b") == SECRET


def test_many_threads_at_first_need_agree_on_one_key() -> None:
    stored: list[bytes] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        stored.append(encrypt(SECRET, "a.b"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    crypto._master_keys.cache_clear()
    assert [decrypt(value, "a.b") for value in stored] == [SECRET] * 8


def test_value_moved_to_another_purpose_or_place_does_not_open() -> None:
    stored = encrypt(SECRET, "a.b", ("tipoffs", "informant", 420103))
    assert decrypt(stored, "a.b", ("tipoffs", "informant", 420103)) == SECRET
    assert code_of(stored, "a.b", ("tipoffs", "informant", 350503)) == "cannot-decrypt"
    assert code_of(stored, "a.b") == "cannot-decrypt"
    assert code_of(stored, SEALED_IDENTITY, ("tipoffs", "informant", 420103)) == "cannot-decrypt"


def test_every_flipped_bit_and_every_cut_is_noticed() -> None:
    stored = encrypt("甲", "a.b")
    for place in range(len(stored)):
        damaged = bytearray(stored)
        damaged[place] ^= 1
        assert code_of(bytes(damaged)) in ("cannot-decrypt", "master-key-unknown")
    for length in range(len(stored)):
        assert code_of(stored[:length]) == "cannot-decrypt"


def test_rotation_opens_old_values_and_seals_new_ones_with_the_new_key(folder: Path) -> None:
    key = folder / "master.key"
    folder.mkdir()
    key.touch(0o600)
    key.write_text(OLD)
    old, index = encrypt(SECRET, "a.b"), blind_index("350503", "a.b")
    key.write_text(f"{OLD}\n{NEW}\n")
    crypto._master_keys.cache_clear()
    new = encrypt(SECRET, "a.b")
    assert decrypt(old, "a.b") == decrypt(new, "a.b") == SECRET
    assert blind_index("350503", "a.b") == index
    key.write_text(NEW)
    crypto._master_keys.cache_clear()
    assert decrypt(new, "a.b") == SECRET
    assert code_of(old) == "master-key-unknown"


def test_key_added_by_another_process_is_found_without_a_restart(folder: Path) -> None:
    encrypt(SECRET, "a.b")
    key = folder / "master.key"
    first = key.read_text()
    key.write_text(first + NEW)
    crypto._master_keys.cache_clear()
    newer = encrypt(SECRET, "a.b")
    key.write_text(first)
    crypto._master_keys.cache_clear()
    encrypt(SECRET, "a.b")  # this process knows the first key only
    key.write_text(first + NEW)
    assert decrypt(newer, "a.b") == SECRET


def test_environment_goes_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDSUP_MASTER_KEY", OLD)
    stored = encrypt(SECRET, "a.b")
    assert not folder.exists()
    monkeypatch.setenv("GRIDSUP_MASTER_KEY", f"{OLD},{NEW}")
    assert decrypt(stored, "a.b") == SECRET
    monkeypatch.setenv("GRIDSUP_MASTER_KEY", NEW)
    assert code_of(stored) == "master-key-unknown"


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, OLD + " 12"])
def test_malformed_key_is_refused_and_not_replaced(folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / "master.key").touch(0o600)
    (folder / "master.key").write_text(content)
    with pytest.raises(SealBroken) as refusal:
        encrypt(SECRET, "a.b")
    assert refusal.value.code == "master-key-malformed"
    assert (folder / "master.key").read_text() == content


def test_key_that_others_can_read_is_refused(folder: Path) -> None:
    encrypt(SECRET, "a.b")
    os.chmod(folder / "master.key", 0o640)
    crypto._master_keys.cache_clear()
    with pytest.raises(SealBroken) as refusal:
        encrypt(SECRET, "a.b")
    assert refusal.value.code == "master-key-exposed"


def test_blind_index_finds_equal_values_within_one_purpose() -> None:
    assert blind_index(" 3505x ", "business.id") == blind_index("3505X", "business.id")
    assert blind_index("3505X", "business.id") != blind_index("3505X", "officer.id")
    assert blind_index("3505X", "business.id") != blind_index("3506X", "business.id")
    assert len(blind_index("3505X", "business.id")) == 32


# --- the column type (any SQL database shows what it stores) ------------------------------------------

people = Table(
    "people", MetaData(), Column("id", Integer, primary_key=True), Column("phone", EncryptedText("p"))
)


def test_column_stores_ciphertext_and_reads_text() -> None:
    with create_engine("sqlite://").begin() as connection:
        people.create(connection)
        connection.execute(insert(people), [{"id": 1, "phone": SECRET}, {"id": 2, "phone": None}])
        assert [row.phone for row in connection.execute(select(people).order_by(people.c.id))] == [
            SECRET,
            None,
        ]
        raw = connection.execute(text("SELECT phone FROM people WHERE id = 1")).scalar_one()
        assert SECRET.encode() not in raw
        assert decrypt(raw, "p") == SECRET
        assert connection.scalars(select(people.c.id).where(people.c.phone.is_(None))).all() == [2]
        assert connection.scalars(select(people.c.id).where(people.c.phone != None)).all() == [1]  # noqa: E711


def test_comparing_or_sorting_an_encrypted_column_is_refused_instead_of_finding_nothing() -> None:
    for compare in (lambda c: c == "1", lambda c: c.like("1%"), lambda c: c.in_(["1"]), lambda c: c.desc()):
        with pytest.raises(NotText, match="blind_index"):
            compare(people.c.phone)


def test_errors_of_a_statement_never_carry_the_plaintext(folder: Path) -> None:
    encrypt(SECRET, "p")
    (folder / "master.key").write_text("broken")
    crypto._master_keys.cache_clear()
    with create_engine("sqlite://").begin() as connection:
        people.create(connection)
        with pytest.raises(SealBroken) as refusal:
            connection.execute(insert(people), {"id": 1, "phone": SECRET})
        assert SECRET not in str(refusal.value)
        with pytest.raises(NotText) as wrong:
            connection.execute(insert(people), {"id": 1, "phone": 13812345678})
        assert "13812345678" not in str(wrong.value)

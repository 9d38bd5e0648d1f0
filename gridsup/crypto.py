"""Encryption of single fields, and keyed hashes to find them again without opening them.

AES-256-GCM with one key per purpose, derived by HKDF from a master key that lives outside the database:
``GRIDSUP_MASTER_KEY`` (64 hex digits) or ``master.key`` in the data folder, mode 0600, made when needed.

To rotate, add a second line with a new key: new values take the last line, older ones still open, because
each value names its key. A stored value is ``version byte · 4-byte key id · 12-byte nonce · ciphertext and
tag``; purpose and place are bound in as associated data, so a value moved elsewhere does not open. Neither
plaintext nor key appears in an error, a ``repr`` or a log.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import ColumnElement, Dialect, LargeBinary
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from gridsup.errors import Unavailable
from gridsup.settings import get_settings

VERSION = b"\x01"
ID_BYTES, NONCE_BYTES = 4, 12
HEAD_BYTES = len(VERSION) + ID_BYTES + NONCE_BYTES
SEALED_IDENTITY = "sealed-identity"
"""Purpose of informants' names, units and addresses (P1-X2): a key of its own."""


class SealBroken(DontWrapMixin, Unavailable):
    """A key is missing or a value does not open. SQLAlchemy does not wrap it, so adds no parameters."""


class NotText(DontWrapMixin, TypeError):
    """Something else than text was given to an encrypted column."""


def key_file() -> Path:
    """Where the master key is kept when the environment does not give it."""
    return get_settings().data_dir / "master.key"


@lru_cache
def _master_keys(path: Path, from_environment: str | None) -> tuple[bytes, ...]:
    """All master keys, oldest first."""
    if from_environment:
        return _parsed(from_environment, "GRIDSUP_MASTER_KEY")
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise SealBroken(
            "master-key-exposed",
            zh="主密钥文件 {path} 可被其他用户读取。请执行 chmod 600 {path}；若可能已泄露，请追加新密钥。",
            en="The master key {path} can be read by other users. Run chmod 600 {path}; if it may have "
            "leaked, add a new key.",
            path=str(path),
        )
    return _parsed(path.read_text(encoding="ascii"), str(path))


def _make(path: Path) -> None:
    """Write a new key whole and only then give it its name: a second process never reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its key counts
        os.link(draft, path)
    draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a value must never outlive the name of its key
    finally:
        os.close(folder)


def _parsed(text: str, where: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(bytes.fromhex(line) for line in text.replace(",", " ").split())
    except ValueError:
        keys = ()
    if not keys or any(len(key) != 32 for key in keys):
        raise SealBroken(
            "master-key-malformed",
            zh="{where} 不是 64 位十六进制主密钥。请从备份恢复原密钥；换一个密钥将打不开已加密的内容。",
            en="{where} is not a master key of 64 hex digits. Restore the original from your backup; "
            "another key cannot open what is already encrypted.",
            where=where,
        )
    return keys


def _keys() -> tuple[bytes, ...]:
    return _master_keys(key_file(), os.environ.get("GRIDSUP_MASTER_KEY"))


@lru_cache(maxsize=256)
def _derived(master: bytes, info: str, length: int = 32) -> bytes:
    return HKDF(hashes.SHA256(), length=length, salt=None, info=f"gridsup/{info}".encode()).derive(master)


def _key_id(master: bytes) -> bytes:
    return _derived(master, "key-id", ID_BYTES)


def _associated(purpose: str, bound: tuple[str | int, ...]) -> bytes:
    return json.dumps([purpose, *bound], ensure_ascii=False).encode()


def encrypt(text: str, purpose: str, bound: tuple[str | int, ...] = ()) -> bytes:
    """The ciphertext of ``text`` under the newest key of ``purpose`` (such as ``business.phone``).

    ``bound`` names where the value belongs, such as ``("tipoffs", "informant", jurisdiction_id)``: the same
    must be given to open it.
    """
    master = _keys()[-1]
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(_derived(master, f"field/{purpose}"))
    sealed = cipher.encrypt(nonce, text.encode("utf-8"), _associated(purpose, bound))
    return VERSION + _key_id(master) + nonce + sealed


def decrypt(stored: bytes, purpose: str, bound: tuple[str | int, ...] = ()) -> str:
    """The text again.

    Raises :class:`SealBroken` (an ``Unavailable``): ``master-key-unknown`` when its key is not here,
    ``cannot-decrypt`` under another purpose or place, or when the value is damaged.
    """
    master = _key_of(stored)
    nonce, sealed = stored[HEAD_BYTES - NONCE_BYTES : HEAD_BYTES], stored[HEAD_BYTES:]
    try:
        plain = AESGCM(_derived(master, f"field/{purpose}")).decrypt(
            nonce, sealed, _associated(purpose, bound)
        )
    except (InvalidTag, ValueError):
        raise _damaged() from None
    return plain.decode("utf-8")


def _key_of(stored: bytes) -> bytes:
    """The master key that a stored value names."""
    if stored[:1] != VERSION or len(stored) < HEAD_BYTES:
        raise _damaged()
    named = stored[1 : 1 + ID_BYTES]
    for fresh in (False, True):
        if fresh:  # another process may have added a key meanwhile
            _master_keys.cache_clear()
        for master in _keys():
            if _key_id(master) == named:
                return master
    raise SealBroken(
        "master-key-unknown",
        zh="已加密的内容打不开：缺少加密时所用的主密钥。请从备份恢复原主密钥。",
        en="An encrypted value does not open: the master key it was sealed with is not here. Restore the "
        "original master key from your backup.",
    )


def _damaged() -> SealBroken:
    return SealBroken(
        "cannot-decrypt",
        zh="已加密的内容打不开：内容已损坏，或被移到了别处。请从备份恢复该条记录。",
        en="An encrypted value does not open: it is damaged or was moved from another place. Restore the "
        "record from your backup.",
    )


def blind_index(text: str, purpose: str) -> bytes:
    """A keyed hash (32 bytes) by which equal values are found without opening any.

    Case and outer blanks do not count. It always takes the oldest key, so that a rotation orphans no index.
    """
    key = _derived(_keys()[0], f"index/{purpose}")
    return hmac.new(key, text.strip().upper().encode("utf-8"), sha256).digest()


class _Uncomparable(TypeDecorator.Comparator[str]):
    """Equal texts have unequal ciphertexts: a comparison would silently find nothing."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
        if op in (operators.is_, operators.is_not) or other == (None,):
            return super().operate(op, *other, **kwargs)
        raise NotText("An encrypted column is not compared or sorted: keep a blind_index() beside it.")


class EncryptedText(TypeDecorator[str]):
    """A text column stored as ciphertext (``bytea``); ``purpose`` names table and column.

    It can be read, written and tested for NULL, not compared.
    """

    impl = LargeBinary
    cache_ok = True
    comparator_factory = _Uncomparable

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise NotText(f"{self.purpose}: text expected, got {type(value).__name__}")
        return encrypt(value, self.purpose)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(bytes(value), self.purpose)

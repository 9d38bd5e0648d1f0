"""Encryption of single fields, and keyed hashes to find them again without opening them.

AES-256-GCM with one key per purpose, derived by HKDF from one master key. The master key lives outside the
database: ``GRIDSUP_MASTER_KEY`` (64 hex digits) or ``master.key`` in the data folder, mode 0600, made when
first needed. A stored value is ``version byte · 12-byte nonce · ciphertext and tag``; the purpose is bound in as
associated data, so a value moved to another column does not open.
"""

from __future__ import annotations

import contextlib
import hmac
import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from gridsup.errors import Unavailable
from gridsup.settings import get_settings

VERSION = b"\x01"
NONCE_BYTES = 12
SEALED_IDENTITY = "sealed-identity"
"""Purpose of informants' names, units and addresses (P1-X2): a key of its own."""


def key_file() -> Path:
    """Where the master key is kept when the environment does not give it."""
    return get_settings().data_dir / "master.key"


@lru_cache
def _master(path: Path, from_environment: str | None) -> bytes:
    if from_environment:
        return _parsed(from_environment, "GRIDSUP_MASTER_KEY")
    if not path.exists():
        _make(path)
    return _parsed(path.read_text(encoding="ascii"), str(path))


def _make(path: Path) -> None:
    """Write a new key whole and only then give it its name: a second process never reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(os.urandom(32).hex())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its key counts
        os.link(draft, path)
    draft.unlink()


def _parsed(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Unavailable(
            "master-key-malformed",
            zh="{where} 不是 64 位十六进制主密钥。请从备份恢复原密钥；换一个密钥将打不开已加密的内容。",
            en="{where} is not a master key of 64 hex digits. Restore the original from your backup; "
            "another key cannot open what is already encrypted.",
            where=where,
        )
    return key


@lru_cache(maxsize=64)
def _derived(master: bytes, info: str) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=f"gridsup/{info}".encode()).derive(master)


def _key(info: str) -> bytes:
    return _derived(_master(key_file(), os.environ.get("GRIDSUP_MASTER_KEY")), info)


def encrypt(text: str, purpose: str) -> bytes:
    """The ciphertext of ``text`` under the key of ``purpose`` (such as ``business.phone``)."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_key(f"field/{purpose}")).encrypt(nonce, text.encode("utf-8"), purpose.encode())
    return VERSION + nonce + sealed


def decrypt(stored: bytes, purpose: str) -> str:
    """The text again. Raises :class:`Unavailable` ``cannot-decrypt`` under another key or purpose."""
    nonce, sealed = stored[1 : 1 + NONCE_BYTES], stored[1 + NONCE_BYTES :]
    try:
        if stored[:1] != VERSION:
            raise InvalidTag
        plain = AESGCM(_key(f"field/{purpose}")).decrypt(nonce, sealed, purpose.encode())
    except (InvalidTag, ValueError):
        raise Unavailable(
            "cannot-decrypt",
            zh="已加密的内容打不开：主密钥与加密时的不同，或内容已损坏。请从备份恢复原主密钥。",
            en="An encrypted value does not open: the master key differs from the one it was sealed with, "
            "or the value is damaged. Restore the original master key from your backup.",
        ) from None
    return plain.decode("utf-8")


def blind_index(text: str, purpose: str) -> bytes:
    """A keyed hash (32 bytes) by which equal values are found without opening any."""
    return hmac.new(_key(f"index/{purpose}"), text.strip().upper().encode("utf-8"), sha256).digest()


class EncryptedText(TypeDecorator[str]):
    """A text column stored as ciphertext (``bytea``); ``purpose`` names table and column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt(value, self.purpose)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(bytes(value), self.purpose)

"""The outbox as one encrypted file (离线发件箱文件), for a phone that never reaches the network.

A phone and the server agree keys once (ECDH on P-256, HKDF-SHA-256); the file is AES-256-GCM under the key
that only these two can make, so one that opens was made by that phone and is whole. The receipt file goes
back the same way. Both are: ``MAGIC``, the length of the header (4 bytes, big-endian), the header (JSON:
kind, jurisdiction, device, file, made_at), a nonce of 12 bytes, the ciphertext; all before the nonce is bound
in.

Inside an outbox: the length of the manifest, the manifest (JSON: ``items``, ``photos``), the photos' bytes.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.patrols import queries
from gridsup.patrols.model import FieldDevice, OutboxFile

MAGIC = b"GSOB1\n"
INFO = b"gridsup/outbox-file"
NONCE_BYTES = 12
LONGEST_HEADER = 4096
Kind = Literal["outbox", "receipt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a file says about itself in the clear: whose it is and which one, nothing of its content."""

    kind: Kind
    jurisdiction: int
    device: int
    file: uuid.UUID
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Carried:
    """An outbox taken out of its file: items in the order of their making, photos by hash."""

    head: Head
    items: list[dict[str, Any]]
    photos: dict[str, dict[str, Any]]
    """Of each photo what the phone said of it, and its bytes as ``content``."""


def register(session: Session, jurisdiction_id: int, officer_id: int, public_key: str) -> FieldDevice:
    """Agree keys with a phone; the same phone again gives the same agreement.

    Raises :class:`Invalid` ``device-key`` when ``public_key`` (hex) is no point of P-256.
    """
    _point(public_key)
    own = ec.generate_private_key(ec.SECP256R1())
    shown = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()
    values = {
        "jurisdiction_id": jurisdiction_id,
        "officer_id": officer_id,
        "public_key": public_key,
        "server_public_key": shown,
        "server_key": f"{own.private_numbers().private_value:064x}",
    }
    session.execute(insert(FieldDevice).values(values).on_conflict_do_nothing())
    return session.scalars(queries.device_by_key(jurisdiction_id, officer_id, public_key)).one()


def head_of(content: bytes) -> tuple[Head, int]:
    """The head of a file, and where its nonce begins. Raises :class:`Invalid` ``outbox-file-unreadable``."""
    start = len(MAGIC) + 4
    try:
        if not content.startswith(MAGIC):
            raise ValueError
        length = int.from_bytes(content[len(MAGIC) : start], "big")
        if not 0 < length <= LONGEST_HEADER:
            raise ValueError
        told = json.loads(content[start : start + length])
        head = Head(
            kind=told["kind"],
            jurisdiction=int(told["jurisdiction"]),
            device=int(told["device"]),
            file=uuid.UUID(told["file"]),
            made_at=datetime.fromisoformat(told["made_at"]),
        )
        if head.kind not in ("outbox", "receipt") or head.made_at.tzinfo is None or head.device >= 2**63:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            "outbox-file-unreadable",
            zh="这不是手机导出的发件箱文件，或文件不完整。请重新从手机拷贝。",
            en="This is no outbox file of a phone, or not all of it. Copy it from the phone again.",
        ) from error
    return head, start + length


def open_outbox(session: Session, jurisdiction_id: int, content: bytes) -> tuple[FieldDevice, Carried]:
    """Open an outbox file that a phone of this jurisdiction made.

    Raises :class:`Invalid` ``outbox-file-unreadable``, ``outbox-file-kind``, ``outbox-file-damaged``;
    :class:`NotFound` ``outbox-device-unknown``; :class:`Conflict` ``outbox-file-imported``.
    """
    head, nonce_at = head_of(content)
    if head.kind != "outbox":
        raise Invalid(
            "outbox-file-kind",
            zh="这是给手机的回执文件，不是发件箱文件。请选择手机导出的文件；回执请拷回手机导入。",
            en="This is a receipt for the phone, not an outbox. Choose the file that the phone made; the "
            "receipt goes back to the phone.",
        )
    device = None
    if head.jurisdiction == jurisdiction_id:
        device = session.scalar(queries.device(jurisdiction_id, head.device))
    if device is None:
        raise NotFound(
            "outbox-device-unknown",
            zh="这个文件来自未在本辖区登录过的手机，打不开。请确认文件属于本辖区的人员；记录仍在那部手机里。",
            en="This file comes from a phone that never signed in here and cannot be opened. See that it "
            "belongs to an officer of this bureau; its records are still on that phone.",
        )
    plain = _opened(device, content, nonce_at)
    if (
        before := session.scalar(queries.outbox_file_by_key(jurisdiction_id, device.id, head.file))
    ) is not None:
        raise Conflict(
            "outbox-file-imported",
            zh="这个文件已于 {at} 导入，没有重复登记。请从下面的列表下载它的回执，拷回手机。",
            en="This file was imported at {at}; nothing was entered twice. Download its receipt from the "
            "list below and take it to the phone.",
            at=before.imported_at.isoformat(timespec="minutes"),
            file_id=before.id,
        )
    return device, _taken_out(head, plain)


def receipt(session: Session, jurisdiction_id: int, file_id: int) -> tuple[OutboxFile, bytes]:
    """The receipt of an imported file, sealed for its phone. Raises :class:`NotFound` ``no-outbox-file``."""
    stored = session.scalar(queries.outbox_file(jurisdiction_id, file_id))
    if stored is None:
        raise NotFound("no-outbox-file", zh="没有这次导入。", en="There is no such import.")
    device = session.scalars(queries.device(jurisdiction_id, stored.device_id)).one()
    head = Head(
        kind="receipt",
        jurisdiction=jurisdiction_id,
        device=device.id,
        file=stored.key,
        made_at=datetime.now(UTC),
    )
    return stored, seal(shared_key(device), head, json.dumps({"outcomes": stored.outcomes}).encode())


def seal(key: bytes, head: Head, plain: bytes) -> bytes:
    """A file under the key that phone and server share."""
    told = {
        "kind": head.kind,
        "jurisdiction": head.jurisdiction,
        "device": head.device,
        "file": str(head.file),
        "made_at": head.made_at.isoformat(),
    }
    header = json.dumps(told).encode()
    bound = MAGIC + len(header).to_bytes(4, "big") + header
    nonce = os.urandom(NONCE_BYTES)
    return bound + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def shared_key(device: FieldDevice) -> bytes:
    """The AES-256 key that this phone and the server share."""
    own = ec.derive_private_key(int(device.server_key, 16), ec.SECP256R1())
    return stretched(own.exchange(ec.ECDH(), _point(device.public_key)))


def stretched(secret: bytes) -> bytes:
    """The key out of the secret that both sides compute."""
    return HKDF(hashes.SHA256(), length=32, salt=b"", info=INFO).derive(secret)


def _point(public_key: str) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(public_key))
    except ValueError as error:
        raise Invalid(
            "device-key",
            zh="手机的公钥格式不对，请更新页面后重试。",
            en="The phone's public key is malformed; reload the page and try again.",
        ) from error


def _opened(device: FieldDevice, content: bytes, nonce_at: int) -> bytes:
    sealed_at = nonce_at + NONCE_BYTES
    try:
        return AESGCM(shared_key(device)).decrypt(
            content[nonce_at:sealed_at], content[sealed_at:], content[:nonce_at]
        )
    except (InvalidTag, ValueError) as error:
        raise damaged() from error


def damaged() -> Invalid:
    """The file was changed or cut on its way."""
    return Invalid(
        "outbox-file-damaged",
        zh="文件在途中损坏或被改动，没有导入任何内容。记录仍在手机里，请重新导出并拷贝。",
        en="The file was damaged or changed on its way; nothing was imported. The records are still on the "
        "phone: make the file again and copy it.",
    )


def _taken_out(head: Head, plain: bytes) -> Carried:
    try:
        length = int.from_bytes(plain[:4], "big")
        manifest = json.loads(plain[4 : 4 + length])
        at, photos = 4 + length, {}
        for photo in manifest["photos"]:
            size = int(photo["size"])
            content = plain[at : at + size]
            if size < 0 or len(content) != size:
                raise ValueError
            photos[str(photo["sha256"])] = {**photo, "content": content}
            at += size
        items = manifest["items"]
        if at != len(plain) or not all(isinstance(one, dict) and one.get("key") for one in items):
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise damaged() from error
    return Carried(head, items, photos)

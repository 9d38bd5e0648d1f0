"""Photos and files: kept under their hash, on disk for good before their row says so."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.errors import Invalid, NotFound
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.model import Attachment
from gridsup.settings import get_settings

MAX_BYTES = 20 * 1024 * 1024


def mime_of(content: bytes) -> str | None:
    """What the bytes are, by their first ones; a name or a header proves nothing. None for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm"
    if content.startswith(b"OggS"):
        return "audio/ogg"
    if content[4:12] in (b"ftypM4A ", b"ftypisom", b"ftypiso5", b"ftypmp42"):
        return "audio/mp4"
    return "application/pdf" if content.startswith(b"%PDF-") else None


def is_photo(mime: str) -> bool:
    """Whether a file counts as a photo where a step asks for photos; a voice note (语音) goes beside them."""
    return not mime.startswith("audio/")


def save(
    session: Session,
    content: bytes,
    *,
    uploaded_by: int,
    sha256: str | None = None,
    caption_kind: str | None = None,
    taken_at: datetime | None = None,
    original: bool = True,
    device: Mapping[str, Any] | None = None,
) -> Attachment:
    """Store one file; the same bytes twice are one file. ``sha256`` (hex), where given, is compared.

    Raises :class:`Invalid`: ``file-empty``, ``file-too-large``, ``file-kind``, ``file-damaged``.
    """
    jurisdiction_id = jurisdiction_of(session)
    mime = _check(content)
    digest = hashlib.sha256(content).hexdigest()
    if sha256 is not None and sha256.lower() != digest:
        raise Invalid(
            "file-damaged",
            zh="文件在传输中损坏（校验值不符）。请重新上传。",
            en="The file was damaged on its way (its hash differs). Upload it again.",
            expected=sha256,
            found=digest,
        )
    write_durably(path_of(jurisdiction_id, digest), content)
    session.execute(
        insert(Attachment)
        .values(
            jurisdiction_id=jurisdiction_id,
            sha256=digest,
            size=len(content),
            mime=mime,
            caption_kind=caption_kind,
            taken_at=taken_at,
            original=original,
            device=dict(device or {}),
            uploaded_by=uploaded_by,
        )
        .on_conflict_do_nothing(index_elements=["jurisdiction_id", "sha256"])
    )
    return find(session, digest)


def _check(content: bytes) -> str:
    if not content:
        raise Invalid("file-empty", zh="文件是空的。请重新选择。", en="The file is empty. Choose another.")
    if len(content) > MAX_BYTES:
        raise Invalid(
            "file-too-large",
            zh="文件超过{limit} MB。请压缩后再上传。",
            en="The file is larger than {limit} MB. Shrink it first.",
            limit=MAX_BYTES // 1024**2,
        )
    mime = mime_of(content)
    if mime is None:
        raise Invalid(
            "file-kind",
            zh="只接受 JPEG、PNG、WebP、HEIC 照片、语音（WebM、Ogg、MP4）和 PDF。",
            en="Only JPEG, PNG, WebP and HEIC photos, voice notes (WebM, Ogg, MP4) and PDF are taken.",
        )
    return mime


def find(session: Session, sha256: str) -> Attachment:
    """The row of a stored file. Raises :class:`NotFound` ``no-attachment``."""
    found = session.scalar(
        select(Attachment).where(
            Attachment.jurisdiction_id == jurisdiction_of(session), Attachment.sha256 == sha256.lower()
        )
    )
    if found is None:
        raise NotFound(
            "no-attachment",
            zh="没有校验值为{sha256}的文件。",
            en="There is no file with the hash {sha256}.",
            sha256=sha256[:64],
        )
    return found


def arrived(session: Session, hashes: list[str]) -> set[str]:
    """Which of these files are here: what a phone asks before it sends the rest."""
    rows = session.scalars(
        select(Attachment.sha256).where(
            Attachment.jurisdiction_id == jurisdiction_of(session), Attachment.sha256.in_(hashes)
        )
    )
    return set(rows)


def known(session: Session, hashes: Sequence[str]) -> dict[str, Attachment]:
    """The rows of those of these files that are here, by hash."""
    rows = session.scalars(
        select(Attachment).where(
            Attachment.jurisdiction_id == jurisdiction_of(session), Attachment.sha256.in_(hashes)
        )
    )
    return {one.sha256: one for one in rows}


def path_of(jurisdiction_id: int, sha256: str) -> Path:
    """Where a file lies: ``files/<jurisdiction>/<first two digits>/<hash>`` in the data folder."""
    return get_settings().data_dir / "files" / str(jurisdiction_id) / sha256[:2] / sha256


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that it outlives a power cut: the bytes, then its name, then the folders' own names."""
    if path.exists() and path.stat().st_size == len(content):
        return
    missing = [folder for folder in [*reversed(path.parents)] if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    for folder in [path.parent, *(made.parent for made in reversed(missing))]:
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

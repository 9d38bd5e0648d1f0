"""The files of an issued document: the PDF as first set, and what a seal or a signature makes of it.

A file is set once from the document's own event, written under its hash, and never set again: the frozen
words (``paper``) and the hash stay with the number.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
from typing import Any

import segno
from sqlalchemy.orm import Session

from gridsup.documents import queries, source
from gridsup.documents.compose import compose
from gridsup.documents.kinds import kind_of
from gridsup.documents.model import Document
from gridsup.documents.source import Source
from gridsup.documents.typesetting import typeset
from gridsup.errors import Invalid, NotFound, Unavailable
from gridsup.procedures import attachments
from gridsup.procedures.family import jurisdiction_of

PNG = b"\x89PNG\r\n\x1a\n"


def get(session: Session, document_id: int) -> Document:
    """Raises :class:`NotFound` ``no-document``."""
    found = session.scalar(queries.document(jurisdiction_of(session), document_id))
    if found is None:
        raise no_document(document_id)
    return found


def no_document(document_id: int) -> NotFound:
    return NotFound(
        "no-document",
        zh="没有编号为{document}的文书，或您无权查看。",
        en="There is no document {document}, or none that you may see.",
        document=document_id,
    )


def original(session: Session, document: Document) -> bytes:
    """The PDF as it was first set: set now where nobody has asked for it yet, read back ever after.

    Raises :class:`Unavailable` ``file-lost`` where the stored bytes are gone or are not those of the hash.
    """
    if document.file_sha256 is None:
        paper, content = _set(session, document)
        document.paper, document.file_sha256 = paper, store(document.jurisdiction_id, content)
        session.flush()
    return read(document.jurisdiction_id, document.file_sha256)


def final(session: Session, document: Document) -> tuple[bytes, str]:
    """The document as it counts now, with its media type: sealed, signed or scanned, else as first set."""
    if document.final_sha256 is None:
        return original(session, document), "application/pdf"
    content = read(document.jurisdiction_id, document.final_sha256)
    return content, attachments.mime_of(content) or "application/pdf"


def words(session: Session, document: Document) -> dict[str, Any]:
    """The paper's frozen words, for the Word file."""
    original(session, document)
    assert document.paper is not None
    return document.paper


def completed(session: Session, document: Document, **more: Any) -> bytes:
    """The frozen words set again with a ``seal`` (SVG) or ``signatures`` (mark → SVG) in their places."""
    return _typeset(document, {**words(session, document), **more})


def set_words(session: Session, document: Document) -> dict[str, Any]:
    """What ``paper_body.typ`` sets for the document as it counts now, its seal in place: for many at once.

    Nothing is stored: the words follow from the document's own event, whoever sets them and when.
    """
    paper = document.paper or compose(source_of(session, document), draft=False)
    found: dict[str, Any] = {**paper, "qr": _qr(document.number)}
    if document.sealed_by == "image":
        seal = session.scalars(queries.seal_of(document.jurisdiction_id, document)).one()
        found["seal"] = picture(session, seal.sha256)
    return found


def picture(session: Session, sha256: str) -> str:
    """A stored PNG as an SVG of its size, as the templates take pictures.

    Raises :class:`NotFound` ``no-attachment``, :class:`Invalid` ``not-a-png``.
    """
    found = attachments.find(session, sha256)
    content = read(found.jurisdiction_id, found.sha256)
    if not content.startswith(PNG):
        raise Invalid(
            "not-a-png",
            zh="印章和签名图像须为 PNG 格式。请重新上传。",
            en="Images of seals and signatures are PNG files. Upload it again.",
        )
    width, height = struct.unpack(">II", content[16:24])
    data = base64.b64encode(content).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{data}"/></svg>'
    )


def store(jurisdiction_id: int, content: bytes) -> str:
    """Keep a file under its hash, safe on disk; returns the hash."""
    digest = hashlib.sha256(content).hexdigest()
    attachments.write_durably(attachments.path_of(jurisdiction_id, digest), content)
    return digest


def read(jurisdiction_id: int, sha256: str) -> bytes:
    path = attachments.path_of(jurisdiction_id, sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Unavailable(
            "file-lost",
            zh="文书文件缺失或与登记的校验值不符，请联系管理员从备份恢复。",
            en="The document's file is missing or does not match its recorded hash; ask the administrator to "
            "restore it from the backup.",
        )
    return content


def source_of(session: Session, document: Document) -> Source:
    """What an issued document is made of: its own event, or the act it was issued for."""
    kind, content = kind_of(document.kind), document.content
    if "fields" in content:
        return source.of_fields(
            session,
            document.kind,
            document.matter_id,
            document.event_seq,
            content["fields"],
            content["officers"],
            number=document.number,
        )
    seq = content.get("seq", document.event_seq) if kind.acts else document.event_seq
    return source.of_event(session, document.kind, document.matter_id, seq, number=document.number)


def _set(session: Session, document: Document) -> tuple[dict[str, Any], bytes]:
    paper = compose(source_of(session, document), draft=False)
    drawn = document.content.get("signatures") or {}
    signatures = {mark: picture(session, sha256) for mark, sha256 in drawn.items()}
    return paper, _typeset(document, {**paper, "signatures": signatures})


def _typeset(document: Document, paper: dict[str, Any]) -> bytes:
    return typeset("paper", {**paper, "qr": _qr(document.number)}, made_at=document.created_at)


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode("utf-8")

"""Number series, issued documents, how they were served, printed and sealed.

A number is given once and a void keeps it (P4-D6). ``documents`` and ``document_services`` are projections of
the matter's events; only what is set from them (``paper``, ``file_sha256``) comes afterwards.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

STATUSES = ("numbered", "sealed", "served", "void")
WAYS = ("direct", "left", "post", "electronic", "entrusted", "public")
"""Ways of service; ``public`` (公告送达) is the clockwork's, when the term of a notice is over."""
FORMATS = ("pdf", "docx", "list")


class NumberSeries(Base):
    """The last number given in a series and year; gapless, because it moves in the act's transaction."""

    __tablename__ = "number_series"

    jurisdiction_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class Document(Tenant, Base):
    """A numbered document of a matter; never edited, only amended by another that names it."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "series", "year", "serial"),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "amends_id"], ["documents.jurisdiction_id", "documents.id"]),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        Index(None, "jurisdiction_id", "matter_id"),
        Index(None, "jurisdiction_id", "number"),
        {"info": {"later": ("paper", "file_sha256")}},  # it is set from its event once it is asked for
    )

    matter_id: Mapped[int]
    event_seq: Mapped[int]
    kind: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str]
    title: Mapped[str]
    content: Mapped[dict[str, Any]]
    """``facts`` and ``form`` of the act; ``seq`` of the act where it was issued afterwards; ``fields`` and
    ``officers`` where it comes from no act."""
    status: Mapped[str] = mapped_column(default="numbered", server_default=text("'numbered'"))
    paper: Mapped[dict[str, Any] | None]
    """The words as they were set, frozen with the first file."""
    file_sha256: Mapped[str | None]
    """The PDF as it was first set; never set again."""
    final_sha256: Mapped[str | None]
    """The sealed or signed PDF, or the scan that is bound to the number."""
    sealed_by: Mapped[str | None]
    """``image``, ``scan`` or ``signature``: what ``final_sha256`` shows."""
    sealed_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]
    amends_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DocumentService(Tenant, Base):
    """A document was served on the party (送达), or the party refused to sign (拒签) before a witness."""

    __tablename__ = "document_services"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "matter_id", "event_seq"),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "document_id"], ["documents.jurisdiction_id", "documents.id"]
        ),
        CheckConstraint(f"way in {WAYS}", name="way"),
        CheckConstraint(
            "refusal is null or (witness is not null and (jsonb_array_length(photos) > 0 "
            "or witness_signature_sha256 is not null))",
            name="refusal_witnessed",
        ),
        Index(None, "jurisdiction_id", "document_id"),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    matter_id: Mapped[int]
    event_seq: Mapped[int]
    document_id: Mapped[int]
    receipt_number: Mapped[str | None]
    """Number of the proof of service (送达回证)."""
    way: Mapped[str]
    served_at: Mapped[datetime]
    place: Mapped[str]
    receiver: Mapped[str | None]
    relation: Mapped[str | None]
    """Of the receiver to the party: 本人, 同住成年家属, 负责收件的人 …"""
    signature_sha256: Mapped[str | None]
    refusal: Mapped[str | None]
    """Why the signature was refused; the paper is left then."""
    witness: Mapped[str | None]
    witness_of: Mapped[str | None]
    witness_signature_sha256: Mapped[str | None]
    proof_no: Mapped[str | None]
    """Number of the postal or electronic receipt."""
    photos: Mapped[list[Any]]
    officers: Mapped[list[Any]]
    note: Mapped[str | None]


class DocumentPrint(Tenant, Base):
    """One line of the central printing log (打印登记): who printed what, when, how often and why again."""

    __tablename__ = "document_prints"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "document_id"], ["documents.jurisdiction_id", "documents.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        CheckConstraint("copies between 1 and 100", name="copies"),
        CheckConstraint(f"format in {FORMATS}", name="format"),
        Index(None, "jurisdiction_id", "printed_at"),
        Index(None, "jurisdiction_id", "document_id"),
        Index(None, "jurisdiction_id", "matter_id"),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    matter_id: Mapped[int]
    document_id: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    number: Mapped[str]
    format: Mapped[str]
    copies: Mapped[int]
    reason: Mapped[str | None]
    officer_id: Mapped[int]
    printed_at: Mapped[datetime]


class SealImage(Tenant, Base):
    """The image of a seal (印章) of the bureau, put into approved documents while it is in use."""

    __tablename__ = "seal_images"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "name", "sha256"),
        ForeignKeyConstraint(["jurisdiction_id", "added_by"], ["officers.jurisdiction_id", "officers.id"]),
    )

    name: Mapped[str]
    sha256: Mapped[str]
    """A PNG among the attachments, transparent outside the ring."""
    added_by: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]

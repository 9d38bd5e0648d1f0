"""Staged imports: nothing reaches the register before a person has seen and confirmed the batch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant


class ImportMapping(Tenant, Base):
    """A saved column mapping, found again by the columns' fingerprint."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "name"),)

    name: Mapped[str]
    fingerprint: Mapped[str]
    mapping: Mapped[dict[str, Any]]


class ImportBatch(Tenant, Base):
    """One uploaded file: staged, then confirmed or dropped."""

    __tablename__ = "import_batches"
    __table_args__ = (
        CheckConstraint("state in ('staged', 'confirmed', 'dropped')", name="state"),
        Index(None, "jurisdiction_id", "sha256"),
    )

    kind: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    datum: Mapped[str | None]
    mapping: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="staged", server_default=text("'staged'"))
    good: Mapped[int]
    bad: Mapped[int]
    officer_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirmed_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))


class ImportRow(Tenant, Base):
    """One row of a batch as it came (``raw``) and as it was understood (``record``), or why it was not."""

    __tablename__ = "import_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "batch_id"], ["import_batches.jurisdiction_id", "import_batches.id"]
        ),
        Index(None, "jurisdiction_id", "batch_id"),
    )

    batch_id: Mapped[int]
    sheet: Mapped[str | None]
    row_no: Mapped[int]
    raw: Mapped[dict[str, Any]]
    record: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reasons: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    suggestion: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """An existing business this row may be the same as."""

"""Number series and issued documents. A number is given once and a void keeps it (P4-D6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant


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
        CheckConstraint("status in ('numbered', 'rendered', 'void')", name="status"),
        Index(None, "jurisdiction_id", "matter_id"),
        {"info": {"later": ("status",)}},  # rendering and voiding come after the act that numbered it
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
    status: Mapped[str] = mapped_column(default="numbered", server_default=text("'numbered'"))
    file_sha256: Mapped[str | None]
    amends_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

"""The rotation sheet (轮岗交接单) and its signatures. What two persons signed is never edited."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

STATES = ("open", "signed", "void")
ROLES = ("giver", "taker", "witness")


class Handover(Tenant, Base):
    """Cells pass from one inspector to another on a day; ``content`` is frozen as the sheet shows it."""

    __tablename__ = "handovers"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "year", "serial"),
        ForeignKeyConstraint(["jurisdiction_id", "giver_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "taker_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "amends_id"], ["handovers.jurisdiction_id", "handovers.id"]),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("giver_id <> taker_id", name="two_persons"),
        CheckConstraint("(number is null) = (state <> 'signed')", name="number_when_signed"),
        Index(None, "jurisdiction_id", "giver_id"),
        Index(None, "jurisdiction_id", "taker_id"),
    )

    state: Mapped[str] = mapped_column(default="open", server_default=text("'open'"))
    giver_id: Mapped[int]
    taker_id: Mapped[int]
    cell_ids: Mapped[list[Any]]
    effective_on: Mapped[date]
    """The first day of the new owner, as planned."""
    assigned_from: Mapped[date | None]
    """The first day in fact: later than planned when the last signature came later."""
    note: Mapped[str | None]
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[str]
    """Over the canonical bytes (RFC 8785) of ``content``: what a signature is given on."""
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None]
    """Given with the signature that completes the sheet (P4-D6)."""
    amends_id: Mapped[int | None]
    """The signed sheet that this one corrects; such a sheet changes no assignment."""
    created_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]


class HandoverSignature(Tenant, Base):
    """One person's signature on a sheet, given in that person's own session. Append-only."""

    __tablename__ = "handover_signatures"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "handover_id", "role"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "handover_id"], ["handovers.jurisdiction_id", "handovers.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        CheckConstraint(f"role in {ROLES}", name="role"),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    handover_id: Mapped[int]
    role: Mapped[str]
    officer_id: Mapped[int]
    content_sha256: Mapped[str]
    signed_at: Mapped[datetime]

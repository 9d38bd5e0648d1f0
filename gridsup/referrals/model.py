"""The record of each referral (P9-N): a projection of its matter, one row per 抄告."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant


class Referral(Tenant, Base):
    """One 抄告: number, direction, sender, receiver, when sent, when received, feedback."""

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "matter_id"),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        CheckConstraint("direction in ('out', 'in')", name="direction"),
        Index(None, "jurisdiction_id", "department_id"),
    )

    matter_id: Mapped[int]
    direction: Mapped[str]
    number: Mapped[str | None]
    department: Mapped[str]
    """D01…D22, as allocation led."""
    department_id: Mapped[int | None]
    """The body that receives or sent it, today's name by date."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    basis: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    feedback: Mapped[str | None]
    feedback_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None]

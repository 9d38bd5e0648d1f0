"""The record of each referral (P9-N): a projection of its matter, one row per 抄告."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint
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


KINDS = ("referral", "permit_loss")
LOSSES = ("revoked", "rescinded", "cancelled", "expired")


class InboundReferral(Tenant, Base):
    """What another department told the bureau (P9-N1 towards us, P9-N3): matched to a household and routed.

    ``matter_id`` is None while it is unmatched; ``dismissed_reason`` says why one never became a matter.
    """

    __tablename__ = "inbound_referrals"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "key"),
        UniqueConstraint("jurisdiction_id", "matter_id"),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        Index(None, "jurisdiction_id", "batch"),
    )

    batch: Mapped[str]
    """The batch it came with; one that came alone has a batch of its own."""
    row_no: Mapped[int | None]
    """Row of the spreadsheet, as it counts from 1."""
    key: Mapped[str]
    """The same notice gives the same key: sent again, it is taken in once."""
    kind: Mapped[str]
    department: Mapped[str]
    """D01…D22, who told it."""
    number: Mapped[str | None]
    """The sender's own number."""
    received_at: Mapped[datetime]
    """Starts the ten working days of P9-N4."""
    status: Mapped[str | None]
    """How the permit was lost: ``revoked``, ``rescinded``, ``cancelled``, ``expired``."""
    lost_on: Mapped[date | None]
    permit_number: Mapped[str | None]
    licence_no: Mapped[str | None]
    name: Mapped[str]
    address: Mapped[str | None]
    trade: Mapped[str | None]
    content: Mapped[str | None]
    business_id: Mapped[int | None]
    matched_by: Mapped[str | None]
    """``licence``, ``permit``, ``name_address``, ``address``, ``name``, ``hand``."""
    matter_id: Mapped[int | None]
    officer_id: Mapped[int | None]
    """Who entered it; None for what the register raised by itself."""
    dismissed_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DepartmentBody(Tenant, Base):
    """Which body answered for a department (D01…D22) from when to when, by what authority (today's bodies).

    The contact point, its liaison accounts and its matters stay one row of ``organisations``; what changes is
    the body's name. A department without any such row has had the body registered for it all along.
    """

    __tablename__ = "department_bodies"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "organisation_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ExcludeConstraint(
            ("jurisdiction_id", "="),
            ("organisation_id", "="),
            ("during", "&&"),
            name="one_body_at_a_time",
        ),
    )

    organisation_id: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str | None]
    during: Mapped[Any] = mapped_column(DATERANGE)
    """Empty: it was planned and withdrawn before it came."""
    basis: Mapped[str | None]
    """The decision by which it answers (三定方案、机构改革文件); None before the first change."""
    officer_id: Mapped[int | None]
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())

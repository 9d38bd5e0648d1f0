"""What other departments tell the bureau (抄告来件), and the duty roster (值班表).

Walls: row-level security on both by ``jurisdiction_id`` (docs/decisions/0005); rows of the roster may be
deleted, a notice never.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridsup.walls import wall

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbound_referrals",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("lost_on", sa.Date(), nullable=True),
        sa.Column("permit_number", sa.String(), nullable=True),
        sa.Column("licence_no", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("trade", sa.String(), nullable=True),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("business_id", sa.BigInteger(), nullable=True),
        sa.Column("matched_by", sa.String(), nullable=True),
        sa.Column("matter_id", sa.BigInteger(), nullable=True),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("dismissed_reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('referral', 'permit_loss')", name=op.f("ck_inbound_referrals_kind")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_inbound_referrals_jurisdiction_id_matter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_inbound_referrals_jurisdiction_id_business_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_inbound_referrals_jurisdiction_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_inbound_referrals")),
        sa.UniqueConstraint("jurisdiction_id", "key", name=op.f("uq_inbound_referrals_jurisdiction_id_key")),
        sa.UniqueConstraint(
            "jurisdiction_id", "matter_id", name=op.f("uq_inbound_referrals_jurisdiction_id_matter_id")
        ),
    )
    op.create_index(
        op.f("ix_inbound_referrals_jurisdiction_id_batch"),
        "inbound_referrals",
        ["jurisdiction_id", "batch"],
        unique=False,
    )
    op.create_table(
        "duty_days",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_duty_days_jurisdiction_id_officer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "organisation_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_duty_days_jurisdiction_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_duty_days")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "day",
            "organisation_id",
            "officer_id",
            name=op.f("uq_duty_days_jurisdiction_id_day_organisation_id_officer_id"),
        ),
    )
    wall("inbound_referrals")
    wall("duty_days", grants="SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.drop_table("duty_days")
    op.drop_table("inbound_referrals")

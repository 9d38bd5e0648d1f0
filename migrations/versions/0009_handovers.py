"""Rotation sheets (轮岗交接单) and their signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _key() -> list[sa.Column]:
    return [
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["jurisdiction_id", column],
        [f"{other}.jurisdiction_id", f"{other}.id"],
        name=op.f(f"fk_{table}_jurisdiction_id_{column}"),
    )


def _json(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def upgrade() -> None:
    op.create_table(
        "handovers",
        *_key(),
        sa.Column("state", sa.String(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("giver_id", sa.BigInteger(), nullable=False),
        sa.Column("taker_id", sa.BigInteger(), nullable=False),
        _json("cell_ids"),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("assigned_from", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        _json("content"),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("serial", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("amends_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.CheckConstraint("state in ('open', 'signed', 'void')", name=op.f("ck_handovers_state")),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_handovers_two_persons")),
        sa.CheckConstraint(
            "(number is null) = (state <> 'signed')", name=op.f("ck_handovers_number_when_signed")
        ),
        _to("handovers", "giver_id", "officers"),
        _to("handovers", "taker_id", "officers"),
        _to("handovers", "amends_id", "handovers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_handovers")),
        sa.UniqueConstraint(
            "jurisdiction_id", "year", "serial", name=op.f("uq_handovers_jurisdiction_id_year_serial")
        ),
    )
    for column in ("giver_id", "taker_id"):
        op.create_index(
            op.f(f"ix_handovers_jurisdiction_id_{column}"), "handovers", ["jurisdiction_id", column]
        )
    op.create_table(
        "handover_signatures",
        *_key(),
        sa.Column("handover_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('giver', 'taker', 'witness')", name=op.f("ck_handover_signatures_role")),
        _to("handover_signatures", "handover_id", "handovers"),
        _to("handover_signatures", "officer_id", "officers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_handover_signatures")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "handover_id",
            "role",
            name=op.f("uq_handover_signatures_jurisdiction_id_handover_id_role"),
        ),
    )
    wall("handovers")
    wall("handover_signatures", grants="SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("handover_signatures")
    op.drop_table("handovers")

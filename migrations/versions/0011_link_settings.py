"""What a bureau sets itself for its links, the holiday notices it entered, the warnings announced.

Walls: row-level security by ``jurisdiction_id`` on all three (docs/decisions/0005); none is ever changed or
deleted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("link_settings", "holiday_notices", "clock_warnings")


def _id() -> list[sa.Column[int]]:
    return [
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _now(name: str) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["jurisdiction_id", column],
        [f"{to}.jurisdiction_id", f"{to}.id"],
        name=op.f(f"fk_{table}_jurisdiction_id_{column}"),
    )


def upgrade() -> None:
    op.create_table(
        "link_settings",
        *_id(),
        sa.Column("rule_table", sa.String(60), nullable=False),
        sa.Column("rule_row", sa.String(80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(2), nullable=False),
        sa.Column("warn_share", sa.Float(), nullable=False),
        sa.Column("warn_days", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        _now("set_at"),
        _points("link_settings", "officer_id", "officers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_link_settings")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "rule_table",
            "rule_row",
            "version",
            name=op.f("uq_link_settings_jurisdiction_id_rule_table_rule_row_version"),
        ),
    )
    op.create_table(
        "holiday_notices",
        *_id(),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("days", postgresql.JSONB(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        _now("entered_at"),
        _points("holiday_notices", "officer_id", "officers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_holiday_notices")),
    )
    op.create_table(
        "clock_warnings",
        *_id(),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(60), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _now("announced_at"),
        sa.CheckConstraint("kind IN ('share', 'days', 'over')", name=op.f("ck_clock_warnings_kind")),
        _points("clock_warnings", "matter_id", "matters"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_clock_warnings")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "matter_id",
            "clock",
            "run",
            "kind",
            "at",
            name=op.f("uq_clock_warnings_jurisdiction_id_matter_id_clock_run_kind_at"),
        ),
    )
    op.create_index(
        op.f("ix_clock_warnings_jurisdiction_id_announced_at"),
        "clock_warnings",
        ["jurisdiction_id", "announced_at"],
    )
    for table in TABLES:
        wall(table, grants="SELECT, INSERT")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)

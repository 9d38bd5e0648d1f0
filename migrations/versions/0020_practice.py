"""Turns of the practice mode.

Walls: row-level security on the table by ``jurisdiction_id`` (docs/decisions/0005). What is practised stands
in jurisdictions of its own, behind the walls of every table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridsup.walls import wall

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    table = "practice_runs"
    op.create_table(
        table,
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_practice_runs_jurisdiction_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_practice_runs")),
    )
    op.create_index(
        op.f("ix_practice_runs_jurisdiction_id_officer_id_started_at"),
        table,
        ["jurisdiction_id", "officer_id", "started_at"],
    )
    wall(table)


def downgrade() -> None:
    op.drop_table("practice_runs")

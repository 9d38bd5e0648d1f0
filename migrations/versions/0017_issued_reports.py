"""Issued reports, and the rows under their figures, frozen.

Walls: row-level security on both tables by ``jurisdiction_id`` (docs/decisions/0005); both are append-only.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
GRANTS = "SELECT, INSERT"


def _key() -> list[sa.Column]:
    return [
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "issued_reports",
        *_key(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("paper", JSON, nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('monthly', 'quarterly')", name=op.f("ck_issued_reports_kind")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_issued_reports_jurisdiction_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_issued_reports")),
    )
    op.create_index(
        op.f("ix_issued_reports_jurisdiction_id_issued_at"),
        "issued_reports",
        ["jurisdiction_id", "issued_at"],
    )
    wall("issued_reports", grants=GRANTS)
    op.create_table(
        "report_rows",
        *_key(),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("row_set", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "report_id"],
            ["issued_reports.jurisdiction_id", "issued_reports.id"],
            name=op.f("fk_report_rows_jurisdiction_id_report_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_report_rows")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "report_id",
            "row_set",
            name=op.f("uq_report_rows_jurisdiction_id_report_id_row_set"),
        ),
    )
    wall("report_rows", grants=GRANTS)


def downgrade() -> None:
    op.drop_table("report_rows")
    op.drop_table("issued_reports")

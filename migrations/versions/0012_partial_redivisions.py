"""Drafts of a part of their stations: the streets and communities whose cells are divided anew.

Walls: a column of ``redivisions``, whose wall of 0007 covers it (docs/decisions/0005).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "redivisions",
        sa.Column(
            "parts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
    )


def downgrade() -> None:
    op.drop_column("redivisions", "parts")

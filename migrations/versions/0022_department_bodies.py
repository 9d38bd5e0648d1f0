"""The dated bodies of departments.

Walls: row-level security on the table by ``jurisdiction_id`` (docs/decisions/0005).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "department_bodies"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["jurisdiction_id", column],
                [f"{at}.jurisdiction_id", f"{at}.id"],
                name=op.f(f"fk_{TABLE}_jurisdiction_id_{column}"),
            )
            for column, at in (("organisation_id", "organisations"), ("officer_id", "officers"))
        ),
        postgresql.ExcludeConstraint(
            ("jurisdiction_id", "="), ("organisation_id", "="), ("during", "&&"), name="one_body_at_a_time"
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    wall(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)

"""A delegation letter may adjust another (委托调整, P6-D3), which is kept and ends where this one begins.

Walls: none new; ``delegations`` stays behind its own (docs/decisions/0005).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = "delegations"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("adjusts_id", sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("adjust_reason", sa.String(), nullable=True))
    op.create_foreign_key(
        op.f("fk_delegations_jurisdiction_id_adjusts_id"),
        TABLE,
        TABLE,
        ["jurisdiction_id", "adjusts_id"],
        ["jurisdiction_id", "id"],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_delegations_jurisdiction_id_adjusts_id"), TABLE, type_="foreignkey")
    for column in ("adjust_reason", "adjusts_id"):
        op.drop_column(TABLE, column)

"""Let the application replace imported roads: a newer file of a source takes the place of the older."""

from __future__ import annotations

from alembic import op

from gridsup.walls import APP_ROLE

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(f"GRANT DELETE ON roads TO {APP_ROLE}")


def downgrade() -> None:
    op.execute(f"REVOKE DELETE ON roads FROM {APP_ROLE}")

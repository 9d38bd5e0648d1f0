"""Delegation letters: where announced, area, liability, signatories, revocation.

Walls: ``delegations`` keeps the wall of 0001 (docs/decisions/0005).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TEXTS = ("published_in", "liability", "signed_by", "delegate_signer", "revoke_reason")


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("delegations", sa.Column(name, sa.String()))
    op.add_column("delegations", sa.Column("revoked_on", sa.Date()))
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("delegations", sa.Column("areas", json, server_default=sa.text("'[]'"), nullable=False))


def downgrade() -> None:
    for name in ("areas", "revoked_on", *reversed(TEXTS)):
        op.drop_column("delegations", name)

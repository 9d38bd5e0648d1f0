"""Exemptions of small stations from the separation of duties; request keys may be pruned.

Walls: row-level security on the exemptions by ``jurisdiction_id`` (docs/decisions/0005), never deleted; the
application may delete from ``act_keys``, within its own jurisdiction.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridsup.walls import APP_ROLE, wall

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "separation_waivers",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("station_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_number", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("decided_on <= valid_from", name=op.f("ck_separation_waivers_decided")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_separation_waivers_jurisdiction_id_station_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_separation_waivers")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "station_id",
            "decision_number",
            name=op.f("uq_separation_waivers_jurisdiction_id_station_id_decision_number"),
        ),
    )
    wall("separation_waivers")
    op.execute(f"GRANT DELETE ON act_keys TO {APP_ROLE}")
    op.create_index(op.f("ix_act_keys_jurisdiction_id_made_at"), "act_keys", ["jurisdiction_id", "made_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_act_keys_jurisdiction_id_made_at"), table_name="act_keys")
    op.execute(f"REVOKE DELETE ON act_keys FROM {APP_ROLE}")
    op.drop_table("separation_waivers")

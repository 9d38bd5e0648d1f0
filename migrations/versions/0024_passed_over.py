"""A stop that was passed over keeps where the officer stood, and what the phone noted of itself.

Walls: none new; ``skipped_stops`` stays append-only behind its own (docs/decisions/0005).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLE = "skipped_stops"


def upgrade() -> None:
    point = Geometry(
        geometry_type="POINT",
        srid=4490,
        dimension=2,
        spatial_index=False,
        from_text="ST_GeomFromEWKT",
        name="geometry",
    )
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column(TABLE, sa.Column("point", point, nullable=True))
    op.add_column(TABLE, sa.Column("accuracy_m", sa.Float(), nullable=True))
    op.add_column(TABLE, sa.Column("device", json, server_default=sa.text("'{}'"), nullable=False))


def downgrade() -> None:
    for column in ("device", "accuracy_m", "point"):
        op.drop_column(TABLE, column)

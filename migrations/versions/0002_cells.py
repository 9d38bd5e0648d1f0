"""Cells, their lineage and serials, roads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cell_serials",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction_id", "code", name=op.f("pk_cell_serials")),
    )
    op.create_table(
        "roads",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="LINESTRING",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_roads")),
    )
    op.create_index("gx_roads_geom", "roads", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_roads_jurisdiction_id_kind"), "roads", ["jurisdiction_id", "kind"], unique=False)
    op.create_table(
        "cells",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("station_id", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("national_code", sa.String(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column(
            "duties", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column(
            "requirements",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "targets", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        postgresql.ExcludeConstraint(
            (sa.column("jurisdiction_id"), "="),
            (sa.column("code"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="one_validity_per_code",
        ),
        sa.CheckConstraint("not isempty(valid)", name=op.f("ck_cells_valid")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "community_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_cells_jurisdiction_id_community_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_cells_jurisdiction_id_station_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_cells")),
    )
    op.create_index("gx_cells_geom", "cells", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        op.f("ix_cells_jurisdiction_id_station_id"), "cells", ["jurisdiction_id", "station_id"], unique=False
    )
    op.create_table(
        "cell_lineage",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("old_id", sa.BigInteger(), nullable=False),
        sa.Column("new_id", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "new_id"],
            ["cells.jurisdiction_id", "cells.id"],
            name=op.f("fk_cell_lineage_jurisdiction_id_new_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "old_id"],
            ["cells.jurisdiction_id", "cells.id"],
            name=op.f("fk_cell_lineage_jurisdiction_id_old_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_cell_lineage")),
        sa.UniqueConstraint(
            "jurisdiction_id", "old_id", "new_id", name=op.f("uq_cell_lineage_jurisdiction_id_old_id_new_id")
        ),
    )
    wall("cell_serials")
    wall("roads")
    wall("cells")
    wall("cell_lineage", grants="SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("cell_lineage")
    op.drop_table("cells")
    op.drop_table("roads")
    op.drop_table("cell_serials")

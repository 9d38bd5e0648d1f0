"""Drafts of a new division: header, cells, blocks, log of edits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _key() -> list[sa.Column]:
    return [
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["jurisdiction_id", column],
        [f"{other}.jurisdiction_id", f"{other}.id"],
        name=op.f(f"fk_{table}_jurisdiction_id_{column}"),
    )


def _json(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "redivisions",
        *_key(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        _json("stations"),
        _json("parameters"),
        _json("report"),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _json("failure", nullable=True),
        _json("result", nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'scheduled', 'enacted', 'dropped')", name=op.f("ck_redivisions_state")
        ),
        sa.CheckConstraint("origin in ('divide', 'today')", name=op.f("ck_redivisions_origin")),
        _to("redivisions", "created_by", "officers"),
        _to("redivisions", "changed_by", "officers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_redivisions")),
    )
    op.create_index(op.f("ix_redivisions_jurisdiction_id_state"), "redivisions", ["jurisdiction_id", "state"])
    op.create_table(
        "redivision_cells",
        *_key(),
        sa.Column("redivision_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.BigInteger(), nullable=False),
        sa.Column("station_id", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("grid", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        _to("redivision_cells", "redivision_id", "redivisions"),
        _to("redivision_cells", "station_id", "organisations"),
        _to("redivision_cells", "community_id", "organisations"),
        _to("redivision_cells", "officer_id", "officers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_redivision_cells")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "redivision_id",
            "label",
            name=op.f("uq_redivision_cells_jurisdiction_id_redivision_id_label"),
        ),
    )
    op.create_table(
        "redivision_blocks",
        *_key(),
        sa.Column("redivision_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("station_id", sa.BigInteger(), nullable=False),
        sa.Column("workload", sa.Double(), nullable=False),
        sa.Column("businesses", sa.BigInteger(), nullable=False),
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
        _to("redivision_blocks", "redivision_id", "redivisions"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_redivision_blocks")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "redivision_id",
            "number",
            name=op.f("uq_redivision_blocks_jurisdiction_id_redivision_id_number"),
        ),
    )
    op.create_table(
        "redivision_edits",
        *_key(),
        sa.Column("redivision_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        _json("asked"),
        _json("change"),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        _to("redivision_edits", "redivision_id", "redivisions"),
        _to("redivision_edits", "officer_id", "officers"),
        _to("redivision_edits", "undone_by", "officers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_redivision_edits")),
    )
    op.create_index(
        op.f("ix_redivision_edits_jurisdiction_id_redivision_id"),
        "redivision_edits",
        ["jurisdiction_id", "redivision_id"],
    )
    wall("redivisions")
    wall("redivision_cells", grants="SELECT, INSERT, UPDATE, DELETE")
    wall("redivision_blocks")
    wall("redivision_edits")


def downgrade() -> None:
    op.drop_table("redivision_edits")
    op.drop_table("redivision_blocks")
    op.drop_table("redivision_cells")
    op.drop_table("redivisions")

"""Matters handed to the neighbouring cell, stops passed over, and what phones noted about themselves.

Walls: row-level security on the three tables by ``jurisdiction_id`` (docs/decisions/0005); skipped stops and
device notes are append-only, a transfer changes until it is settled.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())
ADDED = "SELECT, INSERT"


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


def _primary(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f(f"pk_{table}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(
        "jurisdiction_id", *columns, name=op.f(f"uq_{table}_jurisdiction_id_{'_'.join(columns)}")
    )


def upgrade() -> None:
    for table in ("visits", "attachments"):
        op.add_column(table, sa.Column("device", JSON, server_default=sa.text("'{}'"), nullable=False))
    _transfers("cell_transfers")
    _skipped("skipped_stops")
    _notes("device_notes")


def _transfers(table: str) -> None:
    number = sa.BigInteger
    op.create_table(
        table,
        *_key(),
        sa.Column("matter_id", number(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("from_officer_id", number(), nullable=False),
        sa.Column("from_cell_id", number(), nullable=True),
        sa.Column("to_officer_id", number(), nullable=True),
        sa.Column("to_cell_id", number(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("settled_by", number(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state in ('asked', 'to_desk', 'taken', 'decided', 'withdrawn')", name=op.f(f"ck_{table}_state")
        ),
        sa.CheckConstraint(
            "(settled_at is null) = (state in ('asked', 'to_desk'))", name=op.f(f"ck_{table}_settled")
        ),
        _to(table, "matter_id", "matters"),
        *(_to(table, name, "officers") for name in ("from_officer_id", "to_officer_id", "settled_by")),
        *(_to(table, name, "cells") for name in ("from_cell_id", "to_cell_id")),
        _primary(table),
        _once(table, "from_officer_id", "key"),
    )
    op.create_index(
        "uq_cell_transfers_open",
        table,
        ["jurisdiction_id", "matter_id"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    column = "to_officer_id"
    op.create_index(op.f(f"ix_{table}_jurisdiction_id_{column}"), table, ["jurisdiction_id", column])
    wall(table)


def _skipped(table: str) -> None:
    op.create_table(
        table,
        *_key(),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("received_at", MOMENT, server_default=NOW, nullable=False),
        _to(table, "officer_id", "officers"),
        _to(table, "business_id", "businesses"),
        _primary(table),
        _once(table, "officer_id", "key"),
    )
    op.create_index(
        op.f(f"ix_{table}_jurisdiction_id_officer_id_at"), table, ["jurisdiction_id", "officer_id", "at"]
    )
    wall(table, grants=ADDED)


def _notes(table: str) -> None:
    op.create_table(
        table,
        *_key(),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("device", JSON, nullable=False),
        _to(table, "matter_id", "matters"),
        _primary(table),
        _once(table, "matter_id", "seq"),
    )
    wall(table, grants=ADDED)


def downgrade() -> None:
    for table in ("device_notes", "skipped_stops", "cell_transfers"):
        op.drop_table(table)
    for table in ("attachments", "visits"):
        op.drop_column(table, "device")

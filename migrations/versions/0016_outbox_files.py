"""Phones that have agreed keys, and outboxes that came as files.

Walls: row-level security on both tables by ``jurisdiction_id`` (docs/decisions/0005); rows are added, never
changed. The server's private half of a phone's key is stored encrypted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
GRANTS = "SELECT, INSERT"


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


def upgrade() -> None:
    _devices("field_devices")
    _files("outbox_files")


def _devices(table: str) -> None:
    op.create_table(
        table,
        *_key(),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("server_public_key", sa.String(), nullable=False),
        sa.Column("server_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, server_default=NOW, nullable=False),
        _to(table, "officer_id", "officers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "officer_id",
            "public_key",
            name=op.f(f"uq_{table}_jurisdiction_id_officer_id_public_key"),
        ),
    )
    wall(table, grants=GRANTS)


def _files(table: str) -> None:
    op.create_table(
        table,
        *_key(),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("photos", sa.BigInteger(), nullable=False),
        sa.Column("outcomes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _to(table, "device_id", "field_devices"),
        _to(table, "officer_id", "officers"),
        _to(table, "imported_by", "officers"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "jurisdiction_id", "device_id", "key", name=op.f(f"uq_{table}_jurisdiction_id_device_id_key")
        ),
    )
    wall(table, grants=GRANTS)


def downgrade() -> None:
    op.drop_table("outbox_files")
    op.drop_table("field_devices")

"""Authorities to sign for another, and stock phrases.

Walls: row-level security on both tables by ``jurisdiction_id`` (docs/decisions/0005); an authority is
revoked, never deleted; phrases are added and removed, never changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)


def _key() -> list[sa.Column]:
    return [
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _officer(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["jurisdiction_id", column],
        ["officers.jurisdiction_id", "officers.id"],
        name=op.f(f"fk_{table}_jurisdiction_id_{column}"),
    )


def upgrade() -> None:
    _authorities("signing_authorities")
    _phrases("stock_phrases")


def _authorities(table: str) -> None:
    op.create_table(
        table,
        *_key(),
        sa.Column("giver_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver_id", sa.BigInteger(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("acts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.BigInteger()),
        sa.Column("revoke_reason", sa.String()),
        sa.CheckConstraint("giver_id <> receiver_id", name=op.f(f"ck_{table}_two")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f(f"ck_{table}_days")),
        *(_officer(table, one) for one in ("giver_id", "receiver_id", "revoked_by")),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f(f"pk_{table}")),
    )
    for columns in (["receiver_id", "valid_to"], ["giver_id"]):
        name = "_".join(["ix", table, "jurisdiction_id", *columns])
        op.create_index(op.f(name), table, ["jurisdiction_id", *columns])
    wall(table)


def _phrases(table: str) -> None:
    op.create_table(
        table,
        *_key(),
        sa.Column("officer_id", sa.BigInteger()),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, server_default=NOW, nullable=False),
        _officer(table, "officer_id"),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_jurisdiction_id_officer_id"), table, ["jurisdiction_id", "officer_id"])
    wall(table, grants="SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.drop_table("stock_phrases")
    op.drop_table("signing_authorities")

"""The life of documents: seal or scan, service, the printing log, seal images.

Walls: row-level security on each new table by ``jurisdiction_id`` (docs/decisions/0005); services and prints
are only ever added. ``documents`` keeps the wall of 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)


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


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_jurisdiction_id_{column}"), table, ["jurisdiction_id", column])


def upgrade() -> None:
    op.drop_constraint(op.f("ck_documents_status"), "documents", type_="check")
    op.create_check_constraint(
        op.f("ck_documents_status"), "documents", "status in ('numbered', 'sealed', 'served', 'void')"
    )
    op.add_column("documents", sa.Column("paper", JSON))
    for name in ("final_sha256", "sealed_by", "void_reason"):
        op.add_column("documents", sa.Column(name, sa.String()))
    op.add_column("documents", sa.Column("sealed_at", MOMENT))
    _index("documents", "number")
    _services()
    _prints()
    _seals()


def _services() -> None:
    texts = ("receiver", "relation", "signature_sha256", "refusal", "witness", "witness_of")
    op.create_table(
        "document_services",
        *_key(),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_number", sa.String()),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("served_at", MOMENT, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        *(sa.Column(name, sa.String()) for name in (*texts, "witness_signature_sha256", "proof_no")),
        sa.Column("photos", JSON, nullable=False),
        sa.Column("officers", JSON, nullable=False),
        sa.Column("note", sa.String()),
        sa.CheckConstraint(
            "way in ('direct', 'left', 'post', 'electronic', 'entrusted')",
            name=op.f("ck_document_services_way"),
        ),
        sa.CheckConstraint(
            "refusal is null or (witness is not null and (jsonb_array_length(photos) > 0 "
            "or witness_signature_sha256 is not null))",
            name=op.f("ck_document_services_refusal_witnessed"),
        ),
        _to("document_services", "matter_id", "matters"),
        _to("document_services", "document_id", "documents"),
        _primary("document_services"),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "matter_id",
            "event_seq",
            name=op.f("uq_document_services_jurisdiction_id_matter_id_event_seq"),
        ),
    )
    _index("document_services", "document_id")
    wall("document_services", grants="SELECT, INSERT")


def _prints() -> None:
    op.create_table(
        "document_prints",
        *_key(),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("copies", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("printed_at", MOMENT, nullable=False),
        sa.CheckConstraint("copies between 1 and 100", name=op.f("ck_document_prints_copies")),
        sa.CheckConstraint("format in ('pdf', 'docx', 'list')", name=op.f("ck_document_prints_format")),
        _to("document_prints", "matter_id", "matters"),
        _to("document_prints", "document_id", "documents"),
        _to("document_prints", "officer_id", "officers"),
        _primary("document_prints"),
    )
    for column in ("printed_at", "document_id", "matter_id"):
        _index("document_prints", column)
    wall("document_prints", grants="SELECT, INSERT")


def _seals() -> None:
    op.create_table(
        "seal_images",
        *_key(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", MOMENT),
        _to("seal_images", "added_by", "officers"),
        _primary("seal_images"),
        sa.UniqueConstraint(
            "jurisdiction_id", "name", "sha256", name=op.f("uq_seal_images_jurisdiction_id_name_sha256")
        ),
    )
    wall("seal_images")


def downgrade() -> None:
    for table in ("seal_images", "document_prints", "document_services"):
        op.drop_table(table)
    op.drop_index(op.f("ix_documents_jurisdiction_id_number"), "documents")
    for name in ("sealed_at", "void_reason", "sealed_by", "final_sha256", "paper"):
        op.drop_column("documents", name)
    op.drop_constraint(op.f("ck_documents_status"), "documents", type_="check")
    op.create_check_constraint(
        op.f("ck_documents_status"), "documents", "status in ('numbered', 'rendered', 'void')"
    )

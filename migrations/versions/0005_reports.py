"""Patrols, referrals, documents and staged imports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_batches",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("datum", sa.String(), nullable=True),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'staged'"), nullable=False),
        sa.Column("good", sa.BigInteger(), nullable=False),
        sa.Column("bad", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "result", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.CheckConstraint(
            "state in ('staged', 'confirmed', 'dropped')", name=op.f("ck_import_batches_state")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_import_batches")),
    )
    op.create_index(
        op.f("ix_import_batches_jurisdiction_id_sha256"),
        "import_batches",
        ["jurisdiction_id", "sha256"],
        unique=False,
    )
    op.create_table(
        "import_mappings",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("jurisdiction_id", "name", name=op.f("uq_import_mappings_jurisdiction_id_name")),
    )
    op.create_table(
        "number_series",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction_id", "series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "import_rows",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=True),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "reasons", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("suggestion", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "batch_id"],
            ["import_batches.jurisdiction_id", "import_batches.id"],
            name=op.f("fk_import_rows_jurisdiction_id_batch_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_import_rows")),
    )
    op.create_index(
        op.f("ix_import_rows_jurisdiction_id_batch_id"),
        "import_rows",
        ["jurisdiction_id", "batch_id"],
        unique=False,
    )
    op.create_table(
        "documents",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), server_default=sa.text("'numbered'"), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=True),
        sa.Column("amends_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('numbered', 'rendered', 'void')", name=op.f("ck_documents_status")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "amends_id"],
            ["documents.jurisdiction_id", "documents.id"],
            name=op.f("fk_documents_jurisdiction_id_amends_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_documents_jurisdiction_id_matter_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "series",
            "year",
            "serial",
            name=op.f("uq_documents_jurisdiction_id_series_year_serial"),
        ),
    )
    op.create_index(
        op.f("ix_documents_jurisdiction_id_matter_id"),
        "documents",
        ["jurisdiction_id", "matter_id"],
        unique=False,
    )
    op.create_table(
        "findings",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.BigInteger(), nullable=False),
        sa.Column("cell_id", sa.BigInteger(), nullable=True),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
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
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column(
            "device", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_findings_jurisdiction_id_business_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "cell_id"],
            ["cells.jurisdiction_id", "cells.id"],
            name=op.f("fk_findings_jurisdiction_id_cell_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_findings_jurisdiction_id_matter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_findings_jurisdiction_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_findings")),
        sa.UniqueConstraint(
            "jurisdiction_id", "officer_id", "key", name=op.f("uq_findings_jurisdiction_id_officer_id_key")
        ),
    )
    op.create_index("gx_findings_point", "findings", ["point"], unique=False, postgresql_using="gist")
    op.create_index(
        op.f("ix_findings_jurisdiction_id_cell_id_found_at"),
        "findings",
        ["jurisdiction_id", "cell_id", "found_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_findings_jurisdiction_id_matter_id"),
        "findings",
        ["jurisdiction_id", "matter_id"],
        unique=False,
    )
    op.create_table(
        "referrals",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback", sa.String(), nullable=True),
        sa.Column("feedback_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.String(), nullable=True),
        sa.CheckConstraint("direction in ('out', 'in')", name=op.f("ck_referrals_direction")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_referrals_jurisdiction_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_referrals_jurisdiction_id_matter_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_referrals")),
        sa.UniqueConstraint(
            "jurisdiction_id", "matter_id", name=op.f("uq_referrals_jurisdiction_id_matter_id")
        ),
    )
    op.create_index(
        op.f("ix_referrals_jurisdiction_id_department_id"),
        "referrals",
        ["jurisdiction_id", "department_id"],
        unique=False,
    )
    op.create_table(
        "visits",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.BigInteger(), nullable=True),
        sa.Column("cell_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
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
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "result in ('normal', 'finding', 'closed_door', 'not_found', 'rectified')",
            name=op.f("ck_visits_result"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_visits_jurisdiction_id_business_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "cell_id"],
            ["cells.jurisdiction_id", "cells.id"],
            name=op.f("fk_visits_jurisdiction_id_cell_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_visits_jurisdiction_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_visits")),
        sa.UniqueConstraint(
            "jurisdiction_id", "officer_id", "key", name=op.f("uq_visits_jurisdiction_id_officer_id_key")
        ),
    )
    op.create_index(
        op.f("ix_visits_jurisdiction_id_business_id_at"),
        "visits",
        ["jurisdiction_id", "business_id", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_visits_jurisdiction_id_cell_id_at"),
        "visits",
        ["jurisdiction_id", "cell_id", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_visits_jurisdiction_id_officer_id_at"),
        "visits",
        ["jurisdiction_id", "officer_id", "at"],
        unique=False,
    )
    wall("import_batches")
    wall("import_mappings")
    wall("number_series")
    wall("import_rows")
    wall("documents")
    wall("findings", grants="SELECT, INSERT")
    wall("referrals")
    wall("visits", grants="SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("visits")
    op.drop_table("referrals")
    op.drop_table("findings")
    op.drop_table("documents")
    op.drop_table("import_rows")
    op.drop_table("number_series")
    op.drop_table("import_mappings")
    op.drop_table("import_batches")

"""The register: premises, businesses, codes, permits, the unlicensed ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "premises",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("building", sa.String(), nullable=True),
        sa.Column("floor", sa.String(), nullable=True),
        sa.Column("stall", sa.String(), nullable=True),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
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
        sa.Column("original_x", sa.Double(), nullable=True),
        sa.Column("original_y", sa.Double(), nullable=True),
        sa.Column("original_datum", sa.String(), nullable=True),
        sa.Column("placed_by", sa.String(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "community_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_premises_jurisdiction_id_community_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_premises")),
    )
    op.create_index("gx_premises_point", "premises", ["point"], unique=False, postgresql_using="gist")
    op.create_index(
        "gin_premises_address_key",
        "premises",
        ["address_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"address_key": "gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_premises_jurisdiction_id_address_key"),
        "premises",
        ["jurisdiction_id", "address_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_premises_jurisdiction_id_community_id"),
        "premises",
        ["jurisdiction_id", "community_id"],
        unique=False,
    )
    op.create_table(
        "businesses",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("premises_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("registration_no", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), server_default=sa.text("'individual'"), nullable=False),
        sa.Column("operator_name", sa.String(), nullable=True),
        sa.Column("operator_id_no", sa.LargeBinary(), nullable=True),
        sa.Column("operator_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("scope", sa.String(), nullable=True),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("trade", sa.String(), nullable=True),
        sa.Column("status", sa.String(), server_default=sa.text("'operating'"), nullable=False),
        sa.Column("licence_status", sa.String(), server_default=sa.text("'valid'"), nullable=False),
        sa.Column("risk", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "licence_status in ('none', 'valid', 'revoked', 'cancelled', 'expired')",
            name=op.f("ck_businesses_licence_status"),
        ),
        sa.CheckConstraint(
            "status in ('operating', 'closed', 'moved', 'replaced', 'not_found', 'merged')",
            name=op.f("ck_businesses_status"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "merged_into_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_businesses_jurisdiction_id_merged_into_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "premises_id"],
            ["premises.jurisdiction_id", "premises.id"],
            name=op.f("fk_businesses_jurisdiction_id_premises_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "replaces_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_businesses_jurisdiction_id_replaces_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_businesses")),
    )
    op.create_index(
        "gin_businesses_search",
        "businesses",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_businesses_jurisdiction_id_licence_status"),
        "businesses",
        ["jurisdiction_id", "licence_status"],
        unique=False,
    )
    op.create_index(
        op.f("ix_businesses_jurisdiction_id_premises_id"),
        "businesses",
        ["jurisdiction_id", "premises_id"],
        unique=False,
    )
    op.create_index(
        "ix_businesses_registration_no",
        "businesses",
        ["jurisdiction_id", "registration_no"],
        unique=False,
        postgresql_where=sa.text("registration_no is not null"),
    )
    op.create_index(
        "ix_businesses_operator",
        "businesses",
        ["jurisdiction_id", "operator_id_index"],
        unique=False,
        postgresql_where=sa.text("operator_id_index is not null"),
    )
    op.create_index(
        "ix_businesses_merged",
        "businesses",
        ["jurisdiction_id", "merged_into_id"],
        unique=False,
        postgresql_where=sa.text("merged_into_id is not null"),
    )
    op.create_index(
        "uq_businesses_uscc",
        "businesses",
        ["jurisdiction_id", "uscc"],
        unique=True,
        postgresql_where=sa.text("uscc is not null and status <> 'merged'"),
    )
    op.create_table(
        "household_codes",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("business_id", sa.BigInteger(), nullable=False),
        sa.Column("cell_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_household_codes_jurisdiction_id_business_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "cell_id"],
            ["cells.jurisdiction_id", "cells.id"],
            name=op.f("fk_household_codes_jurisdiction_id_cell_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_household_codes")),
        sa.UniqueConstraint("jurisdiction_id", "code", name=op.f("uq_household_codes_jurisdiction_id_code")),
    )
    op.create_index(
        "ix_household_codes_cell",
        "household_codes",
        ["jurisdiction_id", "cell_id"],
        unique=False,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_index(
        "uq_household_codes_current",
        "household_codes",
        ["jurisdiction_id", "business_id"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.BigInteger(), nullable=False),
        sa.Column("operator_name", sa.String(), nullable=True),
        sa.Column("scope", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("pre_approval", sa.String(), nullable=True),
        sa.Column("disposal", sa.String(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("outside_number", sa.String(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_ledger_entries_jurisdiction_id_business_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_ledger_entries_jurisdiction_id_matter_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint(
            "jurisdiction_id", "matter_id", name=op.f("uq_ledger_entries_jurisdiction_id_matter_id")
        ),
    )
    op.create_index(
        op.f("ix_ledger_entries_jurisdiction_id_business_id"),
        "ledger_entries",
        ["jurisdiction_id", "business_id"],
        unique=False,
    )
    op.create_table(
        "permits",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("business_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), server_default=sa.text("'valid'"), nullable=False),
        sa.Column("lost_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status in ('valid', 'revoked', 'rescinded', 'cancelled', 'expired')",
            name=op.f("ck_permits_status"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_permits_jurisdiction_id_business_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_permits")),
    )
    op.create_index(
        op.f("ix_permits_jurisdiction_id_business_id"),
        "permits",
        ["jurisdiction_id", "business_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_permits_jurisdiction_id_expires_on"),
        "permits",
        ["jurisdiction_id", "expires_on"],
        unique=False,
    )
    op.create_table(
        "registry_events",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("business_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "before", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "after", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"],
            ["businesses.jurisdiction_id", "businesses.id"],
            name=op.f("fk_registry_events_jurisdiction_id_business_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_registry_events")),
    )
    op.create_index(
        op.f("ix_registry_events_jurisdiction_id_business_id"),
        "registry_events",
        ["jurisdiction_id", "business_id"],
        unique=False,
    )
    wall("premises")
    wall("businesses")
    wall("household_codes")
    wall("ledger_entries")
    wall("permits")
    wall("registry_events", grants="SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("registry_events")
    op.drop_table("permits")
    op.drop_table("ledger_entries")
    op.drop_table("household_codes")
    op.drop_table("businesses")
    op.drop_table("premises")

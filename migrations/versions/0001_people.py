"""Jurisdictions, organisations, officers, accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from gridsup.walls import AUTH_ROLE, create_roles, wall

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for extension in ("postgis", "pg_trgm", "btree_gist"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    create_roles()
    op.create_table(
        "audit_entries",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        op.f("ix_audit_entries_jurisdiction_id_at"), "audit_entries", ["jurisdiction_id", "at"], unique=False
    )
    op.create_table(
        "jurisdictions",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("metric_srid", sa.BigInteger(), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("superior_id", sa.BigInteger(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_jurisdictions")),
    )
    op.create_table(
        "organisations",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "area",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "place",
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
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "kind in ('bureau', 'section', 'station', 'group', 'street', 'community', 'department')",
            name=op.f("ck_organisations_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "parent_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_organisations_jurisdiction_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.jurisdiction_id"],
            name=op.f("fk_organisations_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_organisations")),
        sa.UniqueConstraint(
            "jurisdiction_id", "kind", "code", name=op.f("uq_organisations_jurisdiction_id_kind_code")
        ),
    )
    op.create_index("gx_organisations_area", "organisations", ["area"], unique=False, postgresql_using="gist")
    op.create_table(
        "delegations",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("delegate_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("powers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "delegate_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_delegations_jurisdiction_id_delegate_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("jurisdiction_id", "number", name=op.f("uq_delegations_jurisdiction_id_number")),
    )
    op.create_table(
        "officers",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "qualifications",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "organisation_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_officers_jurisdiction_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_officers")),
        sa.UniqueConstraint("jurisdiction_id", "staff_no", name=op.f("uq_officers_jurisdiction_id_staff_no")),
    )
    op.create_table(
        "accounts",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("must_change", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("language", sa.String(), server_default=sa.text("'zh'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_accounts_jurisdiction_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("jurisdiction_id", "username", name=op.f("uq_accounts_jurisdiction_id_username")),
    )
    op.create_table(
        "assignments",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("cell_id", sa.BigInteger(), nullable=True),
        sa.Column("community_id", sa.BigInteger(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("jurisdiction_id"), "="),
            (sa.column("cell_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("cell_id is not null"),
            using="gist",
            name="one_owner_per_cell",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("jurisdiction_id"), "="),
            (sa.column("community_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("community_id is not null"),
            using="gist",
            name="one_owner_per_community",
        ),
        sa.CheckConstraint("num_nonnulls(cell_id, community_id) = 1", name=op.f("ck_assignments_one_place")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "community_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_assignments_jurisdiction_id_community_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_assignments_jurisdiction_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_assignments")),
    )
    op.create_index(
        op.f("ix_assignments_jurisdiction_id_officer_id"),
        "assignments",
        ["jurisdiction_id", "officer_id"],
        unique=False,
    )
    op.create_table(
        "leaves",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_leaves_days")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_leaves_jurisdiction_id_officer_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_leaves")),
    )
    op.create_index(
        op.f("ix_leaves_jurisdiction_id_officer_id_last_day"),
        "leaves",
        ["jurisdiction_id", "officer_id", "last_day"],
        unique=False,
    )
    op.create_table(
        "postings",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("deputy_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "deputy_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_postings_jurisdiction_id_deputy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_postings_jurisdiction_id_officer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "organisation_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_postings_jurisdiction_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_postings")),
    )
    op.create_index(
        op.f("ix_postings_jurisdiction_id_officer_id"),
        "postings",
        ["jurisdiction_id", "officer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_postings_jurisdiction_id_post"), "postings", ["jurisdiction_id", "post"], unique=False
    )
    op.create_table(
        "access_tokens",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("permissions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "account_id"],
            ["accounts.jurisdiction_id", "accounts.id"],
            name=op.f("fk_access_tokens_jurisdiction_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint(
            "jurisdiction_id", "secret_hash", name=op.f("uq_access_tokens_jurisdiction_id_secret_hash")
        ),
    )
    op.create_table(
        "sign_ins",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "account_id"],
            ["accounts.jurisdiction_id", "accounts.id"],
            name=op.f("fk_sign_ins_jurisdiction_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint(
            "jurisdiction_id", "secret_hash", name=op.f("uq_sign_ins_jurisdiction_id_secret_hash")
        ),
    )
    wall("audit_entries", grants="SELECT, INSERT")
    wall("jurisdictions")
    wall("organisations")
    wall("delegations")
    wall("officers")
    wall("accounts", role=AUTH_ROLE)
    wall("assignments")
    wall("leaves", grants="SELECT, INSERT, UPDATE, DELETE")
    wall("postings")
    wall("access_tokens", role=AUTH_ROLE)
    wall("sign_ins", role=AUTH_ROLE, grants="SELECT, INSERT, UPDATE, DELETE")
    op.execute("CREATE POLICY named ON jurisdictions FOR SELECT USING (true)")


def downgrade() -> None:
    op.drop_table("sign_ins")
    op.drop_table("access_tokens")
    op.drop_table("postings")
    op.drop_table("leaves")
    op.drop_table("assignments")
    op.drop_table("accounts")
    op.drop_table("officers")
    op.drop_table("delegations")
    op.drop_table("organisations")
    op.drop_table("jurisdictions")
    op.drop_table("audit_entries")

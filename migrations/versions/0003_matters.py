"""Matters: packs, events, clocks, approvals, attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_keys",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction_id", "person_id", "key", name=op.f("pk_act_keys")),
    )
    op.create_table(
        "merkle_roots",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction_id", "day", name=op.f("pk_merkle_roots")),
    )
    op.create_table(
        "pack_versions",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pack", sa.String(length=60), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_pack_versions")),
        sa.UniqueConstraint(
            "jurisdiction_id", "pack", "version", name=op.f("uq_pack_versions_jurisdiction_id_pack_version")
        ),
    )
    op.create_table(
        "attachments",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(length=80), nullable=False),
        sa.Column("caption_kind", sa.String(length=40), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "uploaded_by"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_attachments_jurisdiction_id_uploaded_by"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("jurisdiction_id", "sha256", name=op.f("uq_attachments_jurisdiction_id_sha256")),
    )
    op.create_table(
        "matters",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pack", sa.String(length=60), nullable=False),
        sa.Column("pack_version", sa.BigInteger(), nullable=False),
        sa.Column("pack_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("cell_id", sa.BigInteger(), nullable=True),
        sa.Column("station_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "geom",
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
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=True),
        sa.Column("awaited", sa.Boolean(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("milestones", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("intervals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("assigned_officer_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_org_id", sa.BigInteger(), nullable=True),
        sa.Column("waits_for", sa.String(length=60), nullable=True),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "assigned_officer_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_matters_jurisdiction_id_assigned_officer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "assigned_org_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_matters_jurisdiction_id_assigned_org_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "cell_id"],
            ["cells.jurisdiction_id", "cells.id"],
            name=op.f("fk_matters_jurisdiction_id_cell_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "pack", "pack_version"],
            ["pack_versions.jurisdiction_id", "pack_versions.pack", "pack_versions.version"],
            name=op.f("fk_matters_jurisdiction_id_pack_pack_version"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "parent_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_matters_jurisdiction_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"],
            ["organisations.jurisdiction_id", "organisations.id"],
            name=op.f("fk_matters_jurisdiction_id_station_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_matters")),
        sa.UniqueConstraint("jurisdiction_id", "number", name=op.f("uq_matters_jurisdiction_id_number")),
    )
    op.create_index("ix_matters_geom", "matters", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        op.f("ix_matters_jurisdiction_id_assigned_officer_id"),
        "matters",
        ["jurisdiction_id", "assigned_officer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_matters_jurisdiction_id_assigned_org_id"),
        "matters",
        ["jurisdiction_id", "assigned_org_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_matters_jurisdiction_id_cell_id"), "matters", ["jurisdiction_id", "cell_id"], unique=False
    )
    op.create_index(
        op.f("ix_matters_jurisdiction_id_pack_state"),
        "matters",
        ["jurisdiction_id", "pack", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_matters_jurisdiction_id_parent_id"),
        "matters",
        ["jurisdiction_id", "parent_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_matters_jurisdiction_id_root_id"), "matters", ["jurisdiction_id", "root_id"], unique=False
    )
    op.create_index(
        op.f("ix_matters_jurisdiction_id_station_id"),
        "matters",
        ["jurisdiction_id", "station_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_matters_jurisdiction_id_subject_kind_subject_id"),
        "matters",
        ["jurisdiction_id", "subject_kind", "subject_id"],
        unique=False,
    )
    op.create_index(
        "ix_matters_queue",
        "matters",
        ["jurisdiction_id", "next_due_at", "id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "deadlines",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(length=60), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("on_due", sa.String(length=60), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calendar", sa.String(length=80), nullable=True),
        sa.Column("rule_table", sa.String(length=60), nullable=True),
        sa.Column("rule_version", sa.BigInteger(), nullable=True),
        sa.Column("rule_row", sa.String(length=80), nullable=True),
        sa.Column("extensions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'stopped', 'fired', 'dropped')", name=op.f("ck_deadlines_state")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_deadlines_jurisdiction_id_matter_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "matter_id",
            "clock",
            "run",
            name=op.f("uq_deadlines_jurisdiction_id_matter_id_clock_run"),
        ),
    )
    op.create_index(
        "ix_deadlines_open",
        "deadlines",
        ["jurisdiction_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "events",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("from_state", sa.String(length=60), nullable=True),
        sa.Column("to_state", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.Column("acting_for_id", sa.BigInteger(), nullable=True),
        sa.Column("delegation_id", sa.BigInteger(), nullable=True),
        sa.Column("crew", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pack_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_events_jurisdiction_id_matter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "person_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_events_jurisdiction_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "jurisdiction_id", "matter_id", "seq", name=op.f("uq_events_jurisdiction_id_matter_id_seq")
        ),
    )
    op.create_index(
        op.f("ix_events_jurisdiction_id_person_id_recorded_at"),
        "events",
        ["jurisdiction_id", "person_id", "recorded_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_events_jurisdiction_id_recorded_at"),
        "events",
        ["jurisdiction_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "proposals",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("approval", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("acting_for_id", sa.BigInteger(), nullable=True),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'effective', 'refused', 'lapsed')", name=op.f("ck_proposals_state")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id"],
            ["matters.jurisdiction_id", "matters.id"],
            name=op.f("fk_proposals_jurisdiction_id_matter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "person_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_proposals_jurisdiction_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_proposals")),
        sa.UniqueConstraint(
            "jurisdiction_id", "matter_id", "seq", name=op.f("uq_proposals_jurisdiction_id_matter_id_seq")
        ),
    )
    op.create_index(
        "ix_proposals_open",
        "proposals",
        ["jurisdiction_id", "matter_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "signatures",
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_seq", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("acting_for_id", sa.BigInteger(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id", "proposal_seq"],
            ["proposals.jurisdiction_id", "proposals.matter_id", "proposals.seq"],
            name=op.f("fk_signatures_jurisdiction_id_matter_id_proposal_seq"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "person_id"],
            ["officers.jurisdiction_id", "officers.id"],
            name=op.f("fk_signatures_jurisdiction_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f("pk_signatures")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "matter_id",
            "proposal_seq",
            "step",
            name=op.f("uq_signatures_jurisdiction_id_matter_id_proposal_seq_step"),
        ),
    )
    wall("act_keys")
    wall("merkle_roots", grants="SELECT, INSERT")
    wall("pack_versions", grants="SELECT, INSERT")
    wall("attachments", grants="SELECT, INSERT")
    wall("matters")
    wall("deadlines")
    wall("events", grants="SELECT, INSERT")
    wall("proposals")
    wall("signatures", grants="SELECT, INSERT")


def downgrade() -> None:
    op.drop_table("signatures")
    op.drop_table("proposals")
    op.drop_table("events")
    op.drop_table("deadlines")
    op.drop_table("matters")
    op.drop_table("attachments")
    op.drop_table("pack_versions")
    op.drop_table("merkle_roots")
    op.drop_table("act_keys")

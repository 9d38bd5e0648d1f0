"""The tables of the engine: matters (事项), their events, clocks, approvals, and what they lean on.

``events``, ``pack_versions``, ``signatures`` and ``merkle_roots`` are append-only: the application's role
is granted ``SELECT, INSERT`` alone (``table.info["grants"]``). ``matters``, ``deadlines``, ``proposals`` and
``signatures`` are projections: a fold over ``events`` alone gives the same rows again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

APPEND_ONLY = {"grants": "SELECT, INSERT"}


class PackVersion(Tenant, Base):
    """One version of a procedure as it was used: its bytes stay, whatever becomes of the file."""

    __tablename__ = "pack_versions"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "pack", "version"),
        {"info": APPEND_ONLY},
    )

    pack: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 (hex) over ``content``."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Matter(Tenant, Base):
    """A thing that follows a procedure and stands in one state (事项): a projection of its events."""

    __tablename__ = "matters"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "pack", "pack_version"],
            ["pack_versions.jurisdiction_id", "pack_versions.pack", "pack_versions.version"],
        ),
        ForeignKeyConstraint(["jurisdiction_id", "parent_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "cell_id"], ["cells.jurisdiction_id", "cells.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "assigned_org_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "assigned_officer_id"], ["officers.jurisdiction_id", "officers.id"]
        ),
        UniqueConstraint("jurisdiction_id", "number"),
        Index(None, "jurisdiction_id", "root_id"),
        Index(None, "jurisdiction_id", "parent_id"),
        Index(None, "jurisdiction_id", "pack", "state"),
        Index(None, "jurisdiction_id", "cell_id"),
        Index(None, "jurisdiction_id", "station_id"),
        Index(None, "jurisdiction_id", "subject_kind", "subject_id"),
        Index(None, "jurisdiction_id", "assigned_officer_id"),
        Index(None, "jurisdiction_id", "assigned_org_id"),
        Index(
            "ix_matters_queue",
            "jurisdiction_id",
            "next_due_at",
            "id",
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_matters_geom", "geom", postgresql_using="gist"),
    )

    pack: Mapped[str] = mapped_column(String(60))
    pack_version: Mapped[int]
    pack_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(60))
    title: Mapped[str]
    subject_kind: Mapped[str | None] = mapped_column(String(40))
    """What it is about, such as ``business``; the engine knows no domain, so there is no foreign key."""
    subject_id: Mapped[int | None]
    cell_id: Mapped[int | None]
    station_id: Mapped[int | None]
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4490, spatial_index=False, nullable=True)
    )
    """The pin on the map, EPSG:4490."""
    parent_id: Mapped[int | None]
    root_id: Mapped[int]
    """The first matter of the family; its row is the family's lock."""
    role: Mapped[str | None] = mapped_column(String(60))
    """What this child is to its parent, such as ``referral``."""
    awaited: Mapped[bool] = mapped_column(default=False)
    """The parent takes no person's action until this child has ended."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    milestones: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Milestone → ISO instant at which it was last reached (legal time)."""
    intervals: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Interval → list of ``[from, to]`` ISO instants; ``to`` is null while it is open."""
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(60))
    number: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int]
    """The sequence number of the last event; what ``expected_version`` is compared with."""
    head_hash: Mapped[str] = mapped_column(String(64))
    assigned_officer_id: Mapped[int | None]
    assigned_org_id: Mapped[int | None]
    waits_for: Mapped[str | None] = mapped_column(String(60))
    lane: Mapped[str] = mapped_column(String(10))
    """The board's column: ``new``, ``doing``, ``waiting`` or ``done``."""
    next_due_at: Mapped[datetime | None]
    """The earliest due instant among its running clocks: the order of the queue."""


class Event(Tenant, Base):
    """One act or happening, never changed and never removed. ``body`` is the truth, the rest copies of it."""

    __tablename__ = "events"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "person_id"], ["officers.jurisdiction_id", "officers.id"]),
        UniqueConstraint("jurisdiction_id", "matter_id", "seq"),
        Index(None, "jurisdiction_id", "person_id", "recorded_at"),
        Index(None, "jurisdiction_id", "recorded_at"),
        {"info": APPEND_ONLY},
    )

    matter_id: Mapped[int]
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    """``act``, ``system``, ``noted``, ``proposed``, ``signed``, ``late``, ``migrated``, ``recomputed``,
    ``rehomed``, ``document`` (a step in the life of a document)."""
    action: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str | None] = mapped_column(String(60))
    to_state: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None]
    """Who did it; null for the clockwork itself."""
    post: Mapped[str] = mapped_column(String(60))
    acting_for_id: Mapped[int | None]
    """The officer whose deputy (B角) acted."""
    delegation_id: Mapped[int | None]
    crew: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of the officers who acted together, the acting person among them."""
    effective_at: Mapped[datetime]
    """Legal time: starts clocks."""
    recorded_at: Mapped[datetime]
    pack_hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """Canonical JSON (RFC 8785); what ``hash`` is taken over."""
    data: Mapped[dict[str, Any]]
    """The same content as JSONB, for queries only."""
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Deadline(Tenant, Base):
    """One run of a clock on a matter (期限). Overdue is asked on read, never stored."""

    __tablename__ = "deadlines"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        UniqueConstraint("jurisdiction_id", "matter_id", "clock", "run"),
        CheckConstraint("state IN ('running', 'paused', 'stopped', 'fired', 'dropped')", name="state"),
        Index(
            "ix_deadlines_open",
            "jurisdiction_id",
            "due_at",
            postgresql_where=text("state = 'running'"),
        ),
    )

    matter_id: Mapped[int]
    clock: Mapped[str] = mapped_column(String(60))
    run: Mapped[int]
    """1 for the first run; a clock that was stopped and starts again runs anew."""
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """The instant when it is over (overdue from it on); null while an excluded interval is open."""
    warn_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    owner: Mapped[str] = mapped_column(String(60))
    on_due: Mapped[str | None] = mapped_column(String(60))
    stopped_at: Mapped[datetime | None]
    explanation: Mapped[dict[str, Any]]
    calendar: Mapped[str | None] = mapped_column(String(80))
    rule_table: Mapped[str | None] = mapped_column(String(60))
    rule_version: Mapped[int | None]
    rule_row: Mapped[str | None] = mapped_column(String(80))
    extensions: Mapped[list[Any]] = mapped_column(default=list)
    """Granted prolongations: ``{"n", "unit", "by"}`` each."""


class Proposal(Tenant, Base):
    """An act that waits for signatures (呈批). ``seq`` is the event that proposed it."""

    __tablename__ = "proposals"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "person_id"], ["officers.jurisdiction_id", "officers.id"]),
        UniqueConstraint("jurisdiction_id", "matter_id", "seq"),
        CheckConstraint("state IN ('open', 'effective', 'refused', 'lapsed')", name="state"),
        Index("ix_proposals_open", "jurisdiction_id", "matter_id", postgresql_where=text("state = 'open'")),
    )

    matter_id: Mapped[int]
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(60))
    approval: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int]
    acting_for_id: Mapped[int | None]
    form: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10))
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Signature(Tenant, Base):
    """One signature, or refusal to sign, on a proposal. ``step`` counts from 0 within the approval."""

    __tablename__ = "signatures"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "matter_id", "proposal_seq"],
            ["proposals.jurisdiction_id", "proposals.matter_id", "proposals.seq"],
        ),
        ForeignKeyConstraint(["jurisdiction_id", "person_id"], ["officers.jurisdiction_id", "officers.id"]),
        UniqueConstraint("jurisdiction_id", "matter_id", "proposal_seq", "step"),
        {"info": APPEND_ONLY},
    )

    matter_id: Mapped[int]
    proposal_seq: Mapped[int]
    step: Mapped[int]
    seq: Mapped[int]
    """The event that carries it."""
    post: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int]
    acting_for_id: Mapped[int | None]
    agreed: Mapped[bool]
    opinion: Mapped[str]
    signed_at: Mapped[datetime]


class ActKey(Base):
    """The memory that makes a repeated request act once. A failed act leaves none."""

    __tablename__ = "act_keys"
    __table_args__ = (
        Index(None, "jurisdiction_id", "made_at"),
        {"info": {"grants": "SELECT, INSERT, UPDATE, DELETE"}},
    )

    jurisdiction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None]
    """Null only inside the transaction that is acting."""
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Attachment(Tenant, Base):
    """A photo or file, stored under its hash and fsynced before this row exists."""

    __tablename__ = "attachments"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "uploaded_by"], ["officers.jurisdiction_id", "officers.id"]),
        UniqueConstraint("jurisdiction_id", "sha256"),
        {"info": APPEND_ONLY},
    )

    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    mime: Mapped[str] = mapped_column(String(80))
    caption_kind: Mapped[str | None] = mapped_column(String(40))
    taken_at: Mapped[datetime | None]
    original: Mapped[bool] = mapped_column(default=True)
    """False for a copy that a phone has shrunk."""
    device: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """What the phone noted with it: ``lon``, ``lat``, ``accuracy_m``, ``gallery``, ``clock_ahead_ms``."""
    uploaded_by: Mapped[int]
    uploaded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class MerkleRoot(Base):
    """The root over all events recorded on one day; the same line stands in a file outside the database."""

    __tablename__ = "merkle_roots"
    __table_args__ = ({"info": APPEND_ONLY},)

    jurisdiction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    root: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class LinkSetting(Tenant, Base):
    """What the bureau set itself for one link (环节期限, 本局设定): a dated version, never changed.

    A clock run takes the newest version whose ``effective_from`` is not after the day that its rule names.
    """

    __tablename__ = "link_settings"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        UniqueConstraint("jurisdiction_id", "rule_table", "rule_row", "version"),
        {"info": APPEND_ONLY},
    )

    rule_table: Mapped[str] = mapped_column(String(60))
    rule_row: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    n: Mapped[int]
    unit: Mapped[str] = mapped_column(String(2))
    warn_share: Mapped[float]
    """Share of the span after which a warning is due, 0 to 1."""
    warn_days: Mapped[int | None]
    """A warning when so many days (working days of a limit in working days) remain; None: none."""
    content: Mapped[str]
    requirement: Mapped[str]
    effective_from: Mapped[date]
    reason: Mapped[str]
    officer_id: Mapped[int]
    set_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class HolidayNotice(Tenant, Base):
    """A year's holiday notice (放假通知) as the bureau entered it; the newest of a year counts."""

    __tablename__ = "holiday_notices"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        {"info": APPEND_ONLY},
    )

    year: Mapped[int]
    days: Mapped[list[Any]]
    """``[{"date": "2027-01-01", "name": "元旦", "off": true}]``."""
    source: Mapped[str]
    """The notice's own number, such as 国办发明电〔2025〕7号."""
    officer_id: Mapped[int | None]
    entered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class ClockWarning(Tenant, Base):
    """A warning of a clock run that was announced, once (提前预警, P4-S1). ``kind``: share, days, over."""

    __tablename__ = "clock_warnings"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        UniqueConstraint("jurisdiction_id", "matter_id", "clock", "run", "kind", "at"),
        Index(None, "jurisdiction_id", "announced_at"),
        CheckConstraint("kind IN ('share', 'days', 'over')", name="kind"),
        {"info": APPEND_ONLY},
    )

    matter_id: Mapped[int]
    clock: Mapped[str] = mapped_column(String(60))
    run: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    """The instant at which the warning was due; a limit that moved warns anew."""
    announced_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

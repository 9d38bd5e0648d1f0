"""What inspectors bring back: visits (coverage comes from these, never from tracks) and findings."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.crypto import EncryptedText
from gridsup.db import Base, Tenant

TRANSFER_STATES = ("asked", "to_desk", "taken", "decided", "withdrawn")
OPEN_TRANSFERS = ("asked", "to_desk")
VISIT_RESULTS = ("normal", "finding", "closed_door", "not_found", "rectified")


class Visit(Tenant, Base):
    """An inspector was at a business (巡查). ``point`` in EPSG:4490; ``key`` is made on the phone."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "officer_id", "key"),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "cell_id"], ["cells.jurisdiction_id", "cells.id"]),
        CheckConstraint(f"result in {VISIT_RESULTS}", name="result"),
        Index(None, "jurisdiction_id", "business_id", "at"),
        Index(None, "jurisdiction_id", "cell_id", "at"),
        Index(None, "jurisdiction_id", "officer_id", "at"),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    officer_id: Mapped[int]
    business_id: Mapped[int | None]
    cell_id: Mapped[int | None]
    at: Mapped[datetime]
    result: Mapped[str]
    point: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    accuracy_m: Mapped[float | None]
    note: Mapped[str | None]
    device: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """What the phone noted about itself (``gridsup.patrols.device``), and the way from the visit before."""
    key: Mapped[uuid.UUID]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Finding(Tenant, Base):
    """What an inspector reports (发现): facts, place, photos; it opens a matter (P10-S1, links 2 and 3)."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "officer_id", "key"),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "cell_id"], ["cells.jurisdiction_id", "cells.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        Index("gx_findings_point", "point", postgresql_using="gist"),
        Index(None, "jurisdiction_id", "cell_id", "found_at"),
        Index(None, "jurisdiction_id", "matter_id"),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    officer_id: Mapped[int]
    business_id: Mapped[int]
    cell_id: Mapped[int | None]
    matter_id: Mapped[int]
    found_at: Mapped[datetime]
    source: Mapped[str]
    """``patrol`` from the phone, ``call`` registered at the desk, ``referral`` from another department."""
    facts: Mapped[dict[str, Any]]
    note: Mapped[str | None]
    point: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    accuracy_m: Mapped[float | None]
    device: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """What the phone noted about itself: clock difference, speed, position jumps, gallery photos."""
    key: Mapped[uuid.UUID]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CellTransfer(Tenant, Base):
    """A matter that its inspector holds to lie in another's cell (不在我格), until that is settled.

    ``asked`` waits for the neighbour, ``to_desk`` for the dispatcher; ``taken``, ``decided`` and
    ``withdrawn`` are over. Each change is an event of the matter too; no clock moves.
    """

    __tablename__ = "cell_transfers"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "from_officer_id", "key"),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        *(
            ForeignKeyConstraint(["jurisdiction_id", name], ["officers.jurisdiction_id", "officers.id"])
            for name in ("from_officer_id", "to_officer_id", "settled_by")
        ),
        *(
            ForeignKeyConstraint(["jurisdiction_id", name], ["cells.jurisdiction_id", "cells.id"])
            for name in ("from_cell_id", "to_cell_id")
        ),
        CheckConstraint(f"state in {TRANSFER_STATES}", name="state"),
        CheckConstraint(
            f"(settled_at is null) = (state in {OPEN_TRANSFERS})",
            name="settled",
        ),
        Index(
            "uq_cell_transfers_open",
            "jurisdiction_id",
            "matter_id",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index(None, "jurisdiction_id", "to_officer_id"),
    )

    matter_id: Mapped[int]
    state: Mapped[str]
    from_officer_id: Mapped[int]
    from_cell_id: Mapped[int | None]
    to_officer_id: Mapped[int | None]
    """Whose cell the place lies in; null where the point says nobody, so that the desk decides."""
    to_cell_id: Mapped[int | None]
    reason: Mapped[str]
    point: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    """Where the matter really is, as the inspector stood there; else its pin counts."""
    key: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    refusal: Mapped[str | None]
    """Why the neighbour does not take it."""
    settled_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    """The dispatcher's words."""


class SkippedStop(Tenant, Base):
    """A household that was on the day's route and was passed over (跳过), with the reason; never a visit."""

    __tablename__ = "skipped_stops"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "officer_id", "key"),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        Index(None, "jurisdiction_id", "officer_id", "at"),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    officer_id: Mapped[int]
    business_id: Mapped[int]
    at: Mapped[datetime]
    reason: Mapped[str]
    point: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    """Where the officer stood when it was passed over."""
    accuracy_m: Mapped[float | None]
    device: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    key: Mapped[uuid.UUID]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DeviceNote(Tenant, Base):
    """What the phone noted about itself when an act was done on it, beside the event of that act."""

    __tablename__ = "device_notes"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "matter_id", "seq"),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    matter_id: Mapped[int]
    seq: Mapped[int]
    device: Mapped[dict[str, Any]]


class FieldDevice(Tenant, Base):
    """A phone that has agreed keys with this server, for the outbox that travels as a file."""

    __tablename__ = "field_devices"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "officer_id", "public_key"),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    officer_id: Mapped[int]
    public_key: Mapped[str]
    """The phone's own: an uncompressed point of P-256 in hex. Its private half never leaves the phone."""
    server_public_key: Mapped[str]
    server_key: Mapped[str] = mapped_column(EncryptedText("field_device.server_key"))
    """The server's private half for this phone alone: a scalar in hex."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OutboxFile(Tenant, Base):
    """An outbox that came as a file, imported once, with what became of each of its items."""

    __tablename__ = "outbox_files"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "device_id", "key"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "device_id"], ["field_devices.jurisdiction_id", "field_devices.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "imported_by"], ["officers.jurisdiction_id", "officers.id"]),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    device_id: Mapped[int]
    officer_id: Mapped[int]
    """Whose outbox it is: its items count as this officer's."""
    key: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    imported_by: Mapped[int]
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())
    photos: Mapped[int]
    outcomes: Mapped[list[Any]]

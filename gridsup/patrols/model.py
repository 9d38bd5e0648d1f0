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

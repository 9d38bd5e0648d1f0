"""What there is on the ground: premises apart from the businesses in them, permits, the unlicensed ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.crypto import EncryptedText
from gridsup.db import Base, Tenant

BUSINESS_STATUS = ("operating", "closed", "moved", "replaced", "not_found", "merged")
LICENCE_STATUS = ("none", "valid", "revoked", "cancelled", "expired")
PERMIT_STATUS = ("valid", "revoked", "rescinded", "cancelled", "expired")


class Premises(Tenant, Base):
    """A place where business is done (经营场所): address, building, floor, stall. ``point`` in EPSG:4490.

    ``point`` None means not placed yet (未落点); the household is a full citizen all the same.
    """

    __tablename__ = "premises"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "community_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        Index("gx_premises_point", "point", postgresql_using="gist"),
        Index(None, "jurisdiction_id", "address_key"),
        Index(
            "gin_premises_address_key",
            "address_key",
            postgresql_using="gin",
            postgresql_ops={"address_key": "gin_trgm_ops"},
        ),
        Index(None, "jurisdiction_id", "community_id"),
    )

    address: Mapped[str]
    address_key: Mapped[str]
    """The address as the gazetteer compares it: width-folded, without blanks and district prefix."""
    building: Mapped[str | None]
    floor: Mapped[str | None]
    stall: Mapped[str | None]
    community_id: Mapped[int | None]
    point: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    original_x: Mapped[float | None]
    original_y: Mapped[float | None]
    original_datum: Mapped[str | None]
    """The datum in which the coordinates arrived; converted once, the original kept."""
    placed_by: Mapped[str | None]
    """``import``, ``desk`` (dragged), ``doorstep`` (我在门口), ``gazetteer``."""
    placed_at: Mapped[datetime | None]
    accuracy_m: Mapped[float | None]


class Business(Tenant, Base):
    """A business or an unlicensed operator (经济户口): a market entity at a premises."""

    __tablename__ = "businesses"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "premises_id"], ["premises.jurisdiction_id", "premises.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "merged_into_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "replaces_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        CheckConstraint(f"status in {BUSINESS_STATUS}", name="status"),
        CheckConstraint(f"licence_status in {LICENCE_STATUS}", name="licence_status"),
        Index(
            "uq_businesses_uscc",
            "jurisdiction_id",
            "uscc",
            unique=True,
            postgresql_where=text("uscc is not null and status <> 'merged'"),
        ),
        Index(None, "jurisdiction_id", "premises_id"),
        Index(None, "jurisdiction_id", "licence_status"),
        Index(
            "ix_businesses_registration_no",
            "jurisdiction_id",
            "registration_no",
            postgresql_where=text("registration_no is not null"),
        ),
        Index(
            "ix_businesses_operator",
            "jurisdiction_id",
            "operator_id_index",
            postgresql_where=text("operator_id_index is not null"),
        ),
        Index(
            "ix_businesses_merged",
            "jurisdiction_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id is not null"),
        ),
        Index(
            "gin_businesses_search",
            "search",
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        ),
    )

    premises_id: Mapped[int]
    name: Mapped[str]
    search: Mapped[str]
    """Name, operator, address, codes, pinyin and initials in one lower-case text, for trigram search."""
    uscc: Mapped[str | None]
    registration_no: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="individual", server_default=text("'individual'"))
    """``enterprise``, ``individual`` (个体工商户), ``cooperative``, ``unregistered``."""
    operator_name: Mapped[str | None]
    operator_id_no: Mapped[str | None] = mapped_column(EncryptedText("business.operator_id_no"))
    operator_id_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Keyed hash of the ID number: finds recurrence without opening anyone's number."""
    phone: Mapped[str | None] = mapped_column(EncryptedText("business.phone"))
    scope: Mapped[str | None]
    industry: Mapped[str | None]
    """GB/T 4754-2017: letter + 4 digits."""
    trade: Mapped[str | None]
    """A trade of the department table (domain §1.9.2), which allocation understands."""
    status: Mapped[str] = mapped_column(default="operating", server_default=text("'operating'"))
    licence_status: Mapped[str] = mapped_column(default="valid", server_default=text("'valid'"))
    risk: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    """1 low … 4 high; sets how often it is due."""
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    merged_into_id: Mapped[int | None]
    replaces_id: Mapped[int | None]
    source: Mapped[str]
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class HouseholdCode(Tenant, Base):
    """A business's code and cell (P10-C2). The current row locates it; ended rows are its aliases.

    Narrow on purpose: re-dividing rewrites these rows, never the wide business rows.
    """

    __tablename__ = "household_codes"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "cell_id"], ["cells.jurisdiction_id", "cells.id"]),
        Index(
            "uq_household_codes_current",
            "jurisdiction_id",
            "business_id",
            unique=True,
            postgresql_where=text("ended_on is null"),
        ),
        Index(
            "ix_household_codes_cell",
            "jurisdiction_id",
            "cell_id",
            postgresql_where=text("ended_on is null"),
        ),
    )

    business_id: Mapped[int]
    cell_id: Mapped[int]
    code: Mapped[str]
    issued_on: Mapped[date]
    ended_on: Mapped[date | None]


class Permit(Tenant, Base):
    """A permit (许可证) of a business, by the department that issues it."""

    __tablename__ = "permits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        CheckConstraint(f"status in {PERMIT_STATUS}", name="status"),
        Index(None, "jurisdiction_id", "business_id"),
        Index(None, "jurisdiction_id", "expires_on"),
    )

    business_id: Mapped[int]
    kind: Mapped[str]
    number: Mapped[str | None]
    department: Mapped[str]
    """D01…D22."""
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="valid", server_default=text("'valid'"))
    lost_on: Mapped[date | None]
    """The day it was revoked, rescinded, cancelled or expired (P9-N3 counts from it)."""
    source: Mapped[str]


class LedgerEntry(Tenant, Base):
    """A row of the unlicensed ledger (无照经营电子监管台账, P10-D4): a projection of its matter."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "matter_id"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        Index(None, "jurisdiction_id", "business_id"),
    )

    matter_id: Mapped[int]
    business_id: Mapped[int]
    operator_name: Mapped[str | None]
    scope: Mapped[str | None]
    address: Mapped[str]
    opened_on: Mapped[date | None]
    pre_approval: Mapped[str | None]
    """前置情况: the permits needed and held."""
    disposal: Mapped[str]
    """处置情况: the last disposal, a state of the matter."""
    found_on: Mapped[date]
    source: Mapped[str]
    """``patrol``, ``report``, ``referral``, ``call``."""
    outside_number: Mapped[str | None]
    """The number under which another platform (12315, 12345) knows the call."""
    closed_on: Mapped[date | None]


class RegistryEvent(Tenant, Base):
    """What was done to a business or premises: placed, moved, merged, replaced, closed … Append-only."""

    __tablename__ = "registry_events"
    __table_args__ = (
        Index(None, "jurisdiction_id", "business_id"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    business_id: Mapped[int]
    verb: Mapped[str]
    officer_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    after: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    reason: Mapped[str | None]

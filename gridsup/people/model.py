"""Who there is: jurisdictions, organisations, officers and what they hold, accounts and their sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.crypto import EncryptedText
from gridsup.db import Base, Tenant

ORGANISATION_KINDS = ("bureau", "section", "station", "group", "street", "community", "department")

PRACTICE_FROM = 9 * 10**14
"""Jurisdictions numbered above this are copies to practise in (练习模式): nobody signs in to them by name,
nothing lists them, no superior reads them. The number is exact in JavaScript."""


class Jurisdiction(Base):
    """The smallest bureau that keeps its own register (辖区), usually a district; its id is the adcode."""

    __tablename__ = "jurisdictions"

    jurisdiction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str | None]
    metric_srid: Mapped[int]
    """EPSG code of the projected CRS in which this jurisdiction measures (metres)."""
    boundary: Mapped[Any | None] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False))
    superior_id: Mapped[int | None]
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """Code widths, separators and what else the bureau sets itself (本局设定)."""

    @property
    def practice(self) -> bool:
        """Whether this is a copy to practise in: every page and paper of it says so."""
        return self.jurisdiction_id > PRACTICE_FROM


class Organisation(Tenant, Base):
    """A body: bureau, section, station, group, street, community, or another department's contact point."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "kind", "code"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "parent_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id"], ["jurisdictions.jurisdiction_id"]),
        CheckConstraint(f"kind in {ORGANISATION_KINDS}", name="kind"),
        Index("gx_organisations_area", "area", postgresql_using="gist"),
    )

    kind: Mapped[str]
    code: Mapped[str]
    """Station code (P10-C2), street or community code (GB/T 10114), department code (D01…D22)."""
    name: Mapped[str]
    name_en: Mapped[str | None]
    parent_id: Mapped[int | None]
    area: Mapped[Any | None] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False))
    place: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    phone: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))


class Officer(Tenant, Base):
    """A person in the bureau's service or another body's liaison (执法人员、联络员)."""

    __tablename__ = "officers"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "staff_no"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "organisation_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
    )

    staff_no: Mapped[str]
    name: Mapped[str]
    organisation_id: Mapped[int]
    qualifications: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """``[{"name": "enforcement", "number": …, "valid_from": …, "valid_to": …}]``."""
    phone: Mapped[str | None] = mapped_column(EncryptedText("officer.phone"))
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))


class Posting(Tenant, Base):
    """An officer holds a post in a body, with a deputy who receives when A is absent (AB岗, P7-C1)."""

    __tablename__ = "postings"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "organisation_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "deputy_id"], ["officers.jurisdiction_id", "officers.id"]),
        Index(None, "jurisdiction_id", "officer_id"),
        Index(None, "jurisdiction_id", "post"),
    )

    officer_id: Mapped[int]
    organisation_id: Mapped[int]
    post: Mapped[str]
    """One of ``gridsup.procedures.posts``."""
    deputy_id: Mapped[int | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """Last day, inclusive; None while it lasts."""


class Leave(Tenant, Base):
    """An absence; while it lasts the deputy receives the officer's matters."""

    __tablename__ = "leaves"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        CheckConstraint("first_day <= last_day", name="days"),
        Index(None, "jurisdiction_id", "officer_id", "last_day"),
        {"info": {"grants": "SELECT, INSERT, UPDATE, DELETE"}},
    )

    officer_id: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str]


class DutyDay(Tenant, Base):
    """A day of the duty roster (值班表): who receives what is urgent while offices are closed (P10-S2)."""

    __tablename__ = "duty_days"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "day", "organisation_id", "officer_id"),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "organisation_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        {"info": {"grants": "SELECT, INSERT, UPDATE, DELETE"}},
    )

    day: Mapped[date]
    organisation_id: Mapped[int]
    """A station, or the bureau for all that have nobody of their own on duty."""
    officer_id: Mapped[int]


class Assignment(Tenant, Base):
    """A cell or a community has one responsible inspector at a time (网格责任人, P10-A7); history is kept."""

    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "community_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        CheckConstraint("num_nonnulls(cell_id, community_id) = 1", name="one_place"),
        ExcludeConstraint(
            ("jurisdiction_id", "="),
            ("cell_id", "="),
            ("during", "&&"),
            name="one_owner_per_cell",
            where=text("cell_id is not null"),
        ),
        ExcludeConstraint(
            ("jurisdiction_id", "="),
            ("community_id", "="),
            ("during", "&&"),
            name="one_owner_per_community",
            where=text("community_id is not null"),
        ),
        Index(None, "jurisdiction_id", "officer_id"),
    )

    officer_id: Mapped[int]
    cell_id: Mapped[int | None]
    community_id: Mapped[int | None]
    during: Mapped[Any] = mapped_column(DATERANGE)


class Delegation(Tenant, Base):
    """A delegation letter (委托书): who acts for the bureau, in what scope, with which powers, how long."""

    __tablename__ = "delegations"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "number"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "delegate_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "adjusts_id"], ["delegations.jurisdiction_id", "delegations.id"]
        ),
    )

    number: Mapped[str]
    delegate_id: Mapped[int]
    scope: Mapped[list[Any]]
    powers: Mapped[list[Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    published_on: Mapped[date | None]
    """Without publication no act under it is valid (行政处罚法 art. 20)."""
    signed_on: Mapped[date]
    published_in: Mapped[str | None]
    """Where the public can read it (向社会公告, P8-D2): a website, a notice board."""
    areas: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Ids of streets or communities inside whose area acts must lie; empty: no limit of place."""
    liability: Mapped[str | None]
    """Legal liability of both sides (P6-D3, P8-R2)."""
    signed_by: Mapped[str | None]
    delegate_signer: Mapped[str | None]
    """The legal representatives who signed for the bureau and for the delegate (P8-D2)."""
    revoked_on: Mapped[date | None]
    """From this day on nothing is done under it."""
    revoke_reason: Mapped[str | None]
    adjusts_id: Mapped[int | None]
    """The letter that this one adjusts (委托调整, P6-D3), which ends where this one begins."""
    adjust_reason: Mapped[str | None]


class SeparationWaiver(Tenant, Base):
    """A dated decision of the bureau that exempts a station too small for it from 巡办分离 (P10-R1)."""

    __tablename__ = "separation_waivers"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "station_id", "decision_number"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        CheckConstraint("decided_on <= valid_from", name="decided"),
    )

    station_id: Mapped[int]
    decision_number: Mapped[str]
    decided_on: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    """Last day, inclusive."""
    reason: Mapped[str]


class Account(Tenant, Base):
    """A sign-in of an officer. Only ``gridsup_auth`` reads this table."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "username"),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        {"info": {"role": "gridsup_auth"}},
    )

    username: Mapped[str]
    officer_id: Mapped[int]
    password_hash: Mapped[str]
    must_change: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """A one-time password: the first sign-in must set another."""
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    language: Mapped[str] = mapped_column(default="zh", server_default=text("'zh'"))


class SignIn(Tenant, Base):
    """A browser session; the cookie holds ``jurisdiction.secret``, the table only the secret's hash."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "secret_hash"),
        ForeignKeyConstraint(["jurisdiction_id", "account_id"], ["accounts.jurisdiction_id", "accounts.id"]),
        {"info": {"role": "gridsup_auth", "grants": "SELECT, INSERT, UPDATE, DELETE"}},
    )

    account_id: Mapped[int]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    csrf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    agent: Mapped[str | None]


class AccessToken(Tenant, Base):
    """A personal access token for programs; it carries at most its owner's permissions."""

    __tablename__ = "access_tokens"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "secret_hash"),
        ForeignKeyConstraint(["jurisdiction_id", "account_id"], ["accounts.jurisdiction_id", "accounts.id"]),
        {"info": {"role": "gridsup_auth"}},
    )

    account_id: Mapped[int]
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    permissions: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Tenant, Base):
    """What touched people's data or rights: sign-ins, refusals, unmasking, exports. Append-only."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "jurisdiction_id", "at"),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    at: Mapped[datetime] = mapped_column(server_default=func.now())
    officer_id: Mapped[int | None]
    act: Mapped[str]
    subject: Mapped[str | None]
    reason: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))

"""Drafts of a new division: the header, its cells, its blocks, and the log of its edits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

STATES = ("open", "scheduled", "enacted", "dropped")
ORIGINS = ("divide", "today")


class Redivision(Tenant, Base):
    """A draft (重划草案) that covers one or more whole stations."""

    __tablename__ = "redivisions"
    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint(f"origin in {ORIGINS}", name="origin"),
        ForeignKeyConstraint(["jurisdiction_id", "created_by"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "changed_by"], ["officers.jurisdiction_id", "officers.id"]),
        Index(None, "jurisdiction_id", "state"),
    )

    name: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", server_default=text("'open'"))
    origin: Mapped[str]
    planned_on: Mapped[date | None]
    """The day on which it is to come into force, or did."""
    stations: Mapped[list[Any]]
    """Ids of the stations whose cells it replaces."""
    parts: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Ids of the streets and communities whose cells alone it replaces; none: all of its stations."""
    parameters: Mapped[dict[str, Any]]
    """What was asked of the engine, the seed among it."""
    report: Mapped[dict[str, Any]]
    """Its quality as it stands now, and under ``engine`` what the engine said when it was made."""
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_by: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    failure: Mapped[dict[str, Any] | None]
    """Why it did not come into force on its day: ``code``, ``zh``, ``en``, ``faults``, ``at``."""
    result: Mapped[dict[str, Any] | None]
    """What its enactment did: cells begun, ended, kept; businesses recoded; matters moved, and
    which of them passed to another officer."""


class RedivisionCell(Tenant, Base):
    """A cell of a draft. ``grid`` is the number that it keeps or is given; None takes the next one."""

    __tablename__ = "redivision_cells"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "redivision_id", "label"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "redivision_id"], ["redivisions.jurisdiction_id", "redivisions.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "community_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        {"info": {"grants": "SELECT, INSERT, UPDATE, DELETE"}},
    )

    redivision_id: Mapped[int]
    label: Mapped[int]
    station_id: Mapped[int]
    community_id: Mapped[int | None]
    grid: Mapped[str | None]
    name: Mapped[str | None]
    officer_id: Mapped[int | None]
    """Who shall be responsible; None leaves it to the old cell that gives most ground."""


class RedivisionBlock(Tenant, Base):
    """A street block (街区) of a draft. ``geom`` Polygon, EPSG:4490. ``cell`` None: cut up or replaced."""

    __tablename__ = "redivision_blocks"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "redivision_id", "number"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "redivision_id"], ["redivisions.jurisdiction_id", "redivisions.id"]
        ),
    )

    redivision_id: Mapped[int]
    number: Mapped[int]
    cell: Mapped[int | None]
    station_id: Mapped[int]
    workload: Mapped[float]
    """Its share of the workload of the whole draft, 0 to 1."""
    businesses: Mapped[int]
    geom: Mapped[Any] = mapped_column(Geometry("POLYGON", srid=4490, spatial_index=False))


class RedivisionEdit(Tenant, Base):
    """One edit of a draft with what it changed, so that it can be undone."""

    __tablename__ = "redivision_edits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "redivision_id"], ["redivisions.jurisdiction_id", "redivisions.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "undone_by"], ["officers.jurisdiction_id", "officers.id"]),
        Index(None, "jurisdiction_id", "redivision_id"),
    )

    redivision_id: Mapped[int]
    version: Mapped[int]
    """The version of the draft that the edit made."""
    verb: Mapped[str]
    asked: Mapped[dict[str, Any]]
    """What was asked, in words that a person reads: the blocks, the cells, the line."""
    change: Mapped[dict[str, Any]]
    """Empty once it was taken back and another edit was made: it can no longer be made again."""
    officer_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_by: Mapped[int | None]
    undone_at: Mapped[datetime | None]

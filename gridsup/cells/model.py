"""Cells (网格) and the lines that bound them. A cell is never overwritten: it ends, and others begin."""

from __future__ import annotations

from datetime import date
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant


class Cell(Tenant, Base):
    """One grid cell during one span of time (P10-C1, P10-C2).

    ``geom`` is a Polygon in EPSG:4490. Seamlessness is proved in the transaction that enacts a division;
    the exclusion constraint guards only that one code has one validity at a time.
    """

    __tablename__ = "cells"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "community_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ExcludeConstraint(
            ("jurisdiction_id", "="), ("code", "="), ("valid", "&&"), name="one_validity_per_code"
        ),
        Index("gx_cells_geom", "geom", postgresql_using="gist"),
        Index(None, "jurisdiction_id", "station_id"),
        CheckConstraint("not isempty(valid)", name="valid"),
    )

    code: Mapped[str]
    """Station code + grid code, as the jurisdiction's code scheme writes it."""
    grid: Mapped[str]
    """The grid part of the code alone, zero-padded."""
    name: Mapped[str]
    station_id: Mapped[int]
    community_id: Mapped[int | None]
    national_code: Mapped[str | None]
    """15 digits after GB/T 30428 where community codes are known."""
    geom: Mapped[Any] = mapped_column(Geometry("POLYGON", srid=4490, spatial_index=False))
    area_m2: Mapped[float]
    valid: Mapped[Any] = mapped_column(DATERANGE)
    duties: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    requirements: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    targets: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """What the cell must reach, such as ``{"visit_days": 90}``: each premises seen at least so often."""


class CellLineage(Tenant, Base):
    """Which cell came out of which, and on what day (split, merge, redraw)."""

    __tablename__ = "cell_lineage"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "old_id", "new_id"),
        ForeignKeyConstraint(["jurisdiction_id", "old_id"], ["cells.jurisdiction_id", "cells.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "new_id"], ["cells.jurisdiction_id", "cells.id"]),
        {"info": {"grants": "SELECT, INSERT"}},
    )

    old_id: Mapped[int]
    new_id: Mapped[int]
    on_day: Mapped[date]


class CellSerial(Base):
    """The next household serial of a grid code; never goes back, so no serial is ever reused (P10-C2)."""

    __tablename__ = "cell_serials"

    jurisdiction_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class Road(Tenant, Base):
    """A line that can bound cells or is drawn on the basemap: road, river, rail. ``geom`` in EPSG:4490."""

    __tablename__ = "roads"
    __table_args__ = (
        Index("gx_roads_geom", "geom", postgresql_using="gist"),
        Index(None, "jurisdiction_id", "kind"),
        {"info": {"grants": "SELECT, INSERT, UPDATE, DELETE"}},
    )

    kind: Mapped[str]
    """OSM highway value, or ``river``, ``rail``."""
    name: Mapped[str | None]
    source: Mapped[str]
    geom: Mapped[Any] = mapped_column(Geometry("LINESTRING", srid=4490, spatial_index=False))

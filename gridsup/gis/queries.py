"""Every select over the layers: a page of features, how many, one of them, all of them for a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, func, select

from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells.locate import today
from gridsup.cells.queries import Rows
from gridsup.gis.crs import Crs
from gridsup.gis.layers import CELLS, MATTERS, Layer, Window, cells_on
from gridsup.people.model import Jurisdiction
from gridsup.procedures import queries as procedures
from gridsup.procedures.family import clock
from gridsup.spatial import CANONICAL

SHAPE = "geometry"
"""Label of the geometry in a row, beside the names of the fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is wanted of a layer. ``box`` is in EPSG:4490; ``sight`` narrows matters to whom may see them."""

    jurisdiction_id: int
    layer: Layer
    sight: procedures.Filter = field(default_factory=lambda: procedures.Filter(ended=None))
    window: Window | None = None
    box: BaseGeometry | None = None
    conditions: tuple[ColumnElement[bool], ...] = ()

    @property
    def day(self) -> date:
        """The day for which persons responsible are named: the last of the window, else today."""
        if self.window and self.window.end:
            return self.window.end.astimezone(SHANGHAI).date()
        return today()


def page(asked: Asked, crs: Crs, *, after: int | None, offset: int, limit: int) -> Rows:
    """Rows of the fields and ``geometry`` (GeoJSON text or None) by id; one row more than ``limit``."""
    layer = asked.layer
    query = _narrowed(asked, _columns(layer, crs.shown(layer.geometry))).order_by(layer.id)
    if after is not None:
        query = query.where(layer.id > after)
    return query.offset(offset).limit(limit + 1)


def count(asked: Asked) -> Select[int]:
    return _narrowed(asked, [func.count()])


def one(asked: Asked, crs: Crs, number: int) -> Rows:
    """The row of one feature, an ended cell too."""
    layer = asked.layer
    query = layer.source(_columns(layer, crs.shown(layer.geometry)), asked.jurisdiction_id, asked.day)
    return query.where(layer.id == number, *_seen(asked))


def everything(asked: Asked) -> Rows:
    """Rows of the fields and ``geometry`` (WKB or None) by id, for a file."""
    layer = asked.layer
    return _narrowed(asked, _columns(layer, func.ST_AsBinary(layer.geometry))).order_by(layer.id)


def home(jurisdiction_id: int) -> Rows:
    """The row ``(metric_srid, west, south, east, north)`` of a jurisdiction; None without a boundary."""
    box = Jurisdiction.boundary
    edges = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    return select(Jurisdiction.metric_srid, *edges).where(Jurisdiction.jurisdiction_id == jurisdiction_id)


def literal(geometry: BaseGeometry) -> Any:
    """A geometry of EPSG:4490 as SQL."""
    return func.ST_GeomFromWKB(shapely.to_wkb(geometry), CANONICAL)


def _columns(layer: Layer, shape: Any) -> list[Any]:
    return [*(one.column.label(one.name) for one in layer.fields), shape.label(SHAPE)]


def _narrowed(asked: Asked, columns: list[Any]) -> Rows:
    layer = asked.layer
    query = layer.source(columns, asked.jurisdiction_id, asked.day).where(*_seen(asked), *asked.conditions)
    if asked.window is not None:
        query = query.where(layer.during(asked.window))
    elif layer is CELLS:
        query = query.where(cells_on(asked.jurisdiction_id, asked.day))
    if asked.box is not None:
        query = query.where(func.ST_Intersects(layer.geometry, literal(asked.box)))
    return query


def _seen(asked: Asked) -> list[ColumnElement[bool]]:
    if asked.layer is not MATTERS:
        return []
    return procedures.conditions(asked.jurisdiction_id, asked.sight, clock())

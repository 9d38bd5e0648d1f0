"""Coordinates of rows: what they mean, whether they are swapped, whether they lie where the bureau works."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from geo_data.datums import Reference, parse_reference
from geo_data.reasons import Reason
from geo_data.values import Cell, as_number, as_text, squeeze
from gridsup import spatial
from gridsup.errors import Invalid

TOLERANCE_M = 200.0
"""How far beyond the boundary a place may lie: map clicks and boundaries of the 1990s are not exact."""


@dataclass(frozen=True, slots=True)
class Placing:
    """``datum``: what the coordinates are (CGCS2000, WGS84, GCJ-02, BD-09, EPSG:n), None when there are none.
    ``boundary``: where they must lie (EPSG:4490), None anywhere; ``metric_srid`` measures ``tolerance_m``."""

    datum: str | None = None
    boundary: Any | None = None
    metric_srid: int = 4547
    tolerance_m: float = TOLERANCE_M


@dataclass(slots=True)
class Spot:
    """Where a row lies: as it came (``x``, ``y``, ``datum``) and in EPSG:4490; or what is wrong with it."""

    x: float | None = None
    y: float | None = None
    datum: str | None = None
    lon: float | None = None
    lat: float | None = None
    reasons: list[Reason] = field(default_factory=list)


def place_rows(
    rows: Sequence[Mapping[str, Cell]], placing: Placing, columns: Mapping[str, str]
) -> list[Spot]:
    """Read, convert and check the coordinates of all rows. ``columns`` name the columns of the fields.

    A row without coordinates is in order. Raises Invalid ``datum-not-stated`` when a row has coordinates
    and neither ``placing`` nor a column of the table says what they mean.
    """
    spots = [_read(row, columns) for row in rows]
    given = [i for i, spot in enumerate(spots) if spot.x is not None]
    groups: dict[str, list[int]] = {}
    for i in given:
        said = as_text(rows[i].get("datum")) or placing.datum
        if said is None:
            raise DATUM_NOT_STATED
        groups.setdefault(said, []).append(i)
    area = _Area(placing)
    for said, members in groups.items():
        try:
            reference = parse_reference(said)
        except Invalid as refusal:
            if said == placing.datum:
                raise
            for i in members:
                spots[i].reasons.append(
                    Reason(
                        refusal.code, refusal.text("zh"), refusal.text("en"), "datum", columns.get("datum")
                    )
                )
            continue
        _convert([spots[i] for i in members], reference, area, columns)
    return spots


def _read(row: Mapping[str, Cell], columns: Mapping[str, str]) -> Spot:
    x, y = row.get("x"), row.get("y")
    pair = as_text(row.get("xy"))
    if pair and as_text(x) is None and as_text(y) is None:
        parts = [p for p in re.split(r"[,;、\s]+", squeeze(pair.replace(" ", ","))) if p]
        if len(parts) != 2:
            return Spot(reasons=[_unreadable("xy", pair, columns)])
        x, y = parts
    spot = Spot()
    blank = [as_text(cell) is None for cell in (x, y)]
    if all(blank):
        return spot
    if any(blank):
        name = "x" if blank[0] else "y"
        spot.reasons.append(
            Reason(
                "coordinate-half",
                "经纬度只填了一项。请补齐，或两项都留空（未落点）。",
                "Only one of the two coordinates is given. Complete it, or leave both empty.",
                name,
                columns.get(name),
            )
        )
        return spot
    numbers: list[float] = []
    for name, cell in (("x", x), ("y", y)):
        try:
            numbers.append(as_number(cell))
        except ValueError:
            spot.reasons.append(_unreadable(name, str(cell), columns))
    if len(numbers) == 2:
        if numbers == [0, 0]:
            spot.reasons.append(ZERO)
        else:
            spot.x, spot.y = numbers
    return spot


def _unreadable(name: str, text: str, columns: Mapping[str, str]) -> Reason:
    column = columns.get(name)
    return Reason(
        "coordinate-unreadable",
        f"{column or '坐标'}：“{text}”不是数。请填写如 114.2734 的数值，或留空（未落点）。",
        f"{column or 'coordinate'}: “{text}” is no number. Write one such as 114.2734, or leave it empty.",
        name,
        column,
    )


class _Area:
    """The jurisdiction with its tolerance, ready for many questions."""

    def __init__(self, placing: Placing) -> None:
        self.placing = placing
        self.zone: Any = None
        if placing.boundary is not None:
            metric = spatial.to_metric(placing.boundary, placing.metric_srid)
            self.boundary = metric
            self.zone = spatial.from_metric(metric.buffer(placing.tolerance_m), placing.metric_srid)
            shapely.prepare(self.zone)

    def holds(self, points: Any) -> Any:
        """For each (lon, lat): whether it lies in the zone; all do when no boundary is known."""
        if self.zone is None:
            return np.ones(len(points), dtype=bool)
        return shapely.contains_xy(self.zone, points[:, 0], points[:, 1])

    def metres_away(self, lon: float, lat: float) -> float:
        point = spatial.to_metric(shapely.Point(lon, lat), self.placing.metric_srid)
        return float(shapely.distance(point, self.boundary))


def _convert(spots: list[Spot], reference: Reference, area: _Area, columns: Mapping[str, str]) -> None:
    points = np.array([(spot.x, spot.y) for spot in spots], dtype=np.float64)
    right, inside = _locate(points, reference, area)
    turned, turned_inside = _locate(points[:, ::-1], reference, area)
    known = area.zone is not None
    for i, spot in enumerate(spots):
        spot.datum = reference.name
        possible = bool(np.isfinite(right[i]).all())
        swapped = bool(np.isfinite(turned[i]).all()) and (
            bool(turned_inside[i]) if known else not possible or _like_china(turned[i], right[i])
        )
        if possible and inside[i] and not (swapped and not known):
            spot.lon, spot.lat = (round(float(v), 9) for v in right[i])
        elif swapped:
            spot.reasons.append(_swapped(spot, reference, columns))
        elif possible:
            spot.reasons.append(_outside(spot, right[i], area, columns))
        else:
            spot.reasons.append(_impossible(spot, reference, columns))


def _locate(points: Any, reference: Reference, area: _Area) -> tuple[Any, Any]:
    """Canonical degrees (NaN where the pair cannot be coordinates) and whether they lie in the zone."""
    out = np.full(points.shape, np.nan)
    fits = np.isfinite(points).all(axis=1)
    if reference.geographic:
        fits &= (np.abs(points) <= (180.0, 90.0)).all(axis=1)
    if fits.any():
        out[fits] = reference.to_canonical(points[fits])
        out[~np.isfinite(out).all(axis=1)] = np.nan
    inside = np.zeros(len(points), dtype=bool)
    whole = np.isfinite(out).all(axis=1)
    if whole.any():
        inside[whole] = area.holds(out[whole])
    return out, inside


def _like_china(turned: Any, right: Any) -> bool:
    """Without a boundary: the pair as given lies nowhere near China, the swapped one does."""
    west, south, east, north = spatial.CHINA_BOX

    def within(p: Any) -> bool:
        return bool(west <= p[0] <= east and south <= p[1] <= north)

    return within(turned) and not within(right)


def _swapped(spot: Spot, reference: Reference, columns: Mapping[str, str]) -> Reason:
    names = f"{columns.get('x') or '经度'}、{columns.get('y') or '纬度'}"
    axes = "经度和纬度" if reference.geographic else "东坐标和北坐标（测绘图上 X 为北、Y 为东）"
    return Reason(
        "coordinates-swapped",
        f"{names}：{axes}填反了（{spot.x:g}，{spot.y:g}）。请对调两列的值，或在列对应中对调两列。",
        f"{names}: the two coordinates are swapped ({spot.x:g}, {spot.y:g}). Exchange the values, or the two "
        "columns in the mapping.",
        "x",
        columns.get("x"),
    )


def _outside(spot: Spot, at: Any, area: _Area, columns: Mapping[str, str]) -> Reason:
    away = area.metres_away(float(at[0]), float(at[1]))
    far = f"{away / 1000:.1f} km" if away >= 1000 else f"{away:.0f} m"
    return Reason(
        "outside-jurisdiction",
        f"位置（{spot.x:g}，{spot.y:g}）在辖区边界外 {far}。请核对坐标和坐标系（{spot.datum}）。",
        f"The place ({spot.x:g}, {spot.y:g}) lies {far} outside the jurisdiction. Check coordinates and "
        f"datum ({spot.datum}).",
        "x",
        columns.get("x"),
    )


def _impossible(spot: Spot, reference: Reference, columns: Mapping[str, str]) -> Reason:
    return Reason(
        "coordinate-impossible",
        f"（{spot.x:g}，{spot.y:g}）不可能是 {reference.name} 坐标。请核对数值和坐标系（是否为投影坐标）。",
        f"({spot.x:g}, {spot.y:g}) cannot be {reference.name} coordinates. Check values and reference "
        "system (perhaps they are projected).",
        "x",
        columns.get("x"),
    )


ZERO = Reason(
    "coordinates-zero",
    "坐标为 0, 0，按未落点处理。",
    "The coordinates are 0, 0: taken as not placed.",
    "x",
    None,
    "note",
)
DATUM_NOT_STATED = Invalid(
    "datum-not-stated",
    zh="文件里有坐标，但没有说明坐标系。请指定 CGCS2000、WGS84、GCJ-02（高德、腾讯）、BD-09（百度）"
    "或 EPSG 编号。",
    en="The file has coordinates, but their reference system is not stated. Name CGCS2000, WGS84, "
    "GCJ-02 (AMap, Tencent), BD-09 (Baidu) or an EPSG number.",
)

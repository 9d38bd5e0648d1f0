"""Whether cells fill their area (P10-C1: 边界清晰): each gap, overlap, sliver and stray piece by its place.

Shapes are compared in the plane in which they are stored (EPSG:4490, degrees), because that is the plane
in which a point is later found inside a cell; what is found is measured in the metric CRS.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from gridsup import spatial

Kind = Literal["invalid", "duplicate", "overlap", "gap", "sliver", "outside", "pieces", "mismatch"]

TOLERANCE_M = 0.01
"""Pieces of a smaller mean width are the rounding of coordinates, not faults."""
SLIVER_M = 1.0
"""A gap, overlap or spill of a smaller mean width is called a sliver (碎缝)."""

_NAMES: dict[str, tuple[str, str]] = {
    "gap": ("空隙", "gap"),
    "overlap": ("重叠", "overlap"),
    "outside": ("越界", "spill over the boundary"),
}


@dataclass(frozen=True, slots=True)
class TopologyFault:
    """One fault. ``codes``: the cells concerned, or the nearest ones of a gap; ``area_m2`` in the metric CRS;
    ``place`` (lon, lat) in CRS84 lies in the fault; ``of`` says what a sliver is: gap, overlap or outside.

    Only ``mismatch`` is harmless to point location: two cells share an edge but not its vertices.
    """

    kind: Kind
    codes: tuple[str, ...]
    area_m2: float
    place: tuple[float, float]
    zh: str
    en: str
    of: str | None = None
    geometry: Any = field(default=None, compare=False, repr=False)

    @property
    def blocking(self) -> bool:
        return self.kind != "mismatch"


@dataclass(frozen=True, slots=True)
class TopologyReport:
    """Every fault, the gravest kind and the largest area first."""

    faults: tuple[TopologyFault, ...]

    @property
    def ok(self) -> bool:
        """No gap, overlap, sliver, spill, duplicate or invalid ring."""
        return not any(fault.blocking for fault in self.faults)

    def count(self, kind: Kind) -> int:
        return sum(fault.kind == kind for fault in self.faults)


_ORDER: tuple[Kind, ...] = (
    "invalid",
    "pieces",
    "duplicate",
    "overlap",
    "gap",
    "outside",
    "sliver",
    "mismatch",
)


def check_cells(
    polygons: Sequence[Any],
    codes: Sequence[str],
    boundary: Any | None,
    *,
    metric_srid: int,
    tolerance_m: float = TOLERANCE_M,
    sliver_m: float = SLIVER_M,
) -> TopologyReport:
    """Check ``polygons`` (lon, lat; EPSG:4490) of the cells ``codes`` against the area they shall fill.

    ``boundary`` (Multi)Polygon in the same CRS, of the station or the jurisdiction; None checks the cells
    among themselves, where a hole that they enclose is a gap.
    """
    ruler = _Ruler(metric_srid, tolerance_m, sliver_m)
    shapes = np.asarray([s if s is not None else shapely.Polygon() for s in polygons], dtype=object)
    names = [str(code) for code in codes]
    faults = [*_invalid(shapes, names, ruler), *_pieces(shapes, names, ruler)]
    shapes = shapely.normalize(shapely.make_valid(shapes))
    tree = shapely.STRtree(shapes)
    twins = _duplicates(shapes, names, ruler)
    faults += [fault for fault, _ in twins]
    faults += _overlaps(shapes, names, tree, ruler, {pair for _, pair in twins})
    faults += _gaps(shapes, names, tree, boundary, ruler)
    if boundary is not None:
        faults += _outside(shapes, names, boundary, ruler)
    faults += _mismatches(shapes, names, faults, ruler)
    faults.sort(key=lambda f: (_ORDER.index(f.kind), -f.area_m2, f.codes))
    return TopologyReport(tuple(faults))


@dataclass(frozen=True, slots=True)
class _Ruler:
    """Measures shapes of EPSG:4490 in metres and words the faults."""

    metric_srid: int
    tolerance_m: float
    sliver_m: float

    def size(self, shape: Any) -> tuple[float, float]:
        """Area in m² and mean width in m (twice the area over the outline)."""
        moved = spatial.to_metric(shape, self.metric_srid)
        area, outline = float(shapely.area(moved)), float(shapely.length(moved))
        return area, (2 * area / outline if outline else 0.0)

    def fault(self, kind: Kind, codes: Iterable[str], shape: Any, zh: str, en: str) -> TopologyFault:
        area, _ = self.size(shape)
        return TopologyFault(kind, tuple(codes), round(area, 2), _place(shape), zh, en, None, shape)

    def piece(self, kind: Kind, codes: Sequence[str], shape: Any) -> TopologyFault | None:
        """A piece of gap, overlap or spill, a sliver when thin, None when it is only rounding."""
        area, width = self.size(shape)
        if width < self.tolerance_m:
            return None
        zh, en = _NAMES[kind]
        x, y = _place(shape)
        near = "、".join(codes) or "—"
        where_zh = f"位于 {x:.6f}, {y:.6f}，面积 {area:.1f} m²，涉及网格 {near}"
        where_en = f"at {x:.6f}, {y:.6f}, {area:.1f} m², cells {near}"
        if width < self.sliver_m:
            text_zh = f"碎缝（{zh}，平均宽 {width:.2f} m）{where_zh}；请让相邻网格共用同一条边。"
            text_en = f"Sliver ({en}, {width:.2f} m wide) {where_en}; let the neighbours share one edge."
            return TopologyFault(
                "sliver", tuple(codes), round(area, 2), (x, y), text_zh, text_en, kind, shape
            )
        return TopologyFault(
            kind, tuple(codes), round(area, 2), (x, y), f"{zh}{where_zh}。", f"{en} {where_en}.", None, shape
        )


def _place(shape: Any) -> tuple[float, float]:
    point = shapely.point_on_surface(shape)
    return (round(float(point.x), 7), round(float(point.y), 7)) if not point.is_empty else (0.0, 0.0)


def _polygons(shape: Any) -> list[Any]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]


def _invalid(shapes: NDArray[np.object_], names: list[str], ruler: _Ruler) -> list[TopologyFault]:
    faults = []
    for i in np.flatnonzero(~shapely.is_valid(shapes) | shapely.is_empty(shapes)):
        shape, why = shapes[i], str(shapely.is_valid_reason(shapes[i]))
        if shape.is_empty:
            why, shape = "empty", shapely.Point(0, 0)
        text = f"网格 {names[i]} 的边界无效（{why}）；请重画这个网格。"
        fault = ruler.fault(
            "invalid", [names[i]], shape, text, f"Cell {names[i]} has an invalid ring ({why}); redraw it."
        )
        faults.append(fault)
    return faults


def _pieces(shapes: NDArray[np.object_], names: list[str], ruler: _Ruler) -> list[TopologyFault]:
    several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    return [
        ruler.fault(
            "pieces",
            [names[i]],
            shapes[i],
            f"网格 {names[i]} 分成 {shapely.get_num_geometries(shapes[i])} 块不相连的面；网格只能是一块。",
            f"Cell {names[i]} lies in {shapely.get_num_geometries(shapes[i])} separate pieces; "
            "a cell is one piece.",
        )
        for i in several
    ]


def _duplicates(
    shapes: NDArray[np.object_], names: list[str], ruler: _Ruler
) -> list[tuple[TopologyFault, tuple[int, int]]]:
    """The same code twice, or the same shape under two codes."""
    found: list[tuple[TopologyFault, tuple[int, int]]] = []
    by_code: dict[str, int] = {}
    by_shape: dict[bytes, int] = {}
    for i, (name, shape) in enumerate(zip(names, shapes, strict=True)):
        first = by_code.setdefault(name, i)
        twin = by_shape.setdefault(shapely.to_wkb(shape), i)
        if first != i:
            zh, en = (
                f"网格编码 {name} 出现了两次；请改正其中一个。",
                f"Code {name} occurs twice; mend one of them.",
            )
            found.append((ruler.fault("duplicate", [name], shape, zh, en), (first, i)))
        if twin != i:
            pair = [names[twin], name]
            zh = f"网格 {pair[0]} 与 {pair[1]} 的边界完全相同；请删去一个。"
            en = f"Cells {pair[0]} and {pair[1]} have the same shape; remove one."
            found.append((ruler.fault("duplicate", pair, shape, zh, en), (twin, i)))
    return found


def _overlaps(
    shapes: NDArray[np.object_],
    names: list[str],
    tree: shapely.STRtree,
    ruler: _Ruler,
    known: set[tuple[int, int]],
) -> list[TopologyFault]:
    left, right = tree.query(shapes, predicate="intersects")
    faults: list[TopologyFault] = []
    for i, j in sorted(zip(left.tolist(), right.tolist(), strict=True)):
        if i >= j or ((i, j) in known and shapes[i].equals(shapes[j])):
            continue
        for part in _polygons(shapely.intersection(shapes[i], shapes[j])):
            if fault := ruler.piece("overlap", (names[i], names[j]), part):
                faults.append(fault)
    return faults


def _gaps(
    shapes: NDArray[np.object_], names: list[str], tree: shapely.STRtree, boundary: Any, ruler: _Ruler
) -> list[TopologyFault]:
    covered = shapely.union_all(shapes)
    if boundary is None:
        rest = [shapely.Polygon(ring) for part in _polygons(covered) for ring in part.interiors]
    else:
        rest = _polygons(shapely.difference(boundary, covered))
    faults = []
    for part in rest:
        near = tree.query(part, predicate="intersects")
        if not len(near):
            near = tree.query_nearest(part)
        if fault := ruler.piece("gap", tuple(sorted(names[i] for i in near)), part):
            faults.append(fault)
    return faults


def _outside(
    shapes: NDArray[np.object_], names: list[str], boundary: Any, ruler: _Ruler
) -> list[TopologyFault]:
    spills = shapely.difference(shapes, boundary)
    pieces = [(name, part) for name, spill in zip(names, spills, strict=True) for part in _polygons(spill)]
    return [f for name, part in pieces if (f := ruler.piece("outside", (name,), part))]


def _mismatches(
    shapes: NDArray[np.object_], names: list[str], faults: list[TopologyFault], ruler: _Ruler
) -> list[TopologyFault]:
    """Shared edges whose vertices do not meet, where no fault of area already explains it."""
    flat = np.asarray(
        [s if s.geom_type in ("Polygon", "MultiPolygon") else None for s in shapes], dtype=object
    )
    if shapely.coverage_is_valid(flat):
        return []
    explained: dict[str, list[Any]] = {}
    for fault in faults:
        for code in fault.codes:
            explained.setdefault(code, []).append(fault.geometry)
    found = []
    for name, edges in zip(names, shapely.coverage_invalid_edges(flat), strict=True):
        if edges is None or edges.is_empty:
            continue
        if any(shapely.intersects(edges, shape) for shape in explained.get(name, ())):
            continue
        zh = f"网格 {name} 与相邻网格共边但节点不一致；不影响落格，建议在交点处补上节点。"
        en = f"Cell {name} shares an edge with a neighbour but not its vertices; add the missing vertices."
        found.append(ruler.fault("mismatch", [name], edges, zh, en))
    return found

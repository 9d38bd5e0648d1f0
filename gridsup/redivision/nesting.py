"""Hard walls inside a station: cells that nest in its streets (街道) or its communities (社区).

No two maps draw a border alike. Ground beyond one that is on average less than ``NARROW`` metres wide is such
a difference and goes to its neighbour. So does ground of no body, a river for one, unless it has roads and is
larger than the bodies around it on average; more of it is divided for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from gridsup import spatial
from gridsup.cells import queries as cell_queries
from gridsup.cells.division.arrangement import grouped, settled
from gridsup.cells.division.lines import Lines
from gridsup.errors import Invalid, Refused
from gridsup.redivision import cutting
from gridsup.redivision.board import Board, union
from gridsup.redivision.model import Redivision
from gridsup.redivision.quality import placed
from gridsup.redivision.scope import Scope, present_in
from gridsup.registry.record import home_of

Within: TypeAlias = Literal["station", "street", "community"]
"""What no cell may cross the border of. A station's is never crossed."""
NARROW = 30.0
WORDS = {"street": ("街道", "street"), "community": ("社区", "community")}


@dataclass(frozen=True, slots=True)
class Nest:
    """Ground that is divided for itself: of ``body`` (None: of no street or community that is known) in a
    station, in EPSG:4490. ``label`` is its own among the nests."""

    label: str
    station: int
    body: int | None
    shape: Any


@dataclass(frozen=True, slots=True)
class Outline:
    """A body's ground; those of one kind do not overlap."""

    id: int
    code: str
    name: str
    shape: Any


def nests(session: Session, jurisdiction_id: int, scope: Scope, within: Within, lines: Lines) -> list[Nest]:
    """The ground of ``scope`` along the walls, station by station; they fill it without gap or overlap.
    ``lines``: the roads there, in the metric CRS.

    Raises Invalid ``division-no-walls`` when no such body has ground there.
    """
    if within == "station":
        return [Nest(scope.codes[id_], id_, None, shape) for id_, shape in scope.ground.items()]
    srid = int(home_of(session, jurisdiction_id).metric_srid)
    drawn = outlines(session, jurisdiction_id, within, scope.present)
    roads = shapely.STRtree(lines.shapes[~lines.minor])
    made = [
        nest
        for id_, shape in scope.ground.items()
        for nest in _cut(id_, scope.codes[id_], shape, drawn, srid, roads)
    ]
    if all(nest.body is None for nest in made):
        zh, en = WORDS[within]
        raise Invalid(
            "division-no-walls",
            zh="所选范围内没有已知边界的{word}，不能以其为界。请先导入{word}边界，"
            "或在现有网格上填写所属社区。",
            en="No {word_en} with a known border lies in the ground chosen, so none can be a wall. Import "
            "their boundaries first, or state the community of the present cells.",
            word=zh,
            word_en=en,
        )
    return made


def outlines(session: Session, jurisdiction_id: int, within: Within, present: Iterable[Any]) -> list[Outline]:
    """The ground of each street or community: its area, or that of the present cells that name it. Where two
    overlap, the smaller has it."""
    named: dict[int, list[Any]] = {}
    for cell in present:
        if cell.community_id is not None:
            named.setdefault(cell.community_id, []).append(to_shape(cell.geom))
    found = []
    for row in session.execute(cell_queries.bodies(jurisdiction_id, within)):
        if row.area is not None:
            found.append(Outline(row.id, row.code, row.name, shapely.from_wkb(bytes(row.area))))
        elif row.id in named:
            found.append(Outline(row.id, row.code, row.name, shapely.union_all(named[row.id])))
    found.sort(key=lambda one: (one.shape.area, one.id))
    made: list[Outline] = []
    for n, one in enumerate(found):
        smaller = [other.shape for other in found[:n] if other.shape.intersects(one.shape)]
        shape = shapely.difference(one.shape, shapely.union_all(smaller)) if smaller else one.shape
        made.append(Outline(one.id, one.code, one.name, shape))
    return made


def _cut(
    station: int, code: str, ground: Any, drawn: list[Outline], srid: int, roads: shapely.STRtree
) -> list[Nest]:
    near = [one for one in drawn if one.shape.intersects(ground)]
    lines = [cutting.trimmed(shapely.boundary(one.shape), ground) for one in near]
    parts: Any = np.asarray([shape for _, shape in cutting.faces({station: ground}, lines)], dtype=object)
    spots = shapely.get_coordinates(shapely.point_on_surface(parts))
    home = placed([one.shape for one in near], spots)
    metric = spatial.to_metric(parts, srid)
    nobody = len(near)
    home[home < 0] = nobody
    home = _lent(metric, home, cutting.mean_widths(metric) < NARROW)
    size = np.bincount(home, weights=shapely.area(metric), minlength=nobody + 1)[:nobody]
    if np.any(size > 0):
        lost = shapely.area(metric) < size[size > 0].mean()
        lost[~np.isin(np.arange(len(parts)), roads.query(metric, predicate="intersects")[0])] = True
        home = _lent(metric, home, (home == nobody) & lost)
    made = []
    for owner, rows in grouped(home):
        shape = union(list(parts[rows]))
        body = near[owner] if owner < nobody else None
        label = code if body is None else f"{code} {body.name} {body.code}"
        made.append(Nest(label, station, None if body is None else body.id, shape))
    return made


def _lent(metric: Any, home: Any, loose: Any) -> Any:
    """``home`` with the ``loose`` parts given to the neighbours with which they share most border."""
    given = settled(metric, np.where(loose, -1, home))
    return np.where(given < 0, home, given)


def require_nested(session: Session, draft: Redivision, board: Board, labels: Iterable[int]) -> None:
    """Raise Refused ``cell-across-walls`` when one of the cells reaches into two bodies that are walls."""
    within: Within = draft.parameters.get("within", "station")
    if within == "station":
        return
    drawn = outlines(session, draft.jurisdiction_id, within, present_in(session, draft, board))
    srid = int(home_of(session, draft.jurisdiction_id).metric_srid)
    for label in labels:
        ground = board.shape(label)
        inside = [one for one in drawn if _wide(shapely.intersection(one.shape, ground), srid)]
        if len(inside) > 1:
            zh, en = WORDS[within]
            raise Refused(
                "cell-across-walls",
                zh="网格 {cell} 会跨越{word}边界（{names}）；本草案以{word}为界。"
                "如确需跨界，请另建以所为界的草案。",
                en="Cell {cell} would reach across the border of {names}: this draft has each {word_en} as a "
                "wall. Make another draft with stations alone as walls if it must.",
                cell=board.cells[label].title,
                names="、".join(one.name for one in inside),
                word=zh,
                word_en=en,
            )


def _wide(ground: Any, srid: int) -> bool:
    parts: Any = shapely.get_parts(ground)
    parts = parts[shapely.get_dimensions(parts) == 2]
    return bool(len(parts)) and bool(np.any(cutting.mean_widths(spatial.to_metric(parts, srid)) >= NARROW))

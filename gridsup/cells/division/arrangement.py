"""Faces that lines cut out of the ground, and which of them share which border.

All geometry is in one projected CRS in metres. Lines are noded on a grid of a micrometre, so that two
faces on the two sides of a line share the very same vertices: what is merged from them later has neither
gap nor overlap.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gridsup.spatial import CrsLike, project

GRID = 1e-6
"""Metres to which every vertex is rounded before lines are noded."""

NUDGE = 0.01
"""Metres that a line drawn to another one goes past it, so that the two surely meet."""

STRIP = 40_000
"""Vertices that are noded at once."""

HAIR, HAIR_DEGREES = 1e-6, 1e-11
"""A micrometre, to which a coverage is rounded when it is noded in another CRS."""

Shapes = NDArray[np.object_]


def node(*groups: Shapes, grid: float = GRID) -> Shapes:
    """All lines of ``groups``, cut where they meet; each piece once.

    Strip by strip from west to east: noding many lines at once takes much memory.
    """
    together = np.concatenate(groups)
    bounds = shapely.bounds(together)
    order = np.argsort(bounds[:, 0] + bounds[:, 2], kind="stable")
    strip_of = np.cumsum(shapely.get_num_coordinates(together[order]), dtype=np.int64) // STRIP
    noded: Shapes = np.empty(0, dtype=object)
    for _, rows in grouped(strip_of):
        strip = shapely.get_parts(shapely.union_all(together[order[rows]], grid_size=grid))
        noded = node_into(noded, strip, grid=grid) if len(noded) else strip
    return noded


def node_into(noded: Shapes, added: Shapes, *, grid: float = GRID) -> Shapes:
    """Two groups of noded lines as one: only what touches the other group is cut anew."""
    line, other = shapely.STRtree(noded).query(added, predicate="dwithin", distance=NUDGE)[::-1]
    old, new = np.unique(line), np.unique(other)
    seam = np.asarray(
        shapely.get_parts(shapely.union_all(np.concatenate([noded[old], added[new]]), grid_size=grid)),
        dtype=object,
    )
    return np.concatenate([np.delete(noded, old), np.delete(added, new), seam])


def faces_of(noded: Shapes) -> Shapes:
    """The polygons that noded lines enclose, from west to east and south to north, in whatever order the
    lines come; what encloses nothing is left out."""
    faces = np.asarray(shapely.get_parts(shapely.polygonize(noded)), dtype=object)
    x0, y0, x1, y1 = shapely.bounds(faces).T
    return faces[np.lexsort((y1, x1, y0, x0))]


def without_dead_ends(noded: Shapes) -> Shapes:
    """Noded lines without those that lead nowhere: they bound nothing, but cost memory in making faces."""
    where = _ends(noded)
    left = np.arange(len(noded))
    while True:
        degree = np.bincount(where[left].ravel(), minlength=1)
        led = (degree[where[left]] > 1).all(axis=1)
        if led.all():
            return noded[left]
        left = left[led]


def _ends(noded: Shapes) -> NDArray[np.int64]:
    """Numbers of the places (N, 2) where lines begin and end."""
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(noded, end)) for end in (0, -1)])
    cell = np.round(ends / GRID)
    _, where = np.unique(cell[:, 0] + 1j * cell[:, 1], return_inverse=True)
    return where.reshape(2, -1).T.astype(np.int64)


def owners(faces: Shapes, outlines: Shapes) -> NDArray[np.int64]:
    """In which of ``outlines`` each face lies, -1 for none; where outlines overlap by a hair, the first."""
    spots = shapely.point_on_surface(faces)
    face, outline = shapely.STRtree(outlines).query(spots, predicate="intersects")
    owner = np.full(len(faces), len(outlines), dtype=np.int64)
    np.minimum.at(owner, face, outline)
    owner[owner == len(outlines)] = -1
    return owner


def shared_borders(faces: Shapes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Every straight segment between two faces: ``pairs`` (M, 2), the lower face first, and ``ends`` (M, 4:
    x, y, x, y). Exact, since both sides hold the same vertices.
    """
    rings, face_of_ring = shapely.get_rings(faces, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    same = ring_of[1:] == ring_of[:-1]
    a, b, face = xy[:-1][same], xy[1:][same], face_of_ring[ring_of[:-1][same]]
    key = np.round(np.concatenate([a, b], axis=1) / GRID).astype(np.int64)
    backward = (key[:, 0] > key[:, 2]) | ((key[:, 0] == key[:, 2]) & (key[:, 1] > key[:, 3]))
    key[backward] = key[backward][:, [2, 3, 0, 1]]
    order = np.lexsort(key.T[::-1])
    twin = np.flatnonzero(np.all(key[order][1:] == key[order][:-1], axis=1))
    left, right = order[twin], order[twin + 1]
    apart = face[left] != face[right]
    left, right = left[apart], right[apart]
    pairs = np.sort(np.stack([face[left], face[right]], axis=1), axis=1).astype(np.int64)
    return pairs, np.concatenate([a[left], b[left]], axis=1)


def grouped(values: NDArray[np.int64]) -> list[tuple[int, NDArray[np.int64]]]:
    """Each value with the rows that have it, lowest value first."""
    order = np.argsort(values, kind="stable")
    keys, first = np.unique(values[order], return_index=True)
    return list(zip(keys.tolist(), np.split(order, first[1:]), strict=True)) if len(order) else []


def merged(pieces: Shapes, home: NDArray[np.int64]) -> Shapes:
    """One polygon for each value of ``home``, lowest first, out of the ``pieces`` of a coverage."""
    return np.array(
        [
            pieces[rows[0]] if len(rows) == 1 else shapely.coverage_union_all(pieces[rows])
            for _, rows in grouped(home)
        ],
        dtype=object,
    )


def settled(pieces: Shapes, home: NDArray[np.int64]) -> NDArray[np.int64]:
    """``home`` with each homeless piece (-1) given to the neighbour with which it shares most border.

    A piece that no chain of neighbours joins to a home stays homeless.
    """
    pairs, ends = shared_borders(pieces)
    pairs, which = np.unique(pairs, axis=0, return_inverse=True)
    metres = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    length = np.bincount(which.ravel(), weights=metres, minlength=len(pairs))
    loose, anchor = np.concatenate([pairs, pairs[:, ::-1]]).T
    size = np.concatenate([length, length])
    while np.any(home < 0):
        open_ = np.flatnonzero((home[loose] < 0) & (home[anchor] >= 0))
        if not len(open_):
            break
        order = open_[np.lexsort((home[anchor[open_]], size[open_]))]  # the longest border is written last
        grown = home.copy()
        grown[loose[order]] = home[anchor[order]]
        home = grown
    return home


def moved(polygons: Shapes, source: CrsLike, target: CrsLike) -> tuple[NDArray[np.int64], Shapes]:
    """A coverage in another CRS, still a coverage of single polygons: which are left, and their shapes.

    An edge that is straight in one CRS bends in another and may cross a vertex a hair beside it; where that
    happens the lines are noded anew, what falls off is given to the neighbour, and a crumb of no width is
    swallowed.
    """
    there = np.array([project(shape, source, target) for shape in polygons], dtype=object)
    return mended(there, HAIR if CRS.from_user_input(target).is_projected else HAIR_DEGREES)


def mended(polygons: Shapes, grid: float) -> tuple[NDArray[np.int64], Shapes]:
    """``polygons`` as a coverage of single polygons: which are left, and their shapes.

    Where rounding has torn them their lines are noded anew on ``grid``; what falls off goes to a neighbour.
    """
    if np.all(shapely.is_valid(polygons)) and shapely.coverage_is_valid(polygons):
        return np.arange(len(polygons)), polygons
    pieces = faces_of(node(np.asarray(shapely.boundary(polygons), dtype=object), grid=grid))
    slim = _slim(pieces, grid)  # no point can be trusted to lie in a sliver: the neighbours decide
    home = np.where(slim, -1, owners(pieces, shapely.make_valid(polygons)))
    pieces, home = pieces[slim | (home >= 0)], home[slim | (home >= 0)]
    home = settled(pieces, _one_each(pieces, home, grid))
    return np.unique(home), merged(pieces, home)


def _slim(pieces: Shapes, grid: float) -> NDArray[np.bool_]:
    """Which pieces are slivers of at most a centimetre or so."""
    return np.asarray(2 * shapely.area(pieces) < 1e4 * grid * shapely.length(pieces))


def _one_each(pieces: Shapes, home: NDArray[np.int64], grid: float) -> NDArray[np.int64]:
    """Only the largest group of touching pieces of each home keeps it."""
    area = shapely.area(pieces)
    kept = home.copy()
    for owner, rows in grouped(home):
        parts = shapely.get_parts(shapely.coverage_union_all(pieces[rows]))
        if owner >= 0 and len(parts) > 1:
            main = parts[int(np.argmax(shapely.area(parts)))]
            lost = ~shapely.covers(shapely.buffer(main, grid), pieces[rows])
            kept[rows[lost & (area[rows] < area[rows].max())]] = -1
    return kept


def lead_on(noded: Shapes, reach: float) -> Shapes:
    """Short straight lines from dead ends to the first line ahead within ``reach`` metres.

    Surveyed roads often end just short of a boundary or of each other; a longer dead end bounds nothing.
    """
    first, last = shapely.get_point(noded, 0), shapely.get_point(noded, -1)
    ends = np.concatenate([shapely.get_coordinates(first), shapely.get_coordinates(last)])
    inner = np.concatenate(
        [
            shapely.get_coordinates(shapely.get_point(noded, 1)),
            shapely.get_coordinates(shapely.get_point(noded, -2)),
        ]
    )
    where = _ends(noded).T.ravel()
    dead = np.flatnonzero(np.bincount(where)[where] == 1)
    step = ends[dead] - inner[dead]
    size = np.hypot(step[:, 0], step[:, 1])
    dead, step = dead[size > 0], step[size > 0] / size[size > 0][:, None]
    if not len(dead):
        return np.empty(0, dtype=object)
    start = ends[dead] + step * NUDGE  # past the end, so that the ray does not meet its own road there
    rays: Shapes = np.asarray(
        shapely.linestrings(np.stack([start, ends[dead] + step * reach], axis=1)), dtype=object
    )
    found: list[Any] = []
    tree = shapely.STRtree(noded)
    ray_of, line_of = tree.query(rays, predicate="intersects")
    for position, end in enumerate(ends[dead]):
        crossed = noded[line_of[ray_of == position]]
        if not len(crossed):
            continue
        points = shapely.get_coordinates(shapely.intersection(crossed, rays[position]))
        away = np.hypot(points[:, 0] - end[0], points[:, 1] - end[1])
        target = points[np.argmin(away)] + step[position] * NUDGE
        found.append(shapely.linestrings(np.stack([end, target])))
    return np.array(found, dtype=object)

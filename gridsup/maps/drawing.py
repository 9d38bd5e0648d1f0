"""Draws one cell as SVG, in millimetres of paper, from geometry in metres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, degrees
from xml.sax.saxutils import escape

from shapely import LineString, Point, Polygon, box, clip_by_rect, shortest_line
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from gridsup.maps.dots import Dot, Household, squares

FONT = "Noto Sans SC"
RISKS = {1: "#5b8c5a", 2: "#1f78b4", 3: "#ef7d00", 4: "#d7191c"}
"""Colour of a dot by the highest risk in it."""
UNLICENSED = "#8e24aa"
SCALES = (
    *(500, 750, 1000, 1250, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 7500, 10_000, 15_000, 20_000),
    *(25_000, 50_000, 100_000, 200_000, 500_000, 1_000_000),
)
MARGIN_MM = 14.0
"""Around the cell, so that its neighbours can be told."""

PATHS = ("footway", "path", "pedestrian", "steps", "cycleway", "track", "corridor", "bridleway")
MINOR = ("service", "living_street", "residential", "unclassified", "road", "minor")
CLASSES: tuple[tuple[str, tuple[str, ...], float, str, str], ...] = (
    ("人行道", PATHS, 0.5, "#d9d4cc", "#ffffff"),
    ("支路", MINOR, 1.3, "#c9c4bb", "#ffffff"),
    ("次干路", ("tertiary", "secondary"), 2.2, "#c2b280", "#fff7d6"),
    ("主干路", ("primary", "trunk"), 3.0, "#cf9f52", "#ffe3a8"),
    ("快速路", ("motorway",), 3.4, "#c06a3e", "#ffc9a3"),
)
"""Roads from the least: label, OSM kinds (``_link`` counts as its road), width in mm, edge, fill."""
WATER, RAIL = frozenset({"river", "stream", "canal"}), frozenset({"rail", "subway", "light_rail", "tram"})


@dataclass(frozen=True, slots=True)
class Road:
    """A line in metres with its OSM kind and its name, where it has one."""

    kind: str
    name: str | None
    line: BaseGeometry


@dataclass(frozen=True, slots=True)
class Neighbour:
    code: str
    ground: BaseGeometry


@dataclass(frozen=True, slots=True)
class Frame:
    """Which part of the ground stands on the paper, and how large: 1 : ``scale``."""

    west: float
    north: float
    width: float
    height: float
    scale: int

    @classmethod
    def around(cls, ground: BaseGeometry, *, width: float, height: float) -> Frame:
        """The frame of ``width`` × ``height`` mm at the largest round scale that shows all of ``ground``."""
        west, south, east, north = ground.bounds
        need = max((east - west) / (width - 2 * MARGIN_MM), (north - south) / (height - 2 * MARGIN_MM)) * 1000
        scale = next((one for one in SCALES if one >= need), int(need) + 1)
        metres_wide, metres_high = width * scale / 1000, height * scale / 1000
        return cls((west + east - metres_wide) / 2, (north + south + metres_high) / 2, width, height, scale)

    @property
    def window(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        return (
            self.west,
            self.north - self.height * self.scale / 1000,
            self.west + self.width * self.scale / 1000,
            self.north,
        )

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Metres → millimetres of paper."""
        return (x - self.west) * 1000 / self.scale, (self.north - y) * 1000 / self.scale


def rim(cell: Polygon, frame: Frame) -> list[tuple[float, float, float, float]]:
    """Boxes along the outline of a cell, in millimetres: where no label should stand."""
    line, step = cell.exterior, frame.scale / 1000
    count = int(line.length / step) + 1
    places = (frame.place(p.x, p.y) for p in (line.interpolate(n * step) for n in range(count)))
    return [(x - 0.7, y - 0.7, x + 0.7, y + 0.7) for x, y in places]


def draw(
    cell: Polygon,
    neighbours: Sequence[Neighbour],
    roads: Sequence[Road],
    frame: Frame,
    *,
    dots: Sequence[Dot] = (),
    crowd: Sequence[Household] = (),
    side_mm: float = 8.0,
) -> str:
    """The SVG of a cell: the ground around it veiled, its outline bold; ``dots`` or ``crowd`` as density."""
    shaded, counts = _density(crowd, side_mm)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width}mm" height="{frame.height}mm" '
        f'viewBox="0 0 {frame.width} {frame.height}" font-family="{FONT}">',
        f'<rect width="{frame.width}" height="{frame.height}" fill="#f4f2ee"/>',
        _path(cell, frame, 'fill="#fffdf3"'),
        *_roads(roads, frame),
        _path(box(*_grown(frame)).difference(cell), frame, 'fill="#ffffff" fill-opacity="0.55"'),
        *(_path(one.ground, frame, _dashed()) for one in neighbours),
        *shaded,
        _path(cell, frame, 'fill="none" stroke="#b3122b" stroke-width="1.1" stroke-linejoin="round"'),
        *_names(roads, frame),
        *_codes(cell, neighbours, frame),
        *counts,
        *_dots(dots),
        "</svg>",
    ]
    return "".join(parts)


def _grown(frame: Frame) -> tuple[float, float, float, float]:
    west, south, east, north = frame.window
    return west - 100, south - 100, east + 100, north + 100


def _dashed() -> str:
    return 'fill="none" stroke="#6b7785" stroke-width="0.35" stroke-dasharray="1.6 1.1"'


def _path(ground: BaseGeometry, frame: Frame, style: str) -> str:
    """Polygons and lines as one path; what lies outside the frame is cut away first."""
    ground = clip_by_rect(ground, *_grown(frame))
    lines: list[tuple[BaseGeometry, bool]] = []
    for part in getattr(ground, "geoms", [ground]):
        if part.geom_type == "Polygon" and not part.is_empty:
            lines += [(part.exterior, True), *((ring, True) for ring in part.interiors)]
        elif part.geom_type == "LineString" and not part.is_empty:
            lines.append((part, False))
    steps = "".join(
        "M"
        + "L".join(f"{x:.2f} {y:.2f}" for x, y in (frame.place(*xy[:2]) for xy in line.coords))
        + ("Z" if closed else "")
        for line, closed in lines
    )
    return f'<path d="{steps}" fill-rule="evenodd" {style}/>' if steps else ""


def _roads(roads: Iterable[Road], frame: Frame) -> list[str]:
    by_class: list[list[BaseGeometry]] = [[] for _ in CLASSES]
    parts = []
    for road in roads:
        kind = road.kind.removesuffix("_link")
        if kind in WATER:
            parts.append(_path(road.line, frame, 'fill="none" stroke="#a9cfe8" stroke-width="3"'))
        elif kind in RAIL:
            parts.append(_path(road.line, frame, 'fill="none" stroke="#777" stroke-width="0.7"'))
            parts.append(
                _path(road.line, frame, 'fill="none" stroke="#fff" stroke-width="0.4" stroke-dasharray="2 2"')
            )
        else:
            level = next((i for i, one in enumerate(CLASSES) if kind in one[1]), 1)
            by_class[level].append(road.line)
    for rim in (True, False):
        for (_, _, width, edge, fill), lines in zip(CLASSES, by_class, strict=True):
            colour, wide = (edge, width + 0.45) if rim else (fill, width)
            style = f'fill="none" stroke="{colour}" stroke-width="{wide}" stroke-linecap="round"'
            parts += [_path(line, frame, style) for line in lines]
    return parts


def _names(roads: Iterable[Road], frame: Frame) -> list[str]:
    """A road's name once, along its longest straight piece that has room for it."""
    longest: dict[str, tuple[float, float, float, float]] = {}
    for road in roads:
        if not road.name:
            continue
        shown = clip_by_rect(road.line, *frame.window)
        for part in getattr(shown, "geoms", [shown]):
            if part.geom_type != "LineString" or part.is_empty:
                continue
            places = [frame.place(*xy[:2]) for xy in LineString(part).simplify(frame.scale / 1000).coords]
            for (x0, y0), (x1, y1) in pairwise(places):
                length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
                if length > max(longest.get(road.name, (0,))[0], 3.2 * len(road.name)):
                    turn = degrees(atan2(y1 - y0, x1 - x0))
                    turn = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
                    longest[road.name] = (length, (x0 + x1) / 2, (y0 + y1) / 2, turn)
    return [_text(name, x, y, 2.9, "#6a5733", turn=turn) for name, (_, x, y, turn) in sorted(longest.items())]


def _codes(cell: Polygon, neighbours: Sequence[Neighbour], frame: Frame) -> list[str]:
    """The neighbours' codes, in the part of them that shows, near the cell."""
    parts = []
    for one in neighbours:
        shown = clip_by_rect(one.ground, *frame.window)
        rooms = (millimetres * frame.scale / 1000 for millimetres in (16, 9, 4))
        room, pieces = next(((room, p) for room in rooms if (p := _polygons(shown.buffer(-room)))), (0.0, []))
        if not pieces:
            continue
        best = max(pieces, key=lambda p: p.area)
        spot: Point = polylabel(best, tolerance=max(room / 4, 1))
        near = Point(shortest_line(best, cell).coords[0])
        at = near if spot.distance(cell) > 30 * frame.scale / 1000 else spot
        x, y = frame.place(at.x, at.y)
        half = 0.95 * len(one.code) + 1
        x = min(max(x, half), frame.width - half)
        parts.append(_text(one.code, x, y, 3.2, "#4a5663", bold=True))
    return parts


def _polygons(ground: BaseGeometry) -> list[Polygon]:
    parts = getattr(ground, "geoms", [ground])
    return [one for one in parts if one.geom_type == "Polygon" and not one.is_empty]


def _density(crowd: Sequence[Household], side_mm: float) -> tuple[list[str], list[str]]:
    """Squares, and the counts that stand above the outlines."""
    found = squares(crowd, side_mm)
    most = max((n for _, _, n in found), default=1)
    shaded, counts = [], []
    for x, y, n in found:
        strength = 0.15 + 0.65 * n / most
        shaded.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{side_mm}" height="{side_mm}" fill="#d7191c" '
            f'fill-opacity="{strength:.2f}" stroke="#fff" stroke-width="0.2"/>'
        )
        counts.append(_text(str(n), x + side_mm / 2, y + side_mm / 2, 2.4, "#3b0a0a", halo=n * 2 < most))
    return shaded, counts


def _dots(dots: Sequence[Dot]) -> list[str]:
    leaders, marks, labels = [], [], []
    for dot in dots:
        x0, y0, x1, y1 = dot.label_box
        ex, ey = min(max(dot.x, x0), x1), min(max(dot.y, y0), y1)
        if (ex - dot.x) ** 2 + (ey - dot.y) ** 2 > (dot.radius + 1.2) ** 2:
            leaders.append(
                f'<path d="M{dot.x:.2f} {dot.y:.2f}L{ex:.2f} {ey:.2f}" stroke="#333" '
                'stroke-width="0.12" fill="none"/>'
            )
        unlicensed = any(one.unlicensed for one in dot.households)
        colour = RISKS[max(one.risk for one in dot.households)]
        if unlicensed:
            r = round(1.9 * dot.radius, 2)
            steps = f"M{dot.x:.2f} {dot.y - r:.2f}l{r} {r}l-{r} {r}l-{r} -{r}Z"
            marks.append(f'<path d="{steps}" fill="{UNLICENSED}" stroke="#fff" stroke-width="0.2"/>')
        marks.append(
            f'<circle cx="{dot.x:.2f}" cy="{dot.y:.2f}" r="{dot.radius:.2f}" fill="{colour}" '
            'stroke="#fff" stroke-width="0.2"/>'
        )
        labels.append(_text(dot.label, dot.tx, dot.ty, 2.0, "#111"))
    return leaders + marks + labels


def _text(
    words: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    *,
    bold: bool = False,
    turn: float = 0.0,
    halo: bool = True,
) -> str:
    """A text centred on (x, y); ``size`` in mm, ``turn`` in degrees. The halo keeps it readable on lines."""
    weight = ' font-weight="700"' if bold else ""
    rotated = f' transform="rotate({turn:.1f} {x:.2f} {y:.2f})"' if turn else ""
    middle = y + size * 0.36
    place = f'x="{x:.2f}" y="{middle:.2f}" font-size="{size}" text-anchor="middle"{weight}{rotated}'
    words = escape(words)
    under = f'<text {place} fill="none" stroke="#fff" stroke-width="{size * 0.22:.2f}">{words}</text>'
    return (under if halo else "") + f'<text {place} fill="{colour}">{words}</text>'


def legend(*, dots: bool = True) -> list[dict[str, str]]:
    """Rows ``{"svg", "label"}``: what lines and marks (with ``dots``) mean, swatches of 9 × 2.6 mm."""

    def swatch(body: str) -> str:
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 2.6">{body}</svg>'

    def line(*strokes: tuple[str, float, str]) -> str:
        return swatch(
            "".join(f'<path d="M0 1.3H9" stroke="{c}" stroke-width="{w}"{dash}/>' for c, w, dash in strokes)
        )

    rows = [{"svg": line(("#b3122b", 1.1, "")), "label": "本格边界"}]
    rows.append({"svg": line(("#6b7785", 0.35, ' stroke-dasharray="1.6 1.1"')), "label": "相邻网格"})
    for label, _, width, edge, fill in reversed(CLASSES):
        rows.append(
            {"svg": line((edge, min(width, 2.1) + 0.45, ""), (fill, min(width, 2.1), "")), "label": label}
        )
    rows.append({"svg": line(("#a9cfe8", 2.2, "")), "label": "河流"})
    diamond = f'<path d="M4.5 0l1.3 1.3l-1.3 1.3l-1.3 -1.3Z" fill="{UNLICENSED}"/>'
    if dots:
        rows.append({"svg": swatch(diamond), "label": "含无有效证照户"})
    return rows

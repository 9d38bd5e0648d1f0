"""The coverage map and the hotspots as one HTML file that a manager can mail: folium, everything inside.

Nothing is loaded from outside: a bureau's network has no way out, and a mailed file none back in. Leaflet
comes from its Python package; folium's other default files (jQuery, Bootstrap, markers, fonts) serve things
that this map does not have.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from html import escape
from importlib import resources
from typing import Any

import folium
from branca.element import Element

from gridsup.analytics.coverage import CellCoverage
from gridsup.analytics.hexagons import HexGrid
from gridsup.analytics.hotspots import FEWEST, PERMUTATIONS
from gridsup.people.deputies import LOCAL

CLASSES = ((0.2, "#ffffb2"), (0.4, "#fecc5c"), (0.6, "#fd8d3c"), (0.8, "#f03b20"), (1.0, "#bd0026"))
"""Upper bound of the debt → colour (ColorBrewer YlOrRd, told apart by the colour-blind)."""
EMPTY = "#e8ecef"
SPOTS = {
    99: ("#b2182b", "热点 99% hot"),
    95: ("#ef8a62", "热点 95% hot"),
    90: ("#fddbc7", "热点 90% hot"),
    0: ("#f7f7f7", "不显著 not significant"),
    -90: ("#d1e5f0", "冷点 90% cold"),
    -95: ("#67a9cf", "冷点 95% cold"),
    -99: ("#2166ac", "冷点 99% cold"),
}
"""Level of Gi* → colour (ColorBrewer RdBu, told apart by the colour-blind) and words."""
_HEXAGON = {"findings": "发现 Findings", "told": "显著性 Significance", "z": "Gi* z", "p": "p"}
_FIELDS = {
    "code": "网格 Cell",
    "name": "名称 Name",
    "station": "监管所 Station",
    "officer": "责任人 Inspector",
    "households": "户数 Households",
    "visited": "已巡户数 Visited",
    "coverage": "覆盖率 Coverage",
    "due": "应巡未巡 Due",
    "debt": "应巡未巡率 Debt",
    "findings": "发现 Findings",
    "unlicensed": "无照 Unlicensed",
}


@dataclass(frozen=True, slots=True)
class CellShape:
    """A cell's figures with its outline (GeoJSON geometry as text, CRS84) and who answers for it."""

    figures: CellCoverage
    geometry: str
    station: str
    officer: str | None


def render(
    cells: Iterable[CellShape],
    hexagons: HexGrid,
    *,
    bureau: str,
    since: date,
    until: date,
    made_at: datetime,
    demo: bool,
) -> str:
    """The whole file: the cells by their debt, or the hexagons by their Gi*, as the reader chooses.

    ``since`` … ``until`` is the period, both days included.
    """
    features = [_feature(one) for one in cells]
    chart = folium.Map(tiles=None, control_scale=True, attribution_control=False)
    chart.default_js, chart.default_css = [], []
    if features:
        _layer("应巡未巡 Coverage debt", features, _FIELDS, shown=True).add_to(chart)
        if spots := _spots(hexagons):
            _layer(f"热点 Hotspots（{hexagons.side} m）", spots, _HEXAGON, shown=False).add_to(chart)
            folium.LayerControl(collapsed=False, position="topright").add_to(chart)
        west, south, east, north = _bounds(features)
        chart.fit_bounds([[south, west], [north, east]])
    figure: Any = chart.get_root()
    figure.title = f"{escape(bureau)} 巡查覆盖"
    code, style = _leaflet()
    figure.header.add_child(Element(f"<style>{style}\n{_STYLE}</style>"))
    figure.header.add_child(Element(f"<script>{code}</script>"))
    figure.html.add_child(Element(_heading(bureau, since, until, made_at, demo) + _legend(hexagons)))
    page: str = figure.render()
    return page


def _layer(
    name: str, features: list[dict[str, Any]], fields: dict[str, str], *, shown: bool
) -> folium.GeoJson:
    """One of the layers that the reader chooses from; ``fields`` of its properties stand in the tooltip."""
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=name,
        overlay=False,
        show=shown,
        style_function=lambda feature: {
            "fillColor": feature["properties"]["colour"],
            "color": "#40505c",
            "weight": 1,
            "fillOpacity": 0.85,
        },
        highlight_function=lambda _: {"weight": 3},
        tooltip=folium.GeoJsonTooltip(list(fields), list(fields.values())),
    )


def _spots(hexagons: HexGrid) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [one.ring]},
            "properties": {
                "findings": one.findings,
                "told": SPOTS[one.level][1],
                "z": f"{one.z:.2f}",
                "p": f"{one.p:.4f}",
                "colour": SPOTS[one.level][0],
            },
        }
        for one in hexagons.spots
    ]


def _feature(one: CellShape) -> dict[str, Any]:
    figures = one.figures
    told = {
        "code": escape(figures.code),
        "name": escape(figures.name),
        "station": escape(one.station),
        "officer": escape(one.officer or "（无）"),
        "households": figures.households,
        "visited": figures.visited,
        "coverage": f"{figures.coverage:.0%}",
        "due": figures.due,
        "debt": f"{figures.debt:.0%}",
        "findings": figures.findings,
        "unlicensed": figures.unlicensed,
    }
    return {
        "type": "Feature",
        "geometry": json.loads(one.geometry),
        "properties": {**told, "colour": colour(figures)},
    }


def colour(figures: CellCoverage) -> str:
    """The class of a cell's debt; a cell without households has none."""
    if not figures.households:
        return EMPTY
    return next((shade for bound, shade in CLASSES if figures.debt <= bound), CLASSES[-1][1])


def _bounds(features: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    rings = [ring for one in features for ring in one["geometry"]["coordinates"]]
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _heading(bureau: str, since: date, until: date, made_at: datetime, demo: bool) -> str:
    mark = '<b class="demo">演示数据 DEMO</b>' if demo else ""
    return (
        f'<div id="about"><h1>{escape(bureau)} 巡查覆盖 Patrol coverage</h1>'
        f"<p>{since} 至 {until}　数据截至 {made_at.astimezone(LOCAL):%Y-%m-%d %H:%M} {mark}</p></div>"
    )


def _legend(hexagons: HexGrid) -> str:
    lower, rows = 0.0, []
    for bound, shade in CLASSES:
        rows.append(f'<li><i style="background:{shade}"></i>{lower:.0%}–{bound:.0%}</li>')
        lower = bound
    rows.append(f'<li><i style="background:{EMPTY}"></i>无户 no households</li>')
    return (
        '<details id="legend" open><summary>图例 Legend</summary><b>应巡未巡率</b>'
        "<small>按风险加权，越深越多<br>Coverage debt, weighted by risk</small>"
        f"<ul>{''.join(rows)}</ul>{_legend_of(hexagons)}</details>"
        "<script>if (innerWidth < 640) document.getElementById('legend').open = false;</script>"
    )


def _legend_of(hexagons: HexGrid) -> str:
    """The hexagons' classes with how many fall into each, the side, and what is in no hexagon."""
    side = f"六边形边长 Hexagons of side {hexagons.side} m"
    if not hexagons.spots:
        few = f"不足 {FEWEST} 个六边形或发现数全部相同，未分析<br>too few hexagons, or all alike"
        return f"<b>热点 Hotspots</b><small>{side}<br>{few}</small>"
    counts = Counter(one.level for one in hexagons.spots)
    rows = "".join(
        f'<li><i style="background:{shade}"></i>{words}　{counts[level]}</li>'
        for level, (shade, words) in SPOTS.items()
        if counts[level]
    )
    found = f"发现 {hexagons.findings} 起 findings"
    if hexagons.unplaced:
        found += f"，另有 {hexagons.unplaced} 起未定位 without a position"
    test = f"Getis-Ord Gi*，置换 permutations {PERMUTATIONS:,}，FDR"
    return f"<b>热点 Hotspots</b><small>{side}<br>{test}<br>{found}</small><ul>{rows}</ul>"


_STYLE = """
body { font-family: "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
.leaflet-container { background: #f4f6f7; }
#about, #legend { position: absolute; z-index: 1000; background: #fffffff0; padding: 8px 14px;
  border-radius: 6px; box-shadow: 0 1px 4px #0004; }
#about { top: 12px; left: 60px; }
#about h1 { font-size: 18px; margin: 0; }
#about p { margin: 4px 0 0; }
#about .demo { color: #b00020; }
#legend { right: 12px; bottom: 24px; }
#legend summary { color: #555; cursor: pointer; }
.leaflet-control-scale-line:nth-child(2) { display: none; }
@media (max-width: 640px) {
  #about { right: 12px; }
  #about h1 { font-size: 15px; }
  .leaflet-top.leaflet-right { top: 116px; }
  #legend { max-width: calc(100vw - 56px); max-height: calc(100vh - 220px); }
}
#legend { max-height: calc(100vh - 120px); overflow: auto; }
#legend small { display: block; color: #555; }
#legend ul + b { display: block; margin-top: 10px; }
#legend ul { list-style: none; margin: 6px 0 0; padding: 0; }
#legend i { display: inline-block; width: 22px; height: 14px; margin-right: 8px; vertical-align: middle;
  border: 1px solid #40505c; }
"""


@lru_cache
def _leaflet() -> tuple[str, str]:
    """Leaflet's code and style, with nothing left in them that points outside the file."""
    files = resources.files("xstatic.pkg.leaflet") / "data"
    code = (files / "leaflet.js").read_text(encoding="utf-8")
    style = (files / "leaflet.css").read_text(encoding="utf-8")
    code = re.sub(r"//# sourceMappingURL=\S+", "", code).replace("https://leafletjs.com", "leafletjs.com")
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return code, re.sub(r"url\(images/[^)]*\)", "none", style)

"""The coverage map as one HTML file that a manager can mail: folium, with everything it needs inside.

Nothing is loaded from outside: a bureau's network has no way out, and a mailed file none back in. Leaflet
comes from its Python package; folium's other default files (jQuery, Bootstrap, markers, fonts) serve things
that this map does not have.
"""

from __future__ import annotations

import json
import re
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
from gridsup.people.deputies import LOCAL

CLASSES = ((0.2, "#ffffb2"), (0.4, "#fecc5c"), (0.6, "#fd8d3c"), (0.8, "#f03b20"), (1.0, "#bd0026"))
"""Upper bound of the debt → colour (ColorBrewer YlOrRd, told apart by the colour-blind)."""
EMPTY = "#e8ecef"
_FIELDS = {
    "code": "网格 Cell",
    "name": "名称 Name",
    "station": "监管所 Station",
    "officer": "责任人 Inspector",
    "households": "户数 Households",
    "visited": "已巡户数 Visited",
    "coverage": "覆盖率 Coverage",
    "due": "应巡未巡 Due",
    "debt": "欠账率 Debt",
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
    cells: Iterable[CellShape], *, bureau: str, since: date, until: date, made_at: datetime, demo: bool
) -> str:
    """The whole file. ``since`` … ``until`` is the period, both days included."""
    features = [_feature(one) for one in cells]
    chart = folium.Map(tiles=None, control_scale=True, attribution_control=False)
    chart.default_js, chart.default_css = [], []
    if features:
        folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            style_function=lambda feature: {
                "fillColor": feature["properties"]["colour"],
                "color": "#40505c",
                "weight": 1,
                "fillOpacity": 0.85,
            },
            highlight_function=lambda _: {"weight": 3},
            tooltip=folium.GeoJsonTooltip(list(_FIELDS), list(_FIELDS.values())),
        ).add_to(chart)
        west, south, east, north = _bounds(features)
        chart.fit_bounds([[south, west], [north, east]])
    figure: Any = chart.get_root()
    figure.title = f"{escape(bureau)} 巡查覆盖"
    code, style = _leaflet()
    figure.header.add_child(Element(f"<style>{style}\n{_STYLE}</style>"))
    figure.header.add_child(Element(f"<script>{code}</script>"))
    figure.html.add_child(Element(_heading(bureau, since, until, made_at, demo) + _legend()))
    page: str = figure.render()
    return page


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
        f"<p>{since} 至 {until}　生成于 {made_at.astimezone(LOCAL):%Y-%m-%d %H:%M} {mark}</p></div>"
    )


def _legend() -> str:
    lower, rows = 0.0, []
    for bound, shade in CLASSES:
        rows.append(f'<li><i style="background:{shade}"></i>{lower:.0%}–{bound:.0%}</li>')
        lower = bound
    rows.append(f'<li><i style="background:{EMPTY}"></i>无户 no households</li>')
    return (
        '<div id="legend"><b>应巡未巡欠账率</b><small>按风险加权，越深欠账越多<br>'
        f"Coverage debt, weighted by risk</small><ul>{''.join(rows)}</ul></div>"
    )


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
#legend small { display: block; color: #555; }
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

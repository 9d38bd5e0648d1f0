"""The demo city Helsinki: real roads and 1,248 real shops of 2019, on ground divided by the product.

Nothing about a shop is invented: OpenStreetMap knows neither licences nor operators, so both stay empty.
The bureau that answers for them is invented (演示数据), and nobody there has been on patrol yet.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo_data import osm
from geo_data.demo.shapes import Business, Cell, City, Premises, Station
from geo_data.demo.staff import SECTIONS, Staff
from geo_data.features import read_roads
from gridsup.cells.division import divide

SOURCE = Path(__file__).parent / "helsinki_centre.osm.pbf"
ADCODE, METRIC = "000091", 3067
STATION = f"{ADCODE}01"
CELLS = 12
STREETS = 10
"""Rank of the weakest road that bounds cells: pedestrian streets do, footways and cycleways do not."""
EDGE = 12.0
"""Metres of ground around the outermost shop."""
REACH = 90.0
"""The extract cuts roads off; they are led on so many metres, to the edge of the ground."""


def helsinki(today: date, *, source: Path = SOURCE) -> City:
    """Read the extract, divide its ground into cells, and staff a station for it."""
    roads = read_roads(source).frame.rename(columns={"kind": "highway"})
    streets = roads[roads["rank"] <= STREETS]
    shops: list[dict[str, Any]] = [dict(row.values) for row in osm.read_businesses(source).rows]
    spots = gpd.GeoSeries(shapely.points([(s["lon"], s["lat"]) for s in shops]), crs=4490)
    metric = spots.to_crs(METRIC)
    ground = shapely.box(*metric.total_bounds).buffer(EDGE, join_style="mitre")
    district = gpd.GeoDataFrame(geometry=[ground], index=[STATION], crs=METRIC)
    divided = divide(district, streets.to_crs(METRIC), cells=CELLS, businesses=metric, reach=REACH)
    areas = divided.to_crs(4490).cells

    keys = [f"{STATION}-{seq:03d}" for seq in areas["seq"]]
    staff = Staff([STATION], {STATION: keys}, np.random.default_rng(91))
    cells = [
        Cell(
            key,
            STATION,
            key[-3:],
            f"第{row.seq}网格",
            None,
            staff.inspector_of[key],
            row.workload,
            row.geometry,
        )
        for key, row in zip(keys, areas.itertuples(), strict=True)
    ]
    spot, cell = shapely.STRtree(areas.geometry.values).query(spots.values, predicate="intersects")
    home = {int(s): keys[int(c)] for s, c in sorted(zip(spot, cell, strict=True), reverse=True)}
    premises, businesses = [], []
    for i, shop in enumerate(shops):
        key = f"H{i + 1:04d}"
        address = shop["address"] or f"Helsinki, OSM {shop['osm_id']}"
        premises.append(
            Premises(f"P{key}", address, None, None, None, None, shop["lon"], shop["lat"], home[i])
        )
        businesses.append(_business(key, shop))
    outline = shapely.coverage_union_all(areas.geometry.values)
    return City(
        adcode=ADCODE,
        name="赫尔辛基市中心（演示数据）",
        name_en="Central Helsinki (demo data)",
        metric_srid=METRIC,
        today=today,
        boundary=outline,
        roads=streets,
        basemap=roads,
        source="OpenStreetMap",
        sections=list(SECTIONS),
        stations=[Station(STATION, "市中心市场监管所", outline)],
        cells=cells,
        officers=staff.officers,
        accounts=staff.accounts,
        premises=premises,
        businesses=businesses,
    )


def _business(key: str, shop: dict[str, Any]) -> Business:
    tag = str(shop["tags"])
    return Business(
        key=key,
        premises=f"P{key}",
        name=str(shop["name"]),
        kind="enterprise",
        uscc=None,
        registration_no=None,
        operator_name=None,
        phone=None,
        scope=tag,
        industry=str(shop["industry"]) if shop["industry"] else None,
        trade=str(shop["trade"]) if shop["trade"] else None,
        status="operating",
        licence_status="valid",
        risk=2 if tag.startswith(("amenity=", "tourism=")) else 1,
        opened_on=None,
        closed_on=None,
    )

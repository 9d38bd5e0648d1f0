"""Cut the files of ``geo_data/demo/jianghan`` out of the open sources that ``geo_data/SOURCES.md`` names.

Run once, when a source changes: ``python -m geo_data.demo.prepare FOLDER``, where FOLDER holds
``wuhan_districts_wgs84.geojson``, ``wuhan_roads_simplified.parquet``, ``wuhan_roads_original.parquet``,
``cn_streets_sample.csv`` and ``cn_communities_sample.csv``. All files come out in WGS 84, longitude first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridsup.cells.division.lines import strength_of

HERE = Path(__file__).parent / "jianghan"
DISTRICT = "420103"
METRIC = 4547
MARGIN = 500.0
"""Metres of basemap around the district."""
BESIDE = 25.0
"""A simplified centre line takes the class of the strongest original road within so many metres."""


def prepare(source: Path, target: Path = HERE) -> None:
    """Write boundary, roads (centre lines with class), basemap roads, streets and communities."""
    target.mkdir(exist_ok=True)
    districts = gpd.read_file(source / "wuhan_districts_wgs84.geojson")
    district = districts[districts["adcode"].astype(str) == DISTRICT].to_crs(METRIC)
    zone = district.geometry.iloc[0].buffer(MARGIN)
    original = _clip(gpd.read_parquet(source / "wuhan_roads_original.parquet"), zone)
    roads = _clip(gpd.read_parquet(source / "wuhan_roads_simplified.parquet"), zone)
    roads["highway"] = [
        kind if isinstance(kind, str) else _class_beside(line, original)
        for kind, line in zip(roads["highway"], roads.geometry, strict=True)
    ]
    district[["adcode", "name", "geometry"]].to_crs(4326).to_file(
        target / "boundary.geojson", driver="GeoJSON", COORDINATE_PRECISION=7
    )
    roads.to_crs(4326).to_parquet(target / "roads.parquet", compression="zstd")
    original.to_crs(4326).to_parquet(target / "basemap_roads.parquet", compression="zstd")
    streets = pd.read_csv(source / "cn_streets_sample.csv", dtype=str)
    streets = streets[streets["areaCode"] == DISTRICT]
    streets[["code", "name"]].to_csv(target / "streets.csv", index=False, lineterminator="\n")
    communities = pd.read_csv(source / "cn_communities_sample.csv", dtype=str)
    communities = communities[communities["areaCode"] == DISTRICT].rename(columns={"streetCode": "street"})
    communities[["code", "name", "street"]].to_csv(
        target / "communities.csv", index=False, lineterminator="\n"
    )


def _clip(lines: gpd.GeoDataFrame, zone: Any) -> gpd.GeoDataFrame:
    """Single lines within ``zone`` with their class, in the metric CRS, to a centimetre."""
    clipped = gpd.clip(lines[["highway", "geometry"]].to_crs(METRIC), zone).explode(ignore_index=True)
    clipped = clipped[clipped.geom_type == "LineString"]
    clipped["geometry"] = shapely.set_precision(clipped.geometry.values, 0.01)
    order = np.argsort(shapely.to_wkb(clipped.geometry.values))  # clip leaves the order to chance
    return clipped.iloc[order].reset_index(drop=True)


def _class_beside(line: Any, original: gpd.GeoDataFrame) -> str | None:
    """The strongest class that runs beside ``line`` on most of it; simplifying dropped it there."""
    spots = [line.interpolate(share, normalized=True) for share in (0.2, 0.35, 0.5, 0.65, 0.8)]
    spot, road = original.sindex.query(spots, predicate="dwithin", distance=BESIDE)
    beside = pd.DataFrame({"spot": spot, "kind": original["highway"].to_numpy()[road]}).drop_duplicates()
    often = beside.groupby("kind")["spot"].count()
    often = often[often >= 3] if (often >= 3).any() else often
    return str(max(often.index, key=lambda k: (strength_of(k), k))) if len(often) else None


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))

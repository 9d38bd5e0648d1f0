"""Cut ``ground.json`` out of the demo city: ``python -m geo_data.practice.prepare``, when the city changes.

Making the whole city takes some fifteen seconds; whoever opens the practice mode waits for less than two.
The file holds the ground alone (cells, roads, doors); who trades there is drawn when a copy is seeded.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import shapely

from geo_data.demo.city import jianghan
from geo_data.demo.shapes import Cell, City

FILE = Path(__file__).parent / "ground.json"
CELLS = 4
DOORS = 100
"""Street doors kept, evenly out of all that the cells have."""
MARGIN = 0.002
"""Degrees of basemap around the cells."""


def prepare(city: City, target: Path = FILE) -> None:
    """Write four neighbouring cells of the first station, with their streets, roads and doors."""
    cells = _neighbours([c for c in city.cells if c.station == city.stations[0].code])
    kept = {c.key: f"{c.station}-{n:03d}" for n, c in enumerate(cells, start=1)}
    area = shapely.coverage_union_all([c.area for c in cells])
    near = city.basemap[city.basemap.intersects(area.buffer(MARGIN))]
    doors = [p for p in city.premises if p.cell in kept and p.building is None]
    doors = doors[:: max(1, len(doors) // DOORS)][:DOORS]
    codes = {c.street for c in cells}
    ground: dict[str, Any] = {
        "metric_srid": city.metric_srid,
        "station": city.stations[0].code,
        "station_name": city.stations[0].name,
        "area": _plain(area),
        "cells": [
            {"key": kept[c.key], "name": c.name, "street": c.street, "area": _plain(c.area)} for c in cells
        ],
        "streets": [
            {"code": s.code, "name": s.name, "area": _plain(s.area)} for s in city.streets if s.code in codes
        ],
        "communities": [
            {**asdict(c), "cells": inside}
            for c in city.communities
            if (inside := [kept[key] for key in c.cells if key in kept]) and c.street in codes
        ],
        "roads": [
            {"highway": kind, "line": _plain(line)}
            for kind, line in zip(near["highway"], near.geometry, strict=True)
        ],
        "doors": [{**asdict(p), "cell": kept[str(p.cell)]} for p in doors],
    }
    known = {c["code"] for c in ground["communities"]}
    for door in ground["doors"]:
        door["community"] = door["community"] if door["community"] in known else None
    target.write_text(json.dumps(ground, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _neighbours(cells: list[Cell]) -> list[Cell]:
    """The first cell and those that border on what is chosen already."""
    chosen = cells[:1]
    while len(chosen) < CELLS:
        ground = shapely.union_all([c.area for c in chosen])
        beside = [c for c in cells if c not in chosen and c.area.intersection(ground).length > 0]
        chosen.append(min(beside, key=lambda c: (c.area.centroid.distance(ground.centroid), c.key)))
    return chosen


def _plain(shape: Any) -> dict[str, Any]:
    return dict(json.loads(shapely.to_geojson(shape)))


if __name__ == "__main__":
    prepare(jianghan(date(2026, 1, 5)))

"""The reference data that the repository ships can be read by its own readers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import geo_data
from geo_data.features import read_areas, read_boundary
from geo_data.tables import read_table
from gridsup import spatial

REFERENCE = Path(geo_data.__file__).parent / "reference"
SOURCES = (REFERENCE.parent / "SOURCES.md").read_text("utf-8")


def test_the_districts_of_wuhan_are_sound_areas() -> None:
    districts = read_areas(REFERENCE / "wuhan_districts.geojson")
    assert (len(districts.frame), districts.faults) == (7, [])
    jianghan = read_boundary(REFERENCE / "wuhan_districts.geojson", pick="420103")
    assert spatial.area_m2(jianghan, 4547) == pytest.approx(28.5e6, rel=0.01)


def test_every_community_belongs_to_a_street_of_the_list() -> None:
    streets = {str(row.values["code"]) for row in read_table(REFERENCE / "streets.csv").rows}
    with (REFERENCE / "communities.csv").open(encoding="utf-8") as stream:
        communities = list(csv.DictReader(stream))
    assert len(communities) == 339
    assert {row["streetCode"] for row in communities} <= streets


@pytest.mark.parametrize("path", sorted(REFERENCE.iterdir()), ids=lambda p: p.name)
def test_every_file_names_its_source(path: Path) -> None:
    assert f"reference/{path.name}`" in SOURCES or path.name in SOURCES

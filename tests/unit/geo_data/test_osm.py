"""The real centre of Helsinki: roads and shops out of an OSM extract."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import geo_data
from geo_data.businesses import validate
from geo_data.features import read_roads
from geo_data.osm import BUSINESS_MAPPING, TRADES, business_tag, parse_tags, read_businesses
from geo_data.placing import Placing
from geo_data.tables import RawTable
from gridsup.codes.industries import parse_industry

HELSINKI = Path(geo_data.__file__).parent / "demo" / "helsinki_centre.osm.pbf"


@pytest.fixture(scope="module")
def shops() -> RawTable:
    return read_businesses(HELSINKI)


def test_all_businesses_of_the_extract_are_found(shops: RawTable) -> None:
    assert len(shops.rows) == 1248
    tags = Counter(str(row.values["tags"]).split("=")[0] for row in shops.rows)
    assert tags["shop"] == 512
    assert sum(not str(row.values["name"]).startswith("无字号") for row in shops.rows) == 1209


def test_each_of_them_is_a_good_record_in_place(shops: RawTable) -> None:
    result = validate(shops, BUSINESS_MAPPING, Placing("WGS84", metric_srid=3067))
    assert result.bad == []
    assert all(24.93 < (row.record.lon or 0) < 24.96 for row in result.good)
    assert {row.record.licence_status for row in result.good} == {"valid"}
    cafe = next(row.record for row in result.good if row.raw.values["tags"] == "amenity=cafe")
    assert (cafe.trade, cafe.industry) == ("餐饮", "H6232")


def test_a_business_is_counted_once(shops: RawTable) -> None:
    ids = [row.values["osm_id"] for row in shops.rows]
    assert len(set(ids)) == len(ids)


def test_roads_of_the_extract() -> None:
    roads = read_roads(HELSINKI)
    kinds = Counter(roads.frame["kind"])
    assert kinds["primary"] == 139
    assert kinds["residential"] == 231
    assert not kinds.keys() & {"platform", "construction", "elevator"}
    assert set(roads.frame.geom_type) == {"LineString"}


def test_tags_with_quotes_and_commas_are_read() -> None:
    text = r'"name"=>"Bar \"5,5\"","note"=>"a=>b","x"=>""'
    assert parse_tags(text) == {"name": 'Bar "5,5"', "note": "a=>b", "x": ""}
    assert parse_tags(None) == {}


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"shop": "clothes"}, "shop=clothes"),
        ({"shop": "vacant"}, None),
        ({"amenity": "bench"}, None),
        ({"amenity": "nightclub;restaurant"}, "amenity=nightclub"),
        ({"tourism": "artwork"}, None),
        ({"tourism": "hotel"}, "tourism=hotel"),
        ({"office": "company", "amenity": "cafe"}, "office=company"),
    ],
)
def test_what_counts_as_a_business(tags: dict[str, str], found: str | None) -> None:
    assert business_tag(tags) == found


def test_every_industry_of_the_table_exists() -> None:
    codes = [code for _, code in TRADES.values() if code]
    assert [parse_industry(code, level="class").code for code in codes] == codes

"""Vector tiles: levels of detail, slim attributes, the indexes used under the application's role."""

from __future__ import annotations

from datetime import date
from math import asinh, pi, radians, tan
from typing import Any

import pytest
from geoalchemy2.shape import from_shape
from shapely import LineString, Point
from sqlalchemy.orm import Session

from gridsup.cells import tiles as ground
from gridsup.cells.locate import today
from gridsup.cells.model import Road
from gridsup.cells.tiles import Tile
from gridsup.errors import Invalid
from gridsup.people.model import Organisation
from gridsup.registry import bulk, service, tiles
from gridsup.registry.drafts import BusinessDraft, PlaceDraft
from tests.factories import SIDE, SOUTH, WEST, bureau
from tests.mvt import read

J = 420103
LON, LAT = WEST + 0.5 * SIDE, SOUTH + 1.5 * SIDE


def tile(zoom: int, lon: float = LON, lat: float = LAT) -> Tile:
    span = 2**zoom
    return Tile(zoom, int((lon + 180) / 360 * span), int((1 - asinh(tan(radians(lat))) / pi) / 2 * span))


def shop(name: str, lon: float = LON, lat: float = LAT, **more: Any) -> BusinessDraft:
    place = PlaceDraft(address=f"{name}路1号", point=(lon, lat))
    return BusinessDraft(name=name, place=place, source="test", phone="13800138000", **more)


def test_near_tiles_carry_slim_points(session: Session) -> None:
    bureau(session)
    made = service.add(session, J, shop("小店", operator_name="王大明"), officer_id=None)
    gone = service.add(session, J, shop("关了的店"), officer_id=None)
    service.close(session, J, gone.id, officer_id=None, version=1)
    layer = read(tiles.businesses(session, J, tile(15)))["businesses"]
    assert [one.properties for one in layer.features] == [
        {"id": made.id, "name": "小店", "licence": "valid", "status": "operating"}
    ]
    where = tile(15)
    x = (LON + 180) / 360 * 2**15 - where.x
    assert layer.features[0].at[0] == pytest.approx(x * layer.extent, abs=1)


def test_far_tiles_carry_counts_that_add_up(session: Session) -> None:
    bureau(session)
    spread = [
        shop(f"店{n}", WEST + n % 13 / 13 * SIDE, SOUTH + SIDE + n % 7 / 7 * SIDE, licence_status=licence)
        for n, licence in enumerate(["valid"] * 80 + ["none"] * 11)
    ]
    bulk.add_many(session, J, spread, officer_id=None)
    for zoom in (8, 11, 13):
        layers = read(tiles.businesses(session, J, tile(zoom)))
        assert list(layers) == ["counts"]
        counted = [one.properties for one in layers["counts"].features]
        assert sum(one["n"] for one in counted) == 91
        assert sum(one["unlicensed"] for one in counted) == 11
    assert len(read(tiles.businesses(session, J, tile(8)))["counts"].features) <= 4
    assert len(counted) > 5


def test_the_unlicensed_are_a_layer_of_their_own(session: Session) -> None:
    bureau(session)
    service.add(session, J, shop("有照店"), officer_id=None)
    made = service.add(session, J, shop("无照店", licence_status="none"), officer_id=None)
    layer = read(tiles.unlicensed(session, J, tile(16)))["unlicensed"]
    assert [one.properties for one in layer.features] == [
        {"id": made.id, "name": "无照店", "licence": "none"}
    ]


def test_cells_name_the_person_responsible_and_know_past_days(session: Session) -> None:
    made = bureau(session)
    layer = read(ground.cells(session, J, tile(15), today()))["cells"]
    first = next(one for one in layer.features if one.properties["code"] == "42010301-001")
    assert first.properties["officer_id"] == made.officers["inspector"]
    assert first.kind == 3
    assert ground.cells(session, J, tile(15), date(2019, 1, 1)) == b""


def test_the_basemap_follows_the_protomaps_schema_and_thins_by_zoom(session: Session) -> None:
    made = bureau(session)
    line = LineString([(LON - 0.004, LAT), (LON + 0.004, LAT + 0.001)])
    for kind, name in (
        ("primary", "解放大道"),
        ("service", None),
        ("motorway_link", None),
        ("river", "汉江"),
    ):
        road = {"jurisdiction_id": J, "kind": kind, "name": name, "source": "test"}
        session.add(Road(**road, geom=from_shape(line, srid=4490)))
    session.add(
        Organisation(
            jurisdiction_id=J,
            kind="street",
            code="420103001",
            name="民族街道",
            place=from_shape(Point(LON, LAT), srid=4490),
        )
    )
    session.flush()
    near = read(ground.basemap(session, J, tile(15)))
    assert list(near) == ["earth", "water", "roads", "boundaries", "places"]
    kinds = {(r.properties["kind"], r.properties["kind_detail"]) for r in near["roads"].features}
    assert kinds == {("major_road", "primary"), ("minor_road", "service"), ("highway", "motorway")}
    links = [r.properties.get("is_link") for r in near["roads"].features]
    assert links.count(True) == 1
    assert near["places"].features[0].properties["kind"] == "macrohood"
    assert near["places"].features[0].properties["script"] == "Han"
    assert {b.properties["kind_detail"] for b in near["boundaries"].features} <= {6, 8}
    far = read(ground.basemap(session, J, tile(9)))
    assert [r.properties["kind_detail"] for r in far["roads"].features if "is_link" not in r.properties] == [
        "primary"
    ]
    assert "places" not in far
    assert made.station_id


@pytest.mark.parametrize("place", [(-1, 0, 0), (21, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)])
def test_there_are_no_tiles_outside_the_pyramid(place: tuple[int, int, int]) -> None:
    with pytest.raises(Invalid):
        Tile(*place)

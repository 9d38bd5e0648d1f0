"""A town for GIS programs, made once for all tests that only read: two businesses, a finding, the
matter of it, four cells of today and one of the past, and officers who may see more or less of it."""

from __future__ import annotations

from typing import Any

import jsonschema
from geoalchemy2.shape import from_shape
from pyproj import CRS, Transformer
from shapely import box
from sqlalchemy.dialects.postgresql import Range

from api.app import create_app
from gridsup.cells.model import Cell
from tests.api.conftest import LONG_AGO, Bureau
from tests.api.streets import SIDE, SOUTH, WEST, Streets, furnish
from tests.conftest import Clone

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
PHONE, ID_NO = "13812345678", "11010519491231002X"
SHOP = (114.265, 30.615)
"""The licensed shop, in the middle of cell 1."""
PAST = LONG_AGO.replace(year=2010)


def build(clone: Clone) -> Streets:
    """The town on a database of its own, with an app of its own."""
    streets = furnish(Bureau(clone, create_app(clone.engine)))
    with streets.bureau.session() as session:
        session.add(
            Cell(
                jurisdiction_id=streets.bureau.id,
                code="42010301-009",
                grid="009",
                name="老网格",
                station_id=streets.bureau.organisations["station"],
                geom=from_shape(box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE), srid=4490),
                area_m2=4_240_000.0,
                valid=Range(PAST, LONG_AGO),
            )
        )
    desk = streets.as_("dispatcher")
    for name, place in (("和平饭店", SHOP), ("未落点O'Neil小店", None)):
        form: dict[str, Any] = {"address": f"{name}路1号"}
        if place:
            form |= {"lon": place[0], "lat": place[1]}
        more: dict[str, Any] = {"operator_name": "张三", "operator_id_no": ID_NO, "phone": PHONE, "risk": 4}
        more |= {"opened_on": "2026-01-05"} if place else {}
        made = desk.post("/api/businesses", json={"name": name, "place": form, **more})
        assert made.status_code == 201, made.text
    streets.report(note="电话 13812345678")
    return streets


def keeps_to(description: dict[str, Any], name: str, value: Any) -> None:
    """Raise unless ``value`` fits the component schema ``name`` of an OpenAPI 3.0 document."""
    schema = {
        **_nullable(description["components"]["schemas"][name]),
        "components": _nullable(description["components"]),
    }
    jsonschema.Draft4Validator(schema).validate(value)


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0's ``nullable`` as JSON Schema says it."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _nullable(one) for name, one in schema.items()}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") else plain


def items(client: Any, layer: str, **params: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/ogc/collections/{layer}/items", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["features"]


def names(client: Any, layer: str, column: str = "name", **params: Any) -> list[Any]:
    return [one["properties"][column] for one in items(client, layer, **params)]


def refusal(client: Any, layer: str, **params: Any) -> str:
    answer = client.get(f"/ogc/collections/{layer}/items", params=params)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 10
    return answer.json()["code"]


def transformed(srid: int, lon: float, lat: float) -> tuple[float, float]:
    """As pyproj says it in the authority's own axis order (no ``always_xy``)."""
    return Transformer.from_crs(CRS.from_epsg(4490), CRS.from_epsg(srid)).transform(lat, lon)

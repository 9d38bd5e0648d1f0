"""A town for GIS programs, made once for a module of tests that only read: two businesses, a finding, the
matter of it, four cells of today and one of the past, and officers who may see more or less of it."""

from __future__ import annotations

from typing import Any

import jsonschema
from geoalchemy2.shape import from_shape
from shapely import box
from sqlalchemy.dialects.postgresql import Range

from api.app import attach
from gridsup.cells.model import Cell
from gridsup.cluster import SUPERUSER
from tests.api.conftest import LONG_AGO, Bureau, empty
from tests.api.streets import SIDE, SOUTH, WEST, Streets, furnish

PHONE, ID_NO = "13812345678", "11010519491231002X"
SHOP = (114.265, 30.615)
"""The licensed shop, in the middle of cell 1."""
PAST = LONG_AGO.replace(year=2010)


def build(cluster: Any, clone: Any, app: Any) -> Streets:
    empty(cluster.url(clone.owner.url.database or "", SUPERUSER))
    attach(app, clone.engine)
    streets = furnish(Bureau(clone, app))
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

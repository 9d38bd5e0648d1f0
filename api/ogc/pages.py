"""The answers that describe the service: landing page, conformance, collections, queryables, schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from api.language import asked_language
from gridsup.errors import Language
from gridsup.gis.crs import CRS84, STORAGE, offered
from gridsup.gis.layers import Field, Kind, Layer

GEOJSON = "application/geo+json"
JSON = "application/json"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_SPEC = "http://www.opengis.net/spec/"
CONFORMS = [
    f"{_SPEC}ogcapi-features-1/1.0/conf/core",
    f"{_SPEC}ogcapi-features-1/1.0/conf/oas30",
    f"{_SPEC}ogcapi-features-1/1.0/conf/geojson",
    f"{_SPEC}ogcapi-features-2/1.0/conf/crs",
    f"{_SPEC}ogcapi-features-3/1.0/conf/queryables",
    f"{_SPEC}ogcapi-features-3/1.0/conf/queryables-query-parameters",
    f"{_SPEC}ogcapi-features-3/1.0/conf/filter",
    f"{_SPEC}ogcapi-features-3/1.0/conf/features-filter",
    f"{_SPEC}cql2/1.0/conf/cql2-text",
    f"{_SPEC}cql2/1.0/conf/basic-cql2",
    f"{_SPEC}cql2/1.0/conf/advanced-comparison-operators",
    f"{_SPEC}cql2/1.0/conf/case-insensitive-comparison",
    f"{_SPEC}cql2/1.0/conf/basic-spatial-functions",
    f"{_SPEC}cql2/1.0/conf/spatial-functions",
]
"""What the suite shows to hold."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a jurisdiction lies: its metric CRS and its box in CRS84 degrees, None without a boundary."""

    metric_srid: int
    west: float | None
    south: float | None
    east: float | None
    north: float | None


_TYPES: dict[Kind, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
    "day": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
}


def base(request: Request) -> str:
    """The address of the landing page, without a slash at its end."""
    return f"{str(request.base_url).rstrip('/')}/ogc"


def link(href: str, rel: str, media: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": media, "title": title}


def landing(request: Request, name: str) -> dict[str, Any]:
    root, zh = base(request), asked_language(request) == "zh"
    return {
        "title": f"{name}·网格监管平台" if zh else f"{name} · gridsup",
        "description": "网格、经济户口、事项、发现，供 QGIS 等地理信息软件读取。"
        if zh
        else "Cells, businesses, matters and findings for GIS programs.",
        "links": [
            link(root, "self", JSON, "本页" if zh else "This page"),
            link(f"{root}/api", "service-desc", OPENAPI, "接口描述" if zh else "Description of the service"),
            link(f"{root}/conformance", "conformance", JSON, "所遵循的标准" if zh else "Conformance"),
            link(f"{root}/collections", "data", JSON, "图层" if zh else "Collections"),
        ],
    }


def collection(request: Request, layer: Layer, place: Place) -> dict[str, Any]:
    """A collection as ``/collections`` lists it. ``storageCrs`` is CGCS2000, latitude first."""
    language = asked_language(request)
    root = f"{base(request)}/collections/{layer.name}"
    about = layer.about_zh if language == "zh" else layer.about_en
    found: dict[str, Any] = {
        "id": layer.name,
        "title": layer.zh if language == "zh" else layer.en,
        "description": about,
        "itemType": "feature",
        "crs": list(offered(place.metric_srid)),
        "storageCrs": STORAGE,
        "links": [
            link(root, "self", JSON, about),
            link(f"{root}/items", "items", GEOJSON, about),
            link(f"{root}/queryables", f"{_REL}queryables", SCHEMA, "可查询的字段 / Queryables"),
            link(f"{root}/schema", "describedby", SCHEMA, "字段 / Schema"),
        ],
    }
    if place.west is not None:
        box = [place.west, place.south, place.east, place.north]
        found["extent"] = {"spatial": {"bbox": [box], "crs": CRS84}}
    return found


def queryables(request: Request, layer: Layer) -> dict[str, Any]:
    found = _schema(request, layer, "queryables")
    found["additionalProperties"] = False
    return found


def schema(request: Request, layer: Layer) -> dict[str, Any]:
    """What a feature's properties are, with their types."""
    return _schema(request, layer, "schema")


def _schema(request: Request, layer: Layer, page: str) -> dict[str, Any]:
    language = asked_language(request)
    geometry = {
        "title": "位置" if language == "zh" else "Place",
        "format": f"geometry-{layer.geometry_type.lower()}",
        "x-ogc-role": "primary-geometry",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base(request)}/collections/{layer.name}/{page}",
        "type": "object",
        "title": layer.zh if language == "zh" else layer.en,
        "properties": {
            **{one.name: property_of(one, language) for one in layer.fields},
            "geometry": geometry,
        },
    }


def property_of(one: Field, language: Language) -> dict[str, Any]:
    return {**_TYPES[one.kind], "title": one.zh if language == "zh" else one.en}

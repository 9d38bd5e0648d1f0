"""The service's own description in OpenAPI 3.0, which OGC clients read. (``/api/openapi.json`` is 3.1.)"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request

import gridsup
from api.errors import MEDIA_TYPE, TITLES, Problem
from api.language import asked_language
from api.ogc.pages import GEOJSON, JSON, OPENAPI, SCHEMA, property_of
from api.ogc.params import MOST, USUAL
from gridsup.errors import Language
from gridsup.gis.crs import CRS84
from gridsup.gis.layers import Layer

Json = dict[str, Any]
_LINK: Json = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
}
_LINKS: Json = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}


def describe(request: Request, layers: Iterable[Layer]) -> Json:
    """The document for one who may read these layers."""
    language = asked_language(request)
    paths: Json = {
        "/": _path("getLandingPage", "Landing page", JSON, "LandingPage"),
        "/api": _path("getDescription", "This description", OPENAPI, "Anything"),
        "/conformance": _path("getConformance", "Conformance classes", JSON, "Conformance"),
        "/collections": _path("getCollections", "Collections", JSON, "Collections"),
    }
    for layer in layers:
        paths |= _of(layer, language)
    return {
        "openapi": "3.0.3",
        "info": {"title": "gridsup OGC API Features", "version": gridsup.__version__},
        "servers": [{"url": f"{str(request.base_url).rstrip('/')}/ogc"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "gridsup_session"},
            },
            "parameters": _parameters(),
            "schemas": _schemas(),
            "responses": {
                "Refused": {
                    "description": TITLES[400][1],
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }


def _of(layer: Layer, language: Language) -> Json:
    name, root = layer.name.capitalize(), f"/collections/{layer.name}"
    shared = (
        "limit",
        "offset",
        "after",
        "bbox",
        "bbox-crs",
        "crs",
        "datetime",
        "filter",
        "filter-lang",
        "filter-crs",
    )
    columns = [
        {"name": one.name, "in": "query", "schema": property_of(one, language), "required": False}
        for one in layer.fields
    ]
    return {
        root: _path(f"get{name}Collection", layer.en, JSON, "Collection"),
        f"{root}/queryables": _path(f"get{name}Queryables", "Queryables", SCHEMA, "Anything"),
        f"{root}/schema": _path(f"get{name}Schema", "Schema", SCHEMA, "Anything"),
        f"{root}/items": _path(
            f"get{name}", layer.about_en, GEOJSON, "FeatureCollection", [*map(_parameter, shared), *columns]
        ),
        f"{root}/items/{{featureId}}": _path(
            f"get{name}Feature", layer.en, GEOJSON, "Feature", [_parameter("featureId"), _parameter("crs")]
        ),
    }


def _parameter(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def _path(
    operation: str, summary: str, media: str, schema: str, parameters: list[Json] | None = None
) -> Json:
    answer = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [*(parameters or []), _parameter("f")],
            "responses": {
                "200": {"description": summary, "content": {media: answer}},
                "default": {"$ref": "#/components/responses/Refused"},
            },
        }
    }


def _parameters() -> Json:
    def query(name: str, schema: Json, text: str) -> Json:
        return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}

    text, uri = {"type": "string"}, {"type": "string", "format": "uri", "default": CRS84}
    numbers: Json = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    found = [
        query("f", {"type": "string", "enum": ["json", "geojson"]}, "GeoJSON is the only format"),
        query("limit", limit, f"features of a page; more than {MOST} gives {MOST}"),
        query("offset", {"type": "integer", "minimum": 0}, "features to leave out"),
        query(
            "after", {"type": "integer", "minimum": 0}, "features with a greater id; `next` links carry it"
        ),
        {
            **query("bbox", numbers, "the minima first, in the axis order of bbox-crs"),
            "style": "form",
            "explode": False,
        },
        query("bbox-crs", uri, "reference system of bbox"),
        query("crs", uri, "reference system of the answer, in its authority's axis order"),
        query("datetime", text, "a day, an instant, or a span start/end; .. leaves an end open"),
        query("filter", text, "CQL2 text over the queryables"),
        query(
            "filter-lang", {"type": "string", "enum": ["cql2-text"], "default": "cql2-text"}, "its language"
        ),
        query("filter-crs", uri, "reference system of the geometries in filter"),
        {"name": "featureId", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
    ]
    return {one["name"]: one for one in found}


def _schemas() -> Json:
    texts = {"type": "array", "items": {"type": "string"}}
    geometry: Json = {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Point", "Polygon"]},
            "coordinates": {"type": "array", "items": {}},
        },
    }
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": geometry,
            "properties": {"type": "object"},
            "links": _LINKS,
        },
    }
    return {
        "Anything": {"type": "object"},
        "Link": _LINK,
        "Problem": _problem(),
        "LandingPage": _object(links=_LINKS, title={"type": "string"}),
        "Conformance": _object(conformsTo=texts),
        "Collections": _object(
            links=_LINKS, collections={"type": "array", "items": {"$ref": "#/components/schemas/Collection"}}
        ),
        "Collection": _object(id={"type": "string"}, links=_LINKS, crs=texts, storageCrs={"type": "string"}),
        "Feature": feature,
        "FeatureCollection": _object(
            type={"type": "string", "enum": ["FeatureCollection"]},
            features={"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
            links=_LINKS,
            numberReturned={"type": "integer"},
        ),
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _problem() -> Json:
    """The problem of RFC 9457 with the members that every one has, as 3.0 writes a schema."""
    told = Problem.model_json_schema()["properties"]
    plain = {name: {"type": told[name]["type"]} for name in ("type", "status", "code", "title", "detail")}
    return _object(**plain)

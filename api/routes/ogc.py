"""OGC API Features at ``/ogc``: plain Starlette routes, described by an OpenAPI 3.0 document of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth import User, identify
from api.deps import LARGEST_ID, bound_session
from api.ogc import access, features, openapi, pages, params
from api.ogc.pages import JSON, OPENAPI, SCHEMA, Place
from api.permissions import Permission
from api.policy import SIGNED_IN, marked
from gridsup.errors import NotFound
from gridsup.gis import queries
from gridsup.gis.crs import offered
from gridsup.gis.layers import LAYERS, Layer
from gridsup.registry.record import home_of

Work = Callable[[Request, User, Session], Response]


def _served(permission: Permission | None, work: Work) -> Callable[[Request], Response]:
    """An endpoint that finds out who asks, checks the permission (None: any sign-in or token will do), and
    works in one bound transaction."""

    @marked(permission or SIGNED_IN)
    def endpoint(request: Request) -> Response:
        user = identify(request)
        if permission is not None:
            user.require(permission)
        with bound_session(request.app.state.engine, user) as session, session.begin():
            return work(request, user, session)

    return endpoint


def _landing(request: Request, user: User, session: Session) -> Response:
    params.check(request.query_params, params.COMMON)
    home = home_of(session, user.jurisdiction_id)
    return features.answer(pages.landing(request, home.name), JSON)


def _conformance(request: Request, user: User, session: Session) -> Response:
    params.check(request.query_params, params.COMMON)
    return features.answer({"conformsTo": pages.CONFORMS}, JSON)


def _description(request: Request, user: User, session: Session) -> Response:
    params.check(request.query_params, params.COMMON)
    return features.answer(openapi.describe(request, access.open_to(user)), OPENAPI)


def _collections(request: Request, user: User, session: Session) -> Response:
    params.check(request.query_params, params.COMMON)
    place, here = _place(user, session), f"{pages.base(request)}/collections"
    listed: dict[str, Any] = {
        "links": [pages.link(here, "self", JSON, "图层 / Collections")],
        "crs": list(offered(place.metric_srid)),
        "collections": [pages.collection(request, layer, place) for layer in access.open_to(user)],
    }
    return features.answer(listed, JSON)


def _place(user: User, session: Session) -> Place:
    return Place(*session.execute(queries.home(user.jurisdiction_id)).one())


def _no_collection(request: Request, user: User, session: Session) -> Response:
    """Every other name below ``/collections``."""
    access.layer_of(user, request.path_params["name"])
    raise NotFound("page", zh="没有这个页面。", en="There is no such page.")


def _of(layer: Layer) -> list[Route]:
    """The routes of one collection, each marked with the permission that the layer needs."""
    root = f"/ogc/collections/{layer.name}"

    def about(request: Request, user: User, session: Session) -> Response:
        params.check(request.query_params, params.COMMON)
        return features.answer(pages.collection(request, layer, _place(user, session)), JSON)

    def queryables(request: Request, user: User, session: Session) -> Response:
        params.check(request.query_params, params.COMMON)
        return features.answer(pages.queryables(request, layer), SCHEMA)

    def schema(request: Request, user: User, session: Session) -> Response:
        params.check(request.query_params, params.COMMON)
        return features.answer(pages.schema(request, layer), SCHEMA)

    def items(request: Request, user: User, session: Session) -> Response:
        whole, srid = access.asked(user, layer), _place(user, session).metric_srid
        return features.collection(request, session, params.page(request.query_params, whole, srid))

    def item(request: Request, user: User, session: Session) -> Response:
        params.check(request.query_params, params.ITEM)
        crs = params.crs(request.query_params, _place(user, session).metric_srid)
        text = request.path_params["number"]
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
        return features.feature(request, session, access.asked(user, layer), crs, min(number, LARGEST_ID))

    return [
        Route(
            f"{root}{path}",
            _served(access.NEEDED[layer.name], work),
            methods=["GET"],
            name=f"ogc_{layer.name}_{work.__name__}",
        )
        for path, work in (
            ("", about),
            ("/queryables", queryables),
            ("/schema", schema),
            ("/items", items),
            ("/items/{number}", item),
        )
    ]


plain = [
    Route(path, _served(None, work), methods=["GET"], name=f"ogc{work.__name__}")
    for path, work in (
        ("/ogc", _landing),
        ("/ogc/", _landing),
        ("/ogc/conformance", _conformance),
        ("/ogc/api", _description),
        ("/ogc/collections", _collections),
    )
]
plain += [route for layer in LAYERS.values() for route in _of(layer)]
plain.append(
    Route("/ogc/collections/{name}", _served(None, _no_collection), methods=["GET"], name="ogc_other")
)

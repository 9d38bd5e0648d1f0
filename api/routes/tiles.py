"""Vector tiles: plain Starlette routes, because FastAPI's own routing costs twice the cached tile."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Hashable
from datetime import date

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth import COOKIE, User, identify
from api.deps import bound_session
from api.permissions import Permission
from api.policy import SIGNED_IN, marked
from api.tiles import TileCache
from gridsup.cells import tiles as ground
from gridsup.cells.locate import today
from gridsup.cells.tiles import Tile
from gridsup.errors import Invalid
from gridsup.registry import tiles as register

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
REST = 5.0
"""Seconds for which counts from afar may be behind."""
KNOWN_FOR = 5.0
"""Seconds for which a proof that was good a moment ago needs no query: one pan of the map is 20 tiles."""

Make = Callable[[Session, int, Tile], bytes]


class _Known:
    """Who showed a good cookie or token in the last seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users: dict[bytes, tuple[User, float]] = {}

    def user(self, request: Request) -> User:
        """Raises Unauthenticated."""
        proof = request.headers.get("authorization", "") + "\0" + request.cookies.get(COOKIE, "")
        key = hashlib.sha256(f"{id(request.app)}\0{proof}".encode()).digest()
        now = time.monotonic()
        with self._lock:
            user, until = self._users.get(key, (None, 0.0))
        if user is not None and now < until:
            return user
        user = identify(request)
        with self._lock:
            if len(self._users) > 2000:
                self._users = {k: kept for k, kept in self._users.items() if kept[1] > now}
            self._users[key] = (user, now + KNOWN_FOR)
        return user


known = _Known()


def _answer(
    request: Request,
    permission: Permission | None,
    layer: str,
    make: Make,
    *,
    extra: Hashable = None,
    rest: float = 0,
) -> Response:
    user = known.user(request)
    if permission is not None:
        user.require(permission)
    tile = Tile(*(request.path_params[name] for name in ("z", "x", "y")))

    def run() -> bytes:
        with bound_session(request.app.state.engine, user) as session, session.begin():
            return make(session, user.jurisdiction_id, tile)

    cache: TileCache = request.app.state.tiles
    found = cache.get(user.jurisdiction_id, layer, (tile, extra), run, rest=rest)
    headers = {"ETag": found.etag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.body, media_type=MEDIA_TYPE, headers=headers)
    return Response(gzip.decompress(found.body), media_type=MEDIA_TYPE, headers=headers)


def _day(request: Request) -> date:
    asked = request.query_params.get("day")
    try:
        return date.fromisoformat(asked) if asked else today()
    except ValueError:
        raise Invalid(
            "bad-day",
            zh="日期应写作 2026-05-01 的形式。",
            en="Write the day like 2026-05-01.",
        ) from None


@marked(Permission.CELLS_READ)
def cells_tile(request: Request) -> Response:
    """Layer ``cells``; ``?day=`` shows those of a past day."""
    day = _day(request)
    return _answer(
        request,
        Permission.CELLS_READ,
        "cells",
        lambda session, j, tile: ground.cells(session, j, tile, day),
        extra=day,
    )


@marked(Permission.BUSINESSES_READ)
def businesses_tile(request: Request) -> Response:
    """Layer ``counts`` to z13, layer ``businesses`` from z14."""
    rest = REST if request.path_params["z"] < register.POINTS_FROM else 0.0
    return _answer(request, Permission.BUSINESSES_READ, "businesses", register.businesses, rest=rest)


@marked(Permission.BUSINESSES_READ)
def unlicensed_tile(request: Request) -> Response:
    """Layer ``unlicensed``."""
    return _answer(request, Permission.BUSINESSES_READ, "unlicensed", register.unlicensed)


@marked(Permission.MATTERS_READ_ALL)
def matters_tile(request: Request) -> Response:
    """Layer ``matters``: the open ones that have a place."""
    return _answer(request, Permission.MATTERS_READ_ALL, "matters", register.matters)


@marked(SIGNED_IN)
def basemap_tile(request: Request) -> Response:
    """Layers ``earth``, ``water``, ``roads``, ``boundaries``, ``places`` in the Protomaps schema."""
    return _answer(request, None, "basemap", ground.basemap)


plain = [
    Route(
        f"/api/tiles/{layer}/{{z:int}}/{{x:int}}/{{y:int}}.mvt",
        endpoint,
        methods=["GET"],
        name=f"{layer}_tile",
    )
    for layer, endpoint in (
        ("cells", cells_tile),
        ("businesses", businesses_tile),
        ("unlicensed", unlicensed_tile),
        ("matters", matters_tile),
        ("basemap", basemap_tile),
    )
]

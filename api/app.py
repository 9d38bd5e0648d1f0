"""Putting the app together: routes, errors, the outer ring, the three faces of the web."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import anyio.to_thread
from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.types import ASGIApp

import gridsup
from api import errors, faces, policy, routes
from api.events import Hub
from api.middleware import Edge
from api.throttle import UnknownNames
from api.tiles import TileCache
from api.validation import storable
from gridsup.db import app_engine
from gridsup.settings import get_settings
from gridsup.wiring import wire

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes of a request; a route that takes files sets its own ``max_body_size``."""


class _App(FastAPI):
    """FastAPI with the ring around all of its own middleware, so that every answer passes it."""

    def build_middleware_stack(self) -> ASGIApp:
        return Edge(super().build_middleware_stack())


def create_app(engine: Engine | None = None) -> FastAPI:
    """The application on ``engine`` (the one of the settings when it is None).

    Raises:
        RuntimeError: a route names no permission (deny by default).
    """
    wire()
    engine = engine or app_engine()
    app = _App(
        title="gridsup 网格监管平台",
        version=gridsup.__version__,
        description="Grid supervision for market-supervision bureaux. Errors are RFC 9457 problems.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        dependencies=[Depends(storable)],
        responses=errors.RESPONSES,
        generate_unique_id_function=_operation_id,
        max_body_size=LARGEST_BODY,
    )
    attach(app, engine)
    errors.install(app)
    for module in iter_modules(routes.__path__):
        _include(app, import_module(f"{routes.__name__}.{module.name}"))
    faces.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    _describe(app)
    policy.refuse_unmarked(app)
    return app


def attach(app: FastAPI, engine: Engine) -> None:
    """Give the app its database, and with it everything that the process remembers of one."""
    app.state.engine = engine
    app.state.hub = Hub(engine)
    app.state.tiles = TileCache(app.state.hub)
    app.state.unknown_names = UnknownNames()


def _include(app: FastAPI, module: Any) -> None:
    if router := getattr(module, "router", None):
        app.include_router(router, prefix="/api")
    for route in getattr(module, "plain", ()):
        app.router.routes.append(route)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    limiter = anyio.to_thread.current_default_thread_limiter()
    limiter.total_tokens = get_settings().pool_size  # a thread more than connections would only wait
    app.state.hub.start()
    try:
        yield
    finally:
        app.state.hub.stop()


def _operation_id(route: APIRoute) -> str:
    """The function's name: the client's method is called the same."""
    return route.name


def _describe(app: FastAPI) -> None:
    """Complete the description that the web client is generated from."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            parts = schema.setdefault("components", {}).setdefault("schemas", {})
            problem = errors.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            parts.update(problem.pop("$defs", {}))
            parts["Problem"] = problem
            for name in ("HTTPValidationError", "ValidationError"):
                parts.pop(name, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]

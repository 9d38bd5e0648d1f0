"""The description of this API, which the web's types are generated from (public: it holds no data)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.policy import PUBLIC, marked


@marked(PUBLIC)
async def openapi(request: Request) -> Response:
    """OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())


plain = [Route("/api/openapi.json", openapi, methods=["GET"], include_in_schema=False)]

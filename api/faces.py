"""The door and the three faces of the web (desk, field, board), served from the build's folder."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from api.policy import PUBLIC, marked
from gridsup.errors import NotFound, Unavailable

STATIC = Path(__file__).parent / "static"
FACES = ("desk", "field", "board")
_FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose names carry a hash of their content (Vite's ``assets/``)."""


@marked(PUBLIC)
async def home(request: Request) -> Response:
    """The door: sign in, then on to the face that fits one's post."""
    return _page("index.html")


@marked(PUBLIC)
async def static(request: Request) -> Response:
    """A built file, or the face's page for any address that its own router knows.

    Raises:
        NotFound: no such file, and the address belongs to no face.
        Unavailable: ``web-not-built``.
    """
    path = request.path_params["path"]
    root = STATIC.resolve()
    wanted = (root / path).resolve() if "\0" not in path else root
    if wanted.is_relative_to(root) and wanted.is_file():
        return _file(wanted, path)
    face = path.split("/", 1)[0]
    if face not in FACES or "." in path.rsplit("/", 1)[-1]:
        raise NotFound("page", zh="没有这个页面。", en="There is no such page.")
    return _page(f"{face}/index.html")


def _page(path: str) -> Response:
    page = STATIC / path
    if not page.is_file():
        raise Unavailable(
            "web-not-built",
            zh="网页还没有构建：请运行 make web。",
            en="The web pages are not built yet: run make web.",
        )
    return _file(page, path)


def _file(file: Path, path: str) -> Response:
    lasting = "/assets/" in f"/{path}"
    return FileResponse(file, headers={"Cache-Control": _FOR_EVER if lasting else "no-cache"})


def install(app: FastAPI) -> None:
    """Add the pages behind every route of the API."""
    app.router.routes.append(Route("/", home, methods=["GET"], include_in_schema=False))
    app.router.routes.append(Route("/{path:path}", static, methods=["GET"], include_in_schema=False))

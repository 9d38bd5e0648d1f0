"""The outermost ring: a number for each request, headers that keep pages safe, a last net for errors."""

from __future__ import annotations

import logging
import re
from secrets import token_hex

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import too_large

log = logging.getLogger("gridsup.api")
REQUEST_ID = "X-Request-Id"
PLACE = "X-Gridsup-Place"
"""The jurisdiction that answered: a page opened in another was overtaken by a tab beside it (练习模式)."""
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # maplibre and ECharts set style attributes
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",  # a voice note before it is sent
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",  # maplibre's worker
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_PLAIN_413 = b"Content Too Large"
"""What Starlette's body limit says; a problem is sent in its place."""
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Edge:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get(REQUEST_ID, "")
        number = given if _GIVEN_ID.fullmatch(given) else token_hex(8)
        request.state.request_id = number
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == 413 and headers.get("content-type", "").startswith("text/plain"):
                    return await too_large(request)(scope, receive, send_with_headers)
                status = message["status"]
                headers[REQUEST_ID] = number
                if user := getattr(request.state, "user", None):
                    headers[PLACE] = str(user.jurisdiction_id)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            if status != 413 or message.get("body") != _PLAIN_413:
                await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request %s failed: %s %s", number, scope["method"], scope["path"])
            if status != 500:  # not answered by ``errors.internal``: the answer broke off while it went out
                raise

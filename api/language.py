"""Which language an answer is in: the first of ``zh`` and ``en`` that ``Accept-Language`` prefers."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from gridsup.errors import Language
from gridsup.settings import get_settings


def choose(header: str) -> Language:
    """Read an ``Accept-Language`` value; unknown languages and broken weights are passed over."""
    best: tuple[float, Language] | None = None
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.strip().lower()[:2]
        try:
            q = float(weight) if weight else 1.0
        except ValueError:
            continue
        if q > 0 and language in ("zh", "en") and (best is None or q > best[0]):
            best = (q, "zh" if language == "zh" else "en")
    if best is not None:
        return best[1]
    return "en" if get_settings().language == "en" else "zh"


def asked_language(request: HTTPConnection) -> Language:
    """The language of a request."""
    return choose(request.headers.get("accept-language", ""))

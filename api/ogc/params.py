"""Reading the parameters of ``/items``: each is known or refused, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement
from starlette.datastructures import QueryParams

from api.validation import bad_text
from gridsup.calendars.intervals import SHANGHAI
from gridsup.errors import Unreadable
from gridsup.gis import cql
from gridsup.gis.crs import CRS84, Crs, named
from gridsup.gis.layers import Layer, Window
from gridsup.gis.queries import Asked

USUAL, MOST = 100, 10_000
"""Features of a page."""
_FURTHEST = 10**9
COMMON = frozenset({"f"})
ITEMS = COMMON | {
    "limit", "offset", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs"
}  # fmt: skip
ITEM = COMMON | {"crs"}


@dataclass(frozen=True, slots=True)
class Page:
    """What ``/items`` was asked for."""

    asked: Asked
    crs: Crs
    limit: int
    offset: int
    after: int | None


def check(query: QueryParams, known: frozenset[str]) -> None:
    """Raises Unreadable ``unknown-parameter``, ``repeated-parameter``, ``bad-text``, ``format``."""
    for name, text in query.multi_items():
        if bad_text(name) or bad_text(text):
            raise _bad(
                "bad-text", "参数里有无法识别的字符", "a parameter holds a character that means nothing"
            )
        if name not in known:
            raise Unreadable(
                "unknown-parameter",
                zh="没有参数“{name}”，可用：{known}。",
                en="There is no parameter “{name}”; there are {known}.",
                name=name[:40],
                known="、".join(sorted(known)),
            )
        if len(query.getlist(name)) > 1:
            raise _bad("repeated-parameter", f"参数 {name} 只能写一次", f"give the parameter {name} once")
    if query.get("f", "json") not in ("json", "geojson"):
        raise _bad("format", "f 只能是 json", "f can only be json")


def page(query: QueryParams, whole: Asked, metric_srid: int) -> Page:
    """All parameters of ``/items`` over what this person may see. Raises Unreadable."""
    layer = whole.layer
    check(query, ITEMS | {one.name for one in layer.fields})
    window = _window(query["datetime"]) if "datetime" in query else None
    asked = replace(
        whole,
        window=window,
        box=_box(query, metric_srid),
        conditions=(*_filter(query, layer, metric_srid), *_equals(query, layer)),
    )
    return Page(
        asked,
        crs(query, metric_srid),
        limit=min(_whole(query, "limit", USUAL, least=1), MOST),
        offset=_whole(query, "offset", 0, least=0),
        after=_whole(query, "after", 0, least=0) if "after" in query else None,
    )


def crs(query: QueryParams, metric_srid: int) -> Crs:
    """The system of the answer. Raises Unreadable ``crs-not-offered``."""
    return named(query.get("crs", CRS84), metric_srid, "crs")


def _box(query: QueryParams, metric_srid: int) -> BaseGeometry | None:
    system = named(query.get("bbox-crs", CRS84), metric_srid, "bbox-crs")
    if "bbox" not in query:
        return None
    parts = query["bbox"].split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise _bad(
            "bbox",
            "bbox 应为四个（或六个）有限的数，先两个（三个）最小值，后最大值",
            "bbox takes four (or six) finite numbers, the minima first",
        )
    half = len(numbers) // 2
    return system.box([*numbers[:2], *numbers[half : half + 2]])  # heights of six do not count: all is flat


def _filter(query: QueryParams, layer: Layer, metric_srid: int) -> list[ColumnElement[bool]]:
    if query.get("filter-lang", "cql2-text") != "cql2-text":
        raise _bad("filter-lang", "filter-lang 只能是 cql2-text", "filter-lang can only be cql2-text")
    system = named(query.get("filter-crs", CRS84), metric_srid, "filter-crs")
    return [cql.condition(query["filter"], layer, system)] if "filter" in query else []


def _equals(query: QueryParams, layer: Layer) -> list[ColumnElement[bool]]:
    return [cql.equals(layer, one.name, query[one.name]) for one in layer.fields if one.name in query]


def _whole(query: QueryParams, name: str, otherwise: int, *, least: int) -> int:
    text = query.get(name, str(otherwise))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
    if number < least or (name == "offset" and number > _FURTHEST):
        raise _bad(
            name, f"{name} 应为不小于 {least} 的整数", f"{name} must be a whole number from {least} on"
        )
    return number


def _window(text: str) -> Window:
    """``2026-05-01``, ``2026-05-01T08:00:00Z``, ``a/b``, ``../b``, ``a/..``; a day lasts until its end."""
    start, mark, end = text.partition("/")
    if not mark:
        if start in ("", ".."):
            raise _bad_time()
        return Window(_edge(start, last=False), _edge(start, last=True))
    window = Window(_edge(start, last=False), _edge(end, last=True))
    if window.start and window.end and window.start > window.end:
        raise _bad_time()
    return window


def _edge(text: str, *, last: bool) -> datetime | None:
    if text in ("", ".."):
        return None
    found = cql.moment(text.replace(" ", "+"))  # a plus that was not encoded
    if found is None:
        raise _bad_time()
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    return _end_of(found) if last else datetime.combine(found, time(), SHANGHAI)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI) - timedelta(microseconds=1)


def _bad_time() -> Unreadable:
    return _bad(
        "datetime",
        "datetime 应为日期或时刻（2026-05-01、2026-05-01T08:00:00+08:00），或一段（起/止，一端可写 ..）",
        "datetime is a day or an instant (2026-05-01, 2026-05-01T08:00:00+08:00), or a span (start/end, .. "
        "leaves an end open)",
    )


def _bad(code: str, zh: str, en: str) -> Unreadable:
    return Unreadable(code, zh="{why_zh}。", en="{why_en}.", why_zh=zh, why_en=en)

"""Features as GeoJSON, written as they come: the geometry is JSON already when the database sends it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.exc import DataError, ProgrammingError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.ogc.pages import GEOJSON, base, link
from api.ogc.params import Page
from gridsup.calendars.intervals import SHANGHAI
from gridsup.errors import NotFound, Unreadable
from gridsup.gis import queries
from gridsup.gis.crs import Crs
from gridsup.gis.layers import Layer

PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization, Cookie, Accept-Language"}


def answer(content: Mapping[str, Any], media: str, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer that no shared cache keeps."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return Response(text, media_type=media, headers={**PRIVATE, **(headers or {})})


def collection(request: Request, session: Session, page: Page) -> Response:
    """A page of features with its links; ``numberMatched`` on the first page only, because it costs."""
    layer, limit = page.asked.layer, page.limit
    try:
        found = session.execute(
            queries.page(page.asked, page.crs, after=page.after, offset=page.offset, limit=limit)
        ).mappings()
        rows = list(found)
        first = page.after is None and page.offset == 0
        matched = session.scalars(queries.count(page.asked)).one() if first else None
    except (DataError, ProgrammingError):
        raise Unreadable(
            "filter",
            zh="过滤条件无法执行，请核对字段类型和取值范围。",
            en="The filter cannot be run: check the types and ranges of its values.",
        ) from None
    more, rows = len(rows) > limit, rows[:limit]
    here = str(request.url)
    links = [link(here, "self", GEOJSON, layer.name)]
    if more:
        following = request.url.remove_query_params("offset").include_query_params(after=rows[-1]["id"])
        links.append(link(str(following), "next", GEOJSON, "下一页 / Next page"))
    links.append(
        link(f"{base(request)}/collections/{layer.name}", "collection", "application/json", layer.name)
    )
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberReturned": len(rows),
        "links": links,
    }
    if matched is not None:
        head["numberMatched"] = matched
    opening = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]
    body = f'{opening},"features":[{",".join(_written(layer, row) for row in rows)}]}}'
    return Response(body, media_type=GEOJSON, headers={**PRIVATE, **content_crs(page.crs)})


def feature(request: Request, session: Session, asked: queries.Asked, crs: Crs, number: int) -> Response:
    """One feature. Raises NotFound ``no-feature``, for one that this person may not see too."""
    row = session.execute(queries.one(asked, crs, number)).mappings().one_or_none()
    if row is None:
        raise NotFound(
            "no-feature",
            zh="没有编号为 {number} 的要素，或者您无权查看。",
            en="There is no feature {number}, or none that you may see.",
            number=number,
        )
    root = f"{base(request)}/collections/{asked.layer.name}"
    links = [
        link(str(request.url), "self", GEOJSON, asked.layer.name),
        link(root, "collection", "application/json", asked.layer.name),
    ]
    body = f"{_written(asked.layer, row)[:-1]},{json.dumps({'links': links}, ensure_ascii=False)[1:]}"
    return Response(body, media_type=GEOJSON, headers={**PRIVATE, **content_crs(crs)})


def content_crs(crs: Crs) -> dict[str, str]:
    return {"Content-Crs": f"<{crs.uri}>"}


def _written(layer: Layer, row: RowMapping) -> str:
    properties = json.dumps(
        {one.name: row[one.name] for one in layer.fields},
        ensure_ascii=False,
        separators=(",", ":"),
        default=_plain,
    )
    shape = row[queries.SHAPE] or "null"
    return f'{{"type":"Feature","id":{row["id"]},"geometry":{shape},"properties":{properties}}}'


def _plain(value: Any) -> str:
    """Instants with their zone, in Asia/Shanghai; days as they are."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    assert isinstance(value, date)
    return value.isoformat()

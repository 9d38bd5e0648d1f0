"""The ``bbox`` filter: ``minx,miny,maxx,maxy`` in CRS84 (longitude, latitude)."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from fastapi import Depends, Query

from gridsup.errors import FieldFault, Invalid


class Box(NamedTuple):
    """A box in degrees, longitude and latitude."""

    minx: float
    miny: float
    maxx: float
    maxy: float


def parse_bbox(text: str) -> Box:
    """Read a box.

    Raises:
        Invalid: ``bbox``: not four finite numbers, beyond the globe, or with its corners swapped.
    """
    parts = text.split(",")
    if len(parts) != 4:
        raise _bad(
            "应为四个数：最小经度，最小纬度，最大经度，最大纬度", "must be four numbers: minx,miny,maxx,maxy"
        )
    try:
        box = Box(*(float(part) for part in parts))
    except ValueError:
        raise _bad("四项都应为数字", "all four must be numbers") from None
    if not all(math.isfinite(number) for number in box):
        raise _bad("应为有限的数字", "must be finite numbers")
    if not (
        -180 <= box.minx <= 180
        and -180 <= box.maxx <= 180
        and -90 <= box.miny <= 90
        and -90 <= box.maxy <= 90
    ):
        raise _bad("经度应在 ±180、纬度应在 ±90 之内", "longitudes lie within ±180, latitudes within ±90")
    if box.minx > box.maxx or box.miny > box.maxy:
        raise _bad("最小值大于最大值", "a minimum is greater than its maximum")
    return box


def _bad(zh: str, en: str) -> Invalid:
    return Invalid(
        "bbox",
        zh="范围(bbox)不对：{why_zh}。",
        en="The bbox is wrong: {why_en}.",
        faults=[FieldFault("/bbox", zh, en)],
        why_zh=zh,
        why_en=en,
    )


def _bbox(
    bbox: Annotated[
        str | None,
        Query(
            max_length=200, description="`minx,miny,maxx,maxy` in CRS84", examples=["114.2,30.5,114.3,30.6"]
        ),
    ] = None,
) -> Box | None:
    return None if bbox is None else parse_bbox(bbox)


BboxQuery = Annotated[Box | None, Depends(_bbox)]
"""``bbox: BboxQuery`` in an endpoint's signature."""

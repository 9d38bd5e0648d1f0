"""Numbers and codes of cells (P10-C2), and how much of an earlier division they keep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

COMMUNITY_DIGITS = 12
"""A community code: 6 digits of the county, 3 of the street, 3 of the community (GB/T 10114)."""


def sequence(shapes: Iterable[Any]) -> NDArray[np.int64]:
    """Numbers from 1: rows from north to south, one mean cell high, and west to east within a row."""
    polygons = np.array(list(shapes), dtype=object)
    middle = shapely.get_coordinates(shapely.centroid(polygons))
    height = float(np.sqrt(shapely.area(polygons).mean()))
    row = np.floor((middle[:, 1].max() - middle[:, 1]) / height)
    number = np.empty(len(polygons), dtype=np.int64)
    number[np.lexsort((middle[:, 0], row))] = np.arange(1, len(polygons) + 1)
    return number


def station_code(area: object, seq: int) -> str:
    """Station code and grid code (P10-C2), such as ``42010301-007``."""
    return f"{area}-{seq:03d}"


def national_code(area: object, seq: int) -> str | None:
    """The 15 digits of GB/T 30428 (6 + 3 + 3 + 3) where the area is a community of known code, else None."""
    text = str(area)
    return f"{text}{seq:03d}" if text.isascii() and text.isdigit() and len(text) == COMMUNITY_DIGITS else None

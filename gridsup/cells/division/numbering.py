"""Numbers and codes of cells (P10-C2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

COMMUNITY = re.compile(r"\d{12}")
"""A community code: 6 digits of the county, 3 of the street, 3 of the community."""


def sequence(shapes: Iterable[Any]) -> NDArray[np.int64]:
    """Numbers from 1: rows from north to south, one mean cell high, and west to east within a row."""
    polygons = np.array(list(shapes), dtype=object)
    middle = shapely.get_coordinates(shapely.centroid(polygons))
    height = float(np.sqrt(shapely.area(polygons).mean()))
    row = np.floor((middle[:, 1].max() - middle[:, 1]) / height)
    number = np.empty(len(polygons), dtype=np.int64)
    number[np.lexsort((middle[:, 0], row))] = np.arange(1, len(polygons) + 1)
    return number


@dataclass(frozen=True, slots=True)
class Names:
    """``codes``: station (or area) code and grid number, as ``42010301-007``. ``national``: the 15 digits
    of GB/T 30428 (6 + 3 + 3 + 3) where the area is a community of known code, else None."""

    codes: list[str]
    national: list[str | None]


def names_of(cells: gpd.GeoDataFrame, *, station: str | None, earlier: Sequence[str]) -> Names:
    """Names for the ``cells`` of a division, in their order.

    A cell that takes the place of an earlier one keeps its code; the others are numbered on after the
    highest number that its station ever had, so that no code is used twice.
    """
    highest: dict[str, int] = {}
    for code in earlier:
        if found := re.fullmatch(r"(.*?)-?(\d{3})", code):
            highest[found[1]] = max(highest.get(found[1], 0), int(found[2]))
    codes: list[str] = []
    before = cells["before"] if "before" in cells else [None] * len(cells)
    for area, seq, old in zip(cells["area"], cells["seq"], before, strict=True):
        front = station or str(area)
        if old is not None and old == old:  # a missing label in a mixed column is NaN
            codes.append(str(old))
        elif len(earlier):
            highest[front] = highest.get(front, 0) + 1
            codes.append(_code(front, highest[front]))
        else:
            codes.append(_code(front, int(seq)))
    national = [
        f"{area}{int(seq):03d}" if COMMUNITY.fullmatch(str(area)) else None
        for area, seq in zip(cells["area"], cells["seq"], strict=True)
    ]
    return Names(codes, national)


def _code(front: str, number: int) -> str:
    return f"{front}-{number:03d}" if front else f"{number:03d}"

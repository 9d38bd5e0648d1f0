"""Who may be the same: suggested by code, by name and address, by name within 50 m. Never decided here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from geo_data.records import BusinessRecord
from geo_data.values import squeeze
from gridsup import spatial
from gridsup.registry.addresses import address_key, bare_name

Because = Literal["uscc", "registration_no", "name_address", "name_nearby"]
NEAR_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBusiness:
    """A business that stands in the register already; ``lon``, ``lat`` in EPSG:4490."""

    business_id: int
    name: str
    address: str = ""
    uscc: str | None = None
    registration_no: str | None = None
    stall: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Row ``index`` may be the same as ``row`` (an earlier one of the file) or ``business_id``, and why.

    ``likeness`` orders them: 1 same credit code, .95 same registration number, .9 same name and address,
    .7 same name near by. ``metres`` apart, where both are placed.
    """

    index: int
    because: Because
    likeness: float
    name: str
    row: int | None = None
    business_id: int | None = None
    metres: float | None = None

    def to_dict(self) -> dict[str, Any]:
        data = {
            "because": self.because,
            "likeness": self.likeness,
            "name": self.name,
            "business_id": self.business_id,
            "row": self.row,
            "metres": self.metres,
        }
        return {key: value for key, value in data.items() if value is not None}


_LIKENESS: dict[Because, float] = {
    "uscc": 1.0,
    "registration_no": 0.95,
    "name_address": 0.9,
    "name_nearby": 0.7,
}
EXACT: tuple[Because, ...] = ("uscc", "registration_no", "name_address")
"""Likenesses that are a natural key: the same business, unless a person says otherwise."""
_Entry = BusinessRecord | KnownBusiness


def name_key(name: str, *, district: str = "") -> str:
    """A name for comparison: narrow, lower-case, without its district, blanks and punctuation."""
    return re.sub(r"[^\w]", "", bare_name(squeeze(name), district=district).lower())


def suggest(
    records: Sequence[BusinessRecord],
    known: Iterable[KnownBusiness] = (),
    *,
    metric_srid: int,
    district: str = "",
    near_m: float = NEAR_M,
) -> dict[int, Suggestion]:
    """For each record (by position) the strongest likeness to an earlier record or a known business."""
    register = list(known)
    found: dict[int, Suggestion] = {}
    everything: list[_Entry] = [*register, *records]
    offset = len(register)
    for because, groups in _groups(everything, district).items():
        for members in groups.values():
            for at in members[1:]:
                if at >= offset:
                    _note(found, because, everything, offset, members[0], at, None)
    _nearby(found, everything, offset, metric_srid, near_m, district)
    return found


def _groups(everything: Sequence[_Entry], district: str) -> dict[Because, dict[Any, list[int]]]:
    """Positions that share a key; the register stands first, so the first of a group is the one to keep."""
    groups: dict[Because, dict[Any, list[int]]] = {
        "uscc": defaultdict(list),
        "registration_no": defaultdict(list),
        "name_address": defaultdict(list),
    }
    for i, entry in enumerate(everything):
        if entry.uscc:
            groups["uscc"][entry.uscc].append(i)
        if entry.registration_no:
            groups["registration_no"][entry.registration_no].append(i)
        name = name_key(entry.name, district=district)
        if entry.address and name:
            address = address_key(entry.address, district=district)
            groups["name_address"][name, address, entry.stall].append(i)
    return groups


def _note(
    found: dict[int, Suggestion],
    because: Because,
    everything: Sequence[_Entry],
    offset: int,
    first: int,
    at: int,
    metres: float | None,
) -> None:
    index = at - offset
    likeness = _LIKENESS[because]
    if index in found and found[index].likeness >= likeness:
        return
    other = everything[first]
    found[index] = Suggestion(
        index,
        because,
        likeness,
        other.name,
        row=None if isinstance(other, KnownBusiness) else first - offset,
        business_id=other.business_id if isinstance(other, KnownBusiness) else None,
        metres=None if metres is None else round(metres, 1),
    )


def _nearby(
    found: dict[int, Suggestion],
    everything: Sequence[_Entry],
    offset: int,
    metric_srid: int,
    near_m: float,
    district: str,
) -> None:
    names = {i: name_key(entry.name, district=district) for i, entry in enumerate(everything)}
    placed = [i for i, entry in enumerate(everything) if entry.lon is not None and names[i]]
    if not placed:
        return
    change = spatial.transformer(spatial.CANONICAL, spatial.metric_crs(metric_srid))
    x, y = change.transform(
        np.array([everything[i].lon for i in placed]), np.array([everything[i].lat for i in placed])
    )
    by_name: dict[str, list[int]] = defaultdict(list)
    for n, i in enumerate(placed):
        by_name[names[i]].append(n)
    for members in by_name.values():
        for k, n in enumerate(members):
            if k == 0 or placed[n] < offset:
                continue
            before = members[:k]
            away = np.hypot(x[before] - x[n], y[before] - y[n])
            best = int(np.argmin(away))
            if away[best] <= near_m:
                _note(
                    found,
                    "name_nearby",
                    everything,
                    offset,
                    placed[before[best]],
                    placed[n],
                    float(away[best]),
                )

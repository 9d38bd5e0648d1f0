"""The rows that the demo city's people, bodies, cells and businesses became."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Ids:
    """City key → row id."""

    jurisdiction: int
    since: date
    bodies: dict[str, int] = field(default_factory=dict)
    officers: dict[str, int] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    businesses: dict[str, int] = field(default_factory=dict)

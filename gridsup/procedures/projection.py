"""What the events of one matter amount to: its state, clocks, proposals, signatures, and rows of effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

HEADER = (
    "title",
    "subject_kind",
    "subject_id",
    "cell_id",
    "station_id",
    "lon",
    "lat",
    "assigned_officer_id",
    "assigned_org_id",
    "number",
)
"""What an opening states and an effect or a re-homing may change. ``lon``, ``lat``: CRS84 degrees."""
LINEAGE = ("pack", "pack_version", "pack_hash", "parent_id", "root_id", "role", "awaited")
INSTANTS = ("started_at", "due_at", "warn_at", "stopped_at")


@dataclass(slots=True)
class Projection:
    """Everything that one matter's events amount to. Instants are datetimes, the rest plain JSON."""

    matter: dict[str, Any] = field(default_factory=dict)
    deadlines: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    proposals: dict[int, dict[str, Any]] = field(default_factory=dict)
    signatures: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    rows: dict[tuple[str, tuple[tuple[str, Any], ...]], dict[str, Any]] = field(default_factory=dict)
    """Rows of effects: (table, key columns and values) → the other columns."""

    def put(self, table: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """State a row of an effect's own table; ``key`` is unique there together with the jurisdiction."""
        kept = self.rows.setdefault((table, tuple(sorted(key.items()))), {})
        kept.update(values)

    def running(self, clock: str) -> dict[str, Any] | None:
        """The run of ``clock`` that has not ended."""
        for (name, _), deadline in self.deadlines.items():
            if name == clock and deadline["state"] in ("running", "paused"):
                return deadline
        return None

    def runs(self, clock: str) -> int:
        """How often ``clock`` has run so far."""
        return max((run for name, run in self.deadlines if name == clock), default=0)

    def open_proposals(self) -> list[dict[str, Any]]:
        return [p for _, p in sorted(self.proposals.items()) if p["state"] == "open"]


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None

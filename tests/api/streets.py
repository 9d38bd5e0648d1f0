"""Streets for the bureau of the API tests: four square cells, procedures, a licensed shop, who acts in what.

The squares are 0.01° wide and begin at 114.26 E, 30.60 N, as in ``tests.factories``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from geoalchemy2.shape import from_shape
from PIL import Image
from shapely import MultiPolygon, box
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Range

from gridsup.cells.model import Cell
from gridsup.people.model import Assignment, Jurisdiction, Organisation
from gridsup.procedures import versions
from tests.api.conftest import LONG_AGO, Bureau

WEST, SOUTH, SIDE = 114.26, 30.60, 0.01
IN_CELL_1 = {"lon": WEST + 0.3 * SIDE, "lat": SOUTH + 1.6 * SIDE, "accuracy_m": 6.0}
_numbers = count(1)


@dataclass
class Streets:
    """The furnished bureau. ``as_`` gives the one client of a post; ``cells`` are numbers by code."""

    bureau: Bureau
    cells: dict[str, int] = field(default_factory=dict)
    clients: dict[str, TestClient] = field(default_factory=dict)

    def as_(self, post: str, **where: Any) -> TestClient:
        if post not in self.clients:
            self.clients[post] = self.bureau.client(post, **where)
        return self.clients[post]

    # ---------------------------------------------------------------- what people do

    def report(self, post: str = "inspector", **more: Any) -> dict[str, Any]:
        """Report a new stall in cell 1; the answer's body."""
        answer = self.as_(post).post("/api/findings", json=report(**more))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def matter(self, matter_id: int, post: str = "dispatcher") -> dict[str, Any]:
        answer = self.as_(post).get(f"/api/matters/{matter_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(
        self, post: str, matter_id: int, action: str, form: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        """Take a step as the holder of a post, on the version there is; the response."""
        key = more.pop("key", str(uuid4()))
        version = more.pop("expected_version", None) or self.matter(matter_id, post)["version"]
        return self.as_(post).post(
            f"/api/matters/{matter_id}/actions/{action}",
            json={"form": form or {}, "expected_version": version, **more},
            headers={"Idempotency-Key": key},
        )

    def done(self, post: str, matter_id: int, action: str, form: Any = None, **more: Any) -> dict[str, Any]:
        """As :meth:`act`, and it must succeed."""
        answer = self.act(post, matter_id, action, form, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


CAPTURED = {
    "operator_name": "王某",
    "scope": "早点制售",
    "trade": "食品摊贩",
    "permit_required": True,
    "permit_status": "none",
    "business_licence_status": "none",
    "food": True,
    "opened_on": "2026-01-05",
    "pre_approval": "食品经营许可未办",
}
"""What a finding must say to be captured at once."""
CLASSIFIED = {"violation_basis": "never_permitted", "operation_kind": "permit", "public_danger": False}


def report(**more: Any) -> dict[str, Any]:
    """A finding that says everything."""
    return {
        "key": str(uuid4()),
        "found_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(),
        "name": "王记早点摊",
        "address": "测试街道 5 号门前",
        "facts": CAPTURED,
        "position": IN_CELL_1,
        **more,
    }


def photo() -> tuple[str, bytes]:
    """A small JPEG unlike any other, and its hash."""
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", comment=str(next(_numbers)))
    content = file.getvalue()
    return hashlib.sha256(content).hexdigest(), content


def furnish(bureau: Bureau) -> Streets:
    """Cells, procedures and an inspector for the bureau."""
    made = Streets(bureau)
    inspector = made.as_("inspector").officer.id  # type: ignore[attr-defined]
    with bureau.session() as session:
        versions.install(session, bureau.id)
        session.execute(
            update(Organisation)
            .where(Organisation.jurisdiction_id == bureau.id, Organisation.kind == "station")
            .values(
                area=from_shape(
                    MultiPolygon([box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE)]), srid=4490
                )
            )
        )
        for number, (column, row) in enumerate([(0, 1), (1, 1), (0, 0), (1, 0)], start=1):
            west, south = WEST + column * SIDE, SOUTH + row * SIDE
            cell = Cell(
                jurisdiction_id=bureau.id,
                code=f"42010301-{number:03d}",
                grid=f"{number:03d}",
                name=f"第{number}网格",
                station_id=bureau.organisations["station"],
                geom=from_shape(box(west, south, west + SIDE, south + SIDE), srid=4490),
                area_m2=1_060_000.0,
                valid=Range(LONG_AGO, None),
            )
            session.add(cell)
            session.flush()
            made.cells[cell.code] = cell.id
            session.add(
                Assignment(
                    jurisdiction_id=bureau.id,
                    officer_id=inspector,
                    cell_id=cell.id,
                    during=Range(LONG_AGO, None),
                )
            )
    with bureau.clone.owner.begin() as connection:
        connection.execute(
            update(Jurisdiction)
            .where(Jurisdiction.jurisdiction_id == bureau.id)
            .values(demo=True, settings={"abbreviation": "武江", "separate_departments": ["D07", "D10"]})
        )
    return made

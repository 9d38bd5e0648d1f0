"""Builds a small bureau for tests: real rows through the mapped classes, round numbers, squares for cells.

The square world: one jurisdiction whose single station has four cells, each 0.01° × 0.01°, in a 2 × 2 block
with its south-west corner at 114.26 E, 30.60 N (Jianghan district).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Point, box
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gridsup.cells.model import Cell
from gridsup.people.model import Assignment, Jurisdiction, Officer, Organisation, Posting
from gridsup.procedures import versions
from gridsup.registry.model import Business, HouseholdCode, Premises

JURISDICTION = 420103
WEST, SOUTH, SIDE = 114.26, 30.60, 0.01
LONG_AGO = date(2020, 1, 1)
_serial = count(1)


@dataclass
class Bureau:
    """Ids of what :func:`bureau` built. ``officers`` by post; ``cells`` by code, west→east, north→south."""

    jurisdiction_id: int
    bureau_id: int
    section_id: int
    station_id: int
    department_id: int
    officers: dict[str, int] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)


def organisation(
    session: Session, kind: str, name: str, *, code: str, jurisdiction_id: int, **more: object
) -> int:
    made = Organisation(jurisdiction_id=jurisdiction_id, kind=kind, name=name, code=code, **more)
    session.add(made)
    session.flush()
    return made.id


def officer(
    session: Session,
    post: str,
    organisation_id: int,
    *,
    jurisdiction_id: int = JURISDICTION,
    name: str | None = None,
    deputy_id: int | None = None,
    qualified: bool = True,
) -> int:
    """An officer who holds ``post`` in the body since long ago; qualified for enforcement unless told."""
    number = next(_serial)
    made = Officer(
        jurisdiction_id=jurisdiction_id,
        staff_no=f"T{number:05d}",
        name=name or f"测试{post}{number}",
        organisation_id=organisation_id,
        qualifications=[{"name": "enforcement", "number": f"Q{number:06d}"}] if qualified else [],
    )
    session.add(made)
    session.flush()
    session.add(
        Posting(
            jurisdiction_id=jurisdiction_id,
            officer_id=made.id,
            organisation_id=organisation_id,
            post=post,
            deputy_id=deputy_id,
            valid_from=LONG_AGO,
        )
    )
    session.flush()
    return made.id


def bureau(session: Session, jurisdiction_id: int = JURISDICTION) -> Bureau:
    """A bureau: its section, one station of four cells, department D10, an officer per post, all packs."""
    area = box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE)
    session.add(
        Jurisdiction(
            jurisdiction_id=jurisdiction_id,
            code=str(jurisdiction_id),
            name="江汉区",
            metric_srid=4547,
            boundary=from_shape(MultiPolygon([area]), srid=4490),
            settings={"abbreviation": "武江", "separate_departments": ["D10"]},
        )
    )
    session.flush()

    def body(kind: str, name: str, code: str, **more: object) -> int:
        return organisation(session, kind, name, code=code, jurisdiction_id=jurisdiction_id, **more)

    bureau_id = body("bureau", "江汉区市场监督管理局", "B")
    made = Bureau(
        jurisdiction_id=jurisdiction_id,
        bureau_id=bureau_id,
        section_id=body("section", "注册股", "ZC", parent_id=bureau_id),
        station_id=body(
            "station",
            "民权所",
            "42010301",
            parent_id=bureau_id,
            area=from_shape(MultiPolygon([area]), srid=4490),
        ),
        department_id=body("department", "区市场监督管理局（食品）", "D10"),
    )
    homes = {
        "dispatcher": made.section_id,
        "inspector": made.station_id,
        "enforcement": made.station_id,
        "general": made.station_id,
        "station_head": made.station_id,
        "bureau_head": bureau_id,
        "legal": bureau_id,
        "manager": bureau_id,
        "admin": bureau_id,
        "liaison": made.department_id,
    }
    for post, home in homes.items():
        made.officers[post] = officer(session, post, home, jurisdiction_id=jurisdiction_id)
    _cells(session, made)
    versions.install(session, jurisdiction_id)
    return made


def _cells(session: Session, made: Bureau) -> None:
    corners = [(0, 1), (1, 1), (0, 0), (1, 0)]
    for number, (column, row) in enumerate(corners, start=1):
        west, south = WEST + column * SIDE, SOUTH + row * SIDE
        cell = Cell(
            jurisdiction_id=made.jurisdiction_id,
            code=f"42010301-{number:03d}",
            grid=f"{number:03d}",
            name=f"第{number}网格",
            station_id=made.station_id,
            geom=from_shape(box(west, south, west + SIDE, south + SIDE), srid=4490),
            area_m2=1_060_000.0,
            valid=Range(LONG_AGO, None),
        )
        session.add(cell)
        session.flush()
        made.cells[cell.code] = cell.id
        session.add(
            Assignment(
                jurisdiction_id=made.jurisdiction_id,
                officer_id=made.officers["inspector"],
                cell_id=cell.id,
                during=Range(LONG_AGO, None),
            )
        )
    session.flush()


def business(
    session: Session,
    made: Bureau,
    *,
    cell: str = "42010301-001",
    name: str | None = None,
    placed: bool = True,
    licence_status: str = "valid",
    **more: object,
) -> int:
    """A business at the middle of ``cell`` with its household code, or one not placed yet (未落点)."""
    number = next(_serial)
    index = int(cell[-3:]) - 1
    column, row = [(0, 1), (1, 1), (0, 0), (1, 0)][index]
    point = Point(WEST + (column + 0.5) * SIDE, SOUTH + (row + 0.5) * SIDE)
    premises = Premises(
        jurisdiction_id=made.jurisdiction_id,
        address=f"江汉区民权街道{number}号",
        address_key=f"民权街道{number}号",
        point=from_shape(point, srid=4490) if placed else None,
    )
    session.add(premises)
    session.flush()
    title = name or f"测试商户{number}"
    household = Business(
        jurisdiction_id=made.jurisdiction_id,
        premises_id=premises.id,
        name=title,
        search=title.lower(),
        licence_status=licence_status,
        source="test",
        **more,
    )
    session.add(household)
    session.flush()
    if placed:
        session.add(
            HouseholdCode(
                jurisdiction_id=made.jurisdiction_id,
                business_id=household.id,
                cell_id=made.cells[cell],
                code=f"{cell}-{50_000 + number:05d}",  # far from those that the register issues itself
                issued_on=LONG_AGO,
            )
        )
        session.flush()
    return household.id

"""What is told about a business or permit before it stands in the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitDraft:
    """A permit to record. ``department`` is D01…D22."""

    kind: str
    department: str
    number: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    status: str = "valid"
    lost_on: date | None = None
    source: str = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDraft:
    """A place of business. ``point`` is (lon, lat) in CRS84, already converted; ``original`` is as it came:
    (x, y, datum). Without a point the premises is not placed yet (未落点)."""

    address: str
    building: str | None = None
    floor: str | None = None
    stall: str | None = None
    community_id: int | None = None
    point: tuple[float, float] | None = None
    original: tuple[float, float, str] | None = None
    placed_by: str = "import"
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessDraft:
    """A business or unlicensed operator to add. Fields as in :class:`gridsup.registry.model.Business`."""

    name: str
    place: PlaceDraft
    source: str
    uscc: str | None = None
    registration_no: str | None = None
    kind: str = "individual"
    operator_name: str | None = None
    operator_id_no: str | None = None
    phone: str | None = None
    scope: str | None = None
    industry: str | None = None
    trade: str | None = None
    licence_status: str = "valid"
    risk: int = 1
    opened_on: date | None = None
    status: str = "operating"
    closed_on: date | None = None
    demo: bool = False
    permits: tuple[PermitDraft, ...] = ()


CARRIED = (
    "uscc",
    "registration_no",
    "operator_name",
    "operator_id_no",
    "phone",
    "scope",
    "industry",
    "trade",
    "opened_on",
)
"""What a kept business may take over from the duplicate merged into it, where it has nothing itself."""

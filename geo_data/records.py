"""What a validated row becomes, and what becomes of a table as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from geo_data.reasons import Reason
from geo_data.tables import Dropped, RawRow


@dataclass(slots=True, kw_only=True)
class PermitRecord:
    """A permit in a row. ``department`` is D01…D22."""

    kind: str
    department: str
    number: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None

    def to_dict(self) -> dict[str, Any]:
        days = {key: day.isoformat() for key in ("issued_on", "expires_on") if (day := getattr(self, key))}
        return {**asdict(self), **days}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PermitRecord:
        days = {key: date.fromisoformat(data[key]) for key in ("issued_on", "expires_on") if data.get(key)}
        return cls(**{**data, **days})


@dataclass(slots=True, kw_only=True)
class BusinessRecord:
    """One business as understood. ``lon``, ``lat`` in EPSG:4490, beside the coordinates as they came;
    both None for a business not placed yet (未落点). ``cell`` … ``inspector`` are words of the table."""

    name: str
    address: str | None = None
    uscc: str | None = None
    registration_no: str | None = None
    kind: str = "individual"
    operator_name: str | None = None
    operator_id_no: str | None = None
    phone: str | None = None
    scope: str | None = None
    building: str | None = None
    floor: str | None = None
    stall: str | None = None
    industry: str | None = None
    trade: str | None = None
    status: str = "operating"
    licence_status: str = "valid"
    opened_on: date | None = None
    closed_on: date | None = None
    permits: list[PermitRecord] = field(default_factory=list)
    lon: float | None = None
    lat: float | None = None
    original_x: float | None = None
    original_y: float | None = None
    original_datum: str | None = None
    cell: str | None = None
    community: str | None = None
    street: str | None = None
    station: str | None = None
    inspector: str | None = None
    pre_approval: str | None = None
    disposal: str | None = None
    outside_number: str | None = None
    external_id: str | None = None
    note: str | None = None

    @property
    def placed(self) -> bool:
        return self.lon is not None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: days as ISO text, empty fields left out."""
        # dataclasses.asdict copies deeply, which took a third of the time of staging 20,000 rows
        data = {name: value for name in _FIELDS if (value := getattr(self, name)) not in (None, [])}
        for key in ("opened_on", "closed_on"):
            if key in data:
                data[key] = data[key].isoformat()
        if self.permits:
            data["permits"] = [permit.to_dict() for permit in self.permits]
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> BusinessRecord:
        """The inverse of :meth:`to_dict`."""
        values = {key: value for key, value in data.items() if key in _FIELDS}
        for key in ("opened_on", "closed_on"):
            if values.get(key):
                values[key] = date.fromisoformat(values[key])
        values["permits"] = [PermitRecord.from_dict(permit) for permit in values.get("permits", ())]
        return cls(**values)


_FIELDS = tuple(f.name for f in fields(BusinessRecord))


@dataclass(slots=True)
class GoodRow:
    """A row that may land; ``notes`` tell what a person should know about it."""

    raw: RawRow
    record: BusinessRecord
    notes: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class BadRow:
    """A row that does not land, with every fault found in it."""

    raw: RawRow
    reasons: list[Reason]
    uscc: str | None = None
    """Its credit code, where that can be read."""


@dataclass(slots=True)
class Validation:
    """The outcome of a table: what may land, what may not, what was left out as no data."""

    columns: list[str]
    good: list[GoodRow]
    bad: list[BadRow]
    dropped: list[Dropped] = field(default_factory=list)

    @property
    def unplaced(self) -> int:
        """Good rows without coordinates (未落点)."""
        return sum(not row.record.placed for row in self.good)

    def fault_counts(self) -> Counter[str]:
        """How often each fault occurs."""
        return Counter(reason.code for row in self.bad for reason in row.reasons if reason.level == "fault")

"""What the watermarked copy of a photo says: out of the record that names it and what its phone noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells import queries as cells
from gridsup.errors import NotFound
from gridsup.patrols import queries
from gridsup.people import queries as people
from gridsup.procedures import attachments
from gridsup.registry.ledger import household_in_short


def lines(session: Session, jurisdiction_id: int, matter_id: int, sha256: str) -> list[str]:
    """The lines at the foot of the copy: time and place, household, officer, the original's hash.

    Raises NotFound ``no-attachment`` unless an act on this matter names the photo.
    """
    named = session.execute(queries.naming(jurisdiction_id, matter_id, sha256)).first()
    if named is None:
        raise NotFound(
            "no-attachment",
            zh="此事项没有校验值为{sha256}的照片。",
            en="This matter has no photo with the hash {sha256}.",
            sha256=sha256,
        )
    file = attachments.find(session, sha256)
    officer = session.scalar(people.officer(jurisdiction_id, named.person_id)) if named.person_id else None
    at = (file.taken_at or named.effective_at).astimezone(SHANGHAI)
    first = [f"{at:%Y-%m-%d %H:%M:%S}", officer.name if officer else "", _caption(named.data, sha256)]
    return [
        "　".join(part for part in first if part),
        "　".join(_place(session, jurisdiction_id, named, file.device)),
        f"原图 SHA-256 {sha256}",
    ]


def _caption(event: Mapping[str, Any], sha256: str) -> str:
    return next((one.get("caption", "") for one in event["photos"] if one["sha256"] == sha256), "")


def _place(session: Session, jurisdiction_id: int, named: Any, device: Mapping[str, Any]) -> list[str]:
    """Household code and name, cell, and the phone's own position where it knew one."""
    found = []
    if named.subject_kind == "business":
        row = session.execute(household_in_short(jurisdiction_id, named.subject_id)).one_or_none()
        if row is not None:
            found.append(f"{row.code or ''} {row.name}".strip())
    cell = session.scalar(cells.cell(jurisdiction_id, named.cell_id)) if named.cell_id is not None else None
    if cell is not None:
        found.append(f"{cell.code} {cell.name}")
    if "lon" in device and "lat" in device:
        wide = f" ±{round(device['accuracy_m'])} 米" if "accuracy_m" in device else ""
        found.append(f"{device['lon']:.6f}, {device['lat']:.6f}{wide}")
    return found

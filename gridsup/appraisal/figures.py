"""The figures of a period: every inspector and station, with the rows that were counted for each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.appraisal.catalogue import Catalogue
from gridsup.appraisal.rows import rows_of
from gridsup.appraisal.score import Scored, Tally, scored, tally, total
from gridsup.people import queries as people

INSPECTOR = "inspector"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a line is about: an inspector of a station, or (``officer_id`` None) the station as a whole."""

    officer_id: int | None
    station_id: int | None


@dataclass(slots=True)
class Line:
    """A subject's rows by measure, and what they come to."""

    subject: Subject
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    points: dict[str, Scored] = field(default_factory=dict)

    @property
    def total(self) -> float | None:
        return total(self.points.values())

    def tally(self, measure: str) -> Tally:
        return tally([one["value"] for one in self.rows.get(measure, ())])


def computed(
    session: Session, jurisdiction_id: int, known: Catalogue, since: date, until: date, now: datetime
) -> list[Line]:
    """A line for every station and for every inspector on the last day, those without rows too.

    A row of somebody who is no inspector counts for the station alone. Raises Invalid ``period-reversed``.
    """
    home = session.scalars(people.jurisdiction(jurisdiction_id)).one()
    subjects = _subjects(session, jurisdiction_id, until)
    lines = {one: Line(one) for one in subjects}
    by_officer = {one.officer_id: lines[one] for one in subjects if one.officer_id is not None}
    by_station = {one.station_id: lines[one] for one in subjects if one.officer_id is None}
    for measure in known.measures.values():
        for row in rows_of(session, home, measure, since, until, now):
            plain = _plain(row)
            for line in (by_officer.get(row["officer_id"]), by_station.get(row["station_id"])):
                if line is not None:
                    line.rows[measure.id].append(plain)
    for line in lines.values():
        tallies = {name: line.tally(name) for name in known.measures}
        line.points = scored(known.measures.values(), tallies)
    return list(lines.values())


def _plain(row: Any) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "ref": row["ref"],
        "title": row["title"],
        "at": row["at"].isoformat() if row["at"] else None,
        "done_at": row["done_at"].isoformat() if row["done_at"] else None,
        "value": float(row["value"]),
    }


def _subjects(session: Session, jurisdiction_id: int, day: date) -> list[Subject]:
    tree = {row[0]: (row[1], row[2]) for row in session.execute(people.parents(jurisdiction_id))}

    def station_of(place: int | None) -> int | None:
        while place is not None and tree[place][1] != "station":
            place = tree[place][0]
        return place

    held = session.scalars(people.postings_on(jurisdiction_id, day, post=INSPECTOR))
    officers = {one.officer_id: station_of(one.organisation_id) for one in held}
    stations = session.scalars(people.organisations(jurisdiction_id, kind="station"))
    return [
        *(Subject(None, one.id) for one in stations),
        *(Subject(officer, station) for officer, station in sorted(officers.items())),
    ]

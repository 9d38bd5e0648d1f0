"""Reporting from the street: a visit is recorded, a finding opens a matter. Both are safe to send again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geoalchemy2.elements import WKTElement
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.cells.locate import hold_cell
from gridsup.errors import Invalid
from gridsup.patrols import device, queries, receiving
from gridsup.patrols.model import VISIT_RESULTS, Finding, SkippedStop, Visit
from gridsup.procedures import door, engine, forms, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer, Photo
from gridsup.procedures.family import clock, jurisdiction_of, legal_day
from gridsup.procedures.pack import Pack
from gridsup.registry import record
from gridsup.registry import service as registry
from gridsup.registry.drafts import BusinessDraft, PlaceDraft

PROCEDURE = "unlicensed_operation"
"""The procedure that a finding opens; the first instance of the seed's work modules (P10-D3)."""
CAPTURE = "capture"
"""Link 3 of P10-S1: done at once when the report already says all that it asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the phone was: CRS84 degrees, accuracy in metres."""

    lon: float
    lat: float
    accuracy_m: float | None = None

    def element(self) -> WKTElement:
        return WKTElement(f"POINT({self.lon!r} {self.lat!r})", srid=4490)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReport:
    """One call at a household. ``key`` is made on the phone; the same key is the same visit."""

    key: uuid.UUID
    at: datetime
    result: str
    business_id: int | None = None
    position: Position | None = None
    note: str | None = None
    device: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipReport:
    """A household of the day's route that was passed over, and why. ``key`` is made on the phone."""

    key: uuid.UUID
    business_id: int
    at: datetime
    reason: str
    position: Position | None = None
    device: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReport:
    """What was found. Either ``business_id`` names a known household or ``name`` and ``address`` a new one.

    ``facts`` uses the vocabulary of the procedure (domain §1.9.3); an absent fact is unknown, not false.
    """

    key: uuid.UUID
    found_at: datetime
    source: str
    business_id: int | None = None
    name: str | None = None
    address: str | None = None
    community_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
    outside_number: str | None = None
    position: Position | None = None
    photos: Sequence[Photo] = ()
    device: Mapping[str, Any] = field(default_factory=dict)


def record_visit(
    session: Session, officer_id: int, report: VisitReport, *, now: datetime | None = None
) -> Visit:
    """Record a visit; sending it again gives the same row.

    Raises :class:`Invalid` ``visit-result``, ``effective-in-future``, ``key-reused``; ``NotFound``
    ``business-not-found``.
    """
    jurisdiction_id = jurisdiction_of(session)
    check_visit(report, now=now)
    cell_id = None
    if report.business_id is not None:
        cell_id = _cell_of_business(session, jurisdiction_id, report.business_id)
    if cell_id is None and report.position is not None:
        cell = hold_cell(session, jurisdiction_id, report.position.lon, report.position.lat)
        cell_id = cell.id if cell else None
    values = {
        "jurisdiction_id": jurisdiction_id,
        "officer_id": officer_id,
        "key": report.key,
        "business_id": report.business_id,
        "at": report.at,
        "result": report.result,
        "note": report.note,
    }
    place = {
        "cell_id": cell_id,
        "point": report.position.element() if report.position else None,
        "accuracy_m": report.position.accuracy_m if report.position else None,
        "device": device_of(session, jurisdiction_id, officer_id, report, report.at),
    }
    session.execute(insert(Visit).values(**values, **place).on_conflict_do_nothing())
    stored = session.scalars(queries.visit_by_key(jurisdiction_id, officer_id, report.key)).one()
    check_same(stored, values)
    return stored


def check_visit(report: VisitReport, *, now: datetime | None = None) -> None:
    """Raises :class:`Invalid` ``visit-result``, ``effective-in-future``."""
    if report.result not in VISIT_RESULTS:
        raise Invalid(
            "visit-result",
            zh="走访结果“{result}”不在可选范围内：{allowed}。",
            en="The visit's result “{result}” is none of: {allowed}.",
            result=report.result,
            allowed="、".join(VISIT_RESULTS),
        )
    not_in_future(report.at, now)


def check_same(stored: Visit | SkippedStop, values: Mapping[str, Any]) -> None:
    """Raises :class:`Invalid` ``key-reused`` unless the record of this key says the same."""
    if any(getattr(stored, name) != value for name, value in values.items()):
        raise Invalid(
            "key-reused",
            zh="此请求编号已用于另一条记录。请换用新的编号。",
            en="This key was used for another record. Use a new one.",
        )


def report_finding(
    session: Session, acting: Acting, report: FindingReport, *, now: datetime | None = None
) -> tuple[Finding, Answer]:
    """Report a finding (P10-S1, links 2 and 3): locate the cell, know or add the household, open the matter.

    The same ``key`` is the same finding. Raises as ``engine.open_matter``, and :class:`Invalid`
    ``finding-without-operator``, ``unknown-facts``; ``NotFound`` ``business-not-found``.
    """
    jurisdiction_id = jurisdiction_of(session)
    not_in_future(report.found_at, now)
    if acting.person_id is None:
        raise ValueError("a finding has a person")
    answer = door.once(
        session,
        jurisdiction_id,
        acting.person_id,
        f"finding:{report.key}",
        _plain(report),
        lambda: _report(session, jurisdiction_id, acting, report, now),
    )
    return session.scalars(queries.finding_of_matter(jurisdiction_id, answer.matter_id)).one(), answer


def _report(
    session: Session, jurisdiction_id: int, acting: Acting, report: FindingReport, now: datetime | None
) -> Answer:
    pack, _ = versions.in_force(session, jurisdiction_id, PROCEDURE, legal_day(report.found_at))
    told = _told(pack, report)
    cell = None
    if report.position is not None:
        cell = hold_cell(session, jurisdiction_id, report.position.lon, report.position.lat)
    business_id = report.business_id or _add_operator(session, jurisdiction_id, acting, report)
    summary = session.execute(queries.household(jurisdiction_id, business_id)).one_or_none()
    if summary is None:
        raise record.not_found(business_id)
    cell_id = summary.cell_id or (cell.id if cell else None)
    station_id = summary.station_id or (cell.station_id if cell else None)
    receives = receiving.receiver(
        session,
        jurisdiction_id,
        acting,
        report.facts,
        report.found_at,
        cell_id=cell_id,
        station_id=station_id,
    )
    header = engine.Header(
        title=summary.name,
        subject_kind="business",
        subject_id=business_id,
        cell_id=cell_id,
        station_id=station_id,
        lon=report.position.lon if report.position else summary.lon,
        lat=report.position.lat if report.position else summary.lat,
        assigned_officer_id=receives.officer_id,
        facts=told,
    )
    opening = pack.actions[pack.opening]
    answer = engine.open_matter(
        session,
        PROCEDURE,
        acting,
        header,
        _fields(opening.form, told),
        key=f"finding:{report.key}:open",
        effective_at=report.found_at,
        photos=report.photos,
        now=now,
    )
    session.add(_row(session, acting, report, business_id, cell_id, answer.matter_id, told))
    session.flush()
    capture = pack.actions.get(CAPTURE)
    if capture and acting.post in capture.posts and set(capture.form.get("required", ())) <= told.keys():
        answer = engine.act(
            session,
            answer.matter_id,
            CAPTURE,
            acting,
            _fields(capture.form, told),
            key=f"finding:{report.key}:capture",
            expected_version=answer.version,
            effective_at=report.found_at,
            now=now,
        )
    return answer


def _told(pack: Pack, report: FindingReport) -> dict[str, Any]:
    """Everything the report says, in the procedure's facts. Raises Invalid ``unknown-facts``, and
    ``form-invalid`` for a fact of another kind than the procedure says."""
    opening = pack.actions[pack.opening].form.get("properties", {})
    known = pack.facts.keys() | opening.keys()
    if strange := sorted(report.facts.keys() - known):
        raise Invalid(
            "unknown-facts",
            zh="无法识别的事实项：{names}。请使用流程中列出的名称。",
            en="Unknown facts: {names}. Use the names that the procedure lists.",
            names="、".join(strange),
        )
    forms.check({"properties": dict(pack.facts)}, {k: v for k, v in report.facts.items() if k in pack.facts})
    said = {
        "source": report.source,
        "outside_number": report.outside_number,
        "note": report.note,
        "address": report.address,
        **report.facts,
    }
    if report.name and "operator_name" not in said:
        said["operator_name"] = report.name
    return {name: value for name, value in said.items() if value is not None}


def _fields(form: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """The part of what was told that a form asks for."""
    return {name: told[name] for name in form.get("properties", {}) if name in told}


def _add_operator(session: Session, jurisdiction_id: int, acting: Acting, report: FindingReport) -> int:
    if not (report.name and report.address):
        raise Invalid(
            "finding-without-operator",
            zh="请选择已登记的商户，或填写新发现经营者的名称和地址。",
            en="Choose a registered household, or give the new operator's name and address.",
        )
    place = report.position
    draft = BusinessDraft(
        name=report.name,
        place=PlaceDraft(
            address=report.address,
            community_id=report.community_id,
            point=(place.lon, place.lat) if place else None,
            placed_by="doorstep",
            accuracy_m=place.accuracy_m if place else None,
        ),
        source=report.source,
        kind="unregistered",
        operator_name=report.facts.get("operator_name"),
        scope=report.facts.get("scope"),
        trade=report.facts.get("trade"),
        licence_status=report.facts.get("business_licence_status") or "none",
        risk=3,
    )
    return registry.add(session, jurisdiction_id, draft, officer_id=acting.person_id).id


def device_of(
    session: Session,
    jurisdiction_id: int,
    officer_id: int,
    report: VisitReport | FindingReport | SkipReport,
    at: datetime,
) -> dict[str, Any]:
    """What the phone noted, with the way from the officer's visit before."""
    place = (report.position.lon, report.position.lat) if report.position else None
    return device.with_way(session, jurisdiction_id, officer_id, report.device, place, at)


def _row(
    session: Session,
    acting: Acting,
    report: FindingReport,
    business_id: int,
    cell_id: int | None,
    matter_id: int,
    told: dict[str, Any],
) -> Finding:
    jurisdiction_id, officer_id = jurisdiction_of(session), acting.person_id
    if officer_id is None:
        raise ValueError("a finding has a person")
    return Finding(
        jurisdiction_id=jurisdiction_id,
        officer_id=officer_id,
        business_id=business_id,
        cell_id=cell_id,
        matter_id=matter_id,
        found_at=report.found_at,
        source=report.source,
        facts=told,
        note=report.note,
        point=report.position.element() if report.position else None,
        accuracy_m=report.position.accuracy_m if report.position else None,
        device=device_of(session, jurisdiction_id, officer_id, report, report.found_at),
        key=report.key,
    )


def _plain(report: FindingReport) -> dict[str, Any]:
    """The report as the idempotency key compares it."""
    position = report.position
    return {
        "verb": "finding",
        "found_at": report.found_at.isoformat(),
        "source": report.source,
        "business": report.business_id,
        "name": report.name,
        "address": report.address,
        "community": report.community_id,
        "outside_number": report.outside_number,
        "position": [position.lon, position.lat] if position else None,
        "photos": [dict(photo) for photo in report.photos],
        "device": dict(report.device),
        "form": {**report.facts, "note": report.note},
    }


def _cell_of_business(session: Session, jurisdiction_id: int, business_id: int) -> int | None:
    row = session.execute(queries.household(jurisdiction_id, business_id)).one_or_none()
    if row is None:
        raise record.not_found(business_id)
    cell_id: int | None = row.cell_id
    return cell_id


def not_in_future(at: datetime, now: datetime | None) -> None:
    if at > (now or clock()):
        raise Invalid(
            "effective-in-future",
            zh="时间 {at} 晚于当前时间。请校准设备时钟后再报。",
            en="The time {at} lies in the future. Set the device's clock right and send it again.",
            at=at.isoformat(),
        )

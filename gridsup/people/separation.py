"""Exemptions from the separation of patrol and case handling (巡办分离): dated decisions of the bureau."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from gridsup.people import queries
from gridsup.people.audit import record
from gridsup.people.model import SeparationWaiver
from gridsup.people.refusals import fault, insert, missing, taken


def add_waiver(
    session: Session,
    jurisdiction_id: int,
    *,
    station_id: int,
    decision_number: str,
    decided_on: date,
    valid_from: date,
    valid_to: date,
    reason: str,
    today: date,
    by: int | None = None,
) -> SeparationWaiver:
    """Put on record that a station too small for it need not separate patrol and case handling (P10-R1).

    It holds from ``valid_from`` to ``valid_to``, both inclusive, and never for what was done before the
    decision. The event of each act that rests on it names the decision.

    Raises:
        NotFound: no such body. Conflict: ``waiver-number``: this decision is on record for the station.
        Invalid: ``waiver-station`` (only a station is exempted), ``waiver-days`` (decided in the future, or
            valid before it was decided, or ended before it begins).
    """
    station = session.scalar(queries.organisation(jurisdiction_id, station_id))
    if station is None:
        raise missing("organisation", "机构", "body", station_id)
    if station.kind != "station":
        raise fault("waiver-station", "/station_id", "只有监管所可以豁免。", "Only a station is exempted.")
    if decided_on > today:
        zh, en = "决定日期不能晚于今天。", "The decision cannot lie in the future."
        raise fault("waiver-days", "/decided_on", zh, en)
    if valid_from < decided_on:
        zh, en = "豁免不能早于作出决定之日。", "It cannot begin before the decision."
        raise fault("waiver-days", "/valid_from", zh, en)
    if valid_to < valid_from:
        raise fault("waiver-days", "/valid_to", "结束日早于开始日。", "It ends before it begins.")
    row = SeparationWaiver(
        jurisdiction_id=jurisdiction_id,
        station_id=station_id,
        decision_number=decision_number,
        decided_on=decided_on,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
    )
    insert(session, row, taken("waiver-number", decision_number, "决定文号", "decision", "/decision_number"))
    record(
        session,
        jurisdiction_id,
        "separation-waived",
        officer_id=by,
        subject=f"organisation:{station_id}",
        reason=reason,
        decision=decision_number,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat(),
    )
    return row


def end_waiver(
    session: Session, jurisdiction_id: int, waiver_id: int, *, last_day: date, by: int | None = None
) -> SeparationWaiver:
    """End an exemption after ``last_day``, earlier than decided; the day before its first means never.

    Raises:
        NotFound: no such exemption. Invalid: ``waiver-days``: it is over by then, or had not begun.
    """
    row = session.scalar(queries.waiver(jurisdiction_id, waiver_id).with_for_update())
    if row is None:
        raise missing("waiver", "豁免决定", "exemption", waiver_id)
    if not row.valid_from - timedelta(days=1) <= last_day <= row.valid_to:
        zh, en = "结束日不在豁免期内。", "This day is not within the exemption."
        raise fault("waiver-days", "/last_day", zh, en)
    planned, row.valid_to = row.valid_to, last_day
    session.flush()
    record(
        session,
        jurisdiction_id,
        "separation-restored",
        officer_id=by,
        subject=f"organisation:{row.station_id}",
        decision=row.decision_number,
        planned_to=planned.isoformat(),
    )
    return row

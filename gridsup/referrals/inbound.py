"""Taking in what other departments tell the bureau: one by one or as a spreadsheet (P9-N1, P9-N3, P9-N4).

Each notice is kept, matched to a household and routed to its station as a matter whose ten working days run
from its receipt; what cannot be matched without doubt waits in a list that must be empty.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gridsup.calendars import SHANGHAI
from gridsup.errors import Conflict, FieldFault, GridsupError, Invalid, NotFound
from gridsup.people import audit
from gridsup.people.deputies import day_of
from gridsup.procedures import engine
from gridsup.procedures.acting import CLOCKWORK, Acting
from gridsup.procedures.door import Answer
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.referrals import inbound_queries, queries, received
from gridsup.referrals.departments import catalogue
from gridsup.referrals.matching import Match, match
from gridsup.referrals.model import KINDS, LOSSES, InboundReferral
from gridsup.registry import record
from gridsup.registry.model import Business, Permit
from gridsup.registry.permits import lose_permit

PROCEDURE = "unlicensed_operation"
log = logging.getLogger("gridsup.referrals")
RAISED = "register"
"""Batch of what the register raises by itself: permits whose term is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a department tells. ``status`` and ``lost_on`` for a permit that was lost (``permit_loss``)."""

    kind: str
    department: str
    received_at: datetime
    name: str
    number: str | None = None
    address: str | None = None
    licence_no: str | None = None
    permit_number: str | None = None
    status: str | None = None
    lost_on: date | None = None
    trade: str | None = None
    content: str | None = None

    def key(self) -> str:
        """The same notice gives the same key, whoever types it in again; its hour does not tell two apart."""
        plain = {**asdict(self), "received_at": day_of(self.received_at).isoformat()}
        text = json.dumps(plain, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one notice: its row, the match, the matter it opened; ``again`` where it was there."""

    row: InboundReferral
    match: Match
    answer: Answer | None
    again: bool = False


def take_in(
    session: Session,
    acting: Acting,
    notice: Notice,
    *,
    batch: str | None = None,
    row_no: int | None = None,
    late_reason: str | None = None,
    now: datetime | None = None,
) -> Taken:
    """Keep a notice, match it, and open the matter of its household; the same notice is taken in once.

    ``late_reason``: why it is taken in long after its receipt (``received.SOON``).

    Raises Invalid ``notice-invalid`` (one fault per field), and what the door raises.
    """
    jurisdiction_id = jurisdiction_of(session)
    moment = now or clock()
    _check(notice, late_reason, moment)
    key = notice.key()
    there = session.scalar(inbound_queries.by_key(jurisdiction_id, key))
    if there is not None:
        return Taken(there, Match(there.business_id, there.matched_by), None, again=True)
    row = InboundReferral(
        jurisdiction_id=jurisdiction_id,
        batch=batch or key[:12],
        row_no=row_no,
        key=key,
        officer_id=acting.person_id,
        **asdict(notice),
    )
    session.add(row)
    session.flush()
    if late_reason and received.is_late(notice.received_at, moment):
        received.note_late(session, jurisdiction_id, row.id, late_reason, acting.person_id)
    found = match(
        session,
        jurisdiction_id,
        name=notice.name,
        address=notice.address,
        licence_no=notice.licence_no,
        permit_number=notice.permit_number,
    )
    if found.business_id is None:
        return Taken(row, found, None)
    answer = _route(session, row, found.business_id, found.matched_by or "", acting, now)
    return Taken(row, found, answer)


def take_in_many(
    session: Session,
    acting: Acting,
    notices: Sequence[tuple[int, Notice]],
    *,
    batch: str,
    late_reason: str | None = None,
    now: datetime | None = None,
) -> list[Taken | GridsupError]:
    """Rows of a spreadsheet (number, notice): each is taken in, or refused with its reason, by itself."""
    results: list[Taken | GridsupError] = []
    for row_no, notice in notices:
        try:
            with session.begin_nested():
                taken = take_in(
                    session, acting, notice, batch=batch, row_no=row_no, late_reason=late_reason, now=now
                )
                results.append(taken)
        except GridsupError as refusal:
            results.append(refusal)
    return results


def settle(
    session: Session, acting: Acting, inbound_id: int, business_id: int, *, now: datetime | None = None
) -> Answer:
    """The dispatcher names the household of an unmatched notice: it is routed like any other.

    Raises NotFound ``inbound``, ``business-not-found``; Conflict ``inbound-settled``.
    """
    row = _open_row(session, inbound_id)
    return _route(session, row, business_id, "hand", acting, now)


def get(session: Session, inbound_id: int) -> InboundReferral:
    """Raises NotFound ``inbound``."""
    row = session.scalar(inbound_queries.by_id(jurisdiction_of(session), inbound_id))
    if row is None:
        raise _no_row(inbound_id)
    return row


def dismiss(session: Session, inbound_id: int, reason: str, *, by: int | None = None) -> InboundReferral:
    """An unmatched notice that is about nobody here; the reason is mandatory (P9-X1).

    Raises NotFound ``inbound``; Conflict ``inbound-settled``; Invalid ``reason-missing``.
    """
    row = _open_row(session, inbound_id)
    if len(reason.strip()) < 2:
        zh, en = "请写明理由。", "Give the reason."
        raise Invalid("reason-missing", zh=zh, en=en, faults=[FieldFault("/reason", zh, en)])
    row.dismissed_reason = reason.strip()
    session.flush()
    audit.record(
        session,
        row.jurisdiction_id,
        "inbound-dismissed",
        officer_id=by,
        subject=f"inbound:{row.id}",
        reason=row.dismissed_reason,
    )
    return row


def raise_expired(session: Session, *, now: datetime | None = None) -> list[Taken]:
    """Permits whose term is over while the business goes on: each becomes a permit loss and a matter.

    May be run often and by several at once: a permit is raised once, and one that another raises at this
    moment is left to it. One that cannot be raised is logged by its number and tried again the next time; the
    others go on. The register itself raises it, so no officer stands behind.
    """
    jurisdiction_id, moment = jurisdiction_of(session), now or clock()
    query = inbound_queries.over_term(jurisdiction_id, day_of(moment)).with_for_update(
        of=Permit, skip_locked=True
    )
    raised = []
    for permit, business, address in session.execute(query).all():
        try:
            with session.begin_nested():
                raised.append(_raise(session, permit, business, address, moment))
        except (GridsupError, IntegrityError) as refusal:
            log.error("permit %s of business %s: %s", permit.id, business.id, refusal)
    return raised


def _raise(session: Session, permit: Permit, business: Business, address: str, now: datetime) -> Taken:
    assert permit.expires_on is not None
    ended = datetime.combine(permit.expires_on + timedelta(days=1), time(), SHANGHAI)
    notice = Notice(
        kind="permit_loss",
        department=permit.department,
        received_at=now,
        name=business.name,
        address=address,
        number=None,
        permit_number=permit.number,
        status="expired",
        lost_on=permit.expires_on,
        trade=business.trade,
        content=f"{permit.kind}有效期于{permit.expires_on.isoformat()}届满，登记系统自动提示",
    )
    row = InboundReferral(
        jurisdiction_id=permit.jurisdiction_id,
        batch=RAISED,
        key=f"permit:{permit.id}:{ended.date().isoformat()}",
        **asdict(notice),
    )
    session.add(row)
    session.flush()
    answer = _route(session, row, business.id, "permit", CLOCKWORK, now, permit_id=permit.id)
    return Taken(row, Match(business.id, "permit"), answer)


def _open_row(session: Session, inbound_id: int) -> InboundReferral:
    row = session.scalar(inbound_queries.by_id(jurisdiction_of(session), inbound_id).with_for_update())
    if row is None:
        raise _no_row(inbound_id)
    if row.matter_id is not None or row.dismissed_reason is not None:
        raise Conflict("inbound-settled", zh="该来件已经处理。", en="This notice has been settled already.")
    return row


def _no_row(inbound_id: int) -> NotFound:
    return NotFound(
        "inbound", zh="没有编号为 {id} 的来件。", en="There is no inbound notice {id}.", id=inbound_id
    )


def _route(
    session: Session,
    row: InboundReferral,
    business_id: int,
    matched_by: str,
    acting: Acting,
    now: datetime | None,
    *,
    permit_id: int | None = None,
) -> Answer:
    """Note the loss on the permit, and open the matter at the household's station."""
    j = row.jurisdiction_id
    business = record.get(session, j, business_id)
    if row.kind == "permit_loss":
        _lose(session, row, business_id, acting, permit_id)
    place = session.execute(inbound_queries.place_of(j, business_id, day_of(row.received_at))).one()
    facts: dict[str, Any] = {
        "source": "referral",
        "outside_number": row.number,
        "sender": _sender(session, row),
        "operator_name": business.operator_name or business.name,
        "address": place.address,
        "trade": row.trade or business.trade,
        "permit_required": True,
        "permit_status": row.status if row.kind == "permit_loss" else "none",
        "business_licence_status": business.licence_status,
        "note": row.content,
    }
    form = {name: value for name, value in facts.items() if value is not None}
    answer = engine.open_matter(
        session,
        PROCEDURE,
        acting,
        engine.Header(
            title=business.name,
            subject_kind="business",
            subject_id=business_id,
            cell_id=place.cell_id,
            station_id=place.station_id,
            lon=place.lon,
            lat=place.lat,
            assigned_officer_id=place.officer_id,
        ),
        form,
        key=f"inbound:{row.id}",
        effective_at=row.received_at,
        now=now,
    )
    row.business_id, row.matched_by, row.matter_id = business_id, matched_by, answer.matter_id
    session.flush()
    return answer


def _sender(session: Session, row: InboundReferral) -> str | None:
    """Who told it, by the name that the body of that department bears today; None for the register itself."""
    if row.batch == RAISED:
        return None
    bodies = session.scalars(queries.bodies(row.jurisdiction_id, "department"))
    if here := next((one.name for one in bodies if one.code == row.department), None):
        return here
    body = catalogue().body(row.department, day_of(row.received_at))
    return body.name if body else catalogue().department(row.department).name


def _lose(
    session: Session, row: InboundReferral, business_id: int, acting: Acting, permit_id: int | None
) -> None:
    """Note the loss on the permit that the notice names; a permit that the register lacks stays unknown."""
    named = permit_id or session.scalar(
        inbound_queries.permit_named(row.jurisdiction_id, business_id, row.department, row.permit_number)
    )
    if named is None:
        return
    lose_permit(
        session,
        row.jurisdiction_id,
        business_id,
        named,
        status=str(row.status),
        officer_id=acting.person_id,
        version=record.get(session, row.jurisdiction_id, business_id).version,
        on=row.lost_on,
        reason=row.content,
    )


def _check(notice: Notice, late_reason: str | None, now: datetime) -> None:
    found = [*faults(notice), *received.faults(notice.received_at, notice.number, late_reason, now)]
    if found:
        raise Invalid(
            "notice-invalid",
            zh="来件有 {count} 处须更正：{first}",
            en="{count} field(s) of the notice must be mended: {first_en}",
            faults=found,
            count=len(found),
            first=found[0].zh,
            first_en=found[0].en,
        )


def faults(notice: Notice) -> list[FieldFault]:
    """Everything that is wrong with a notice in itself, each by its field."""
    codes = {one.code for one in catalogue().departments}
    found = []
    if notice.kind not in KINDS:
        found.append(FieldFault("/kind", "类别应为抄告或许可失效。", "The kind is referral or permit_loss."))
    if notice.department not in codes:
        found.append(FieldFault("/department", "部门代码应为 D01 至 D22。", "The department is D01 to D22."))
    if not notice.name.strip():
        found.append(FieldFault("/name", "请填写经营者名称。", "Give the operator's name."))
    if notice.kind == "permit_loss" and notice.status not in LOSSES:
        zh = "许可失效的方式应为：吊销、撤销、注销或届满。"
        found.append(FieldFault("/status", zh, "Revoked, rescinded, cancelled or expired."))
    if notice.kind == "permit_loss" and notice.lost_on is None:
        found.append(FieldFault("/lost_on", "请填写失效日期。", "Give the day it was lost."))
    if notice.lost_on and notice.lost_on > day_of(notice.received_at):
        found.append(FieldFault("/lost_on", "失效日期晚于签收日。", "It was lost after it was received."))
    return found

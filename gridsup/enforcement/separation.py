"""Who patrols does not punish (巡办分离, P10-R1), also between two families about one household."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy.orm import Session

from gridsup.enforcement import queries
from gridsup.errors import Refused
from gridsup.procedures.acting import directory
from gridsup.procedures.pack import Words

PATROL = ("discover", "capture")
HANDLED = {
    "discover": Words(zh="发现", en="found it"),
    "capture": Words(zh="采集", en="recorded it"),
    "inspect": Words(zh="现场检查", en="inspected it"),
    "found_unrectified": Words(zh="复查", en="re-inspected it"),
    "found_corrected": Words(zh="复查", en="re-inspected it"),
    "found_refused": Words(zh="复查", en="re-inspected it"),
    "open_on_spot": Words(zh="现场调查", en="inquired on the spot"),
    "inform": Words(zh="当场告知", en="informed the party on the spot"),
    "file_case": Words(zh="提请立案", en="proposed the filing"),
    "investigate": Words(zh="调查取证", en="investigated"),
    "collect_evidence": Words(zh="提取证据", en="took evidence"),
    "report_investigation": Words(zh="调查终结报审", en="reported the investigation"),
    "preserve": Words(zh="先行登记保存", en="preserved evidence"),
    "preserve_urgent": Words(zh="先行登记保存", en="preserved evidence"),
    "seize": Words(zh="查封、扣押", en="seized goods"),
    "seize_urgent": Words(zh="查封、扣押", en="seized goods"),
}
"""Steps by which somebody finds or handles what a case is about → how a refusal says it."""


def asked(
    session: Session,
    jurisdiction_id: int,
    business_id: int,
    actions: Sequence[str],
    persons: Collection[int],
    station_id: int | None,
    day: date,
) -> None:
    """Raises :class:`Refused` ``separation-of-duties`` where one of ``persons`` took one of ``actions`` in an
    open matter of the household. ``station_id``: whose exemption counts; None where none can."""
    did = session.execute(queries.doers_about(jurisdiction_id, business_id, actions)).all()
    patrolled = {one for row in did for one in (row.person_id, row.acting_for_id, *row.crew) if one}
    both = frozenset(patrolled & set(persons))
    if not both:
        return
    if station_id is not None and directory().separation_waived(
        session, jurisdiction_id, station_id, both, day
    ):
        return
    raise Refused(
        "separation-of-duties",
        zh="巡查与查处须由不同人员办理：该户在办事项 {matters} 由您或同行人员发现、采集。请由他人办理。",
        en="Patrol and enforcement need different persons: you, or who acts with you, found this household "
        "in the open matter {matters}. Somebody else must act.",
        matters=", ".join(f"#{number}" for number in sorted({row.matter_id for row in did})),
        persons=sorted(both),
    )


def signer(
    session: Session,
    jurisdiction_id: int,
    root_id: int,
    business_id: int | None,
    persons: Collection[int],
    station_id: int | None,
    day: date,
) -> None:
    """Raises :class:`Refused` ``signer-handled`` where one of ``persons`` took a step of :data:`HANDLED`
    in the chain of the case. The exemption of a small station lifts what its patrol found, no more."""
    rows = session.execute(queries.doers_in_chain(jurisdiction_id, root_id, business_id, list(HANDLED))).all()
    mine = [row for row in rows if {row.person_id, row.acting_for_id, *row.crew} & set(persons)]
    if not mine:
        return
    if (
        station_id is not None
        and all(row.action in PATROL for row in mine)
        and directory().separation_waived(session, jurisdiction_id, station_id, frozenset(persons), day)
    ):
        return
    first = mine[0]
    done = HANDLED[first.action]
    raise Refused(
        "signer-handled",
        zh="审批人不得是办案人：您或您代理的人在事项 #{matter} 中办理过“{done_zh}”，"
        "该事项与本案属同一户或同一案件链。请由其他负责人签批。",
        en="Who signs a case is not who handled it: in matter #{matter} of the same household or chain you, "
        "or whom you stand in for, {done_en}. Another head signs.",
        matter=first.matter_id,
        done_zh=done.zh,
        done_en=done.en,
    )

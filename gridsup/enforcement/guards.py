"""What the law asks before an act of a case takes effect: at the proposal, and again when it is signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import Amount, deadline, local_day
from gridsup.enforcement import correction, law, queries, separation
from gridsup.enforcement.money import written, yuan
from gridsup.errors import FieldFault, GridsupError, Invalid, Refused
from gridsup.procedures.effects import Decision
from gridsup.procedures.pack import RuleRow
from gridsup.procedures.rules import CeilingValue, lookup

OTHER = "other"
"""A conduct whose penalty stands in no table here: the officer cites the statute."""


def act_day(d: Decision) -> date:
    """The day the act ended; one that goes on ends, for the law, on the day of the decision."""
    until = d.facts.get("act_until")
    if d.facts.get("continuing") is True or until is None:
        return local_day(d.effective_at)
    day = date.fromisoformat(str(until))
    if day > local_day(d.effective_at):
        raise Invalid(
            "act-in-future",
            zh="违法行为终了日不能晚于决定日。",
            en="The act cannot have ended after the decision.",
            faults=[FieldFault("/act_until", "请核对日期。", "Check the date.")],
        )
    return day


def fine_of(d: Decision) -> Decimal:
    """The fine that the act's form, else the matter's facts, name; zero where there is none."""
    fine = d.facts.get("fine")
    return yuan(fine) if fine is not None else Decimal(0)


def judged(d: Decision) -> law.Judged | None:
    """Both laws for the conduct; None where no table holds it."""
    conduct = d.facts.get("conduct")
    if conduct in (None, OTHER):
        return None
    facts = {name: value for name, value in d.facts.items() if value is not None}
    return law.judge(str(conduct), act_day(d), local_day(d.effective_at), facts)


def lawful(d: Decision) -> None:
    """The fine lies in the range of the milder law, and correction came first where today's law asks it."""
    _lawful(d, fine_of(d), mitigated=bool(d.form.get("mitigation")))


def foretold(d: Decision) -> GridsupError | None:
    """What the decision would refuse of the fine that is proposed, while the party was told nothing yet; else
    that the order whose refusal is punished was not served.

    The proposal stands: a ground of mitigation (减轻, APL-32) is stated with the decision.
    """
    proposed = d.form.get("proposed_fine") or d.facts.get("proposed_fine")
    if proposed is None:
        return None
    try:
        _lawful(d, yuan(proposed), mitigated=False)
    except Invalid:  # the form itself says so, at its field
        return None
    except GridsupError as refusal:
        return refusal
    return correction.untold(d)


def _lawful(d: Decision, fine: Decimal, *, mitigated: bool) -> None:
    found = judged(d)
    if found is None:
        return
    today = found.decision
    if fine > 0 and today.value.correction_first and d.facts.get("correction_refused") is not True:
        raise Refused(
            "correction-first",
            zh="依{source}，须先责令改正，拒不改正的才可罚款。请先责令改正"
            "（案件在调查取证阶段办理“责令改正”），期满复查后再处罚。",
            en="By {rule} a fine comes only after an order to correct was refused. Order the correction (in "
            "a case: “Order to correct”, while it is investigated) and re-inspect first.",
            source=today.row.source,
            rule=today.row.id,
        )
    law.check_fine(found.applies, fine, mitigated=mitigated)


def law_applied(d: Decision) -> dict[str, Any]:
    """The explanation that stays on the event: both laws and the choice."""
    found = judged(d)
    if found is None:
        basis = str(d.facts.get("basis", ""))
        return {
            "verified": False,
            "lines": {
                "zh": [f"依据“{basis}”未列入规则表，由办案人员和审核人员核对"],
                "en": ["This basis stands in no rule table; handler and reviewer check it"],
            },
        }
    return found.as_json()


def ceiling(table: str, row: str, d: Decision) -> tuple[RuleRow, int]:
    """A ceiling for the party on the legal day of the act (procedure follows the day of the decision)."""
    found = lookup(table, row, local_day(d.effective_at), {"jurisdiction": str(d.jurisdiction_id)})
    value = CeilingValue.model_validate(found.value)
    return found, value.person if d.facts.get("party_kind", "person") == "person" else value.organisation


def simple_ceiling(d: Decision) -> None:
    """Raises :class:`Refused` ``above-simple-ceiling``: such a fine needs the ordinary procedure."""
    row, most = ceiling("ceilings_simple_fine", "simple_fine", d)
    if fine_of(d) > most:
        raise Refused(
            "above-simple-ceiling",
            zh="当场处罚的罚款不得超过 {most} 元（{source}）。请转普通程序。",
            en="A fine on the spot is at most {most} yuan ({day}). Take the ordinary procedure.",
            most=most,
            source=row.source,
            day=local_day(d.effective_at).isoformat(),
        )


def simple_explained(d: Decision) -> dict[str, Any]:
    row, most = ceiling("ceilings_simple_fine", "simple_fine", d)
    zh = [f"简易程序罚款上限 {most} 元，本次 {written(fine_of(d))} 元（{row.source}）"]
    en = [f"Ceiling of the simple procedure {most} yuan, this fine {written(fine_of(d))}"]
    if not row.verified:
        zh.append("该上限未经核对原文")
        en.append("The ceiling was not checked against the text")
    return {"rule": row.id, "verified": row.verified, "lines": {"zh": zh, "en": en}}


def hearing_right(d: Decision) -> dict[str, Any]:
    """Whether the party may ask for a hearing: by the proposed fine, or because the measure is grave."""
    row, least = ceiling("ceilings_hearing", "hearing", d)
    proposed = yuan(d.form["proposed_fine"]) if d.form.get("proposed_fine") is not None else Decimal(0)
    grave = d.form.get("grave_measure") is True or d.form.get("hearing_right") is True
    right = grave or proposed >= least
    zh = [
        f"拟罚款 {written(proposed)} 元，听证起点 {least} 元（{row.source}）"
        + ("；另有责令停产停业、吊销、较大数额没收等措施" if grave else ""),
        "当事人有权要求听证" if right else "不属于听证范围",
    ]
    en = [
        f"Proposed fine {written(proposed)} yuan, hearings from {least}"
        + (", a grave measure" if grave else ""),
        "The party may ask for a hearing" if right else "No right to a hearing",
    ]
    if not row.verified:
        zh.append("听证起点未经核对原文，省级另有规定的从其规定")
        en.append("The threshold was not checked against the text; a province may fix another")
    if refusal := foretold(d):
        zh.append(refusal.text("zh"))
        en.append(refusal.text("en"))
    facts = {"hearing_right": right, "proposed_fine": written(proposed)}
    return {"facts": facts, "verified": row.verified, "lines": {"zh": zh, "en": en}}


def not_heavier(d: Decision) -> None:
    """Defence never makes it worse (APL-45). Raises :class:`Refused` ``heavier-than-notified``."""
    told = d.facts.get("proposed_fine")
    if told is not None and fine_of(d) > yuan(told):
        raise Refused(
            "heavier-than-notified",
            zh="罚款 {fine} 元高于告知的 {told} 元。不得因申辩加重；依据新事实加重的，须重新告知。",
            en="A fine of {fine} yuan exceeds the {told} of the notice. Defence never makes it worse; on new "
            "facts give a new notice first.",
            fine=written(fine_of(d)),
            told=written(yuan(told)),
        )


def within_limitation(d: Decision) -> None:
    """Raises :class:`Refused` ``limitation-passed``: found too late after the act ended (APL-36)."""
    until = d.facts.get("act_until")
    if d.facts.get("continuing") is True or until is None:
        return
    ended = act_day(d)
    found = datetime.fromisoformat(d.matter["milestones"].get("clue_received", d.effective_at.isoformat()))
    row = lookup("limits_penalty", "APL-36", local_day(found))
    if d.facts.get("harm_done") is True and d.facts.get("public_danger") is True:
        row = lookup("limits_penalty", "APL-36-DANGER", local_day(found))
    last = deadline(ended, Amount(int(row.value["n"]), row.value["unit"]), roll="none").due_at
    if found >= last:
        raise Refused(
            "limitation-passed",
            zh="违法行为 {ended} 终了，发现时已超过追责时效（{n}年，{source}），不予立案处罚。",
            en="The act ended on {ended} and was found after {n} years: it can no longer be punished.",
            ended=ended.isoformat(),
            n=row.value["n"],
            source=row.source,
        )


def unrecused(d: Decision) -> None:
    """Raises :class:`Refused` ``recused``: who stepped aside does nothing more in the case (APL-43).

    In a case that began by itself, also ``separation-of-duties``: who found or captured the household in
    another open matter does not handle it (巡办分离, P10-R1); within one family the engine asks it.
    """
    if d.matter.get("parent_id") is None and d.matter.get("subject_kind") == "business":
        station, day = d.matter.get("station_id"), local_day(d.effective_at)
        separation.asked(
            d.session, d.jurisdiction_id, d.matter["subject_id"], separation.PATROL, d.persons, station, day
        )
    _not_aside(d)


def _not_aside(d: Decision) -> None:
    """Who stepped aside in a case does nothing in what grew out of it either."""
    above = queries.matters_above(d.jurisdiction_id, d.matter_id)
    known = [d.facts, *(one.facts for one in d.session.scalars(above))]
    aside = d.persons & {person for facts in known for person in facts.get("recused") or ()}
    if aside:
        raise Refused(
            "recused",
            zh="已决定回避的人员不得再办理本案。请更换人员。",
            en="An officer who has stepped aside does nothing more in this case. Choose another.",
            persons=sorted(aside),
        )


def aside(session: Session, jurisdiction_id: int, matter_ids: Sequence[int]) -> dict[int, list[int]]:
    """Matter → the officers whom :func:`unrecused` refuses there: so that nobody offers them."""
    found: dict[int, set[int]] = {one: set() for one in matter_ids}
    for matter_id, facts in session.execute(queries.set_aside(jurisdiction_id, matter_ids)):
        found[matter_id] |= set(facts["recused"])
    return {one: sorted(persons) for one, persons in found.items()}


def signs_apart(d: Decision) -> None:
    """Who signs a case neither found nor handled what it is about, in its family or in another open matter of
    the household (巡办分离 P10-R1; the head examines what others investigated, APL-57). Raises
    :class:`Refused` ``recused``, ``signer-handled``."""
    _not_aside(d)
    business = d.matter["subject_id"] if d.matter.get("subject_kind") == "business" else None
    separation.signer(
        d.session,
        d.jurisdiction_id,
        d.matter["root_id"],
        business,
        d.persons,
        d.matter.get("station_id"),
        local_day(d.effective_at),
    )


def recuse(d: Decision) -> dict[str, Any]:
    aside = {*(d.facts.get("recused") or ()), int(d.form["officer_id"])}
    return {"facts": {"recused": sorted(aside)}}


def service(d: Decision) -> None:
    """Each way of service needs its own proof (PROC-81 to PROC-83)."""
    way, missing = d.form["way"], None
    if way == "left" and not d.form.get("witness"):
        missing = (
            "witness",
            "留置送达须有见证人，或以录像记录。",
            "Leaving it needs a witness or a recording.",
        )
    if way == "electronic" and d.form.get("address_confirmed") is not True:
        missing = (
            "address_confirmed",
            "电子送达须有当事人签署的送达地址确认书。",
            "Electronic service needs the party's signed confirmation of address.",
        )
    if way in ("post", "entrusted") and not d.form.get("receipt_no"):
        missing = (
            "receipt_no",
            "请填写回执号码，以回执日期为送达日。",
            "Give the number of the receipt slip.",
        )
    if missing:
        raise Invalid(
            "service-not-proved",
            zh=missing[1],
            en=missing[2],
            faults=[FieldFault(f"/{missing[0]}", missing[1], missing[2])],
        )


def conduct_of(d: Decision) -> str | None:
    """The conduct as it was stated; a case out of the patrol is about unlicensed operation till then."""
    stated = d.facts.get("conduct")
    return str(stated) if stated else ("unlicensed" if d.matter.get("parent_id") is not None else None)


def may_seize(d: Decision) -> None:
    """A law must give the power to seal or seize (AEL-10, AEL-17); another statute is named by the officer.

    Raises :class:`Refused` ``conduct-unknown``, ``no-seizure-power``.
    """
    conduct = conduct_of(d)
    if conduct is None:
        raise Refused(
            "conduct-unknown",
            zh="尚未查明违法行为，无法确定是否有查封、扣押的权力。请在本步骤填写“违法行为”。",
            en="The conduct is not stated yet, so no law can be named that lets you seize. State it here.",
        )
    if conduct != OTHER and law.seizure_power(conduct, local_day(d.effective_at)) is None:
        raise Refused(
            "no-seizure-power",
            zh="规则表中没有法律、法规就该违法行为授予查封、扣押的权力（行政强制法第十条、第十七条）。"
            "证据可能灭失的，请先行登记保存；另有法律依据的，请选“其他”并写明。",
            en="No law on record gives the power to seal or seize for this conduct (AEL-10, AEL-17). "
            "Preserve the evidence instead where it may be lost; or choose “other” and name the statute.",
            conduct=conduct,
        )


def power_told(d: Decision) -> dict[str, Any]:
    """Which law gives the power, and whether its text was checked: it stays on the event."""
    conduct = conduct_of(d)
    if conduct is None or conduct == OTHER:
        source, verified = str(d.form.get("power", "")), False
    else:
        found = law.seizure_power(conduct, local_day(d.effective_at))
        source, verified = (found.source, found.verified) if found else ("", False)
    zh, en = [f"查封、扣押依据：{source}"], [f"Power to seize: {source}"]
    if not verified:
        zh.append("该依据未经核对原文，由办案人员和审核人员核对")
        en.append("This provision was not checked against the text: handler and reviewer check it")
    return {"verified": verified, "lines": {"zh": zh, "en": en}}

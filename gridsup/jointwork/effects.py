"""Guards of escalation and joint work: what a pack cannot see in its own matter."""

from __future__ import annotations

from typing import Any

from gridsup.errors import FieldFault, Invalid, Refused
from gridsup.jointwork import queries
from gridsup.jointwork.candidates import operators
from gridsup.procedures import effects
from gridsup.procedures.effects import Decision
from gridsup.procedures.projection import Projection


def _nothing(d: Decision) -> dict[str, Any]:
    return {}


def _unchanged(p: Projection, result: dict[str, Any], body: Any) -> None:
    """A guard alone: it refuses or lets pass."""


def one_a_month(d: Decision) -> None:
    """Refuses a second bulletin of a month. Raises Refused ``bulletin-twice``."""
    month = str(d.facts["month"])
    other = d.session.scalars(queries.bulletins_of(d.jurisdiction_id, month)).first()
    if other is not None and other.id != d.matter_id:
        raise Refused(
            "bulletin-twice",
            zh="{month} 的月通报已有一份（#{bulletin}）。请修改意见后撤回原稿再拟，或记入下月。",
            en="There is a bulletin of {month} (#{bulletin}). Withdraw that draft, or use the next month.",
            month=month,
            bulletin=other.id,
        )


def in_bulletin(d: Decision) -> None:
    """A problem is urged by a bulletin that was issued (P10-S4). Raises Refused ``bulletin-not-issued``."""
    number = int(d.facts["bulletin"])
    found = d.session.scalars(queries.matter(d.jurisdiction_id, number, queries.BULLETIN)).one_or_none()
    if found is None or found.state != "issued":
        raise Refused(
            "bulletin-not-issued",
            zh="#{bulletin} 不是已印发的月通报。请先印发月通报，再督促整改。",
            en="#{bulletin} is no bulletin that was issued. Issue the bulletin first, then urge.",
            bulletin=number,
        )


def candidates(d: Decision) -> None:
    """A plan names open matters of the ledger alone, and hold-outs where it says so (P10-S5).

    Raises Invalid ``plan-matters``.
    """
    known = {one.matter_id: one for one in operators(d.session, d.jurisdiction_id)}
    wrong = sorted(set(d.form["matters"]) - known.keys())
    if not wrong and d.form["ground"] == "hold_outs":
        wrong = sorted(number for number in d.form["matters"] if not known[number].hold_out)
    if wrong:
        numbers = ", ".join(f"#{number}" for number in wrong[:20])
        zh = f"{numbers} 不在无照台账的在办事项中，或不是经督促拒不改正的钉子户。请从候选名单中选取。"
        en = f"{numbers}: not open in the unlicensed ledger, or no hold-out. Choose from the candidates."
        raise Invalid("plan-matters", zh=zh, en=en, faults=[FieldFault("/matters", zh, en)])


def team(d: Decision) -> None:
    """Each unit sends one liaison officer (各设一名联络员, P10-A11). Raises Invalid ``team-twice``."""
    units = [str(one["unit"]).strip() for one in d.form["units"]]
    twice = sorted({one for one in units if units.count(one) > 1})
    if twice:
        names = "、".join(twice)
        zh, en = f"每个单位只设一名联络员，重复：{names}。", f"One liaison per unit; named twice: {names}."
        raise Invalid("team-twice", zh=zh, en=en, faults=[FieldFault("/units", zh, en)])


def resolved(d: Decision) -> None:
    """A resolution stands with a meeting that was held. Raises Refused ``meeting-not-held``."""
    number = int(d.facts["conference"])
    found = d.session.scalars(queries.matter(d.jurisdiction_id, number, queries.CONFERENCE)).one_or_none()
    if found is None or found.state != "held":
        raise Refused(
            "meeting-not-held",
            zh="#{conference} 不是已召开、尚在跟踪的联席会议。请先登记召开情况。",
            en="#{conference} is no meeting that was held and is followed up. Record the meeting first.",
            conference=number,
        )


def handed_on(d: Decision) -> None:
    """A meeting closes when none of its resolutions is open any more. Raises Refused ``resolutions-open``."""
    left = d.session.scalars(queries.resolutions(d.jurisdiction_id, d.matter_id, open_only=True)).all()
    if left:
        raise Refused(
            "resolutions-open",
            zh="还有 {count} 项议定事项未落实（{numbers}）。请先结转到下次会议。",
            en="{count} resolutions are still open ({numbers}). Carry them over to the next meeting first.",
            count=len(left),
            numbers=", ".join(f"#{one.id}" for one in left[:20]),
        )


def register() -> None:
    """Make the guards known to the engine."""
    for name, guard in (
        ("one_a_month", one_a_month),
        ("in_bulletin", in_bulletin),
        ("candidates", candidates),
        ("team", team),
        ("resolved", resolved),
        ("handed_on", handed_on),
    ):
        effects.register(f"jointwork.{name}", decide=_nothing, project=_unchanged, judge=guard)

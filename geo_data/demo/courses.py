"""The courses that unlicensed operators of the demo take through the procedure packs, act by act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo_data.demo import names
from geo_data.demo.patterns import Pattern
from geo_data.demo.shapes import Business
from geo_data.demo.staff import INSIDE

MAIN, REFERRAL, CASE, CORRECTION = "unlicensed_operation", "referral", "penalty_case", "correction"
TO_CORRECT = timedelta(days=14)
"""From the service of an order to correct to the last day of its term."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One act of a course: the action, who does it, working days since the act before (least, most).

    ``{answer}`` in an action is what the department answered. A leg of kind ``sign`` signs the proposal
    that the leg before made.
    """

    action: str
    post: str
    gap: tuple[int, int] = (0, 1)
    pack: str = MAIN
    sign: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """``state`` is where the legs lead, ``rest`` the working days since the last of them (least, most)."""

    state: str
    weight: float
    legs: tuple[Leg, ...]
    rest: tuple[int, int]


_FOUND = (Leg("discover", "inspector"), Leg("capture", "inspector"), Leg("classify", "dispatcher", (0, 2)))
_GUIDE = (*_FOUND, Leg("guide", "dispatcher"), Leg("receive_guide", "station_head"))
_TO_ORDER = (*_FOUND, Leg("begin_correction", "dispatcher"))
_ORDERED = (
    *_TO_ORDER,
    Leg("write_order", "enforcement", (0, 1), CORRECTION),
    Leg("serve_order", "enforcement", (0, 0), CORRECTION),
)
_CORRECTED = (*_ORDERED, Leg("found_corrected", "enforcement", (4, 9), CORRECTION))
_REFUSED = (*_ORDERED, Leg("found_refused", "enforcement", (11, 14), CORRECTION))
_REFER = (*_FOUND, Leg("refer", "dispatcher"), Leg("send", "dispatcher", (0, 1), REFERRAL))
_ANSWER = (Leg("receive", "liaison", (0, 2), REFERRAL), Leg("feed_back", "liaison", (3, 9), REFERRAL))
_ANSWERED = (*_REFER, *_ANSWER, Leg("accept_{answer}", "dispatcher", (0, 2), REFERRAL))
_INSIDE = (*_FOUND, Leg("assign_section", "dispatcher"))
_SECTION = (*_INSIDE, Leg("answer_section", "section", (2, 8)))
_AGAIN = (*_GUIDE, Leg("recheck_unlicensed", "inspector", (6, 16)))
_ORDER = (*_FOUND, Leg("order_change", "dispatcher"), Leg("receive_order", "station_head"))
_FILE = Leg("file", "dispatcher", (0, 3))
_FILED = (*_REFUSED, _FILE)
_CASE = (
    Leg("file_case", "enforcement", (1, 6), CASE),
    Leg("file_case", "station_head", (0, 1), CASE, sign=True),
    Leg("file_case", "bureau_head", (0, 1), CASE, sign=True),
    Leg("investigate", "enforcement", (1, 5), CASE),
)


def _ending(start: tuple[Leg, ...], result: str, legs: int) -> tuple[Leg, ...]:
    every = (
        Leg(f"recheck_{result}", "inspector", (3, 9)),
        Leg("feed_back", "inspector", (0, 2)),
        Leg(f"accept_{result}", "dispatcher", (0, 2)),
    )
    return start + every[:legs]


COURSES: tuple[Course, ...] = (
    Course("discovered", 5, _FOUND[:1], (0, 2)),
    Course("captured", 6, _FOUND[:2], (0, 4)),
    Course("classified", 6, _FOUND, (0, 5)),
    Course("guide_issued", 3, _GUIDE[:-1], (0, 2)),
    Course("guiding", 12, _GUIDE, (1, 17)),
    Course("recheck", 4, _GUIDE, (24, 28)),
    Course("correcting", 3, _TO_ORDER, (0, 1)),
    Course("correcting", 6, _ORDERED, (0, 8)),
    Course("second_recheck", 4, _CORRECTED, (0, 2)),
    Course("order_issued", 6, _ORDER[:-1], (0, 1)),
    Course("order_executing", 6, _ORDER, (0, 9)),
    Course("order_fed_back", 6, (*_ORDER, Leg("feed_back_order", "station_head", (2, 8))), (0, 3)),
    Course("referred", 3, _REFER[:-1], (0, 3)),
    Course("referred", 5, _REFER, (0, 4)),
    Course("referred", 7, (*_REFER, _ANSWER[0]), (0, 12)),
    Course("referred", 3, (*_REFER, *_ANSWER), (0, 4)),
    Course("recheck", 4, _ANSWERED, (0, 7)),
    Course("with_section", 6, _INSIDE, (0, 8)),
    Course("section_answered", 4, _SECTION, (0, 3)),
    Course("recheck", 3, (*_SECTION, Leg("accept_section", "dispatcher", (0, 2))), (0, 5)),
    Course("case_filed", 2, _FILED, (0, 8)),
    Course("case_filed", 1, (*_FOUND, _FILE, _CASE[0]), (0, 3)),
    Course("case_filed", 2, (*_FILED, _CASE[0]), (0, 3)),
    Course("case_filed", 4, (*_FILED, *_CASE), (0, 20)),
    Course("case_filed", 2, (*_FOUND, _FILE), (0, 6)),
    Course("still_unlicensed", 5, _AGAIN, (0, 4)),
    Course("still_unlicensed", 2, _REFUSED, (0, 3)),
    Course("licensed", 2.5, _ending(_GUIDE, "licensed", 1), (0, 3)),
    Course("ceased", 2.5, _ending(_GUIDE, "ceased", 1), (0, 3)),
    Course("exempt", 3, (*_FOUND, Leg("declare_exempt", "dispatcher", (0, 2))), (0, 3)),
    Course("fed_back", 3, _ending(_GUIDE, "licensed", 2), (0, 3)),
    Course("closed", 15, _ending(_GUIDE, "licensed", 3), (0, 45)),
    Course("closed", 6, _ending(_GUIDE, "ceased", 3), (0, 45)),
    Course("closed", 6, _ending(_CORRECTED, "ceased", 3), (0, 45)),
    Course("closed", 6, _ending(_ANSWERED, "ceased", 3), (0, 30)),
    Course("closed", 3, (*_FOUND[:1], Leg("dismiss", "dispatcher", (0, 3))), (0, 50)),
)
"""Terms behind the rests and gaps: 30 days to obtain a licence, which turns into ``recheck`` by itself;
:data:`TO_CORRECT`, within eleven working days, before a refusal can be found."""


def fits(course: Course, pattern: Pattern) -> bool:
    """Whether a course can be this operator's.

    What the bureau itself leads is not referred, what one of its sections leads is assigned inside; a change
    is ordered where a permit was lost (P9-N3, P9-N4); correction is ordered for a general business, and only
    where it was refused, or the public is in danger, a case is filed (market-entity regulation art. 43); only
    some kinds of business are exempt.
    """
    actions = {leg.action for leg in course.legs}
    if "refer" in actions:
        return pattern.lead != "D01" and pattern.lead not in INSIDE
    if "assign_section" in actions:
        return pattern.lead in INSIDE
    if "order_change" in actions:
        return pattern.facts.get("permit_status") in ("expired", "revoked")
    if "begin_correction" in actions:
        return not pattern.facts["permit_required"]
    if "file" in actions:
        return pattern.danger
    if "declare_exempt" in actions:
        return bool(pattern.facts.get("food_stall")) or not pattern.facts["permit_required"]
    return True


def form_of(
    leg: Leg,
    course: Course,
    business: Business,
    pattern: Pattern,
    facts: dict[str, Any],
    answer: str,
    at: datetime,
) -> dict[str, Any]:
    """The form of an act, as its pack asks for it."""
    if leg.sign:
        return {}
    if leg.action == "discover":
        return {k: facts[k] for k in _SEEN if facts.get(k) is not None}
    if leg.action == "capture":
        return {k: v for k, v in facts.items() if v is not None and k not in ("source", "outside_number")}
    if leg.action == "classify":
        return {
            "opinion": "情况属实，建议依职责处置（演示）",
            "violation_basis": _BASIS.get(str(pattern.facts.get("permit_status")), "never_permitted"),
            "operation_kind": "permit" if pattern.facts["permit_required"] else "general",
            "public_danger": pattern.danger,
        }
    if leg.action == "refer":
        return {"department": pattern.lead, "basis": "《无证无照经营查处办法》第五条（演示）"}
    if leg.action == "assign_section":
        section = INSIDE[pattern.lead].upper()
        return {"department": pattern.lead, "section": section, "requirement": "请指导办证并反馈（演示）"}
    if leg.action == "feed_back" and leg.pack == REFERRAL:
        permit = {"permit_no": "演示XK420103888888"} if answer == "licensed" else {}
        return {"result": answer, "content": "已现场指导当事人，结果如上（演示）", **permit}
    if leg.action == "recheck_unlicensed":
        return {"result": "still_unlicensed", "note": "现场仍在经营，未取得登记（演示）"}
    if leg.pack == CORRECTION:
        return _order(leg.action, at)
    if leg.action == "recheck_licensed":
        return _licence(business, pattern, at)
    if leg.action == "declare_exempt":
        return dict(_EXEMPT["stall" if pattern.facts.get("food_stall") else "labour"])
    return dict(_FORMS.get(leg.action, {}))


def _order(action: str, at: datetime) -> dict[str, Any]:
    """An order to correct, written and sent by post on one day, and what its re-inspection finds."""
    end = {"term_end": (at.date() + TO_CORRECT).isoformat()}
    return {
        "write_order": {
            "found": "未取得营业执照，从事经营活动（演示）",
            "basis": "《市场主体登记管理条例》第四十三条",
            "requirement": "立即停止无照经营，依法办理市场主体登记（演示）",
            **end,
        },
        "serve_order": {"way": "post", "place": "经营场所", "proof_no": "演示EMS000001", **end},
        "found_corrected": {"record": "两名执法人员到场：已停止经营（演示）"},
        "found_refused": {"record": "两名执法人员到场：仍在经营，拒不改正（演示）"},
    }[action]


def _licence(business: Business, pattern: Pattern, at: datetime) -> dict[str, Any]:
    """What a re-check that finds a licence writes down: its code, day, and the permit it rests on (P9-X2)."""
    serial = int(business.key[1:])
    form = {
        "result": "licensed",
        "note": "现场已悬挂营业执照（演示）",
        "licence_no": names.uscc(serial, enterprise=False),
        "licensed_on": at.date().isoformat(),
    }
    return form | ({"permit_no": f"演示XK420103{serial:06d}"} if pattern.facts["permit_required"] else {})


def facts_of(business: Business, pattern: Pattern, address: str, source: str, call: int) -> dict[str, Any]:
    """What is known about the operator when the matter is captured (domain §1.9.3, P10-D4)."""
    return {
        "source": source,
        "outside_number": f"演示12345-{call:06d}" if source == "call" else None,
        "operator_name": business.operator_name,
        "address": address,
        "scope": business.scope,
        "trade": pattern.trade,
        "opened_on": business.opened_on.isoformat() if business.opened_on else None,
        "pre_approval": _pre_approval(pattern),
        **pattern.facts,
    }


def _pre_approval(pattern: Pattern) -> str:
    if pattern.permit is None:
        return "无须前置许可"
    words = {"none": "未取得", "valid": "有效", "expired": "已过期", "revoked": "已被吊销"}
    return f"{pattern.permit}：{words[str(pattern.facts.get('permit_status', 'none'))]}"


_SEEN = (
    "source",
    "outside_number",
    "operator_name",
    "address",
    "trade",
    "permit_required",
    "permit_status",
    "business_licence_status",
)
_BASIS = {"expired": "permit_expired", "revoked": "permit_revoked", "rescinded": "permit_rescinded"}
_EXEMPT = {
    "stall": {
        "result": "exempt",
        "ground": "designated_place",
        "reason": "在政府指定的场所和时间内销售农副产品（演示）",
    },
    "labour": {
        "result": "exempt",
        "ground": "no_registration_needed",
        "reason": "属依法无须登记的便民劳务活动（演示）",
    },
}
_FORMS: dict[str, dict[str, Any]] = {
    "guide": {"command": "urge", "requirement": "督促当事人三十日内办理登记（演示）"},
    "begin_correction": {"conduct": "unlicensed", "requirement": "责令停止经营或者办理登记（演示）"},
    "order_change": {"command": "change", "requirement": "责令当事人办理变更登记（演示）"},
    "feed_back_order": {"order_result": "done", "content": "当事人已办理变更登记（演示）"},
    "recheck_ceased": {"result": "ceased", "note": "现场已停业清场（演示）"},
    "feed_back": {"content": "已按要求落实，详见复查记录（演示）"},
    "answer_section": {"section_result": "guided", "content": "已上门指导当事人申请许可（演示）"},
    "file": {"basis": "《无证无照经营查处办法》第十三条（演示）"},
    "file_case": {"reason": "经核查有违法事实，应予立案（演示）"},
    "investigate": {"record": "现场检查并询问当事人，制作笔录（演示）"},
    "dismiss": {"reason": "经核实当事人已持有有效证照，情形不存在（演示）"},
}

"""Scenes of unlicensed operators: one from discovery to the closed file, referrals, outside notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from geo_data.demo.cases import BRIGADE, DESK, HEAD, LEGAL, Crew
from geo_data.demo.stage import Scene, Stage, Who
from gridsup.patrols.service import FindingReport, Position, report_finding
from gridsup.procedures.acting import Acting
from gridsup.referrals import inbound
from gridsup.referrals.inbound import Notice

NEW = 11
"""Operators that the scenes find for the first time; the register did not know them."""
LOST = 3
"""Households that a department reports for a lost permit."""
REFERRED = Counter({"D02": 2, "D06": 1})
"""Departments that the scenes send a referral to."""
CLASSES = {
    "opinion": "情况属实，建议依职责处置（演示）",
    "violation_basis": "never_permitted",
    "public_danger": False,
}
LAW = "《市场主体登记管理条例》第三条第一款、第四十三条"


@dataclass(frozen=True, slots=True)
class Found:
    """An operator that the register did not know: its matter, who found it and where."""

    matter: int
    inspector: Acting
    crew: Crew
    name: str
    operator: str
    address: str


def discovered(stage: Stage, station: int, sign: str, operator: str, facts: dict[str, Any]) -> Found:
    """Found on patrol next to a household of the register, captured and classified."""
    _, place = stage.household(stage.station(station))
    inspector = Acting(stage.inspector(place), "inspector")
    address = f"{place.address}旁"
    assert place.lon is not None
    assert place.lat is not None
    report = FindingReport(
        key=uuid5(NAMESPACE_URL, f"demo:{sign}"),
        found_at=stage.now,
        source="patrol",
        name=sign,
        address=address,
        facts=facts
        | {
            "operator_name": operator,
            "opened_on": stage.day(-120),
            "business_licence_status": "none",
        },
        position=Position(lon=place.lon, lat=place.lat, accuracy_m=6.0),
    )
    _, answer = report_finding(stage.session, inspector, report, now=stage.now)
    kind = "permit" if facts["permit_required"] else "general"
    stage.act(answer.matter_id, "classify", DESK, CLASSES | {"operation_kind": kind})
    return Found(answer.matter_id, inspector, Crew.of(stage, station), sign, operator, address)


SHOP = {
    "food": False,
    "permit_required": False,
    "occupies_road": False,
    "scope": "日用百货、服装零售",
    "trade": "服装零售",
}
BARBER = {
    "food": False,
    "permit_required": True,
    "permit_status": "none",
    "scope": "理发及美容服务",
    "trade": "美容美发",
    "pre_approval": "公共场所卫生许可证：未取得",
}
HOSTEL = BARBER | {"scope": "住宿服务", "trade": "旅馆", "pre_approval": "特种行业许可证（旅馆业）：未取得"}


def refused_correction(
    stage: Stage, station: int, sign: str, operator: str, back: int
) -> Generator[datetime, None, tuple[Found, int]]:
    """Found, ordered to correct, refused, filed: the matter and its case."""
    yield stage.at(back, 9, 10)
    found = discovered(stage, station, sign, operator, SHOP)
    yield stage.at(back - 1, 9)
    (order,) = stage.act(found.matter, "begin_correction", DESK, {"conduct": "unlicensed"}).children
    yield stage.at(back - 2, 9)
    written = {
        "found": "未经设立登记，租用门面从事日用百货零售",
        "basis": "《市场主体登记管理条例》第四十三条",
        "requirement": "立即停止无照经营行为，依法办理市场主体登记。",
        "term_end": stage.day(14),
    }
    stage.act(order, "write_order", found.crew.officer, written)
    paper = stage.paper(order, "correction_order")
    stage.seal(paper, found.crew.till)
    yield stage.at(back - 2, 10)
    stage.serve(paper, found.crew.officer, found.address, found.operator)
    yield stage.at(back - 14, 15)
    again = {"record": "两名执法人员到场复查：仍在原址经营，未申请登记，拒不改正（演示）。"}
    stage.act(order, "found_refused", found.crew.officer, again, photos=1)
    yield stage.at(back - 15, 9)
    (case,) = stage.act(found.matter, "file", DESK, {"basis": LAW}).children
    yield stage.at(back - 16, 9)
    why = {
        "reason": "有初步证据证明当事人未经设立登记从事经营活动且拒不改正，应予行政处罚，属本局管辖（演示）。"
    }
    filing = stage.act(case, "file_case", found.crew.officer, why)
    stage.sign(filing, found.crew.chief, opinion="同意立案。")
    yield stage.at(back - 17, 10)
    stage.sign(filing, HEAD, opinion="同意立案。")
    return found, case


def to_the_closed_file(stage: Stage, station: int) -> Scene:
    """From discovery to the closed file: ordered to correct, refused, penalised, paid, gone, fed back."""
    found, case = yield from refused_correction(stage, station, "阿强平价百货（无照）", "周志强", 62)
    yield from _penalised(stage, found, case)
    yield stage.at(8, 15)
    gone = {"note": "门面已清空，停止经营（演示）。"}
    stage.act(found.matter, "recheck_ceased", found.inspector, gone, photos=1)
    yield stage.at(7, 9)
    told = {"content": "罚款已缴清，该户已停止经营，现场复核属实。"}
    stage.act(found.matter, "feed_back", found.inspector, told)
    yield stage.at(6, 10)
    stage.act(found.matter, "accept_ceased", DESK)


def seized(stage: Stage, station: int, kind: str) -> Scene:
    """A case whose things are held (办法 art. 11): ``proposed``, ``held``, or ``preserved`` as evidence."""
    sign = {"proposed": "阿彪五金（无照）", "held": "福来百货（无照）", "preserved": "小马服饰（无照）"}[kind]
    back = {"proposed": 20, "held": 25, "preserved": 22}[kind]
    found, case = yield from refused_correction(stage, station, sign, "马建华", back)
    crew, things = found.crew, {"items": "货架四组、商品一批（见清单）", "place": "所内物证室"}
    yield stage.at(back - 19, 11)
    verb = "preserve_evidence" if kind == "preserved" else "apply_seizure"
    (measure,) = stage.act(case, verb, crew.officer, things).children
    listed = {
        "list": [
            {"name": "货架", "spec": "钢制，2米四层", "quantity": "4", "unit": "组", "condition": "八成新"},
            {
                "name": "洗衣液",
                "spec": "2kg/瓶，批号20260103",
                "quantity": "36",
                "unit": "瓶",
                "condition": "未开封",
            },
            {"name": "毛巾", "quantity": "24", "unit": "条", "condition": "散装，完好"},
        ],
        "holder": stage.name(crew.officer),
        "kept_at": "所内物证室",
        "keeping": "own",
        "party_present": True,
    }
    if kind == "preserved":
        proposed = stage.act(measure, "preserve", crew.officer, listed)
    else:
        confirmed = {"unrelated_excluded": True, "not_sealed_before": True, "rights_told": True}
        taken = listed | confirmed | {"measure": "seize"}
        proposed = stage.act(measure, "seize", crew.officer, taken, photos=1)
    if kind == "proposed":
        return
    yield stage.at(back - 19, 16)
    stage.sign(proposed, HEAD, opinion="同意，依法保管好涉案物品。")
    paper = stage.paper(measure, "preservation_notice" if kind == "preserved" else "seizure_decision")
    stage.seal(paper, crew.till)
    stage.serve(paper, crew.officer, found.address, found.operator)


def _penalised(stage: Stage, found: Found, case: int) -> Scene:
    officer, till = found.crew.officer, found.crew.till
    yield stage.at(42, 10)
    record = "现场检查时该店正在营业，未见营业执照。询问经营者周志强，制作询问笔录并经其核对（演示）。"
    stage.act(case, "investigate", officer, {"record": record}, photos=1)
    for name, kind in (
        ("现场检查笔录", "record"),
        ("询问笔录", "party"),
        ("房屋租赁合同（复印件）", "document"),
    ):
        piece = {
            "kind": kind,
            "name": name,
            "source": "现场制作、提取，经当事人核对",
            "holder": stage.name(officer),
            "kept_at": "所内物证室",
            "proves": "当事人未经设立登记从事经营活动的事实",
        }
        stage.act(case, "collect_evidence", officer, piece, photos=1)
    yield stage.at(38, 10)
    report = {
        "report": "经查，当事人未经设立登记，租用门面从事日用百货零售。本局依法责令限期改正，期满复查"
        "仍在经营，拒不改正。以上事实有现场检查笔录、询问笔录、现场照片和租赁合同证明（演示）。",
        "complex": False,
        "party_kind": "person",
        "conduct": "unlicensed",
        "continuing": True,
        "serious": False,
        "correction_refused": True,
        "proposed_fine": "10000",
    }
    stage.act(case, "report_investigation", officer, report)
    yield stage.at(35, 10)
    stage.act(case, "review_pass", LEGAL, {"opinion": "事实清楚，证据充分，定性准确，程序合法，同意。"})
    yield stage.at(34, 10)
    told = "当事人未经设立登记从事经营活动，经责令改正拒不改正，拟处罚款人民币10000元（演示）。"
    stage.act(case, "notify", officer, {"content": told})
    notice = stage.paper(case, "penalty_notice")
    stage.seal(notice, till)
    stage.serve(notice, officer, found.address, found.operator)
    yield stage.at(28, 10)
    fine = {"content": "对当事人处以罚款人民币10000元。", "to_perform": True, "fine": "10000"}
    proposal = stage.act(case, "decide", officer, fine)
    yield stage.at(27, 9)
    stage.sign(proposal, HEAD)
    decision = stage.paper(case, "penalty_decision")
    stage.seal(decision, till)
    yield stage.at(26, 10)
    stage.leave(decision, officer, found.address, "王秀英")
    money = stage.child(case, "penalty_execution")
    yield stage.at(18, 11)
    paid = {"kind": "fine", "amount": "10000", "paid_on": stage.day(), "receipt_no": f"演示{money:08d}"}
    stage.act(money, "record_payment", till, paid)
    stage.act(money, "confirm_performed", till, {"content": "罚款已全部缴清。"})
    yield stage.at(12, 9)
    closing = stage.act(case, "close_penalised", officer, {"content": "罚款已缴清，案卷齐全，建议结案。"})
    yield stage.at(11, 9)
    stage.sign(closing, HEAD, opinion="同意结案。")
    stage.issue(case, "closing_form", till)


# ------------------------------------------------------------------ referrals and support


def referral_sent_back(stage: Stage, station: int) -> Scene:
    """A draft that the registration section returned to the station for correction."""
    yield stage.at(3, 9, 20)
    found = discovered(stage, station, "小芳美甲（无照）", "陈小芳", BARBER)
    yield stage.at(2, 10)
    basis = {"department": "D06", "basis": "《无证无照经营查处办法》第五条（演示）"}
    (referral,) = stage.act(found.matter, "refer", found.crew.till, basis).children
    yield stage.at(1, 10)
    stage.act(referral, "return_draft", DESK, {"reason": "未写明许可项目，请补充后重新报送。"})


def referral_returned(stage: Stage, station: int, *, settled: bool) -> Scene:
    """A department returned it with its reason; the desk has accepted that, or has yet to."""
    sign, operator = ("巷尾客栈（无照）", "刘德福") if settled else ("江边日租房（无照）", "孙玉兰")
    back = 12 if settled else 6
    yield stage.at(back, 9, 40)
    found = discovered(stage, station, sign, operator, HOSTEL)
    basis = {"department": "D02", "basis": "《无证无照经营查处办法》第五条（演示）"}
    (referral,) = stage.act(found.matter, "refer", found.crew.till, basis).children
    yield stage.at(back - 1, 11)
    stage.act(referral, "send", DESK, {"opinion": "情况属实，请依法处理。"})
    police = Who("liaison", "D02")
    yield stage.at(back - 2, 15)
    stage.act(referral, "receive", police)
    yield stage.at(back - 4, 15)
    why = {"reason": "经核，该处为整租住宅，不属于旅馆业，不在本部门职责范围（演示）。"}
    stage.act(referral, "return_referral", police, why)
    if settled:
        yield stage.at(back - 6, 9)
        stage.act(referral, "accept_return", DESK, {"reason": "退回理由成立，由本局继续处理。"})


def answered_on_paper(stage: Stage, station: int) -> Scene:
    """A department without the platform: receipt and answer entered from paper, accepted."""
    yield stage.at(20, 9, 50)
    found = discovered(stage, station, "老街理发（无照）", "吴国庆", BARBER)
    basis = {"department": "D06", "basis": "《无证无照经营查处办法》第五条（演示）"}
    (referral,) = stage.act(found.matter, "refer", found.crew.till, basis).children
    yield stage.at(19, 10)
    stage.act(referral, "send", DESK, {"opinion": "请依法办理。"})
    stage.seal(stage.paper(referral, "referral_sheet"), DESK)
    yield stage.at(17, 10)
    stage.act(referral, "receive_paper", DESK, {"receiver": "卫健部门收发室（演示）"})
    yield stage.at(10, 10)
    told = {"result": "not_licensed", "content": "现场条件不符合卫生要求，暂不予许可，已告知当事人（演示）。"}
    stage.act(referral, "feed_back_paper", DESK, told)


def supported(stage: Stage, station: int, upto: str) -> Scene:
    """A station that met resistance asks the inspection brigade (检查大队) for support."""
    back = {"asked": 0, "under_way": 2, "confirmed": 15}[upto]
    sign = {"asked": "南门杂货（无照）", "under_way": "胖子五金（无照）", "confirmed": "丽人服饰（无照）"}[
        upto
    ]
    yield stage.at(back + 3, 10, 15)
    found = discovered(stage, station, sign, "演示经营者", SHOP)
    yield stage.at(back + 2, 9)
    stage.act(found.matter, "begin_correction", DESK, {"conduct": "unlicensed"})
    yield stage.at(back, 10, 15)
    why = {"resistance": "当事人锁闭店门、辱骂执法人员，拒绝检查，请求支援（演示）。"}
    (support,) = stage.act(found.matter, "ask_support", found.crew.chief, why, photos=1).children
    if upto == "asked":
        return
    yield stage.at(back, 14)
    plan = {"plan": "当日下午派四名队员到场，开启执法记录仪，共同检查。"}
    stage.act(support, "take_on", BRIGADE, plan)
    if upto == "confirmed":
        yield stage.at(back - 1, 16)
        told = {"content": "队员到场后当事人配合检查，笔录已签字（演示）。"}
        stage.act(support, "report", BRIGADE, told, photos=1)
        yield stage.at(back - 2, 9)
        stage.act(support, "confirm", found.crew.chief)


# ------------------------------------------------------------------ notices from other departments


def permits_lost(stage: Stage) -> Scene:
    """Lists of lost permits: households that are matched and routed, one answered, one that nobody knows."""
    yield stage.at(9, 9, 5)
    households = stage.with_permit("D06", 3)
    for nth, (business, place) in enumerate(households):
        permit = next(one for one in business.permits if one.department == "D06")
        notice = Notice(
            kind="permit_loss",
            department="D06",
            received_at=stage.now,
            name=business.name,
            number=f"演示卫函〔{stage.now.year}〕{nth + 11}号",
            address=place.address,
            licence_no=business.uscc,
            permit_number=permit.number,
            status=("revoked", "cancelled", "rescinded")[nth],
            lost_on=stage.now.date() - timedelta(days=2),
            trade=business.trade,
            content="该户公共场所卫生许可证已失效，请依法处理（演示）。",
        )
        taken = inbound.take_in(stage.session, stage.acting(DESK), notice, now=stage.now)
        if nth == 0 and taken.answer is not None:
            yield stage.at(8, 9)
            yield from _ordered_to_change(stage, taken.answer.matter_id)


def _ordered_to_change(stage: Stage, matter: int) -> Scene:
    facts = {
        "operator_name": "演示经营者",
        "address": "见来函（演示）",
        "scope": "理发及美容服务",
        "trade": "美容美发",
        "permit_required": True,
        "permit_status": "revoked",
        "business_licence_status": "valid",
        "beyond_scope": False,
    }
    till = Who("general", stage.station(0))
    stage.act(matter, "capture", till, facts)
    basis = {"violation_basis": "permit_revoked", "operation_kind": "permit", "public_danger": False}
    stage.act(matter, "classify", DESK, basis)
    stage.act(matter, "order_change", DESK, {"requirement": "责令当事人办理变更登记或者注销登记。"})
    yield stage.at(7, 10)
    stage.act(matter, "receive_order", till)


def unmatched(stage: Stage) -> Scene:
    """Notices about names that the register does not hold: two wait at the desk, one was put aside."""
    for nth, (department, name, address) in enumerate(
        (
            ("D02", "江城快捷旅社", "江汉区花楼街（门牌不详）"),
            ("D05", "天际网络会所", "江汉区前进四路附近"),
            ("D06", "海峡美容养生馆", "江岸区大智路12号"),
        )
    ):
        yield stage.at(4 - nth, 10, 30)
        notice = Notice(
            kind="referral",
            department=department,
            received_at=stage.now,
            name=name,
            number=f"演示函〔{stage.now.year}〕{nth + 31}号",
            address=address,
            content="检查发现该户涉嫌无照经营，请核查处理（演示）。",
        )
        taken = inbound.take_in(stage.session, stage.acting(DESK), notice, now=stage.now)
        if nth == 2:
            why = "来函所述地址在江岸区，不属本辖区，已电话告知来函单位（演示）。"
            inbound.dismiss(stage.session, taken.row.id, why, by=stage.officer(DESK))

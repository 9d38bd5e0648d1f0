"""Walks matters of every procedure until each kind of paper is there: the test data of the documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from gridsup.documents import drafts, life
from gridsup.documents.kinds import kinds
from gridsup.documents.model import Document
from gridsup.people.model import Jurisdiction, Organisation
from gridsup.procedures import engine
from gridsup.procedures.engine import Header
from gridsup.procedures.model import Matter
from tests.db.enforcement.steps import HEARD
from tests.db.procedures.trips import CAPTURE, CLASSES, HANDED, KEPT, REFUSED, REPORT, WHY, Trip

PARTY = "李𠮷林"
"""A name with a character beyond the plane that most fonts hold."""
ADDRESS = "江汉区民权街道花楼街128号附3号"
FOUND = CAPTURE | {
    "operator_name": PARTY,
    "address": ADDRESS,
    "scope": "快餐、小吃、凉菜、饮品现场制售及外卖服务",
    "opened_on": "2025-11-18",
    "phone": "027-85550123",
    "pre_approval": "未取得食品经营许可",
    "fixed_premises": True,
    "catering": True,
}
LAW = "《市场主体登记管理条例》第三条第一款"
THINGS = {"items": "电热炉具一台、冷藏展示柜一台", "place": "民权所物证室2号柜"}
RECORD = (
    "执法人员到达现场时，该店正在营业，店内有就餐顾客六人。店堂内未悬挂营业执照，经营者现场不能提供营业执照和食品经营"
    "许可证。店内设有操作间一间、餐桌八张，操作间内有电热炉具、冷藏展示柜等经营工具。\n经营者称自2025年11月起在此经营。"
)
FULL = REPORT | {
    "report": "经查，当事人自2025年11月18日起，在江汉区民权街道花楼街128号附3号租用门面，"
    "未经设立登记，从事餐饮经营活动。"
    "2026年3月2日，本局依法责令当事人限期改正，期满复查，当事人仍在原址经营，拒不改正。\n"
    "以上事实有现场检查笔录、询问笔录、现场照片和租赁合同等证据证明。",
    **REFUSED,
    "proposed_fine": "10000",
}


ORDER = {
    "found": "未经设立登记，租用门面从事百货零售",
    "basis": "《市场主体登记管理条例》第四十三条",
    "requirement": "立即停止无照经营行为，依法办理市场主体登记",
    "term_end": "2026-03-17",
}


def ledger(trip: Trip) -> int:
    """An unlicensed household, urged to obtain its licence and found licensed: form, notices, feedback."""
    matter = trip.discover(note="店内正在营业，未见营业执照。")
    trip.do(matter, "capture", "inspector", FOUND)
    trip.do(matter, "classify", "dispatcher", CLASSES)
    trip.do(matter, "guide", "dispatcher", {"requirement": "三十日内办理营业执照和食品经营许可证"})
    trip.do(matter, "receive_guide", "station_head")
    licence = {"licence_no": "91330100799655058B", "permit_no": "JY24201030001234"}
    trip.do(matter, "recheck_licensed", "inspector", licence)
    trip.do(
        matter, "feed_back", "inspector", {"content": "经营者已取得营业执照和食品经营许可证，现场复核属实。"}
    )
    for kind in ("registration_form", "licensing_urge", "licensing_notice", "feedback_sheet"):
        life.issue(trip.session, matter, kind, trip.acting("dispatcher"))
    return matter


def corrected(trip: Trip) -> int:
    matter = trip.discover()
    plain = {name: value for name, value in FOUND.items() if name != "permit_status"}
    plain |= {"trade": "百货零售", "permit_required": False}
    trip.do(matter, "capture", "inspector", plain)
    trip.do(matter, "classify", "dispatcher", CLASSES)
    (order,) = trip.do(matter, "begin_correction", "dispatcher", {"conduct": "unlicensed"}).children
    trip.do(order, "write_order", "enforcement", ORDER)
    return order


def referred(trip: Trip) -> int:
    matter = trip.discover()
    trip.do(matter, "capture", "inspector", FOUND)
    trip.do(matter, "classify", "dispatcher", CLASSES)
    basis = {"department": "D10", "basis": "《无证无照经营查处办法》第八条"}
    (referral,) = trip.do(matter, "refer", "general", basis).children
    trip.do(referral, "send", "dispatcher", {"opinion": "情况属实，请依法处理。"})
    return referral


def inbound(trip: Trip) -> int:
    matter = trip.discover(
        "dispatcher", source="referral", sender="江汉区卫生健康局", outside_number="江卫函〔2026〕15号"
    )
    trip.do(matter, "capture", "inspector", FOUND | {"permit_status": "revoked"})
    trip.do(matter, "classify", "dispatcher", CLASSES)
    told = {"content": "经核查，该户已停止经营，现场无经营行为。"}
    trip.do(matter, "reply_department", "dispatcher", told)
    return matter


def rectified(trip: Trip) -> int:
    matter, end = to_rectify(trip)
    trip.handed(matter, "serve_notice", term_end=end)
    life.issue(trip.session, matter, "site_record", trip.acting("enforcement"))
    return matter


def to_rectify(trip: Trip, key: str = "walk-r") -> tuple[int, str]:
    """A notice that is written and not served, and the last day of its term."""
    form = {
        "operator_name": PARTY,
        "party_kind": "person",
        "address": ADDRESS,
        "conduct": "safety",
        "findings": "一、疏散通道堆放纸箱、桌椅，宽度不足一米；\n二、灭火器压力不足，未按期检修。",
    }
    header = Header("花楼街餐饮店消防通道", station_id=trip.bureau.station_id)
    who = trip.acting("enforcement")
    crew = [trip.bureau.officers[one] for one in ("enforcement", "enforcement_2")]
    opened = engine.open_matter(
        trip.session,
        "rectification",
        who,
        header,
        form,
        key=key,
        crew=crew,
        now=trip.now,
    )
    end = (trip.now + timedelta(days=3)).date().isoformat()
    notice = {"requirement": "一、立即清理疏散通道；\n二、三日内更换灭火器并报告整改情况。", "term_end": end}
    trip.do(opened.matter_id, "give_notice", "enforcement", notice)
    return opened.matter_id, end


def on_spot(trip: Trip) -> int:
    form = {
        "operator_name": PARTY,
        "party_kind": "person",
        "party_code": "92420103MA4XXXXX06",
        "phone": "027-85550123",
        "address": ADDRESS,
        "conduct": "other",
        "basis": "《武汉市市容环境卫生管理条例》第二十一条",
    }
    crew = [trip.bureau.officers[one] for one in ("enforcement", "enforcement_2")]
    spot = engine.open_matter(
        trip.session,
        "simple_penalty",
        trip.acting("enforcement"),
        Header("花楼街餐饮店占道", station_id=trip.bureau.station_id),
        form,
        key="walk-s",
        crew=crew,
        now=trip.now,
    ).matter_id
    told = {
        "certificates_shown": True,
        "facts_told": "当事人在店外摆放桌椅三套占道经营，经劝导未改正。",
        "continuing": True,
        "defence": "当事人表示无异议，不作陈述申辩。",
    }
    trip.do(spot, "inform", "enforcement", told, pair=True)
    fine = {"penalty": "fine", "fine": "200", "content": "罚款200元"}
    trip.do(spot, "decide_on_spot", "enforcement", fine, pair=True)
    return spot


def opened_case(trip: Trip) -> int:
    matter = trip.discover()
    trip.do(matter, "capture", "inspector", FOUND)
    trip.do(matter, "classify", "dispatcher", CLASSES | {"public_danger": True})
    (case,) = trip.do(matter, "file", "dispatcher", {"basis": LAW}).children
    reason = {
        "reason": "有初步证据证明当事人未经登记从事经营活动，应予行政处罚，属本局管辖，未超过追责期限。"
    }
    trip.approve(trip.do(case, "file_case", "enforcement", reason, pair=True), "station_head", "bureau_head")
    return case


def notified(trip: Trip, **report: Any) -> int:
    case = opened_case(trip)
    trip.do(case, "investigate", "enforcement", {"record": RECORD}, pair=True)
    for name, kind in (("现场检查笔录", "record"), ("房屋租赁合同", "document")):
        piece = {
            "kind": kind,
            "name": name,
            "source": "现场制作、提取",
            "holder": "王执法",
            "kept_at": "物证室",
            "proves": "当事人未经登记从事经营活动的事实",
        }
        trip.do(case, "collect_evidence", "enforcement", piece, pair=True)
    trip.do(case, "report_investigation", "enforcement", FULL | report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "事实清楚，证据充分，同意"})
    told = {
        "content": "当事人的行为违反登记管理规定。综合考虑违法行为的事实、性质、情节，拟给予一般处罚。",
    }
    trip.do(case, "notify", "enforcement", told)
    trip.handed(case, "serve_notice")
    return case


def decided(trip: Trip) -> tuple[int, int]:
    """A fine, reminded and taken to court; its case and its execution."""
    case = notified(trip)
    trip.do(case, "record_defence", "enforcement", {"content": "请求从轻处罚，理由是家庭困难。"})
    trip.now = trip.due(case, "defence")
    fine = {
        "content": "对当事人处以罚款人民币10000元。",
        "to_perform": True,
        "fine": "10000",
        "defence_checked": "经复核，当事人提出的理由不属于法定从轻、减轻情形，本局不予采纳。",
    }
    trip.approve(trip.do(case, "decide", "enforcement", fine), "bureau_head")
    (money,) = trip.handed(case, "serve").children
    shown = {
        "where": "credit_system",
        "link": "https://www.gsxt.gov.cn/",
        "summary": "未经设立登记从事经营活动，罚款10000元。",
        "left_out": "当事人住址、公民身份号码、联系方式",
        "examined": True,
        "term": "long",
    }
    published = select(Matter.id).where(Matter.parent_id == case, Matter.pack == "penalty_publicity")
    publicity = trip.session.scalars(published).one()
    trip.do(publicity, "publish", "enforcement", shown)
    life.issue(trip.session, publicity, "publicity_sheet", trip.acting("enforcement"))
    for kind in ("evidence_slip", "final_report", "review_form"):
        life.issue(trip.session, case, kind, trip.acting("enforcement"))
    trip.now = trip.due(money, "contest_term")
    trip.do(money, "remind", "enforcement", {"content": "缴纳罚款10000元及加处罚款10000元。"})
    trip.handed(money, "serve_reminder")
    trip.now = trip.due(money, "reminder")
    trip.approve(trip.do(money, "apply_to_court", "enforcement", WHY), "bureau_head")
    return case, money


def heard(trip: Trip) -> int:
    """A hearing, then no penalty, served and closed."""
    case = notified(trip, grave_measure=True)
    trip.do(case, "request_hearing", "enforcement", {"content": "要求听证"})
    day = (trip.now + timedelta(days=20)).date().isoformat()
    president = trip.bureau.officers["legal_2"]
    trip.do(case, "grant_hearing", "legal", {"hearing_on": day, "hearing_president": president})
    trip.do(case, "notify_hearing", "legal", {"content": "听证地点：本局三楼会议室。"})
    trip.handed(case, "serve_hearing_notice", "legal")
    trip.now += timedelta(days=21)
    trip.do(case, "close_hearing", "legal_2", HEARD)
    for kind in ("hearing_record", "hearing_report"):
        life.issue(trip.session, case, kind, trip.acting("legal_2"))
    trip.do(case, "review_after_hearing", "legal_2", {"opinion": "同意"})
    none = {"ground": "first_offence", "content": "对当事人予以教育。"}
    trip.approve(trip.do(case, "decide_no_penalty", "enforcement", none), "bureau_head")
    trip.handed(case, "serve_only")
    closing = {"content": "决定书已送达当事人，当事人已改正。"}
    trip.approve(trip.do(case, "close_without_penalty", "enforcement", closing), "bureau_head")
    life.issue(trip.session, case, "closing_form", trip.acting("enforcement"))
    return case


def measured(trip: Trip) -> int:
    """Things preserved and confiscated, others seized, kept longer and given back; the case transferred."""
    case = opened_case(trip)
    (kept,) = trip.do(case, "preserve_evidence", "enforcement", THINGS).children
    stove = {"name": "电热炉具", "spec": "DRL-2", "quantity": "1", "unit": "台", "condition": "八成新"}
    goods = KEPT | {"list": [stove, {"name": "预包装食品", "quantity": "60", "unit": "件"}]}
    trip.approve(trip.do(kept, "preserve", "enforcement", goods, pair=True), "bureau_head")
    done = HANDED | {"decision": "对上述电热炉具予以没收。"}
    trip.approve(trip.do(kept, "confiscate", "enforcement", done), "bureau_head")
    (held,) = trip.do(case, "apply_seizure", "enforcement", THINGS).children
    seized = goods | {
        "measure": "seize",
        "unrelated_excluded": True,
        "not_sealed_before": True,
        "rights_told": True,
    }
    trip.approve(trip.do(held, "seize", "enforcement", seized, pair=True), "bureau_head")
    trip.approve(trip.do(held, "prolong", "enforcement", {"reason": "案情复杂，需继续核查"}), "bureau_head")
    back = HANDED | {"ground": "decided", "content": "物品已当场返还，当事人清点无误。"}
    moved = {
        "no": 2,
        "what": "sampled",
        "giver": "李办案",
        "holder": "李办案",
        "used": "2",
        "kept_at": "检验所",
    }
    trip.do(held, "move_thing", "enforcement", moved | {"purpose": "抽样送检"})
    sold = {
        "nos": "2",
        "way": "auctioned",
        "receiver": "公物拍卖行",
        "receipt": "signed",
        "reason": "不易保存",
    }
    trip.approve(trip.do(held, "settle_things", "enforcement", sold, pair=True), "bureau_head")
    for kind in ("things_slip", "things_bill"):
        life.issue(trip.session, held, kind, trip.acting("enforcement"))
    trip.do(held, "release", "enforcement", back, pair=True)
    for measure in (kept, held):
        trip.delivered(measure)
    away = {"receiver": "江汉区公安分局", "reason": "当事人的行为涉嫌犯罪"}
    trip.approve(trip.do(case, "transfer", "enforcement", away), "bureau_head")
    return case


def everything(trip: Trip) -> dict[str, Document]:
    """Kind → a document of it, for all kinds that come from acts."""
    home = trip.session.get_one(Jurisdiction, trip.bureau.jurisdiction_id)
    home.settings = {**home.settings, "office_address": "江汉区新华路25号"}
    trip.session.get_one(
        Organisation, (trip.bureau.jurisdiction_id, trip.bureau.bureau_id)
    ).phone = "027-85480000"
    for one in (ledger, corrected, referred, inbound, rectified, on_spot, measured, heard, decided):
        one(trip)
    found = {one.kind: one for one in trip.session.scalars(select(Document).order_by(Document.id.desc()))}
    packs = {act.split(".")[0] for kind in found for act in kinds()[kind].acts}
    wanted = {name for name, kind in kinds().items() if packs & {act.split(".")[0] for act in kind.acts}}
    del found["service_receipt"]  # it comes of a service, not of an act
    assert wanted == set(found)
    assert drafts.open_drafts(trip.session, found["penalty_decision"].matter_id)
    return found

"""Every kind of paper of real matters: what it must say stands in its PDF, and the same in its Word file."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from gridsup.documents import drafts, files, fonts
from gridsup.documents.kinds import kinds
from gridsup.documents.model import Document
from gridsup.documents.word import word
from gridsup.errors import NotFound
from gridsup.procedures.model import Matter
from gridsup.referrals import sheets
from tests.db.documents import walk
from tests.db.documents.conftest import plain, words_of
from tests.db.procedures.trips import Trip
from tests.pdf import text_of

REMEDY = ("江汉区人民政府", "行政复议", "江汉区人民法院", "行政诉讼", "六十日")
STOVE = ("电热炉具", "DRL-2", "八成新", "所内物证室", "执法人员（签名）")
"""What the list of things annexed to a decision says."""
MUST: dict[str, tuple[str, ...]] = {
    "registration_form": ("快餐、小吃", "2025年11月18日", "未取得食品经营许可", "无营业执照", "民权所"),
    "site_record": ("疏散通道", "出示执法证件", "申请回避", "执法证号"),
    "rectification_notice": ("安全隐患", "2026年3月5日前", "更换灭火器", "第二十八条", *REMEDY),
    "correction_order": (
        "《市场主体登记管理条例》第四十三条",
        "2026年3月17日前",
        "拒不改正的，将依法予以处罚",
        *REMEDY,
    ),
    "licensing_urge": ("《无证无照经营查处办法》第十条", "2026年4月1日前", "陈述、申辩", "一次性告知单"),
    "licensing_notice": ("食品经营许可证", "《食品安全法》第三十五条", "登记申请书", "从业人员健康证明"),
    "command": ("民权所：", "督促限期办照", "2026年4月1日前"),
    "referral_sheet": (
        "区市场监督管理局（食品）：",
        "《无证无照经营查处办法》第八条",
        "十个工作日内",
        "回执",
    ),
    "feedback_sheet": ("已办照", "现场复核属实", "武江监指〔2026〕0001号"),
    "inbound_reply": ("江汉区卫生健康局：", "江卫函〔2026〕15号", "已停止经营"),
    "evidence_slip": ("房屋租赁合同", "书证", "王执法", "物证室", "核对与原件"),
    "final_report": ("租用门面", "1现场检查笔录", "拒不改正", "10000", "第四十八条"),
    "review_form": ("审核通过", "事实清楚，证据充分", "第四十九条", "武江监立"),
    "publicity_sheet": ("武江监处〔2026〕", "国家企业信用信息公示系统", "三年", "公民身份号码", "第四十八条"),
    "filing_form": ("涉嫌", "第三条第一款", "同意", "局长意见", "所长意见", "第十九条"),
    "penalty_notice": ("未经设立登记", "10000元", "壹万元整", "要求举行听证", "五个工作日内", "第四十五条"),
    "hearing_notice": ("2026年3月22日", "三楼会议室", "申请回避", "武江监罚告"),
    "hearing_record": (
        "武江监罚告",
        "三楼会议室",
        "钱记录",
        "当事人张三",
        "请求从轻处罚",
        "听证主持人（签名）",
    ),
    "hearing_report": ("三楼会议室", "钱记录", "请求从轻处罚", "建议维持", "第六十五条"),
    "penalty_decision": (
        "拒不改正",
        "1.现场检查笔录",
        "《市场主体登记管理条例》第四十三条",
        "家庭困难",
        "不予采纳",
        "壹万元整",
        "十五日内",
        "百分之三",
        "武江监罚告〔2026〕",
        "027-85550123",
        *REMEDY,
    ),
    "no_penalty_decision": ("初次违法", "不予行政处罚", "第三十三条", *REMEDY),
    "on_spot_decision": (
        "占道经营",
        "第五十一条",
        "贰佰元整",
        "先向江汉区人民政府申请行政复议",
        "无异议",
        "92420103MA4XXXXX06",
        "027-85550123",
    ),
    "transfer_letter": ("江汉区公安分局：", "涉嫌犯罪", "第二十七条"),
    "closing_form": (
        "予以教育",
        "武江监不罚〔2026〕0001号",
        "当事人已改正",
        "第七十七条",
        "武江监立",
        "同意",
    ),
    "preservation_notice": (
        "第五十六条",
        "民权所物证室2号柜",
        "七个工作日内",
        "先行登记保存物品清单",
        *STOVE,
    ),
    "disposal_decision": ("予以没收", "处理物品清单", *STOVE, *REMEDY),
    "seizure_decision": (
        "第二十四条",
        "扣押",
        "2026年4月1日",
        "电热炉具1台、预包装食品60件（共2项，详见所附清单）",
        "场所、设施、财物清单",
        "由当事人和本局分别保存",
        *STOVE,
        *REMEDY,
    ),
    "seizure_extension": ("案情复杂", "第二十五条", "武江监强〔2026〕", "2026年5月1日"),
    "seizure_release": ("第二十八条", "已当场返还", "退还财物清单", "接收人", *STOVE),
    "things_slip": ("抽样取证", "检验所", "武江监强〔2026〕0001号", "预包装食品", "60件"),
    "things_bill": (
        "先行返还、处理财物清单",
        "拍卖或者变卖",
        "武江监强〔2026〕0001号",
        "预包装食品",
        "58件",
        "检验所",
    ),
    "performance_reminder": ("第五十四条", "十日内", "加处罚款", "武江监处〔2026〕"),
    "court_application": ("江汉区人民法院：", "第五十三条", "武江监催〔2026〕"),
}
"""Kind → the elements that it may not lack, beside party, number, bureau and date."""
UNDATED = {
    "feedback_sheet",
    "registration_form",
    "site_record",
    "filing_form",
    "closing_form",
    "licensing_notice",
    "evidence_slip",
    "final_report",
    "review_form",
    "publicity_sheet",
    "hearing_record",
    "hearing_report",
    "things_bill",
    "things_slip",
}
"""Forms whose date is that of their own boxes, in figures."""


def test_every_kind_says_what_it_must_in_pdf_and_in_word(trip: Trip) -> None:
    found = walk.everything(trip)
    assert set(found) == set(MUST)
    for kind, document in found.items():
        pdf = files.original(trip.session, document)
        said, written = text_of(pdf), words_of(word(files.words(trip.session, document)))
        assert document.paper is not None
        assert document.paper["missing"] == [], kind
        dated = document.paper["dated"] if kind in UNDATED else document.paper["day"]
        for element in (
            *MUST[kind],
            walk.PARTY,
            document.number,
            "江汉区市场监督管理局",
            dated,
            document.title,
        ):
            assert plain(element) in said, (kind, element)
            assert plain(element) in written, (kind, element, "Word")
        for piece in document.paper["blocks"]:
            for text in _texts(piece):
                assert plain(text) in written, (kind, text)
        assert "稿" not in said
        assert "＿" not in said, kind


def _texts(piece: Any) -> list[str]:
    rows = piece.get("rows") or []
    cells = [cell for row in rows for cell in (row["cells"] if isinstance(row, dict) else row)]
    said = [text for text in (piece.get("text"), *piece.get("items", ()), *cells) if text]
    return [text for text in said if "[[" not in text and "：" not in text]


def test_referrals_print_many_at_once_as_they_were_issued(trip: Trip) -> None:
    """Each sheet says what the document itself says; before them stands their delivery list."""
    sent = [walk.referred(trip) for _ in range(2)]
    said = text_of(sheets.print_referrals(trip.session, sent, now=trip.now))
    assert said.startswith("抄告文书送达清单")
    for document in trip.session.scalars(select(Document).where(Document.matter_id.in_(sent))):
        assert text_of(files.original(trip.session, document)).partition("—1—")[0] in said
        assert said.count(plain(document.number)) == 3  # in the list, above the sheet, on its receipt


def test_a_copy_of_a_decision_says_so_and_no_notice_does(trip: Trip) -> None:
    """P9-N5: the sheet of a copy encloses the decision and tells nobody to guide the operator."""
    case, _ = walk.decided(trip)
    finding = trip.session.get_one(Matter, (trip.bureau.jurisdiction_id, case)).root_id
    form = {"kind": "penalty_copy", "department": "D10", "basis": "《无证无照经营查处办法》第八条"}
    (copy,) = trip.do(finding, "copy_department", "dispatcher", form).children
    trip.do(copy, "send", "dispatcher")
    said = text_of(sheets.print_referrals(trip.session, [copy]))
    assert "现将处罚决定书抄送贵单位" in said
    assert "附：行政处罚决定书武江监处〔2026〕0001号一份" in said
    assert "指导当事人办理许可" not in said


def test_a_rare_character_of_a_name_is_set_in_a_font_that_has_it(trip: Trip) -> None:
    assert fonts.beyond_own(walk.PARTY) == {"𠮷"}
    matter = trip.discover()
    trip.do(matter, "capture", "inspector", walk.FOUND)
    pdf, missing = drafts.preview(trip.session, matter, "registration_form")
    assert walk.PARTY in text_of(pdf)
    assert missing == []


def test_a_proposal_prints_before_it_is_signed_as_it_will_after(trip: Trip) -> None:
    """The draft of a decision carries clocks, law and signatures due; the number alone is open, and 稿."""
    case = walk.notified(trip)
    trip.now = trip.due(case, "defence")
    fine = {"content": "罚款一万元", "to_perform": True, "fine": "10000"}
    proposed = trip.do(case, "decide", "enforcement", fine)
    waiting = [one for one in drafts.open_drafts(trip.session, case) if one.proposal]
    assert [(one.kind, one.proposal) for one in waiting] == [("penalty_decision", proposed.proposal)]
    pdf, missing = drafts.preview(trip.session, case, "penalty_decision", proposal=proposed.proposal)
    said = text_of(pdf)
    for element in ("稿", walk.PARTY, "壹万元整", "《市场主体登记管理条例》第四十三条", "〔〕号", *REMEDY):
        assert plain(element) in said, element
    assert missing == []
    trip.approve(proposed, "bureau_head")
    assert all(one.kind != "penalty_decision" for one in drafts.open_drafts(trip.session, case))


def test_the_closing_of_a_case_that_was_never_filed_has_no_row_for_the_filing(trip: Trip) -> None:
    spot = walk.on_spot(trip)
    form, acting = {"content": "罚款已当场缴清。"}, trip.acting("enforcement")
    pdf, missing = drafts.preview(trip.session, spot, "closing_form", acting=acting, form=form)
    said = text_of(pdf)
    assert "立案" not in said
    assert "罚款已当场缴清" in said
    assert missing == []


def test_a_filing_form_shows_who_has_signed_and_who_is_still_to_sign(trip: Trip) -> None:
    matter = trip.classified(public_danger=True)
    (case,) = trip.do(matter, "file", "dispatcher", {"basis": walk.LAW}).children
    proposed = trip.do(case, "file_case", "enforcement", {"reason": "应予处罚"}, pair=True)
    trip.approve(proposed, "station_head")
    pdf, _ = drafts.preview(trip.session, case, "filing_form", proposal=proposed.proposal)
    said = text_of(pdf)
    assert said.count("同意。") == 1
    assert "局长意见" in said


def test_a_draft_of_an_act_that_nobody_has_taken_shows_blanks(trip: Trip) -> None:
    matter = trip.captured()
    trip.do(matter, "classify", "dispatcher", walk.CLASSES)
    (order,) = trip.do(matter, "begin_correction", "dispatcher", {"conduct": "unlicensed"}).children
    pdf, missing = drafts.preview(
        trip.session, order, "correction_order", acting=trip.acting("enforcement"), form={}
    )
    assert missing == ["form.requirement"]
    assert "＿＿＿＿" in text_of(pdf)


@pytest.mark.parametrize(
    "kind", [name for name, each in kinds().items() if name in ("penalty_decision", "amendment")]
)
def test_a_paper_that_nothing_gives_yet_is_refused(trip: Trip, kind: str) -> None:
    with pytest.raises(NotFound, match="no-act-for-document"):
        drafts.preview(trip.session, trip.captured(), kind)

"""The tasks, one for each post: what is to be done, and which records show that it was.

A step is ticked by an act on a matter, a visit or an entry of the audit trail that bears the officer's own
name, never by a click on the card. The town that a task begins in is made by ``geo_data.practice``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gridsup.procedures.pack import Words

MINUTES = 15


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows a step as done: one of these records of the officer, since the copy was made."""

    acts: tuple[str, ...] = ()
    """``pack.action``; proposed counts as done where signatures are still to come."""
    signed: bool = False
    """A signature on somebody's proposal."""
    visit: bool = False
    audit: str | None = None
    """An entry of the audit trail of this act …"""
    subject: str | None = None
    """… about exactly this (None: about anything) …"""
    detail: str | None = None
    """… whose detail holds this, as an issued report's holds ``report``."""


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    title: Words
    how: Words
    proof: Proof


@dataclass(frozen=True, slots=True)
class Task:
    """What an officer in ``post`` practises, on the page ``face`` (desk, field or board)."""

    post: str
    title: Words
    face: Literal["desk", "field", "board"]
    steps: tuple[Step, ...]


def _step(key: str, zh: str, en: str, how_zh: str, how_en: str, proof: Proof) -> Step:
    return Step(key, Words(zh=zh, en=en), Words(zh=how_zh, en=how_en), proof)


def _main(*actions: str) -> Proof:
    return Proof(acts=tuple(f"unlicensed_operation.{one}" for one in actions))


def _referral(*actions: str) -> Proof:
    return Proof(acts=tuple(f"referral.{one}" for one in actions))


DISPATCHER = Task(
    "dispatcher",
    Words(zh="调度员：从来电到验收", en="Dispatcher: from a call to the acceptance"),
    "desk",
    (
        _step(
            "call",
            "登记一个来电",
            "Register a call",
            "点右上方“来电登记”，编号自拟一个（如 12345-001），写明名称、地址和情况，点“登记”。",
            "Press “Register a call” at the top right, make up a number (such as 12345-001), give name, "
            "address and what was said, and press “Register”.",
            _main("discover"),
        ),
        _step(
            "classify",
            "给一个已采集的事项分类",
            "Classify a captured matter",
            "在左边的队列中点开一件“已采集录入”的事项，在右边点“分类”，三项必填选好后再点“分类”。",
            "In the queue on the left open a matter in state “Captured”; press “Classify” on the right, "
            "choose the three that are required, and press “Classify” again.",
            _main("classify"),
        ),
        _step(
            "command",
            "下达一条指令",
            "Issue a command",
            "点开一件“待处置”的事项，点“督促限期办照”，写明要求（可不填）后再点一次。",
            "Open a matter in state “Classified, to be disposed of”, press “Urge to obtain a licence”, and "
            "once more in the form.",
            _main(
                "guide",
                "begin_correction",
                "order_investigation",
                "order_change",
                "order_cancellation",
                "assign_section",
            ),
        ),
        _step(
            "refer",
            "抄告一个部门并发出",
            "Refer a matter to a department, and send it",
            "点开另一件“待处置”的事项，点“抄告相关职能部门”，核对部门和依据后提交；再点开随之产生的抄告件（待审核），点“审核发出”。",
            "Open another matter in state “Classified, to be disposed of”, press “Refer to the responsible "
            "department”, check the department and submit; then open the referral that this made and press "
            "“Check, number and send”.",
            _referral("send"),
        ),
        _step(
            "accept",
            "验收一个已反馈的事项",
            "Accept what was fed back",
            "点开一件“已反馈待验收”的事项，往下看复查记录，再点“验收办结（已办照）”。",
            "Open a matter in state “Fed back, to be accepted”, read below what the re-check found, and "
            "press “Accept and close (licensed)”.",
            _main("accept_licensed", "accept_ceased", "accept_exempt"),
        ),
    ),
)
INSPECTOR = Task(
    "inspector",
    Words(zh="巡查员：半天的巡查", en="Inspector: half a day on patrol"),
    "field",
    (
        _step(
            "visit",
            "记录一次巡查",
            "Record a visit",
            "在“附近”的名单里选一家店，点“我在门口”，再点“正常”。不必真的到店。",
            "In the list of “Nearby” choose a shop, press “At the door”, then “normal”. You need not go "
            "there.",
            Proof(visit=True),
        ),
        _step(
            "find",
            "上报一个发现",
            "Report a finding",
            "点下方“上报”，选“新发现的经营者”，写名称和地址，“拍照”一张，选行业，再点最下面的大按钮“上报”。",
            "Press “Report” below, then “A new operator”; name, address, one photo by “Camera”, the trade; "
            "then the large button “Report”.",
            _main("discover"),
        ),
        _step(
            "capture",
            "采集录入一户",
            "Capture a household",
            "在“待办”里点开一件“已发现”的事项，点“信息采集录入”，把标“必填”的填全（如经营范围）后再点一次。上报时已填全的自动算完成。",
            "Under “To do” open a matter in state “Discovered”, press “Capture the household”, fill in what "
            "is marked “required” (such as the scope), and press again. A finding that said all of it "
            "counts.",
            _main("capture"),
        ),
        _step(
            "recheck",
            "完成一次复查",
            "Make a re-check",
            "在“待办”里点开一件“限期办照中”的事项，点“复查：已停业”，“拍照”一张，再点一次。",
            "Under “To do” open a matter in state “Obtaining a licence”, press “Re-check: ceased”, take one "
            "photo by “Camera”, and press again.",
            _main("recheck_licensed", "recheck_ceased", "recheck_exempt"),
        ),
        _step(
            "feed_back",
            "反馈复查结果",
            "Feed the result back",
            "同一事项仍在“待办”里：再点开它，点“反馈”，写明怎样落实后再点一次。",
            "The same matter is still under “To do”: open it again, press “Feed back”, write how it was "
            "carried out, and press again.",
            _main("feed_back"),
        ),
    ),
)
STATION_HEAD = Task(
    "station_head",
    Words(zh="所长：签收、落实、审批", en="Station head: receive, carry out, sign"),
    "desk",
    (
        _step(
            "receive",
            "签收一条督促办照指令",
            "Receive a command to urge",
            "在左边的队列中点开一件“督促办照指令待签收”的事项，在右边点“签收督促办照指令”，再确认。",
            "In the queue on the left open a matter in state “Urged, command to be received”; press "
            "“Receive the command” on the right, and confirm.",
            _main("receive_guide"),
        ),
        _step(
            "receive_order",
            "签收一条调查、变更或注销指令",
            "Receive a command to investigate, change or cancel",
            "点开一件“调查、变更、注销指令待签收”的事项，点“签收指令”，再确认。",
            "Open a matter in state “Command to investigate, change or cancel, to be received”; press "
            "“Receive the command”, and confirm.",
            _main("receive_order"),
        ),
        _step(
            "feed_back",
            "反馈指令落实情况",
            "Feed back what was done",
            "在刚签收的这件事项里点“反馈指令落实情况”，选“已落实”，写明反馈内容后提交。",
            "In the matter just received press “Feed back on the command”, choose “carried out”, write what "
            "was done, and submit.",
            _main("feed_back_order"),
        ),
        _step(
            "classify",
            "给本所的一个事项分类",
            "Classify a matter of the station",
            "点队列上方的“全部在办”，点开一件“已采集录入”的事项，点“分类”，三项必填选好后再点“分类”。",
            "Press “All open” above the queue, open a matter in state “Captured”, press “Classify”, choose "
            "the three that are required, and press “Classify” again.",
            _main("classify"),
        ),
        _step(
            "sign",
            "审批一件立案呈批",
            "Sign a proposal to file a case",
            "点最左边的“办案”，在“待批”里看过这件立案呈批，点右下的“同意”，选一句意见后再点“同意”。",
            "Press “Cases” at the far left; under “To sign” read the proposal, press “Approve” below, "
            "choose an opinion, and press “Approve” again.",
            Proof(signed=True),
        ),
    ),
)
LIAISON = Task(
    "liaison",
    Words(zh="联络员：接收、反馈、退回抄告", en="Liaison: receive, answer and return referrals"),
    "desk",
    (
        _step(
            "receive",
            "签收一件抄告",
            "Receive a referral",
            "在左边的队列中点开一件“已发出待签收”的抄告，在右边点“签收”，再确认。",
            "In the queue on the left open a referral in state “Sent, awaiting receipt”; press “Receive” on "
            "the right, and confirm.",
            _referral("receive"),
        ),
        _step(
            "feed_back",
            "反馈办理结果",
            "Answer with the result",
            "在“已签收办理中”的抄告里点“反馈办理结果”，选办理结果，写明反馈内容后提交。",
            "In a referral in state “Received, being handled” press “Feed back the result”, choose the "
            "result, write what was done, and submit.",
            _referral("feed_back"),
        ),
        _step(
            "return",
            "退回一件不属于本部门的抄告",
            "Return what is not your department's",
            "点开另一件“已发出待签收”的抄告，点“退回（非本部门职责）”，写明退回理由后提交。",
            "Open another referral in state “Sent, awaiting receipt”, press “Return (not this department's "
            "duty)”, write the reason, and submit.",
            _referral("return_referral"),
        ),
    ),
)
MANAGER = Task(
    "manager",
    Words(zh="分管负责人：看数、出报告、定期限", en="Manager: figures, a bulletin, a limit"),
    "board",
    (
        _step(
            "map",
            "导出巡查覆盖图",
            "Export the coverage map",
            "点看板右上方的“导出热力图”，得到一个文件。",
            "Press “Export map” at the top right of the board: you get a file.",
            Proof(audit="export", subject="heatmap.html"),
        ),
        _step(
            "report",
            "发布一期月通报",
            "Issue a monthly bulletin",
            "点看板上方的“报告”，种类选“月通报”，选好月份，点“生成并发布”。",
            "Press “Reports” at the top of the board, choose “Monthly bulletin” and a month, and press "
            "“Issue”.",
            Proof(audit="export", detail="report"),
        ),
        _step(
            "limit",
            "设定一个环节期限",
            "Set the limit of a link",
            "点上方的“指挥台”，再点最左边的“管理”、上方的“环节期限”，在任一行“待本局设定”处点“设定”，改数值、写理由后保存。",
            "Press “Desk” at the top, then “Office” at the far left and “Limits” above; in a row that says "
            "“To be set” press “Set”, change the figure, give the reason, and save.",
            Proof(audit="limit-set"),
        ),
    ),
)
TASKS = {one.post: one for one in (DISPATCHER, INSPECTOR, STATION_HEAD, LIAISON, MANAGER)}
"""Post → its task."""

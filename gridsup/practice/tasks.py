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
            "点右上方“来电登记”，写明地址和情况后登记。",
            "Press “Register a call” at the top, give the address and what was said.",
            _main("discover"),
        ),
        _step(
            "classify",
            "给一个已采集的事项分类",
            "Classify a captured matter",
            "在队列中打开“已采集录入”的事项，办理“分类”。",
            "Open a matter in state “Captured” in the queue and take the step “Classify”.",
            _main("classify"),
        ),
        _step(
            "command",
            "下达一条指令",
            "Issue a command",
            "打开“待处置”的事项，办理“督促限期办照”或其他指令。",
            "Open a matter to be disposed of and urge the operator, or give another command.",
            _main(
                "guide",
                "order_correction",
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
            "打开“待处置”的事项，办理“抄告相关职能部门”，再在抄告件中“发出”。",
            "Open a matter to be disposed of, refer it, then send the referral that was opened.",
            _referral("send"),
        ),
        _step(
            "accept",
            "验收一个已反馈的事项",
            "Accept what was fed back",
            "打开“已反馈待验收”的事项，看过复查记录后验收办结。",
            "Open a matter that was fed back, read what the re-check found, and accept it.",
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
            "在“附近”里选一家店，点“我在门口”，再点“正常”。",
            "Under “Nearby” choose a shop, press “At the door”, then “Normal”.",
            Proof(visit=True),
        ),
        _step(
            "find",
            "上报一个发现",
            "Report a finding",
            "点“上报”，选“新发现的经营者”，拍照，选行业，写明名称和地址后上报。",
            "Press “Report”, then “A new operator”; photo, trade, name and address; report it.",
            _main("discover"),
        ),
        _step(
            "capture",
            "采集录入一户",
            "Capture a household",
            "在“待办”里打开“已发现”的事项，补全经营者、地址和许可情况（上报时已填全的自动算完成）。",
            "Open a matter in state “Discovered” and complete it; a finding that said all of it counts.",
            _main("capture"),
        ),
        _step(
            "recheck",
            "完成一次复查",
            "Make a re-check",
            "在“待办”里打开“限期办照中”的事项，记录复查结果：已办照或者已停业。",
            "Open a matter whose operator is obtaining a licence; record what you found: licensed or ceased.",
            _main("recheck_licensed", "recheck_ceased", "recheck_exempt"),
        ),
        _step(
            "feed_back",
            "反馈复查结果",
            "Feed the result back",
            "在同一事项里办理“反馈”，写明怎样落实。",
            "In the same matter, feed back how it was carried out.",
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
            "打开“督促办照指令待签收”的事项，办理签收。",
            "Open a matter whose command is to be received, and receive it.",
            _main("receive_guide"),
        ),
        _step(
            "receive_order",
            "签收一条调查、变更或注销指令",
            "Receive a command to investigate, change or cancel",
            "打开“调查、变更、注销指令待签收”的事项，办理签收。",
            "Open a matter in that state and receive its command.",
            _main("receive_order"),
        ),
        _step(
            "feed_back",
            "反馈指令落实情况",
            "Feed back what was done",
            "在刚签收的指令里，反馈落实结果。",
            "In the command just received, feed back how it was carried out.",
            _main("feed_back_order"),
        ),
        _step(
            "classify",
            "给本所的一个事项分类",
            "Classify a matter of the station",
            "在“全部在办”里打开“已采集录入”的事项，办理“分类”。",
            "Under “All open” open a matter in state “Captured” and classify it.",
            _main("classify"),
        ),
        _step(
            "sign",
            "审批一件立案呈批",
            "Sign a proposal to file a case",
            "在“办案 → 待批”里打开待您签署的立案呈批，看过材料后签署意见。",
            "Under “Cases → To sign” open what waits for you, read it, and sign with your opinion.",
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
            "打开刚送来的抄告，办理签收。",
            "Open a referral that has just come, and receive it.",
            _referral("receive"),
        ),
        _step(
            "feed_back",
            "反馈办理结果",
            "Answer with the result",
            "在已签收的抄告里反馈：已办照、未办照、已处罚或者已停业。",
            "In a referral that was received, answer: licensed, not licensed, penalised or ceased.",
            _referral("feed_back"),
        ),
        _step(
            "return",
            "退回一件不属于本部门的抄告",
            "Return what is not your department's",
            "打开另一件抄告，写明理由后退回。",
            "Open another referral and return it with the reason.",
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
            "发布一期月报",
            "Issue a monthly bulletin",
            "在看板的“报告”里选月份，写按语，发布。",
            "On the board's reports choose a month, write a remark, and issue it.",
            Proof(audit="export", detail="report"),
        ),
        _step(
            "limit",
            "设定一个环节期限",
            "Set the limit of a link",
            "在指挥台“管理 → 环节期限”里，把一个待本局设定的期限定下来。",
            "On the desk under “Office → Limits”, set one that the law leaves to the bureau.",
            Proof(audit="limit-set"),
        ),
    ),
)
TASKS = {one.post: one for one in (DISPATCHER, INSPECTOR, STATION_HEAD, LIAISON, MANAGER)}
"""Post → its task."""

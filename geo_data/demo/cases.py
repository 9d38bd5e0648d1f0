"""Scenes of enforcement: inspections, penalties on the spot, cases at every stage, measures, support."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geo_data.demo.shapes import Business, Premises
from geo_data.demo.stage import Scene, Stage, Who
from gridsup.calendars import deadline
from gridsup.procedures.door import Answer

HEAD, DEPUTY = Who("bureau_head", "bureau"), Who("deputy_head", "bureau")
LEGAL, DESK, BRIGADE = Who("legal", "legal"), Who("dispatcher", "registration"), Who("brigade", "brigade")
LAW_CHANGE = "《市场主体登记管理条例》第二十四条第一款、第四十六条"
LAW_DISPLAY = "《市场主体登记管理条例》第三十六条、第四十八条"
FOUND = {
    "change": "该店在核准的经营场所之外另占相邻门面经营，未申请办理变更登记（演示）。",
    "display": "店堂内未悬挂营业执照，经营者称放在家中（演示）。",
    "safety": "一、疏散通道堆放纸箱、桌椅，宽度不足一米；\n二、灭火器压力不足，未按期检修（演示）。",
}
ASKED = {
    "change": "自收到本通知之日起，停止在未经登记的场所经营，并依法申请办理变更登记。",
    "display": "将营业执照置于经营场所的醒目位置。",
    "safety": "一、立即清理疏散通道；\n二、更换或检修灭火器，并报告整改情况。",
}


@dataclass(frozen=True, slots=True)
class Crew:
    """A station's people as a case needs them; a station has three who enforce."""

    officer: Who
    chief: Who
    till: Who

    @classmethod
    def of(cls, stage: Stage, station: int) -> Crew:
        code = stage.station(station)
        return cls(Who("enforcement", code), Who("station_head", code), Who("general", code))


def party(household: tuple[Business, Premises], conduct: str) -> dict[str, Any]:
    """The first boxes of every form of enforcement about a household."""
    business, place = household
    return {
        "operator_name": business.name,
        "party_kind": "person",
        "address": place.address,
        "conduct": conduct,
    }


def inspected(stage: Stage, crew: Crew, household: tuple[Business, Premises], conduct: str, days: int) -> int:
    """Inspected, and a notice to rectify written; the matter."""
    basis = {} if conduct == "safety" else {"basis": LAW_CHANGE if conduct == "change" else LAW_DISPLAY}
    form = party(household, conduct) | {"findings": FOUND[conduct]} | basis
    matter = stage.start("rectification", crew.officer, household, form)
    told = {"requirement": ASKED[conduct], "term_end": stage.day(days)} | basis
    stage.act(matter, "give_notice", crew.officer, told)
    return matter


def noticed(stage: Stage, crew: Crew, household: tuple[Business, Premises], conduct: str, days: int) -> int:
    """Inspected, the notice sealed and served on the spot; the matter."""
    matter = inspected(stage, crew, household, conduct, days)
    notice = stage.paper(matter, "rectification_notice")
    stage.seal(notice, crew.till)
    stage.serve(notice, crew.officer, household[1].address, household[0].operator_name or "")
    return matter


# ------------------------------------------------------------------ rectification and the simple procedure


def being_rectified(stage: Stage, station: int, back: int, *, amended: bool = False) -> Scene:
    """A notice served and signed for; one of them with a slip that an amendment (更正) mends."""
    crew, household = Crew.of(stage, station), stage.household(stage.station(station))
    yield stage.at(back, 10)
    matter = inspected(stage, crew, household, "safety", 12)
    yield stage.at(back, 10, 30)
    stage.issue(matter, "site_record", crew.officer)
    notice = stage.paper(matter, "rectification_notice")
    stage.seal(notice, crew.till)
    yield stage.at(back, 15)
    stage.serve(notice, crew.officer, household[1].address, household[0].operator_name or "")
    if amended:
        yield stage.at(back - 1, 9)
        stage.amend(notice, crew.officer, "二、更换或检修灭火器", "二、更换灭火器两具", "整改内容表述不准确")


def rectified(stage: Stage, station: int, back: int) -> Scene:
    crew, household = Crew.of(stage, station), stage.household(stage.station(station))
    yield stage.at(back, 9, 20)
    matter = noticed(stage, crew, household, "display", 5)
    yield stage.at(back - 3, 9, 20)
    stage.act(
        matter, "found_rectified", crew.officer, {"record": "营业执照已悬挂于收银台上方（演示）。"}, photos=1
    )
    yield stage.at(back - 4, 16)
    stage.act(matter, "close_rectified", crew.chief)


def on_the_spot(stage: Stage, station: int, back: int, upto: str, *, refused: bool = False) -> Scene:
    """The simple procedure (简易程序): ``upto`` is decided, paid, proposed or closed."""
    crew, household = Crew.of(stage, station), stage.household(stage.station(station))
    yield stage.at(back, 14, 10)
    form = party(household, "other") | {"basis": "《湖北省城市市容和环境卫生管理条例》（演示引用）"}
    spot = stage.start("simple_penalty", crew.officer, household, form)
    told = {
        "certificates_shown": True,
        "facts_told": "店外摆放桌椅三套占道经营，经劝导未改正；拟当场罚款（演示）。",
        "continuing": True,
        "defence": "当事人表示无异议，不作陈述申辩。",
    }
    stage.act(spot, "inform", crew.officer, told)
    fine = {"penalty": "fine", "fine": "200", "content": "罚款人民币200元。"}
    stage.act(spot, "decide_on_spot", crew.officer, fine, photos=1)
    decision, address = stage.paper(spot, "on_spot_decision"), household[1].address
    if refused:
        stage.leave(decision, crew.officer, address, "陈建国")
    else:
        stage.serve(decision, crew.officer, address, household[0].operator_name or "")
    money = stage.child(spot, "penalty_execution")
    if upto == "decided":
        return
    yield stage.at(back - 1, 10)
    stage.act(spot, "hand_in", crew.officer)
    yield stage.at(back - 4, 11)
    paid = {"kind": "fine", "amount": "200", "paid_on": stage.day(), "receipt_no": f"演示{money:08d}"}
    stage.act(money, "record_payment", crew.till, paid)
    stage.act(money, "confirm_performed", crew.till, {"content": "罚款已缴清。"})
    if upto == "paid":
        return
    yield stage.at(back - 5, 9, 40)
    closing = stage.act(spot, "close", crew.officer, {"content": "罚款已缴清，建议结案。"})
    if upto == "closed":
        yield stage.at(back - 6, 9)
        stage.sign(closing, crew.chief)


# ------------------------------------------------------------------ the ordinary procedure

ON = {
    "rectifying": 0, "unrectified": 7, "verifying": 8, "prolonged": 8, "proposed": 9, "station_signed": 9,
    "investigating": 13, "reviewing": 15, "reviewed": 17, "notified": 18, "asked": 19, "hearing": 20,
    "rereview": 30, "deciding": 24, "to_sign": 25, "decided": 26, "executing": 27, "performed": 34,
    "closing": 35, "closed": 36,
}  # fmt: skip
"""Stage of a case → working days since its first inspection."""
HEARD = ("asked", "hearing", "rereview")
RECORD = (
    "执法人员到达现场时，该店正在营业，店内有顾客。经营者现场不能提供变更登记证明。现场拍摄照片，制作笔录，经营者核对无误"
    "（演示）。"
)
REPORT = (
    "经查，当事人未经变更登记，擅自扩大经营场所从事经营活动。本局依法责令其限期办理变更登记，期满复查，当事人仍未办理，"
    "属拒不改正。以上事实有现场检查笔录、询问笔录、现场照片和租赁合同等证据证明（演示）。"
)


class Case:
    """An ordinary case (普通程序) about a household that did not register a change, walked to a stage."""

    def __init__(self, stage: Stage, station: int, upto: str, rest: int, *, fine: str = "10000") -> None:
        self.stage, self.upto, self.fine = stage, upto, fine
        self.crew = Crew.of(stage, station)
        self.household = stage.household(stage.station(station))
        self.first = rest + ON[upto]
        self.case = 0
        self.defended = fine == "10000"

    def on(self, name: str, hour: int, minute: int = 0) -> Any:
        return self.stage.at(self.first - ON[name], hour, minute)

    def past(self, name: str) -> bool:
        return ON[self.upto] > ON[name]

    def play(self) -> Scene:
        yield from self.begun()
        for name, part in (
            ("prolonged", self.filed),
            ("investigating", self.judged),
            ("deciding", self.decided),
            ("decided", self.settled),
        ):
            if self.past(name) and self.upto not in HEARD[: 3 if name in ("deciding", "decided") else 0]:
                yield from part()

    def begun(self) -> Scene:
        stage, crew = self.stage, self.crew
        yield self.on("rectifying", 9, 30)
        matter = noticed(stage, crew, self.household, "change", 6)
        yield self.on("unrectified", 10)
        stage.act(
            matter,
            "found_unrectified",
            crew.officer,
            {"record": "仍未办理变更登记，继续经营（演示）。"},
            photos=1,
        )
        if self.past("unrectified"):
            yield self.on("verifying", 9)
            (self.case,) = stage.act(matter, "file", crew.chief, {"basis": LAW_CHANGE}).children
        if self.upto == "prolonged":
            yield self.on("verifying", 16)
            why = {"reason": "当事人外出，尚需核对租赁合同和实际经营场所，申请延长核查期限（演示）。"}
            stage.act(self.case, "extend_verification", crew.officer, why)

    def filed(self) -> Scene:
        stage, crew = self.stage, self.crew
        yield self.on("proposed", 9)
        why = {
            "reason": "有初步证据证明当事人未办理变更登记且拒不改正，应予行政处罚，属本局管辖，"
            "未超过追责期限（演示）。"
        }
        filing = stage.act(self.case, "file_case", crew.officer, why)
        if self.upto == "proposed":
            return
        yield self.on("station_signed", 15)
        stage.sign(filing, crew.chief, opinion="同意立案，请尽快固定证据。")
        if self.upto == "station_signed":
            return
        yield self.on("station_signed", 17)
        stage.sign(filing, HEAD, opinion="同意立案。")
        yield self.on("investigating", 10)
        stage.act(self.case, "investigate", crew.officer, {"record": RECORD}, photos=1)
        for name, kind in (("现场检查笔录", "record"), ("房屋租赁合同（复印件）", "document")):
            piece = {
                "kind": kind, "name": name, "source": "现场制作、提取，经当事人核对", "kept_at": "所内物证室",
                "holder": stage.name(crew.officer), "proves": "当事人未经变更登记扩大经营场所的事实",
            }  # fmt: skip
            stage.act(self.case, "collect_evidence", crew.officer, piece, photos=1)

    def judged(self) -> Scene:
        stage, crew = self.stage, self.crew
        yield self.on("reviewing", 11)
        report = {
            "report": REPORT, "complex": self.fine == "60000", "party_kind": "person", "conduct": "change",
            "continuing": True, "serious": False, "correction_refused": True, "proposed_fine": self.fine,
        }  # fmt: skip
        stage.act(self.case, "report_investigation", crew.officer, report)
        if not self.past("reviewing"):
            return
        yield self.on("reviewed", 10)
        stage.act(
            self.case, "review_pass", LEGAL, {"opinion": "事实清楚，证据充分，定性准确，程序合法，同意。"}
        )
        if not self.past("reviewed"):
            return
        yield self.on("notified", 10)
        told = f"当事人的行为违反登记管理规定且拒不改正，拟处罚款人民币{self.fine}元（演示）。"
        stage.act(self.case, "notify", crew.officer, {"content": told})
        yield self.on("notified", 10, 20)
        notice = stage.paper(self.case, "penalty_notice")
        stage.seal(notice, crew.till)
        stage.serve(notice, crew.officer, self.household[1].address, self.household[0].operator_name or "")
        if self.defended:
            yield self.on("notified", 16)
            stage.act(
                self.case, "record_defence", crew.officer, {"content": "家庭困难，请求从轻处罚（演示）。"}
            )
        if self.upto in HEARD:
            yield from self.heard()

    def heard(self) -> Scene:
        stage = self.stage
        yield self.on("asked", 11)
        stage.act(
            self.case, "request_hearing", self.crew.officer, {"content": "当事人书面要求举行听证（演示）。"}
        )
        if self.upto == "asked":
            return
        yield self.on("hearing", 9)
        day = deadline(stage.now.date(), "9WD").due.isoformat()  # the party is told seven working days ahead
        president = stage.officer(LEGAL)
        stage.act(self.case, "grant_hearing", LEGAL, {"hearing_on": day, "hearing_president": president})
        told = {"content": "定于上述日期上午9时在本局二楼会议室举行听证（演示）。"}
        stage.act(self.case, "notify_hearing", LEGAL, told)
        notice = stage.paper(self.case, "hearing_notice")
        stage.seal(notice, self.crew.till)
        stage.serve(
            notice, self.crew.officer, self.household[1].address, self.household[0].operator_name or ""
        )
        if self.upto == "rereview":
            yield self.on("rereview", 16)
            record = {
                "place": "本局二楼会议室", "clerk": "法规股记录员（演示）",
                "present": "当事人本人、两名办案人员",
                "record": "听证公开举行，当事人对事实无异议，请求从轻处罚（演示）。",
                "opinion": "事实清楚、证据充分，当事人所述不属于法定从轻情形，建议维持拟处罚意见（演示）。",
            }  # fmt: skip
            stage.act(self.case, "close_hearing", LEGAL, record)

    def decided(self) -> Scene:
        stage, crew, together = self.stage, self.crew, self.fine == "60000"
        yield self.on("to_sign", 10)
        form = {"content": f"对当事人处以罚款人民币{self.fine}元。", "to_perform": True, "fine": self.fine}
        if self.defended:
            form |= {
                "defence_checked": "经复核，当事人提出的理由不属于法定从轻、减轻情形，不予采纳（演示）。"
            }
        verb = "decide_collectively" if together else "decide"
        proposal = stage.act(self.case, verb, crew.officer, form)
        if together:
            yield self.on("to_sign", 15)
            stage.sign(proposal, DEPUTY, opinion="经讨论，同意处罚建议。")
            stage.sign(proposal, LEGAL, opinion="同意。")
        if self.past("to_sign"):
            yield self.on("to_sign", 16)
            stage.sign(proposal, HEAD)

    def settled(self) -> Scene:
        stage, crew = self.stage, self.crew
        yield self.on("executing", 9)
        decision = stage.paper(self.case, "penalty_decision")
        stage.seal(decision, crew.till)
        yield self.on("executing", 10)
        address = self.household[1].address
        stage.leave(decision, crew.officer, address, "李桂芳")
        money = stage.child(self.case, "penalty_execution")
        if not self.past("executing"):
            return
        yield self.on("performed", 11)
        paid = {"kind": "fine", "amount": self.fine, "paid_on": stage.day(), "receipt_no": f"演示{money:08d}"}
        stage.act(money, "record_payment", crew.till, paid)
        stage.act(money, "confirm_performed", crew.till, {"content": "罚款已全部缴清。"})
        if not self.past("performed"):
            return
        yield self.on("closing", 9)
        closing: Answer = stage.act(
            self.case, "close_penalised", crew.officer, {"content": "罚款已缴清，案卷齐全，建议结案。"}
        )
        if not self.past("closing"):
            return
        yield self.on("closed", 9)
        stage.sign(closing, stage.in_place_of(HEAD, DEPUTY), opinion="同意结案。")
        stage.issue(self.case, "closing_form", crew.till)

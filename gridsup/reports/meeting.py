"""The pack of the quarterly meeting (季度例会材料, P10-N1): agenda, the quarter, what was decided and done.

Every count of it stands over rows that are frozen with it, as the indicators' rows are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.analytics.clocks import ClockLine
from gridsup.calendars import instant, local_day
from gridsup.documents.numerals import plain_day
from gridsup.jointwork import queries as jointwork
from gridsup.people import queries as people
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.model import Matter
from gridsup.procedures.pack import Words
from gridsup.procedures.posts import POSTS
from gridsup.referrals import queries as referrals
from gridsup.reports import tables
from gridsup.reports.tables import Block
from gridsup.spotchecks import queries as spotchecks
from gridsup.spotchecks import service as checking
from gridsup.spotchecks.compare import VERDICTS
from gridsup.urging import service as urging
from gridsup.urging.queries import Wanted

Row = dict[str, Any]
MOST = 100_000
PRINTED = 30
"""Late matters on the paper; all of them are among the frozen rows."""
EMPTY_LINES = 6
"""Lines for what the meeting decides."""
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
RESULTS = {"done": "已落实", "not_done": "未落实"}
DAYS, PER_CENT = Words(zh="天", en="days"), Words(zh="%", en="%")
FIGURES: dict[str, tuple[Words, Words, Words, str, str]] = {
    "meeting_late": (
        Words(zh="逾期未办事项平均逾期天数", en="Mean days late of what is not done"),
        Words(zh="逾期天数之和 ÷ 逾期未办的期限数", en="days late ÷ limits that are over and not met"),
        DAYS,
        "meeting_late",
        "meeting_late",
    ),
    "meeting_differences": (
        Words(zh="督查抽查差异率", en="Spot checks that differ"),
        Words(zh="有差异的户数 ÷ 复访户数 × 100%", en="shops that differ ÷ shops visited again × 100%"),
        PER_CENT,
        "meeting_differences",
        "meeting_checks",
    ),
    "meeting_done": (
        Words(zh="议定事项落实率", en="Resolutions done"),
        Words(zh="已办结的议定事项 ÷ 全部议定事项 × 100%", en="resolutions ended ÷ all resolutions × 100%"),
        PER_CENT,
        "meeting_done",
        "meeting_resolutions",
    ),
}
"""Name → title, formula, unit, row set above and below the line. Days are added up, all else counted."""


@dataclass(slots=True)
class Meeting:
    """What the pack adds to a quarter's report: its rows by set, and the tables of its paper."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    late: list[list[str]] = field(default_factory=list)
    scores: list[list[str]] = field(default_factory=list)
    checked: list[list[str]] = field(default_factory=list)
    urged: list[list[str]] = field(default_factory=list)
    resolutions: list[list[str]] = field(default_factory=list)
    last: str | None = None
    """Name of the last conference held."""

    def figures(self) -> list[dict[str, Any]]:
        """The pack's own figures, in the shape of a report's."""
        found = []
        for name, (title, formula, unit, above, below) in FIGURES.items():
            rows = self.rows[above]
            top = sum(one["value"] for one in rows) if unit is DAYS else float(len(rows))
            under = float(len(self.rows[below]))
            scale = 1 if unit is DAYS else 100
            found.append(
                {
                    "id": name,
                    "title": title.model_dump(),
                    "formula": formula.model_dump(),
                    "unit": unit.model_dump(),
                    "numerator": top,
                    "denominator": under,
                    "value": top / under * scale if under else None,
                    "before": None,
                    "last_year": None,
                    "sets": {"numerator": above, "denominator": below},
                }
            )
        return found


def gather(
    session: Session,
    jurisdiction_id: int,
    since: date,
    until: date,
    departments: Mapping[str, str],
    *,
    now: datetime,
) -> Meeting:
    """The quarter as the meeting is told of it. Late matters and resolutions stand as of ``now``."""
    bodies = people.organisations(jurisdiction_id, active_only=False)
    names = {one.id: one.name for one in session.scalars(bodies)}
    made = Meeting()
    _late(session, made, names, now)
    _scores(session, jurisdiction_id, made, since, departments, now)
    _checked(session, jurisdiction_id, made, since, until, names)
    _urged(session, made, since, until, names)
    _resolutions(session, jurisdiction_id, made, until)
    return made


def _row(number: int, kind: str, ref: int | None, title: str, at: datetime | None, value: float) -> Row:
    return {
        "id": number,
        "kind": kind,
        "ref": ref,
        "title": title,
        "cell_code": None,
        "at": at,
        "value": value,
    }


def _late(session: Session, made: Meeting, names: Mapping[int, str], now: datetime) -> None:
    _, found = urging.watched(session, Wanted(when="late"), limit=MOST, now=now)
    printed = urging.holders(session, found[:PRINTED], now)
    persons = _persons(session, [one.officer_id for one in printed.values()])
    rows = []
    for number, one in enumerate(found, 1):
        clock = (one.clock_title or {}).get("zh") or one.clock
        days = (now - one.due_at).days
        rows.append(_row(number, "matter", one.matter_id, f"{one.title}：{clock}", one.due_at, float(days)))
        if number <= PRINTED:
            who = printed[one.matter_id, one.clock]
            told = _who(who.post, names.get(who.body_id or 0), persons.get(who.officer_id or 0))
            made.late.append([one.title, clock, told, plain_day(local_day(one.due_at)), str(days)])
    made.rows["meeting_late"] = rows


def _persons(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    known = people.officers_by_id(jurisdiction_of(session), [one for one in ids if one])
    return {one.id: one.name for one in session.scalars(known)}


def _who(post: str, body: str | None, officer: str | None) -> str:
    words = POSTS[post].zh if post in POSTS else post
    return " ".join(part for part in (body, words, officer) if part)


def _scores(
    session: Session, j: int, made: Meeting, since: date, departments: Mapping[str, str], now: datetime
) -> None:
    for row in session.execute(referrals.scoreboard(j, instant(since), now)):
        days = "—" if row.days is None else f"{row.days:.1f}"
        name = departments.get(row.department, row.department)
        counts = (row.sent, row.received, row.answered, row.returned, row.open, row.overdue)
        made.scores.append([name, *map(str, counts), days])


def _checked(
    session: Session, j: int, made: Meeting, since: date, until: date, names: Mapping[int, str]
) -> None:
    found = session.execute(
        spotchecks.checks(j, start=instant(since), end=instant(until, last=True), limit=MOST)
    ).all()
    rows = [
        _row(
            check.id,
            "business",
            check.business_id,
            f"{check.record['name']}：{VERDICTS[result.content['verdict']].zh}",
            result.at,
            float(result.content["verdict"] != "consistent"),
        )
        for check, result, _, _ in found
    ]
    made.rows["meeting_checks"] = rows
    made.rows["meeting_differences"] = [one for one in rows if one["value"]]
    by_station: dict[int | None, list[checking.Accuracy]] = {}
    for one in checking.accuracy(session, since, until):
        by_station.setdefault(one.station_id, []).append(one)
    for station, parts in by_station.items():
        total = checking.together(parts)
        counts = (total.checked, total.consistent, total.differs, total.suspected, total.lifted)
        rate = "—" if total.rate is None else f"{total.rate:.1f}%"
        made.checked.append([names.get(station or 0, "无网格"), *map(str, counts), rate])


def _urged(session: Session, made: Meeting, since: date, until: date, names: Mapping[int, str]) -> None:
    found = urging.tally(session, since, until)
    persons = _persons(session, [one.holder_id for one in found])
    for one in found:
        who = _who(one.post, names.get(one.body_id or 0), persons.get(one.holder_id or 0))
        made.urged.append([who, str(one.urged), str(one.late), str(one.answered)])


def _resolutions(session: Session, j: int, made: Meeting, until: date) -> None:
    """Those of the last conference, and what earlier ones left open."""
    held = [
        one
        for one in session.scalars(jointwork.of_pack(j, jointwork.CONFERENCE))
        if "held" in one.milestones and str(one.milestones.get("meeting_day", "")) <= until.isoformat()
    ]
    last = max(held, key=lambda one: str(one.milestones.get("meeting_day", "")), default=None)
    made.last = last.title if last else None
    found = {one.id: one for one in session.scalars(jointwork.resolutions(j, open_only=True))}
    if last is not None:
        found |= {one.id: one for one in session.scalars(jointwork.resolutions(j, last.id, open_only=False))}
    rows = []
    for one in sorted(found.values(), key=lambda each: each.id):
        rows.append(_row(one.id, "matter", one.id, one.title, one.opened_at, float(one.ended_at is None)))
        made.resolutions.append(_resolution(one))
    made.rows["meeting_resolutions"] = rows
    made.rows["meeting_done"] = [one for one in rows if not one["value"]]


def _resolution(one: Matter) -> list[str]:
    facts = one.facts
    state = "已落实" if one.outcome == "done" else RESULTS.get(str(facts.get("result")), "落实中")
    carried = int(facts.get("carried") or 0)
    until = one.milestones.get("until")
    day = plain_day(date.fromisoformat(str(until)[:10])) if until else "—"
    more = f"（结转 {carried} 次）" if carried else ""
    return [str(facts.get("content") or one.title), str(facts.get("unit") or "—"), day, state + more]


# ------------------------------------------------------------------ the paper


def blocks(
    made: Meeting,
    told: Sequence[Mapping[str, Any]],
    due: Sequence[ClockLine],
    empty: Block,
    departments: Mapping[str, str],
    remarks: str,
    now: datetime,
) -> list[Block]:
    """The paper's blocks; its sections are numbered as the agenda names them."""
    sections: list[tuple[str, list[Block]]] = [
        ("应巡覆盖与办理指标", [tables.indicators(told)]),
        ("部门期限办理", [tables.clocks(due, departments)]),
        ("逾期事项（截至发布时）", _late_blocks(made)),
        ("清零清单（截至发布时）", [empty]),
        *((title, [_TABLES[title](made)]) for title in _TABLES),
        ("上次会议议定事项落实", _resolution_blocks(made)),
    ]
    if remarks.strip():
        sections.append(("说明与要求", tables.paragraphs(remarks)))
    blank = [["　", "", ""]] * EMPTY_LINES
    sections.append(
        ("本次会议议定事项", [tables.table(["议定事项", "责任单位", "完成期限"], [7, 3, 3], blank, "")])
    )
    named = [f"{NUMERALS[number]}、{title}" for number, (title, _) in enumerate(sections)]
    found: list[Block] = [{"t": "h", "text": "会议议程"}, {"t": "p", "text": f"{'；'.join(named)}。"}]
    for title, (_, parts) in zip(named, sections, strict=True):
        found += [{"t": "h", "text": title}, *parts]
    note = (
        f"各数字的明细于{plain_day(local_day(now))}发布时留存，可在看板“报告”页查看。罚没金额不计入任何指标。"
    )
    return [*found, {"t": "note", "text": note}]


_SCORES = ["部门", "发出", "签收", "反馈", "退回", "在办", "逾期", "平均天数"]
_CHECKED = ["单位", "复访", "一致", "有差异", "到场存疑", "说明采信", "属实率"]
_URGED = ["被督办", "次数", "其中已逾期", "已答复"]
_TABLES: dict[str, Callable[[Meeting], Block]] = {
    "抄告办理": lambda made: tables.table(
        _SCORES, [5, 1, 1, 1, 1, 1, 1, 2], made.scores, "本季没有发出抄告。"
    ),
    "督查抽查": lambda made: tables.table(
        _CHECKED, [4, 1, 1, 2, 2, 2, 2], made.checked, "本季没有督查抽查结果。"
    ),
    "督办情况": lambda made: tables.table(_URGED, [6, 1, 2, 2], made.urged, "本季没有督办。"),
}


def _late_blocks(made: Meeting) -> list[Block]:
    count = len(made.rows["meeting_late"])
    head = ["事项", "期限", "承办", "到期", "逾期天数"]
    found = [tables.table(head, [5, 4, 5, 4, 3], made.late, "没有逾期未办事项。")]
    if count > PRINTED:
        found.append({"t": "p", "text": f"共 {count} 项，以上为逾期最久的 {PRINTED} 项，其余见留存明细。"})
    return found


def _resolution_blocks(made: Meeting) -> list[Block]:
    head = ["议定事项", "责任单位", "期限", "落实情况"]
    found = [tables.table(head, [6, 3, 3, 3], made.resolutions, "没有需要跟踪的议定事项。")]
    return [{"t": "p", "text": f"上次会议：{made.last}。"}, *found] if made.last else found

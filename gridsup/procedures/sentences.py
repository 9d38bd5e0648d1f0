"""Three sentences to print: whose a matter is and why, when it is due and why, what may come next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gridsup.calendars import local_day
from gridsup.procedures import door, wording
from gridsup.procedures.citations import in_brackets
from gridsup.procedures.family import Family, Member
from gridsup.procedures.graph import by_system
from gridsup.procedures.pack import Words
from gridsup.procedures.posts import POSTS
from gridsup.procedures.views import deadline_view

GUARDED = ("facts-missing", "condition-not-met")


@dataclass(frozen=True, slots=True)
class Holder:
    """To whom the matter is assigned, by name, and what chose them beyond the procedure (a rule of
    allocation); each None where there is nothing to say."""

    officer: str | None = None
    body: Words | None = None
    why: Words | None = None


@dataclass(frozen=True, slots=True)
class Sentences:
    belongs: Words
    due: Words
    next: Words

    def by_name(self) -> dict[str, Words]:
        return {"belongs": self.belongs, "due": self.due, "next": self.next}


def of_matter(family: Family, member: Member, holder: Holder) -> Sentences:
    """The three sentences of a matter as it stands at the family's ``now``."""
    return Sentences(belongs(family, member, holder), due(family, member), following(family, member))


def belongs(family: Family, member: Member, holder: Holder) -> Words:
    """Whose the matter is now, by which state and rules."""
    pack, state = member.pack, member.pack.states[member.state]
    if state.end:
        return Words(
            zh=f"本事项已是“{state.title.zh}”，不再归任何人办理。",
            en=f"The matter is “{state.title.en}”: it is with nobody any more.",
        )
    if state.waits_for == "child":
        open_ = [one for one in family.children(member.id) if not one.ended]
        told = wording.joined(
            Words(
                zh=f"{one.pack.title.zh}（{one.pack.states[one.state].title.zh}）",
                en=f"{one.pack.title.en} ({one.pack.states[one.state].title.en})",
            )
            for one in open_
        )
        return Words(
            zh=f"本事项处于“{state.title.zh}”，等待子事项办结：{told.zh or '无'}。",
            en=f"The matter is “{state.title.en}” and waits for its child: {told.en or 'none'}.",
        )
    post = POSTS.get(state.waits_for or "") or Words(zh="经办人", en="its handler")
    officer = Words(zh=holder.officer, en=holder.officer) if holder.officer else None
    names = wording.joined(one for one in (holder.body, officer) if one)
    who_zh = f"；事项分配给{names.zh}" if names.zh else ""
    who_en = f"; the matter is assigned to {names.en}" if names.en else ""
    steps = [a for a in pack.actions.values() if member.state in a.from_ and state.waits_for in a.posts]
    cited = in_brackets(rule for action in steps for rule in action.rules)
    why = holder.why or Words(zh="", en="")
    return Words(
        zh=f"本事项处于“{state.title.zh}”，依流程“{pack.title.zh}”第{pack.version}版，该环节由{post.zh}办理{cited.zh}"
        f"{who_zh}{why.zh}。",
        en=f"The matter is “{state.title.en}”; by version {pack.version} of “{pack.title.en}” this link "
        f"is for the {post.en}{cited.en}{who_en}{why.en}.",
    )


def due(family: Family, member: Member) -> Words:
    """When the next clock is over, how the day was counted, and by which rule."""
    rows = [row for row in member.p.deadlines.values() if row["state"] in ("running", "paused")]
    if member.ended or not rows:
        return Words(zh="目前没有正在计算的期限。", en="No limit is running now.")
    row = min(rows, key=lambda one: (one["due_at"] is None, one["due_at"], one["clock"]))
    told = deadline_view(member.pack, row, family.now)
    explained = told["explanation"]
    lines = explained["lines"]
    first_zh, first_en = str(lines["zh"][0]), str(lines["en"][0])
    if row["due_at"] is None:
        return Words(zh=f"{first_zh}，因扣除期间未结束暂停计算。", en=f"{first_en}; paused by an open span.")
    last = local_day(row["due_at"] - timedelta(seconds=1))
    left_out = _left_out(explained)
    rules = in_brackets(explained["rules"])
    state = _state(told)
    return Words(
        zh=f"{first_zh}{left_out.zh}，至{last}届满{state.zh}{rules.zh}{_doubt(explained).zh}。",
        en=f"{first_en}{left_out.en}; it ends on {last}{state.en}{rules.en}{_doubt(explained).en}.",
    )


def _left_out(explained: dict[str, Any]) -> Words:
    """Days that were passed over, in figures."""
    period = explained["period"]
    zh, en = "", ""
    if period["skipped"]:
        zh, en = f"，除去非工作日{len(period['skipped'])}日", f", {len(period['skipped'])} days off left out"
    if period["paused"]:
        zh += f"，扣除{len(period['paused'])}日"
        en += f", {len(period['paused'])} days excluded"
    if explained["granted"]:
        zh += f"，延长{len(explained['granted'])}次"
        en += f", prolonged {len(explained['granted'])} time(s)"
    return Words(zh=zh, en=en)


def _state(told: dict[str, Any]) -> Words:
    if told["overdue"]:
        return Words(zh="，已逾期", en=" and is overdue")
    return Words(zh="，已预警", en=" and is near") if told["warned"] else Words(zh="", en="")


def _doubt(explained: dict[str, Any]) -> Words:
    """What is not certain: a limit not checked against the official text, a calendar not yet published."""
    rule = explained["rule"]
    zh, en = "", ""
    if rule and not rule["verified"]:
        zh, en = "，该期限未核对原文", "; this limit was not checked against the official text"
        if rule["source"].startswith("本局设定"):
            zh, en = "，该期限为默认值，待本局设定", "; this limit is a default until the bureau sets it"
    if explained["period"]["provisional"]:
        zh += "，所用日历尚未公布"
        en += "; the calendar is not published yet"
    return Words(zh=zh, en=en)


def following(family: Family, member: Member) -> Words:
    """What the procedure allows next from this state, by whom; and what it does not allow yet, and why."""
    if member.ended:
        return Words(
            zh="事项已结束，流程不再允许任何行为。",
            en="The matter has ended: the procedure allows nothing more.",
        )
    may, not_yet = [], []
    for name, action in member.pack.actions.items():
        if member.state not in action.from_ or by_system(action):
            continue
        who = wording.posts(action.posts)
        refusal = next(
            iter(door.matter_refusals(family, member, name, action, member.p.matter["facts"])), None
        )
        if refusal is None:
            may.append(Words(zh=f"{action.title.zh}（{who.zh}）", en=f"{action.title.en} ({who.en})"))
            continue
        why = wording.guard(member.pack, name) if refusal.code in GUARDED else None
        told = Words(zh=f"须{why.zh}", en=f"if {why.en}") if why else _plain(refusal)
        not_yet.append(Words(zh=f"{action.title.zh}（{told.zh}）", en=f"{action.title.en} ({told.en})"))
    a, b = wording.joined(may, "；", "; "), wording.joined(not_yet, "；", "; ")
    zh = f"下一步可以：{a.zh}" if may else "目前没有可由人员办理的下一步"
    en = f"Next may come: {a.en}" if may else "Nothing can be done by a person now"
    if not_yet:
        zh, en = f"{zh}。尚不可以：{b.zh}", f"{en}. Not yet: {b.en}"
    return Words(zh=f"{zh}。", en=f"{en}.")


def _plain(refusal: Any) -> Words:
    return Words(zh=refusal.text("zh").rstrip("。"), en=refusal.text("en").rstrip("."))

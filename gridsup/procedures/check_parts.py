"""The checker's rules about single parts of a pack: actions, approvals, clocks, intervals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import ValidationError

from gridsup.errors import FieldFault
from gridsup.procedures import forms
from gridsup.procedures.conditions import names
from gridsup.procedures.graph import START, by_system, marks, open_in, reachable, running_in
from gridsup.procedures.loader import PackLibrary
from gridsup.procedures.pack import SYSTEM, Action, Clock, Condition, Pack, RuleRef
from gridsup.procedures.posts import POSTS
from gridsup.procedures.rules import RuleTables

COMPULSION = frozenset(f"AEL-{article}" for article in range(16, 34))
"""Articles of 行政强制法 on measures of compulsion (seizure, freezing), which art. 17 keeps to the bureau."""


def fault(path: str, zh: str, en: str) -> FieldFault:
    return FieldFault(path, f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def unknown(path: str, used: Iterable[str], known: Collection[str], zh: str, en: str) -> Iterator[FieldFault]:
    """A fault for each name that is not among the known."""
    for name in used:
        if name not in known:
            yield fault(path, f"未知{zh}“{name}”", f"unknown {en} “{name}”")


def _post_faults(path: str, used: Iterable[str]) -> Iterator[FieldFault]:
    yield from unknown(path, used, POSTS, "岗位", "post")


def _condition_faults(path: str, condition: Condition | None, facts: Collection[str]) -> Iterator[FieldFault]:
    yield from unknown(path, sorted(names(condition)), facts, "事实", "fact")


def action_faults(pack: Pack, library: PackLibrary, effects: Collection[str] | None) -> Iterator[FieldFault]:
    """Each action: its states, posts, conditions, marks, approval, children, effects, form, outcome."""
    for name, action in pack.actions.items():
        path = f"/actions/{name}"
        yield from _place_faults(pack, name, action, path)
        yield from _post_faults(f"{path}/posts", action.posts)
        yield from _condition_faults(f"{path}/when", action.when, pack.facts)
        yield from unknown(f"{path}/marks", action.marks, pack.milestones, "里程碑", "milestone")
        yield from _not_by_faults(f"{path}/not_by", action.not_by, pack, library)
        if action.approval is not None:
            yield from unknown(f"{path}/approval", [action.approval], pack.approvals, "审批", "approval")
        for verb in ("opens_interval", "closes_interval"):
            interval = getattr(action, verb)
            if interval is not None:
                yield from unknown(f"{path}/{verb}", [interval], pack.intervals, "期间", "interval")
        if effects is not None:
            yield from unknown(f"{path}/effects", action.effects, effects, "效果", "effect")
        yield from _opens_faults(pack, library, action, path)
        yield from _extends_faults(pack, action, path)
        yield from _form_faults(pack, action, path)
        if action.delegable and any(rule in COMPULSION for rule in action.rules):
            yield fault(
                f"{path}/delegable",
                "行政强制措施不得委托，须写明 delegable: false",
                "a measure of compulsion is never delegated: say delegable: false",
            )


def choice_faults(pack: Pack) -> Iterator[FieldFault]:
    """Facts and fields of a few values: each value carries its title in both languages, for every screen."""
    places = {f"/facts/{name}": fact for name, fact in pack.facts.items()}
    for act, action in pack.actions.items():
        for name, field in forms.properties(action.form).items():
            places[f"/actions/{act}/form/properties/{name}"] = field
    for path, schema in places.items():
        if "enum" in schema:
            yield fault(
                f"{path}/enum",
                "取值须逐项写明 oneOf、title 和 x-title-en",
                "write the values as oneOf, each with title and x-title-en",
            )
        for index, one in enumerate(schema.get("oneOf", ())):
            if not (one.get("title") and one.get("x-title-en")):
                yield fault(
                    f"{path}/oneOf/{index}",
                    "取值须有 title 和 x-title-en",
                    "a value needs title and x-title-en",
                )


def idle_faults(pack: Pack) -> Iterator[FieldFault]:
    """System actions that neither a due instant nor a reaction ever brings about."""
    called = {clock.on_due for clock in pack.clocks.values()} | {each.do for each in pack.reactions}
    for name, action in pack.actions.items():
        if by_system(action) and name not in called:
            yield fault(
                f"/actions/{name}",
                f"没有时限或反应会引发系统动作“{name}”",
                f"no clock and no reaction brings the system action “{name}” about",
            )


def _place_faults(pack: Pack, name: str, action: Action, path: str) -> Iterator[FieldFault]:
    for origin in action.from_:
        if origin == START:
            if name != pack.opening:
                yield fault(f"{path}/from", "只有开启动作从 start 出发", "only the opening leads from start")
        elif origin not in pack.states:
            yield fault(f"{path}/from", f"未知状态“{origin}”", f"unknown state “{origin}”")
        elif pack.states[origin].end:
            yield fault(
                f"{path}/from", f"不能从终点“{origin}”出发", f"no action leads from the end “{origin}”"
            )
    if action.to is not None and action.to not in pack.states:
        yield fault(f"{path}/to", f"未知状态“{action.to}”", f"unknown state “{action.to}”")
        return
    ends = action.to is not None and pack.states[action.to].end
    if ends and action.outcome is None:
        yield fault(f"{path}/outcome", "进入终点须写明结果", "an action into an end states its outcome")
    if not ends and action.outcome is not None:
        yield fault(f"{path}/outcome", "只有进入终点才有结果", "only an action into an end has an outcome")
    if SYSTEM in action.posts and not by_system(action) and pack.actions.get(pack.opening) != action:
        yield fault(f"{path}/posts", "系统动作不能同时由人办理", "a system action is not for persons as well")
    if by_system(action) and (action.approval or action.crew or action.form.get("required")):
        yield fault(
            path,
            "系统动作不能要求审批、同行人员或必填项",
            "a system action asks for no approval, no crew and no required field",
        )


def _not_by_faults(path: str, used: Iterable[str], pack: Pack, library: PackLibrary) -> Iterator[FieldFault]:
    """Steps are named across the family, so any pack of the library may hold them."""
    known = set(pack.actions).union(*(loaded.pack.actions for loaded in library))
    yield from unknown(path, used, known, "动作", "action")


def _opens_faults(pack: Pack, library: PackLibrary, action: Action, path: str) -> Iterator[FieldFault]:
    for index, opens in enumerate(action.opens):
        place = f"{path}/opens/{index}"
        yield from unknown(f"{place}/facts", opens.facts, pack.facts, "事实", "fact")
        yield from unknown(f"{place}/milestones", opens.milestones, pack.milestones, "里程碑", "milestone")
        if opens.pack not in library:
            yield fault(f"{place}/pack", f"未知程序“{opens.pack}”", f"unknown pack “{opens.pack}”")
            continue
        child = library.latest(opens.pack)
        for name in opens.facts:
            if name not in child.facts:
                yield fault(
                    f"{place}/facts",
                    f"子程序“{opens.pack}”没有声明事实“{name}”",
                    f"the child pack “{opens.pack}” declares no fact “{name}”",
                )
        for name in opens.milestones:
            if name not in child.milestones:
                yield fault(
                    f"{place}/milestones",
                    f"子程序“{opens.pack}”没有里程碑“{name}”",
                    f"the child pack “{opens.pack}” has no milestone “{name}”",
                )


def _extends_faults(pack: Pack, action: Action, path: str) -> Iterator[FieldFault]:
    if action.extends is None:
        return
    clock = pack.clocks.get(action.extends)
    if clock is None:
        yield from unknown(f"{path}/extends", [action.extends], pack.clocks, "时限", "clock")
        return
    by = [action.approval] if action.approval else action.posts
    granted = [each for each in clock.extensions if each.by in by]
    if not granted or (action.approval is None and {each.by for each in granted} != set(action.posts)):
        yield fault(
            f"{path}/extends",
            f"“{action.extends}”没有由此审批或岗位批准的延长",
            f"“{action.extends}” has no extension by this approval or post",
        )
    term = forms.properties(action.form).get("term", {})
    if any(each.n is None for each in granted) and (
        term.get("type") != "integer" or "term" not in action.form.get("required", ())
    ):
        yield fault(
            f"{path}/form",
            "延长期限未定的，表单须有必填整数项 term",
            "an extension without a figure needs the form's required integer term",
        )


def _form_faults(pack: Pack, action: Action, path: str) -> Iterator[FieldFault]:
    form = action.form
    try:
        Draft202012Validator.check_schema(form)
        conditions = list(forms.conditions(form))
    except SchemaError as error:
        yield fault(f"{path}/form", "表单不是有效的 JSON Schema", f"the form is not valid: {error.message}")
        return
    except ValidationError as error:
        yield fault(
            f"{path}/form", "x-when 不是有效的条件", f"an x-when is wrong: {error.errors()[0]['msg']}"
        )
        return
    fields = forms.properties(form)
    for name in form.get("required", ()):
        if name not in fields:
            yield fault(f"{path}/form/required", f"表单没有“{name}”", f"the form has no field “{name}”")
    for name, field in fields.items():
        if isinstance(post := field.get("x-officer"), str):  # only who holds it is offered
            yield from _post_faults(f"{path}/form/properties/{name}/x-officer", [post])
    for name, condition in conditions:
        yield from _condition_faults(f"{path}/form/properties/{name}/x-when", condition, pack.facts)
    for name, fact in forms.fact_names(form).items():
        place = f"{path}/form/properties/{name}"
        yield from unknown(f"{place}/x-fact", [fact], pack.facts, "事实", "fact")
        if fields[name].get("x-secret"):
            yield fault(place, "保密项不能作为事实", "a secret field cannot be a fact")
    for name, milestone in forms.milestone_names(form).items():
        place = f"{path}/form/properties/{name}/x-milestone"
        yield from unknown(place, [milestone], pack.milestones, "里程碑", "milestone")
        if fields[name].get("format") not in ("date", "date-time"):
            yield fault(place, "只有日期才能作为里程碑", "only a date marks a milestone")
    for name, field in fields.items():
        if not (field.get("title") and field.get("x-title-en")):
            yield fault(
                f"{path}/form/properties/{name}",
                f"“{name}”须有 title 和 x-title-en",
                f"“{name}” needs title and x-title-en",
            )


def approval_faults(pack: Pack, library: PackLibrary) -> Iterator[FieldFault]:
    """Posts of the steps, a quorum that can be reached, and that somebody asks for it."""
    used = {action.approval for action in pack.actions.values()}
    for name, approval in pack.approvals.items():
        path = f"/approvals/{name}"
        yield from _post_faults(f"{path}/steps", [step.post for step in approval.steps])
        for index, step in enumerate(approval.steps):
            yield from _not_by_faults(f"{path}/steps/{index}/not_by", step.not_by, pack, library)
            if step.post == SYSTEM:
                yield fault(f"{path}/steps/{index}", "系统不能签批", "the system signs nothing")
        if approval.mode == "quorum" and not 1 <= (approval.quorum or 0) <= len(approval.steps):
            yield fault(
                f"{path}/quorum",
                "法定人数须在 1 与签批人数之间",
                "the quorum lies between 1 and the number of signatories",
            )
        if approval.mode != "quorum" and approval.quorum is not None:
            yield fault(f"{path}/quorum", "只有集体讨论才有法定人数", "only the mode quorum has a quorum")
        if name not in used:
            yield fault(path, f"没有动作需要审批“{name}”", f"no action asks for the approval “{name}”")


def clock_faults(pack: Pack, library: PackLibrary, tables: RuleTables) -> Iterator[FieldFault]:
    """Each clock: marks that start and stop it, owner, limit, extensions, and what its due instant does."""
    carried = {
        milestone
        for loaded in library
        for action in loaded.pack.actions.values()
        for opens in action.opens
        if opens.pack == pack.id
        for milestone in opens.milestones
    }
    marked = carried.union(*(marks(action) for action in pack.actions.values()))
    for name, clock in pack.clocks.items():
        path = f"/clocks/{name}"
        for kind, milestones in (("start", [clock.start]), ("stop", clock.stop)):
            for milestone in milestones:
                if milestone not in pack.milestones or milestone not in marked:
                    yield fault(
                        f"{path}/{kind}",
                        f"没有动作标记里程碑“{milestone}”",
                        f"no action marks the milestone “{milestone}”",
                    )
        yield from _post_faults(f"{path}/owner", [clock.owner])
        yield from _condition_faults(f"{path}/when", clock.when, pack.facts)
        yield from unknown(f"{path}/exclude", clock.exclude, pack.intervals, "期间", "interval")
        if isinstance(clock.limit, RuleRef) and not tables.has_row(clock.limit.table, clock.limit.row):
            row = f"{clock.limit.table}/{clock.limit.row}"
            yield fault(f"{path}/limit", f"规则表没有“{row}”", f"no rule table holds “{row}”")
        for index, extension in enumerate(clock.extensions):
            yield from unknown(
                f"{path}/extensions/{index}/by",
                [extension.by],
                {*pack.approvals, *POSTS},
                "审批或岗位",
                "approval or post",
            )
        if not 0 < clock.warn <= 1:
            yield fault(f"{path}/warn", "预警比例须大于 0 且不超过 1", "warn lies above 0 and up to 1")
        yield from _on_due_faults(pack, name, clock, path, carried=clock.start in carried)


def _on_due_faults(pack: Pack, name: str, clock: Clock, path: str, *, carried: bool) -> Iterator[FieldFault]:
    if clock.on_due is None:
        return
    action = pack.actions.get(clock.on_due)
    if action is None or not by_system(action):
        yield fault(
            f"{path}/on_due",
            f"“{clock.on_due}”不是本程序的系统动作",
            f"“{clock.on_due}” is not a system action of this pack",
        )
        return
    for state in sorted(running_in(pack, name, carried=carried) - set(action.from_)):
        yield fault(
            f"{path}/on_due",
            f"时限可能在“{state}”状态到期，而“{clock.on_due}”不能从该状态发生",
            f"the clock can fall due in “{state}”, from which “{clock.on_due}” does not lead",
        )
    if not set(clock.stop) & marks(action):
        yield fault(
            f"{path}/on_due",
            f"“{clock.on_due}”没有标记该时限的停止里程碑",
            f"“{clock.on_due}” marks no milestone that stops this clock",
        )


def interval_faults(pack: Pack) -> Iterator[FieldFault]:
    """Each interval is opened somewhere, and can be closed wherever it keeps a clock from running on."""
    for name in pack.intervals:
        path = f"/intervals/{name}"
        closing = {o for a in pack.actions.values() if a.closes_interval == name for o in a.from_}
        if not any(action.opens_interval == name for action in pack.actions.values()):
            yield fault(path, f"没有动作开启期间“{name}”", f"no action opens the interval “{name}”")
        if not closing:
            yield fault(path, f"期间“{name}”从不结束", f"the interval “{name}” is never closed")
            continue
        pausing = [clock for clock, each in pack.clocks.items() if name in each.exclude]
        paused_in = set().union(*(running_in(pack, clock) for clock in pausing))
        for state in sorted(open_in(pack, name) & paused_in):
            if not closing & reachable(pack, state):
                yield fault(
                    path,
                    f"期间“{name}”在“{state}”状态无法结束",
                    f"the interval “{name}” cannot be closed from “{state}”",
                )

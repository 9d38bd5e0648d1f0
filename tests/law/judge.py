"""Judges a pack by its law: the walk over all traces, then every act, guard, clock and answer in itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from types import CodeType
from typing import Any

from gridsup.calendars import Amount
from gridsup.procedures.conditions import evaluate, names
from gridsup.procedures.forms import fact_names, properties
from gridsup.procedures.loader import PackLibrary, load_packs
from gridsup.procedures.pack import Action, Clock, Condition, Pack
from gridsup.procedures.timing import limit_of
from tests.law import walk
from tests.law.law import Act, Law, holds, words
from tests.law.law import Clock as LawClock

TODAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = date(2026, 3, 2)
HANDLED = frozenset({"file_case", "investigate", "report_investigation"})
"""Who did one of these handled the case (P02)."""


def judge(
    pack: Pack, law: Law, library: PackLibrary | None = None, *, beside: Pack | None = None
) -> Iterator[str]:
    """What the pack does otherwise than the law, one line each, beginning with the invariants' ids.

    ``beside``: a pack that was judged before; parts that are the very same are not looked at again.
    """
    library = library or load_packs()
    known = guarding(pack)
    for name, act in law.by_name.items():
        action = pack.actions.get(name)
        if action is None:
            yield f"{act.why} there is no {name}"
        elif beside is None or action is not beside.actions[name] or pack.approvals is not beside.approvals:
            yield from (f"{act.why} {name}: {fault}" for fault in _act_faults(pack, act, action, known))
    for name in sorted(pack.clocks.keys() ^ law.timed.keys()):
        yield f"{law.timed[name].why if name in law.timed else 'C29'} clock {name} on one side only"
    for name, timed in law.timed.items():
        clock = pack.clocks.get(name)
        if clock is not None and (beside is None or clock is not beside.clocks[name]):
            yield from (f"{timed.why} clock {name}: {fault}" for fault in _clock_faults(pack, timed, clock))
    if beside is None or pack.reactions is not beside.reactions or pack.actions is not beside.actions:
        yield from _answer_faults(pack, law, library)
    yield from walk.faults(pack, law, carried_to(pack.id, library))


@cache
def _handed_over(library: PackLibrary) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for loaded in library:
        if loaded.pack != library.latest(loaded.pack.id):
            continue
        for action in loaded.pack.actions.values():
            for opens in action.opens:
                found[opens.pack] = found.get(opens.pack, frozenset()) | frozenset(opens.milestones)
    return found


def carried_to(pack_id: str, library: PackLibrary) -> frozenset[str]:
    """The milestones that parents hand over to such a matter."""
    return _handed_over(library).get(pack_id, frozenset())


def _act_faults(pack: Pack, act: Act, action: Action, known: frozenset[str]) -> Iterator[str]:
    if set(action.posts) != words(act.who):
        yield f"posts {action.posts}, not {act.who}"
    crew = (action.crew.count, action.crew.qualification) if action.crew else None
    if crew != ((2, "enforcement") if act.two else None):
        yield f"crew {crew}"
    if missing := words(act.apart) - set(action.not_by):
        yield f"may be done by who did {sorted(missing)}"
    if signed(pack, action) != act.signed:
        yield f"signed by {signed(pack, action)!r}, not {act.signed!r}"
    if act.kept and action.delegable:
        yield "may be delegated"
    if set(action.effects) != words(act.judged):
        yield f"effects {action.effects}, not {act.judged}"
    opened = {_opening(each.pack, each.role, each.milestones) for each in action.opens}
    if opened != words(act.opens):
        yield f"opens {opened}, not {act.opens}"
    if (action.outcome or "") != act.outcome:
        yield f"ends as {action.outcome}, not {act.outcome}"
    if (action.extends or "") != act.prolongs:
        yield f"prolongs {action.extends}"
    if (action.opens_interval or "", action.closes_interval or "") != (act.pauses, act.resumes):
        yield f"opens {action.opens_interval}, closes {action.closes_interval}"
    if action.assigned != act.assigned:
        yield f"assigned is {action.assigned}"
    if missing := words(act.records) - set(action.form.get("required", ())):
        yield f"does not ask for {sorted(missing)}"
    yield from _fact_faults(act, action, known)
    if clash := clash_of(pack, action.when, act.guard, wanted=True):
        yield f"the guard differs from the law where {clash}"


def _opening(pack: str, role: str, milestones: list[str]) -> str:
    return f"{pack}:{role}" + (f"({','.join(milestones)})" if milestones else "")


def signed(pack: Pack, action: Action) -> str:
    """Who signs an act, as the law's files write it; ``!`` marks a place closed to who handled the case."""
    if action.approval is None:
        return ""
    approval = pack.approvals.get(action.approval)
    if approval is None:
        return f"unknown {action.approval}"
    posts = [step.post + ("!" if set(step.not_by) >= HANDLED else "") for step in approval.steps]
    if approval.mode == "quorum":
        return f"{approval.quorum} of {' '.join(posts)}"
    return (" > " if approval.mode == "chain" else " + ").join(posts)


def guarding(pack: Pack) -> frozenset[str]:
    """The facts that some guard or clock of the pack turns on."""
    return frozenset().union(
        *(names(action.when) for action in pack.actions.values()),
        *(names(clock.when) for clock in pack.clocks.values()),
    )


def _fact_faults(act: Act, action: Action, known: frozenset[str]) -> Iterator[str]:
    """Whether the act states what guards turn on, and nothing that the law leaves to others."""
    wanted = {word.partition("=")[0].rstrip("?"): word for word in act.states.split()}
    stated = fact_names(action.form)
    for fact in stated.values():
        if fact in known and fact not in wanted:
            yield f"states the fact {fact}, which is for others to state"
    fields = {fact: field for field, fact in stated.items()}
    required = set(action.form.get("required", ()))
    for fact, word in wanted.items():
        if fact not in fields:
            yield f"does not state {fact}"
            continue
        const = properties(action.form)[fields[fact]].get("const")
        _, given, value = word.partition("=")
        if given and str(const).lower() != value:
            yield f"states {fact} as {const}, not {value}"
        if not given and not word.endswith("?") and fields[fact] not in required:
            yield f"does not demand {fact}"


def telling(pack: Pack, fact: str) -> list[Any]:
    """Values of a fact that can make a difference, unknown among them."""
    schema = pack.facts.get(fact, {})
    if "oneOf" in schema:
        return [None, *(each["const"] for each in schema["oneOf"])]
    if schema.get("type") == "boolean":
        return [None, True, False]
    return [None, "valid", "x"]


def clash_of(
    pack: Pack, condition: Condition | None, guard: CodeType, *, wanted: bool
) -> dict[str, Any] | None:
    """Facts over which a condition and the law's expression differ. ``wanted``: only true lets pass, else
    all but false does."""
    facts = sorted(names(condition) | set(guard.co_names))
    for values in product(*(telling(pack, fact) for fact in facts)):
        known = dict(zip(facts, values, strict=True))
        value = evaluate(condition, {k: v for k, v in known.items() if v is not None}).value
        if (value is True if wanted else value is not False) != holds(guard, known):
            return known
    return None


def amount_of(clock: Clock) -> Amount:
    """What a clock allows by the rule tables of the day."""
    return limit_of(clock, TODAY, dates={"act": DAY, "decision": DAY}, as_of=TODAY).amount


def _clock_faults(pack: Pack, law: LawClock, clock: Clock) -> Iterator[str]:
    amount = amount_of(clock)
    if (amount.number, amount.unit) != (law.n, law.unit):
        yield f"{amount.number} {amount.unit}, not {law.n} {law.unit}"
    if clock.owner != law.owner:
        yield f"owner {clock.owner}, not {law.owner}"
    if clock.roll != law.roll:
        yield f"roll {clock.roll}, not {law.roll}"
    if set(clock.exclude) != words(law.without):
        yield f"leaves out {clock.exclude}, not {law.without}"
    if tuple((each.n, each.unit, each.by, each.times) for each in clock.extensions) != law.more:
        yield f"prolonged {clock.extensions}"
    if ((clock.cap.n, clock.cap.unit) if clock.cap else None) != law.cap:
        yield f"cap {clock.cap}"
    if (clock.on_due or "") != law.then:
        yield f"brings about {clock.on_due}, not {law.then}"
    if not clock.rules:
        yield "cites no rule"
    if clash := clash_of(pack, clock.when, law.guard, wanted=False):
        yield f"concerns other matters than the law's where {clash}"


def answers(pack: Pack, library: PackLibrary) -> dict[tuple[str, str], str]:
    """(role of a child, its outcome) → the act by which the pack takes note; empty where it takes none."""
    found = {}
    for role, child_id in sorted({(o.role, o.pack) for a in pack.actions.values() for o in a.opens}):
        child = library.latest(child_id)
        for outcome in sorted({action.outcome for action in child.actions.values() if action.outcome}):
            fitting = (
                each.do
                for each in pack.reactions
                if each.role == role and evaluate(each.when, {"outcome": outcome}).value is True
            )
            found[role, outcome] = next(fitting, "")
    return found


def _answer_faults(pack: Pack, law: Law, library: PackLibrary) -> Iterator[str]:
    """Whatever a child ends as, the parent takes note as the law says (S06)."""
    taken = answers(pack, library)
    for role in sorted(law.answers.keys() - {role for role, _ in taken}):
        yield f"S06 no child in the role {role}"
    for (role, outcome), done in taken.items():
        expected = law.answers.get(role, {})
        if done != expected.get(outcome, expected.get("*", "")):
            yield f"S06 {role} ended as {outcome}: {done or 'nothing'}, not {expected}"

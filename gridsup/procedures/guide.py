"""A pack for its reader: places, actions, posts, signatures and limits in words, each with its rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gridsup.procedures import wording
from gridsup.procedures.drawing import numbered
from gridsup.procedures.graph import START, by_system
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Amount, Clock, Pack, RuleRow, Strict, Words
from gridsup.procedures.rules import load_tables


class PackPlace(Strict):
    """A state; ``waits_for`` names who moves it on."""

    name: str
    title: Words
    waits_for: Words | None
    end: bool


class Deed(Strict):
    """An action: ``number`` is its number in the drawing."""

    number: int
    name: str
    title: Words
    origin: list[Words]
    to: Words | None
    posts: Words
    system: bool
    crew: int | None
    guard: Words | None
    approval: Words | None
    not_by: list[Words]
    asks: list[Words]
    """The fields that must be filled."""
    photos: int
    starts: list[Words]
    """Clocks that begin with it."""
    stops: list[Words]
    opens: list[Words]
    """Child matters that it opens."""
    delegable: bool
    rules: list[str]


class Limit(Strict):
    """A clock in words. ``verified`` false: the limit was not checked against the official text."""

    name: str
    title: Words
    owner: Words
    start: Words
    stops: list[Words]
    limit: Words
    by_law: str | None
    """The row that states the limit, ``table/row``; None for one written in the pack."""
    source: str | None
    verified: bool
    when: Words | None
    exclude: list[Words]
    extensions: list[Words]
    on_due: Words | None
    rules: list[str]


class SigningOrder(Strict):
    """An approval and who signs it, in order."""

    name: str
    title: Words
    mode: str
    posts: list[Words]
    rules: list[str]


class Guide(Strict):
    """A whole pack in words."""

    id: str
    version: int
    title: Words
    effective_from: date
    effective_to: date | None
    verified: bool
    sources: list[str]
    places: list[PackPlace]
    deeds: list[Deed]
    limits: list[Limit]
    approvals: list[SigningOrder]


def guide(pack: Pack, titles: Mapping[str, Words], on: date) -> Guide:
    """The pack for its reader; ``titles`` names other packs; limits as the tables have them on a day."""
    return Guide(
        id=pack.id,
        version=pack.version,
        title=pack.title,
        effective_from=date.fromisoformat(pack.effective_from),
        effective_to=date.fromisoformat(pack.effective_to) if pack.effective_to else None,
        verified=pack.verified,
        sources=pack.sources,
        places=[
            PackPlace(name=name, title=one.title, waits_for=_waits(one.waits_for), end=one.end)
            for name, one in pack.states.items()
        ],
        deeds=[_deed(pack, name, number, titles) for name, number in numbered(pack).items()],
        limits=[_limit(pack, name, clock, on) for name, clock in pack.clocks.items()],
        approvals=[
            SigningOrder(
                name=name,
                title=one.title,
                mode=one.mode,
                posts=[wording.posts([step.post]) for step in one.steps],
                rules=one.rules,
            )
            for name, one in pack.approvals.items()
        ],
    )


def _waits(post: str | None) -> Words | None:
    if post == "child":
        return Words(zh="子事项", en="a child matter")
    return wording.posts([post]) if post else None


def _state(pack: Pack, name: str) -> Words:
    return Words(zh="开始", en="start") if name == START else pack.states[name].title


def _deed(pack: Pack, name: str, number: int, titles: Mapping[str, Words]) -> Deed:
    action = pack.actions[name]
    fields = action.form.get("properties", {})
    asked = [fields[one] for one in action.form.get("required", ()) if one in fields]
    marked = {
        *action.marks,
        *(one["x-milestone"] for one in fields.values() if isinstance(one, dict) and "x-milestone" in one),
    }
    others = {k: v.title for k, v in pack.actions.items()}
    return Deed(
        number=number,
        name=name,
        title=action.title,
        origin=[_state(pack, one) for one in action.from_],
        to=pack.states[action.to].title if action.to else None,
        posts=wording.posts(action.posts),
        system=by_system(action),
        crew=action.crew.count if action.crew else None,
        guard=wording.guard(pack, name),
        approval=pack.approvals[action.approval].title if action.approval else None,
        not_by=[others.get(one) or _step_elsewhere(one) for one in action.not_by],
        asks=[Words(zh=str(one.get("title", "")), en=str(one.get("x-title-en", ""))) for one in asked],
        photos=action.photos.min if action.photos else 0,
        starts=[one.title for one in pack.clocks.values() if one.start in marked],
        stops=[one.title for one in pack.clocks.values() if marked & set(one.stop)],
        opens=[titles.get(one.pack) or Words(zh=one.pack, en=one.pack) for one in action.opens],
        delegable=action.delegable,
        rules=action.rules,
    )


def _step_elsewhere(name: str) -> Words:
    """A step of another procedure of the family, by its title where some pack has it."""
    for loaded in load_packs():
        if name in loaded.pack.actions:
            return loaded.pack.actions[name].title
    return Words(zh=name, en=name)


def _limit(pack: Pack, name: str, clock: Clock, on: date) -> Limit:
    amount, row, table = _figure(clock, on)
    ended = pack.actions[clock.on_due].title if clock.on_due else None
    return Limit(
        name=name,
        title=clock.title,
        owner=wording.posts([clock.owner]),
        start=pack.milestones[clock.start],
        stops=[pack.milestones[one] for one in clock.stop],
        limit=amount,
        by_law=f"{table}/{row.id}" if row else None,
        source=row.source if row else None,
        verified=row.verified if row else pack.verified,
        when=wording.condition(clock.when, pack.facts),
        exclude=[pack.intervals[one].title for one in clock.exclude],
        extensions=[_extension(pack, one.n, one.unit, one.by, one.times) for one in clock.extensions],
        on_due=ended,
        rules=clock.rules,
    )


def _figure(clock: Clock, on: date) -> tuple[Words, RuleRow | None, str | None]:
    if isinstance(clock.limit, Amount):
        return wording.amount(clock.limit.n, clock.limit.unit), None, None
    row = load_tables().lookup(clock.limit.table, clock.limit.row, on)
    return wording.amount(int(row.value["n"]), str(row.value["unit"])), row, clock.limit.table


def _extension(pack: Pack, n: int | None, unit: str, by: str, times: int) -> Words:
    who = pack.approvals[by].title if by in pack.approvals else wording.posts([by])
    how = wording.amount(n, unit) if n is not None else Words(zh="由批准人定", en="as the approver says")
    return Words(zh=f"{who.zh}可延长{how.zh}，{times}次", en=f"{who.en} may prolong by {how.en}, {times}×")

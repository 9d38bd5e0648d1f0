"""Refuses packs that could not run: every fault with its place in the pack, in both languages.

The checker knows the library (children, families, migrations), the rule tables, and, when told, the
registered effects. ``check_library`` is what ``gridsup procedures check`` runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from gridsup.errors import FieldFault, Invalid
from gridsup.procedures.check_parts import (
    action_faults,
    approval_faults,
    choice_faults,
    clock_faults,
    fault,
    idle_faults,
    interval_faults,
    unknown,
)
from gridsup.procedures.conditions import evaluate, names
from gridsup.procedures.graph import START, by_system, can_end, reachable
from gridsup.procedures.loader import PackLibrary
from gridsup.procedures.pack import Migration, Pack, RuleTable
from gridsup.procedures.posts import POSTS
from gridsup.procedures.rules import AllocationValue, PenaltyValue, RuleTables, load_tables
from gridsup.procedures.satisfiable import shadowed


def check_library(
    library: PackLibrary, *, tables: RuleTables | None = None, effects: Collection[str] | None = None
) -> dict[str, list[FieldFault]]:
    """``pack vN`` or table name → its faults; empty when all is well."""
    tables = tables or load_tables()
    found = {
        f"{loaded.pack.id} v{loaded.pack.version}": check_pack(
            loaded.pack, library, tables=tables, effects=effects
        )
        for loaded in library
    }
    for table in tables:
        found[table.table] = check_table(table)
    return {name: faults for name, faults in found.items() if faults}


def check_pack(
    pack: Pack,
    library: PackLibrary,
    *,
    tables: RuleTables | None = None,
    effects: Collection[str] | None = None,
) -> list[FieldFault]:
    """The faults of one pack. ``effects`` None: unknown here, not judged."""
    tables = tables or load_tables()
    return [
        *_state_faults(pack),
        *action_faults(pack, library, effects),
        *idle_faults(pack),
        *choice_faults(pack),
        *approval_faults(pack, library),
        *clock_faults(pack, library, tables),
        *interval_faults(pack),
        *_reaction_faults(pack, library),
        *_migration_faults(pack, library),
    ]


def require_sound(
    pack: Pack,
    library: PackLibrary,
    *,
    tables: RuleTables | None = None,
    effects: Collection[str] | None = None,
) -> None:
    """Raises ``Invalid`` ``pack-unsound`` with all faults."""
    found = check_pack(pack, library, tables=tables, effects=effects)
    if found:
        raise Invalid(
            "pack-unsound",
            zh="程序“{pack}”第 {version} 版有 {count} 处错误，第一处：{pointer} {first_zh}",
            en="Version {version} of “{pack}” has {count} faults, the first: {pointer} {first_en}",
            faults=found,
            pack=pack.id,
            version=pack.version,
            count=len(found),
            pointer=found[0].pointer,
            first_zh=found[0].zh,
            first_en=found[0].en,
        )


def check_table(table: RuleTable) -> list[FieldFault]:
    """Rows that can never be the first that is true: false in themselves, or always preceded by another."""
    if table.kind == "penalty":
        return list(_penalty_faults(table))
    if table.kind != "allocation":
        return []
    rows = [(index, AllocationValue.model_validate(row.value)) for index, row in enumerate(table.rows)]
    found = []
    earlier: list[AllocationValue] = []
    for index, value in sorted(rows, key=lambda each: each[1].priority):
        if any(other.priority == value.priority for other in earlier):
            found.append(
                fault(
                    f"/rows/{index}/value/priority",
                    f"优先级 {value.priority} 出现两次，先后不明",
                    f"the priority {value.priority} stands twice, so the order is undecided",
                )
            )
        if shadowed(value.when, [other.when for other in earlier]):
            found.append(
                fault(
                    f"/rows/{index}/value/when",
                    f"{table.rows[index].id} 永远轮不到：条件不可能成立，或总被更优先的行取代",
                    f"{table.rows[index].id} can never fire: its condition cannot hold, or an earlier row "
                    "always comes first",
                )
            )
        earlier.append(value)
    return found


def _penalty_faults(table: RuleTable) -> Iterator[FieldFault]:
    """Per conduct, on each day when a row begins, the rows then in force in order of priority."""
    rows = [(row, PenaltyValue.model_validate(row.value), index) for index, row in enumerate(table.rows)]
    for row, value, index in rows:
        began = row.effective_from or ""
        rivals = [
            other
            for each, other, at in rows
            if at != index
            and other.conduct == value.conduct
            and (each.effective_from or "") <= began <= (each.effective_to or "9999-12-31")
            and other.priority <= value.priority
        ]
        if any(other.priority == value.priority for other in rivals):
            yield fault(
                f"/rows/{index}/value/priority",
                f"{row.id} 与另一行优先级相同，先后不明",
                f"{row.id} shares its priority with another row, so the order is undecided",
            )
        if shadowed(value.when, [other.when for other in rivals]):
            yield fault(
                f"/rows/{index}/value/when",
                f"{row.id} 永远轮不到：条件不可能成立，或总被更优先的行取代",
                f"{row.id} can never apply: its condition cannot hold, or an earlier row always comes first",
            )


def _state_faults(pack: Pack) -> Iterator[FieldFault]:
    opening = pack.actions.get(pack.opening)
    if opening is None or opening.from_ != [START] or opening.to is None:
        yield fault(
            "/opening",
            f"开启动作“{pack.opening}”必须存在，从 start 出发并指明到达状态",
            f"the opening action “{pack.opening}” must exist, lead from start, and name the state it opens",
        )
    if START in pack.states:
        yield fault("/states/start", "start 是保留的伪状态", "start is reserved for the pseudo-state")
    reached, ending = reachable(pack), can_end(pack)
    for name, state in pack.states.items():
        path = f"/states/{name}"
        if name not in reached:
            yield fault(path, f"状态“{name}”无法到达", f"the state “{name}” cannot be reached")
        if not state.end and name not in ending:
            yield fault(path, f"状态“{name}”走不到任何终点", f"the state “{name}” can never end")
        if not state.end and state.waits_for is None:
            yield fault(
                f"{path}/waits_for",
                f"状态“{name}”没有写明等谁办理",
                f"the state “{name}” does not say whom it waits for",
            )
        if state.waits_for is not None and not _known_waiter(state.waits_for):
            yield fault(
                f"{path}/waits_for", f"未知岗位“{state.waits_for}”", f"unknown post “{state.waits_for}”"
            )


def _known_waiter(name: str) -> bool:
    return name == "child" or name in POSTS


def _reaction_faults(pack: Pack, library: PackLibrary) -> Iterator[FieldFault]:
    roles = {opens.role: opens.pack for action in pack.actions.values() for opens in action.opens}
    for index, reaction in enumerate(pack.reactions):
        path = f"/reactions/{index}"
        if reaction.role not in roles:
            yield fault(
                f"{path}/role",
                f"没有动作开启角色为“{reaction.role}”的子事项",
                f"no action opens a child in the role “{reaction.role}”",
            )
        action = pack.actions.get(reaction.do)
        if action is None or not by_system(action):
            yield fault(
                f"{path}/do",
                f"“{reaction.do}”不是本程序的系统动作",
                f"“{reaction.do}” is not a system action of this pack",
            )
        child = roles.get(reaction.role)
        if child in library:
            facts = {fact for loaded in library if loaded.pack.id == child for fact in loaded.pack.facts}
            for name in sorted(names(reaction.when) - facts - {"outcome"}):
                yield fault(
                    f"{path}/when",
                    f"子程序“{child}”没有声明事实“{name}”",
                    f"the child pack “{child}” declares no fact “{name}”",
                )
    yield from _unanswered(pack, library, roles)


def _unanswered(pack: Pack, library: PackLibrary, roles: dict[str, str]) -> Iterator[FieldFault]:
    """A matter that waits for a child must move on whatever the child's outcome is."""
    for name, state in pack.states.items():
        if state.waits_for != "child":
            continue
        openers = [a for a in pack.actions.values() if a.to == name and a.opens]
        for role in {opens.role for action in openers for opens in action.opens}:
            if roles[role] not in library:
                continue
            child = library.latest(roles[role])
            for outcome in sorted({a.outcome for a in child.actions.values() if a.outcome}):
                answers = [
                    pack.actions[each.do].from_
                    for each in pack.reactions
                    if each.role == role
                    and each.do in pack.actions
                    and evaluate(each.when, {"outcome": outcome}).value is not False
                ]
                if not any(name in origins for origins in answers):
                    yield fault(
                        f"/states/{name}",
                        f"子事项“{role}”以“{outcome}”结束时，“{name}”没有后续",
                        f"nothing leads on from “{name}” when its child “{role}” ends as “{outcome}”",
                    )


def _migration_faults(pack: Pack, library: PackLibrary) -> Iterator[FieldFault]:
    migration = pack.migration
    if migration is None:
        return
    if migration.from_version not in library.versions(pack.id) or migration.from_version >= pack.version:
        yield fault(
            "/migration/from_version",
            f"没有更早的第 {migration.from_version} 版",
            f"there is no earlier version {migration.from_version}",
        )
        return
    old = library.get(pack.id, migration.from_version)
    yield from _map_faults("states", migration, list(old.states), set(pack.states))
    yield from _map_faults("clocks", migration, list(old.clocks), set(pack.clocks))
    yield from _map_faults("milestones", migration, list(old.milestones), set(pack.milestones))
    for index, one in enumerate(migration.carried):
        place = f"/migration/carried/{index}"
        yield from unknown(f"{place}/state", [one.state], old.states, "状态", "state")
        yield from unknown(place, [one.reached, one.since], old.milestones, "里程碑", "milestone")
        yield from unknown(f"{place}/to", [one.to], pack.states, "状态", "state")
        yield from unknown(f"{place}/facts", list(one.facts), pack.facts, "事实", "fact")
    for origin, to in migration.states.items():
        if origin in old.states and to in pack.states and old.states[origin].end != pack.states[to].end:
            yield fault(
                f"/migration/states/{origin}",
                f"“{origin}”与“{to}”一个是终点一个不是",
                f"of “{origin}” and “{to}” only one is an end",
            )


def _map_faults(kind: str, migration: Migration, old: list[str], new: set[str]) -> Iterator[FieldFault]:
    mapping = dict(getattr(migration, kind))
    for name in old:
        if name not in mapping:
            yield fault(
                f"/migration/{kind}",
                f"迁移没有写明旧版的“{name}”",
                f"the migration leaves out “{name}” of the old version",
            )
    for name, to in mapping.items():
        if name not in old:
            yield fault(
                f"/migration/{kind}/{name}",
                f"旧版没有“{name}”",
                f"the old version has no “{name}”",
            )
        if to is not None and to not in new:
            yield fault(f"/migration/{kind}/{name}", f"新版没有“{to}”", f"the new version has no “{to}”")

"""Refuses names that nothing knows: in the registry of kinds, and in the texts of the papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from gridsup.documents import names
from gridsup.documents.announcing import DEEM
from gridsup.documents.kinds import Block, Kind, kinds, papers
from gridsup.documents.serving import SERVE
from gridsup.documents.terms import ANNOUNCE
from gridsup.errors import FieldFault
from gridsup.procedures.forms import properties
from gridsup.procedures.loader import PackLibrary, load_packs
from gridsup.procedures.pack import Action

NUMBER = "documents.number"


@dataclass
class Known:
    """What the packs, in all their versions, know."""

    acts: dict[str, list[Action]] = field(default_factory=dict)
    facts: set[str] = field(default_factory=set)
    clocks: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, library: PackLibrary) -> Known:
        found = cls()
        for loaded in library:
            found.facts |= set(loaded.pack.facts)
            found.clocks |= set(loaded.pack.clocks)
            for name, action in loaded.pack.actions.items():
                found.acts.setdefault(f"{loaded.pack.id}.{name}", []).append(action)
        return found

    def fields(self, acts: Collection[str]) -> set[str]:
        """The fields of the forms of some acts."""
        return {name for act in acts for action in self.acts.get(act, ()) for name in properties(action.form)}

    def named(self, action: str) -> list[str]:
        return [act for act in self.acts if act.rpartition(".")[2] == action]


def check(
    registry: Mapping[str, Kind] | None = None,
    texts: Mapping[str, list[Block]] | None = None,
    *,
    library: PackLibrary | None = None,
    effects: Collection[str] | None = None,
) -> list[FieldFault]:
    """The faults of the registry and its texts; empty when all is well. ``effects`` None: not judged."""
    registry, texts = registry or kinds(), texts or papers()
    known = Known.of(library or load_packs())
    return [
        *_kind_faults(registry, known, effects),
        *(
            fault
            for name in sorted(registry.keys() ^ texts.keys())
            for fault in [_fault(name, "种类与正文不对应", "kind and text do not match")]
        ),
        *(
            fault
            for name, blocks in texts.items()
            if name in registry
            for index, block in enumerate(blocks)
            for fault in _block_faults(f"{name}/{index}", block, name, registry, known)
        ),
    ]


def _kind_faults(
    registry: Mapping[str, Kind], known: Known, effects: Collection[str] | None
) -> Iterator[FieldFault]:
    marks = Counter(kind.mark for kind in registry.values())
    numbered = Counter(act for kind in registry.values() if kind.numbered == "act" for act in kind.acts)
    for name, kind in registry.items():
        if marks[kind.mark] > 1:
            yield _fault(name, f"编号系列 {kind.mark} 重复", f"the series {kind.mark} is used twice")
        for act in kind.acts:
            if act not in known.acts:
                yield _fault(f"{name}/acts", f"没有步骤 {act}", f"there is no act {act}")
            elif kind.numbered == "act" and not any(NUMBER in one.effects for one in known.acts[act]):
                yield _fault(f"{name}/acts", f"步骤 {act} 不给文号", f"the act {act} gives no number")
            if kind.numbered == "act" and numbered[act] > 1:
                yield _fault(f"{name}/acts", f"步骤 {act} 有两种文号", f"the act {act} gives two numbers")
        for act in kind.steps:
            if not any(SERVE in one.effects for one in known.acts.get(act, ())):
                yield _fault(f"{name}/steps", f"步骤 {act} 不送达文书", f"the step {act} serves no paper")
        for one in (*kind.announced, *kind.announced.values()):
            wanted = ANNOUNCE if one in kind.announced else DEEM
            if not any(wanted in each.effects for each in known.acts.get(one, ())):
                yield _fault(f"{name}/announced", f"步骤 {one} 不公告送达", f"{one} is no public notice")
        for act in kind.titles.keys() - set(kind.acts):
            yield _fault(f"{name}/titles", f"没有步骤 {act}", f"{act} is no act of the kind")
        if kind.explain and effects is not None and kind.explain not in effects:
            yield _fault(f"{name}/explain", f"没有效果 {kind.explain}", f"there is no effect {kind.explain}")
        if kind.heed and effects is not None and kind.heed not in effects:
            yield _fault(f"{name}/heed", f"没有效果 {kind.heed}", f"there is no effect {kind.heed}")
    given = {act for act, actions in known.acts.items() if any(NUMBER in one.effects for one in actions)}
    served = {
        act for kind in registry.values() for act in (*kind.steps, *kind.announced, *kind.announced.values())
    }
    serving = {
        act
        for act, actions in known.acts.items()
        if any({SERVE, ANNOUNCE, DEEM}.intersection(one.effects) for one in actions)
    }
    for act in sorted(serving - served):
        yield _fault(act, "步骤送达而没有文书种类", "the step serves a paper and no kind names it")
    for act in sorted(given - numbered.keys()):
        yield _fault(act, "步骤给文号而没有文书种类", "the act gives a number and no kind has it")


def _block_faults(
    path: str, block: Block, name: str, registry: Mapping[str, Kind], known: Known
) -> Iterator[FieldFault]:
    said = [one for text in block.texts for one, _ in names.names_in(text)]
    if block.when:
        said += [one.removeprefix("!") for one in block.when.split()]
    kind = registry[name]
    fields = known.fields(kind.acts) | set(kind.fields)
    for one in said:
        if not _knows(one, fields, registry, known):
            yield _fault(path, f"没有名称 {{{one}}}", f"nothing knows the name {{{one}}}")
    for text in block.texts:
        if rest := names.NAME.sub("", text).translate(str.maketrans("", "", "".join(set(text) - {"{", "}"}))):
            yield _fault(path, f"括号不成对：{rest}", f"a brace stands alone: {rest}")
    if block.table and block.table.of not in names.LISTS:
        yield _fault(path, f"没有清单 {block.table.of}", f"there is no list {block.table.of}")
    if block.table and len(block.table.head) != len(block.table.widths):
        yield _fault(path, "列数与宽度不符", "heads and widths differ in number")
    for row in block.grid or ():
        if sum(isinstance(cell, str) for cell in row) not in (2, 4):
            yield _fault(path, "每行须为一组或两组栏目", "a row has one or two boxes")


def _knows(name: str, fields: Collection[str], registry: Mapping[str, Kind], known: Known) -> bool:
    first, _, rest = name.partition(".")
    if not rest:
        return first in names.WORDS
    if first == "said":
        action, _, one = rest.partition(".")
        return one in known.fields(known.named(action))
    places: dict[str, Collection[str]] = {
        "fact": known.facts,
        "form": fields,
        "on": {act.rpartition(".")[2] for act in known.acts},
        "due": known.clocks,
        "no": registry,
    }
    return rest in places.get(first, ())


def _fault(path: str, zh: str, en: str) -> FieldFault:
    return FieldFault(f"/{path}", f"{path}：{zh}。", f"{path}: {en}.")

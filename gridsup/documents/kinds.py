"""The registry of kinds of paper: what ``kinds.yaml`` and ``papers/*.yaml`` say, in checked shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import TypeAdapter, model_validator

from gridsup.errors import Invalid, NotFound
from gridsup.procedures.loader import read_yaml
from gridsup.procedures.pack import Strict, Words

Seal = Literal["image", "wet", "none"]
SEALED: dict[Seal, Words] = {
    "image": Words(zh="电子印章", en="seal image"),
    "wet": Words(zh="打印盖章后扫描", en="printed, sealed, scanned"),
    "none": Words(zh="不用印", en="no seal"),
}
"""What the ways of sealing (用印方式) are called."""
Served = Literal["receipt", "sign", "none"]


class Kind(Strict):
    """One kind of paper (文书种类); the comments of ``kinds.yaml`` tell what each word means."""

    title: Words
    mark: str
    numbered: Literal["act", "issue"]
    layout: Literal["letter", "form", "record"]
    red: bool = False
    seal: Seal
    stamped: bool = False
    served: Served
    acts: list[str]
    steps: list[str] = []
    announced: dict[str, str] = {}
    ahead: str | None = None
    fields: list[str] = []
    titles: dict[str, Words] = {}
    explain: str | None = None
    heed: str | None = None
    source: str

    def title_of(self, act: str) -> Words:
        return self.titles.get(act, self.title)


class Listing(Strict):
    """A table over one of the lists of the matter; ``widths`` are shares."""

    of: str
    head: list[str]
    widths: list[int]


class Block(Strict):
    """One piece of a paper: exactly one of its kinds, shown only ``when`` every name there is filled
    (``!name``: is not). What follows an ``annex`` (附件) is bound to the paper on a page of its own."""

    salute: str | None = None
    p: str | None = None
    h: str | None = None
    annex: str | None = None
    grid: list[list[str | int]] | None = None
    table: Listing | None = None
    lines: list[str] | None = None
    approvals: bool = False
    contact: bool = False
    sign: bool = False
    copies: str | None = None
    note: str | None = None
    receipt: list[str] | None = None
    when: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Block:
        said = [name for name in type(self).model_fields if name != "when" and getattr(self, name)]
        if len(said) != 1:
            raise ValueError(f"a block says exactly one thing, this one {said}")
        return self

    @property
    def texts(self) -> Sequence[str]:
        """Every text of the block, with its names still in braces."""
        single = [self.salute, self.p, self.h, self.annex, self.copies, self.note]
        cells = [cell for row in self.grid or () for cell in row if isinstance(cell, str)]
        return [text for text in (*single, *cells, *(self.lines or ()), *(self.receipt or ())) if text]


_KINDS = TypeAdapter(dict[str, Kind])
_PAPERS = TypeAdapter(dict[str, list[Block]])


@lru_cache
def kinds() -> Mapping[str, Kind]:
    """Kind → what the registry says of it."""
    return _KINDS.validate_python(read_yaml(_read("kinds.yaml"), "kinds.yaml"))


@lru_cache
def papers() -> Mapping[str, list[Block]]:
    """Kind → its text. Raises :class:`Invalid` ``paper-twice``."""
    found: dict[str, list[Block]] = {}
    for file in sorted((files(__package__) / "papers").iterdir(), key=lambda one: one.name):
        for kind, blocks in _PAPERS.validate_python(
            read_yaml(file.read_text(encoding="utf-8"), file.name)
        ).items():
            if kind in found:
                raise Invalid(
                    "paper-twice",
                    zh="文书“{kind}”的正文写了两次，请保留一处。",
                    en="The text of “{kind}” stands twice; keep one.",
                    kind=kind,
                )
            found[kind] = blocks
    return found


def kind_of(name: str) -> Kind:
    """Raises :class:`NotFound` ``no-document-kind``."""
    found = kinds().get(name)
    if found is None:
        raise NotFound(
            "no-document-kind",
            zh="没有名为“{kind}”的文书。",
            en="There is no kind of document “{kind}”.",
            kind=name,
        )
    return found


def kinds_of_act(pack: str, action: str) -> list[str]:
    """The kinds that an act gives, those that it numbers itself first."""
    act = f"{pack}.{action}"
    found = [name for name, kind in kinds().items() if act in kind.acts]
    return sorted(found, key=lambda name: kinds()[name].numbered != "act")


def kinds_of_step(pack: str, action: str) -> list[str]:
    """The kinds that a step serves, announces, or that are deemed served by it."""
    step = f"{pack}.{action}"
    return [
        name
        for name, kind in kinds().items()
        if step in kind.steps or step in kind.announced or step in kind.announced.values()
    ]


def _read(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")

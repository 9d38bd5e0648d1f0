"""The file of a case (一案一卷, 程序规定 art. 78): main and sub volume, listed from the events and documents.

Nothing is filed by hand: each act puts its papers where ``volumes.yaml`` says, children (preservation,
seizure, execution) under the case that they belong to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

import yaml
from sqlalchemy.orm import Session

from gridsup.documents.announcing import NOTICE
from gridsup.documents.model import Document
from gridsup.documents.terms import ANNOUNCE
from gridsup.enforcement import queries
from gridsup.errors import NotFound
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.model import Event, Matter
from gridsup.procedures.pack import Strict, Words

CASES = ("penalty_case", "simple_penalty")
VOLUMES: dict[str, Words] = {
    "main": Words(zh="正卷", en="Main volume"),
    "sub": Words(zh="副卷", en="Sub volume"),
}


class Group(Strict):
    """A heading of a volume; headings stand in the order of the regulation."""

    id: str
    zh: str
    en: str


class Paper(Strict):
    """A paper that an act puts into the file; ``template`` names it for the documents room."""

    template: str
    volume: str
    group: str
    zh: str
    en: str
    number: bool = False
    reached: str | None = None


class Catalogue(Strict):
    """What ``volumes.yaml`` says."""

    groups: dict[str, list[Group]]
    papers: dict[str, list[Paper]]
    beside: dict[str, list[Paper]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a contents list. ``seq`` is the event of ``matter_id`` that the paper comes from."""

    no: int
    volume: str
    group: Words
    template: str
    title: Words
    number: str | None
    document_id: int | None
    """The numbered document, as it counts now; None where the paper was given no number."""
    at: datetime
    matter_id: int
    seq: int
    act: str
    """``pack.action`` that the paper comes from."""
    files: tuple[str, ...]
    """SHA-256 (hex) of the photos and scans of the act."""


@lru_cache
def catalogue() -> Catalogue:
    return Catalogue.model_validate(
        yaml.safe_load((files(__package__) / "volumes.yaml").read_text(encoding="utf-8"))
    )


def papers_of(pack: str, action: str) -> Sequence[Paper]:
    """The papers that an act issues or files, by template name."""
    known = catalogue()
    return known.papers.get(f"{pack}.{action}", known.beside.get(action, ()))


def contents(
    events: Iterable[Event], packs: dict[int, str], documents: Iterable[Document]
) -> dict[str, list[Entry]]:
    """Volume → its contents list, numbered from 1, by group and then by time.

    ``packs``: matter id → its procedure; ``documents`` give the numbers; of a paper that was voided and
    issued again the latest one.
    """
    standing = [each for each in documents if each.status != "void"]
    issued = {(each.matter_id, each.kind, each.content.get("seq", each.event_seq)): each for each in standing}
    notices = {each.number: each for each in standing if each.kind == NOTICE}
    order = {
        (volume, group.id): (index, Words(zh=group.zh, en=group.en))
        for volume, groups in catalogue().groups.items()
        for index, group in enumerate(groups)
    }
    found: dict[str, list[tuple[int, datetime, int, Event, Paper]]] = {volume: [] for volume in VOLUMES}
    for event in events:
        reached = event.data["change"].get("milestones", {})
        for paper in papers_of(packs[event.matter_id], event.action):
            if paper.reached is not None and paper.reached not in reached:
                continue
            rank, _ = order[paper.volume, paper.group]
            found[paper.volume].append((rank, event.effective_at, event.id, event, paper))
    return {
        volume: [
            Entry(
                no=no,
                volume=volume,
                group=order[volume, paper.group][1],
                template=paper.template,
                title=Words(zh=paper.zh, en=paper.en),
                number=one.number if one else None,
                document_id=one.id if one else None,
                at=event.effective_at,
                matter_id=event.matter_id,
                seq=event.seq,
                act=f"{packs[event.matter_id]}.{event.action}",
                files=tuple(photo["sha256"] for photo in event.data["photos"]),
            )
            for no, (_, _, _, event, paper) in enumerate(sorted(rows, key=lambda row: row[:3]), 1)
            for one in [
                notices.get(event.data["results"].get(ANNOUNCE, {}).get("notice"))
                if paper.template == NOTICE
                else issued.get((event.matter_id, paper.template, event.seq))
            ]
        ]
        for volume, rows in found.items()
    }


def of_case(session: Session, matter_id: int) -> dict[str, list[Entry]]:
    """The contents of a case's two volumes. Raises :class:`NotFound` ``no-case``."""
    jurisdiction_id = jurisdiction_of(session)
    case = session.scalars(queries.matter(jurisdiction_id, matter_id)).first()
    if case is None or case.pack not in CASES:
        raise NotFound(
            "no-case",
            zh="该事项不是行政处罚案件，没有案卷。",
            en="This matter is no penalty case and has no file.",
            matter=matter_id,
        )
    packs = {case.id: case.pack, **_below(session, jurisdiction_id, case)}
    return contents(
        session.scalars(queries.filing(jurisdiction_id, list(packs))),
        packs,
        session.scalars(queries.documents(jurisdiction_id, list(packs))),
    )


def _below(session: Session, jurisdiction_id: int, case: Matter) -> dict[int, str]:
    """Child matters at any depth → their procedure; another case has a file of its own."""
    found: dict[int, str] = {}
    level = [case.id]
    while level:
        children = [
            each for each in session.scalars(queries.branch(jurisdiction_id, level)) if each.pack not in CASES
        ]
        found |= {each.id: each.pack for each in children}
        level = [each.id for each in children]
    return found

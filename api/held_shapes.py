"""Things and evidence with every hand that they went through, and those that a step may choose among."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from gridsup.enforcement import chains, custody, evidence, queries, things
from gridsup.errors import Conflict
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.loader import load_packs
from gridsup.procedures.model import Matter
from gridsup.procedures.pack import Words


class Origin(BaseModel):
    """The thing of a preservation whose chain of hands goes on in a seizure."""

    matter: int
    no: int


class CustodyEntry(BaseModel):
    at: datetime
    holder: str
    giver: str | None
    kept_at: str | None
    purpose: str | None
    what: str | None = Field(
        description="of a thing: taken, handed, moved, sampled, inspected, lab, back, left"
    )
    keeping: Literal["own", "sealed", "entrusted"] | None
    receipt: Literal["signed", "refused", "none"] | None
    used: str | None = Field(description="of a thing: the quantity that a sample or test used")
    came_from: Origin | None = Field(
        default=None,
        alias="from",
        description="of a first entry: the preserved thing whose chain goes on here",
    )
    previous: str = Field(description="digest of the entry before")
    digest: str


class HeldThing(BaseModel):
    """A thing or piece of evidence, to be named by its number."""

    no: int
    name: str
    spec: str | None
    quantity: str | None = Field(description="what is left of it; null where it was not counted")
    unit: str | None
    condition: str | None
    holder: str = Field(description="who keeps it now, or who got it in the end")
    kept_at: str | None


class Thing(HeldThing):
    """A thing or lot of the list of a measure, with every hand that it went through."""

    way: str | None = Field(
        description="how it left the list: returned, confiscated, destroyed, transferred, auctioned, "
        "testing, seized; null while it is kept"
    )
    files: list[str]
    custody: list[CustodyEntry]


class Measure(BaseModel):
    """A seizure or preservation with its things."""

    matter_id: int
    pack: Literal["seizure", "evidence_preservation"]
    title: Words
    state: Words
    ended: bool
    things: list[Thing]
    left: list[int] = Field(description="numbers of those neither returned nor disposed of")
    coming: list[Thing] = Field(
        description="what a preservation turned over to this seizure, each of which its list must name; "
        "empty once it is taken"
    )


class MeasureList(BaseModel):
    items: list[Measure]


class Holdings(BaseModel):
    """What the steps of a matter that are about things choose among."""

    things: list[HeldThing] = Field(description="what a measure still holds, or the evidence of a case")
    coming: list[HeldThing] = Field(
        description="what a preservation turned over to this seizure, with its numbers there"
    )


def measure_view(session: Session, matter: Matter) -> Measure:
    """A measure with its things. Raises Conflict where a chain of hands does not hold."""
    found = things.of_matter(session, matter.id)
    pack = load_packs().get(matter.pack, matter.pack_version)
    return Measure.model_validate(
        {
            "matter_id": matter.id,
            "pack": matter.pack,
            "title": pack.title,
            "state": pack.states[matter.state].title,
            "ended": matter.ended_at is not None,
            "things": [_thing(item) for item in found],
            "left": [item.no for item in things.left(found)],
            "coming": [_thing(one.item) for one in ([] if found else things.coming(session, matter))],
        }
    )


def _told(item: custody.Item) -> dict[str, Any]:
    kept = next((entry["kept_at"] for entry in reversed(item.custody) if entry.get("kept_at")), None)
    return {
        "no": item.no,
        **{name: item.first.get(name) for name in things.TOLD_OF},
        "quantity": things.quantity(item),
        "holder": item.holder,
        "kept_at": kept,
    }


def _thing(item: custody.Item) -> dict[str, Any]:
    return {
        **_told(item),
        "way": item.last.get("way"),
        "files": item.files,
        "custody": [hand(entry) for entry in item.custody],
    }


def hand(entry: Mapping[str, Any]) -> CustodyEntry:
    """An entry of a chain of hands, as it is shown."""
    named = {field.alias or name for name, field in CustodyEntry.model_fields.items()}
    return CustodyEntry.model_validate({name: entry.get(name) for name in named})


def held(session: Session, matter_id: int, pack: str) -> Holdings:
    """What a measure holds, or a case has as evidence; nothing for any other matter. Where a chain of hands
    does not hold nothing is offered: the step itself tells."""
    try:
        return _held_by(session, matter_id, pack)
    except Conflict:
        return Holdings(things=[], coming=[])


def _held_by(session: Session, matter_id: int, pack: str) -> Holdings:
    if pack == chains.CASE:
        return Holdings(things=[_held(item) for item in evidence.of_matter(session, matter_id)], coming=[])
    if pack not in things.MEASURES:
        return Holdings(things=[], coming=[])
    found = things.of_matter(session, matter_id)
    matter = session.scalars(queries.matter(jurisdiction_of(session), matter_id)).one()
    coming = [] if found else things.coming(session, matter)
    return Holdings(
        things=[_held(item) for item in things.left(found)], coming=[_held(one.item) for one in coming]
    )


def _held(item: custody.Item) -> HeldThing:
    return HeldThing.model_validate(_told(item))

"""Things of a seizure or preservation (查封扣押、先行登记保存的物品): each has its chain of hands.

A line of the list is a thing or a lot. It is kept by the bureau, under seal by the party, or by a third party
(AEL-26), is handed on, sampled, looked into, and leaves the list by one way with a receipt (AEL-27, AEL-28,
PROC-35). The measure ends only by an act that accounts for all that is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from gridsup.enforcement import custody, queries
from gridsup.enforcement.custody import Item
from gridsup.errors import Conflict, FieldFault, Invalid
from gridsup.procedures import hashing
from gridsup.procedures.effects import Decision
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.model import Event, Matter
from gridsup.procedures.pack import Words

INVENTORY, MOVED = "enforcement.inventory", "enforcement.thing_moved"
SETTLED, OUT, SEIZED = "enforcement.things_settled", "enforcement.things_out", "enforcement.things_seized"
MEASURES = ("seizure", "evidence_preservation")
TAKING = ("seize", "seize_urgent", "preserve", "preserve_urgent")
WAYS = {
    "release": "returned",
    "confiscate": "confiscated",
    "destroy": "destroyed",
    "transfer": "transferred",
    "send_to_testing": "testing",
}
"""The act that ends a measure → the way that what is left takes."""
THING = Words(zh="清单物品", en="things on the list")
_ORDINAL = re.compile(r"^\s*(?:[（(]?(?:\d{1,3}|[一二三四五六七八九十百]{1,4})[)）、.．]\s*)")
_NUMBERS = re.compile(r"\d{1,3}(?:-\d{1,3})?")
_ALL = frozenset({"全部", "all"})


def lines(listed: str) -> list[str]:
    """The things of a list, one on each line, without the ordinals before them and the marks behind."""
    bare = (_ORDINAL.sub("", line).strip(" \t\r;；。") for line in listed.splitlines())
    return [line for line in bare if line]


def items(events: Iterable[Event]) -> list[Item]:
    """The things of one measure as its events leave them, in the order of the list.

    Raises :class:`Conflict` ``evidence-chain-broken`` where an entry does not follow from the one before.
    """
    found: dict[int, Item] = {}
    for event in events:
        results = event.data["results"]
        for entry in _first(event, results):
            found[entry["no"]] = custody.begun(entry, THING)
        later = [results[MOVED]] if MOVED in results else []
        for name in (SETTLED, OUT, SEIZED):
            later += results.get(name, {}).get("things", [])
        for entry in later:
            custody.follow(found[entry["no"]], entry, THING)
    return [found[no] for no in sorted(found)]


def _first(event: Event, results: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The entries that begin the list; before the lines had numbers, the form of the act says as much."""
    if INVENTORY in results:
        return list(results[INVENTORY]["things"])
    form = event.data.get("form") or {}
    if event.action not in TAKING or "list" not in form:
        return []
    people = sorted({event.person_id, event.acting_for_id, *event.crew} - {None})
    photos = [str(photo["sha256"]) for photo in event.data["photos"]]
    return _begun(form, hashing.iso(event.effective_at), people, photos)


def _begun(
    form: Mapping[str, Any], at: str, by: Sequence[int | None], files: list[str]
) -> list[dict[str, Any]]:
    return [
        custody.sealed(
            {
                "no": no,
                "name": name,
                "files": files,
                "what": "taken",
                "holder": form.get("holder", ""),
                "kept_at": form.get("kept_at"),
                "keeping": form.get("keeping"),
                "at": at,
                "by": list(by),
            },
            hashing.GENESIS,
        )
        for no, name in enumerate(lines(form["list"]), 1)
    ]


def left(things: Iterable[Item]) -> list[Item]:
    """Those that were not returned or disposed of."""
    return [item for item in things if "way" not in item.last]


def of_matter(session: Session, matter_id: int) -> list[Item]:
    """The things of a seizure or preservation."""
    return items(session.scalars(queries.acts(jurisdiction_of(session), [matter_id])))


def measures(session: Session, matter_id: int) -> list[Matter]:
    """A seizure or preservation itself, or all those below a case."""
    return list(session.scalars(queries.measures(jurisdiction_of(session), matter_id, MEASURES)))


def of_measure(d: Decision) -> list[Item]:
    """The things of the measure that an act is about, before the act."""
    d.session.flush()
    return items(d.session.scalars(queries.acts(d.jurisdiction_id, [d.matter_id])))


def taken(d: Decision) -> None:
    """Raises ``Invalid`` ``inventory-empty`` for a list without a thing."""
    if not lines(d.form["list"]):
        raise Invalid(
            "inventory-empty",
            zh="清单上没有物品。请一行写一件或一批，写明名称、规格和数量。",
            en="There is nothing on the list. Write a thing or lot on each line, with its kind and number.",
            faults=[FieldFault("/list", "请一行写一件或一批。", "Write a thing or lot on each line.")],
        )


def take(d: Decision) -> dict[str, Any]:
    """Number and seal every thing of the list."""
    files = [str(photo["sha256"]) for photo in d.photos]
    return {"things": _begun(d.form, hashing.iso(d.effective_at), sorted(d.persons), files)}


def move(d: Decision) -> dict[str, Any]:
    """Record that a thing changed hands or place, or was sampled or looked into."""
    item = _movable(d)
    names = ("what", "giver", "holder", "kept_at", "keeping", "purpose")
    told = {name: d.form[name] for name in names if name in d.form}
    return custody.sealed(_entry(d, item, told), item.digest)


def movable(d: Decision) -> None:
    """Raises what speaks against a thing's being handed on: see :func:`move`."""
    _movable(d)


def _movable(d: Decision) -> Item:
    (item,) = _chosen(of_measure(d), [d.form["no"]], "/no")
    if item.holder:  # a list of an older version does not say who keeps its things
        custody.from_the_holder(item, d.form["giver"], THING)
    return item


def some(d: Decision) -> None:
    """Raises what speaks against a part's leaving the list; the last things leave it by the act that ends the
    measure (``Conflict`` ``last-things``)."""
    things = of_measure(d)
    _receipted(d.form["way"], d.form)
    going = _stated(things, d.form["nos"])
    if len(going) == len(left(things)):
        raise Conflict(
            "last-things",
            zh="这样清单上就没有剩余物品了。请改办结束措施的步骤（解除、返还、没收、销毁或移送），由它处理余下的物品。",
            en="Nothing would be left on the list. Take the step that ends the measure instead (lift, "
            "confiscate, destroy, transfer): it disposes of what is left.",
        )


def settle(d: Decision) -> dict[str, Any]:
    """Some things leave the list, as the form says."""
    return _leave(d, _stated(of_measure(d), d.form["nos"]), d.form["way"])


def even(d: Decision) -> None:
    """Raises ``Conflict`` ``inventory-uneven`` for an end that leaves things unaccounted for."""
    things = of_measure(d)
    _receipted(WAYS[d.action], d.form)
    told = {item.no for item in _stated(things, d.form["nos"])}
    if missing := [item for item in left(things) if item.no not in told]:
        raise Conflict(
            "inventory-uneven",
            zh="清单不平：{missing_zh}既未返还也未处理。请一并写明编号，或先办理“先行返还、处理部分物品”。",
            en="The list does not come out even: {missing_en} neither returned nor disposed of. Name them "
            "here too, or dispose of them first by “Return or dispose of some of the things”.",
            missing_zh="、".join(f"第 {item.no} 号（{item.name}）" for item in missing),
            missing_en=", ".join(f"no. {item.no} ({item.name})" for item in missing),
        )


def out(d: Decision) -> dict[str, Any]:
    """What is left leaves the list, and the measure ends."""
    return _leave(d, left(of_measure(d)), WAYS[d.action])


def seize(d: Decision) -> dict[str, Any]:
    """What is left of a preservation goes into the seizure that it turns into; nobody hands anything over."""
    return {
        "things": [
            custody.sealed(
                _entry(d, item, {"what": "left", "way": "seized", "holder": item.holder}), item.digest
            )
            for item in left(of_measure(d))
        ]
    }


def _leave(d: Decision, going: Iterable[Item], way: str) -> dict[str, Any]:
    told = {"what": "left", "way": way, "holder": d.form["receiver"], "receipt": d.form["receipt"]}
    told["purpose"] = next(str(d.form[n]) for n in ("reason", "content", "decision") if n in d.form)
    files = [str(photo["sha256"]) for photo in d.photos]
    return {
        "things": [
            custody.sealed(_entry(d, item, {**told, "giver": item.holder, "files": files}), item.digest)
            for item in going
        ]
    }


def _entry(d: Decision, item: Item, told: Mapping[str, Any]) -> dict[str, Any]:
    return {"no": item.no, **told, "at": hashing.iso(d.effective_at), "by": sorted(d.persons)}


def _receipted(way: str, form: Mapping[str, Any]) -> None:
    """Only what is destroyed has nobody who signs for it."""
    if form["receipt"] == "none" and way != "destroyed":
        raise Invalid(
            "no-receipt",
            zh="物品须由接收人签收；拒签的，在清单上注明。只有销毁的物品没有签收人。",
            en="Who receives the things signs for them; a refusal is noted on the list. Only what is "
            "destroyed has nobody to sign.",
            faults=[FieldFault("/receipt", "请改选签收情况。", "Choose how receipt was given.")],
        )


def _stated(things: Sequence[Item], told: str) -> list[Item]:
    """The things that a text of numbers means: ``1、3-5``, ``全部``. Raises ``Invalid`` ``thing-numbers``."""
    text = re.sub(
        r"\s*([-–—~～至])\s*",
        "-",
        told.strip().lower().translate(str.maketrans("０１２３４５６７８９", "0123456789")),
    )
    if text in _ALL:
        return left(things)
    parts = [part for part in re.split(r"[、,，;；\s]+", text.replace("第", "").replace("号", "")) if part]
    if not parts or not all(_NUMBERS.fullmatch(part) for part in parts):
        raise Invalid(
            "thing-numbers",
            zh="看不懂编号“{told}”。请照清单写，如“1、3-5”；全部物品写“全部”。",
            en="The numbers “{told}” cannot be read. Write them as on the list, as “1, 3-5”, or “all”.",
            faults=[FieldFault("/nos", "如“1、3-5”或“全部”。", "As “1, 3-5” or “all”.")],
            told=told[:50],
        )
    ends = [[int(end) for end in part.split("-")] for part in parts]
    return _chosen(things, sorted({no for end in ends for no in range(end[0], end[-1] + 1)}), "/nos")


def _chosen(things: Sequence[Item], numbers: Sequence[int], pointer: str) -> list[Item]:
    """Raises ``Invalid`` ``no-thing`` for a number that is not on the list, ``Conflict`` ``thing-gone``."""
    known = {item.no: item for item in things}
    for no in numbers:
        if no not in known:
            raise Invalid(
                "no-thing",
                zh="清单上没有第 {no} 号物品，清单共 {count} 件（批）。请核对清单编号。",
                en="The list has no thing no. {no}; it has {count}. Check the number.",
                faults=[FieldFault(pointer, "清单上没有这个编号。", "The list has no such number.")],
                no=no,
                count=len(known),
            )
        if "way" in known[no].last:
            raise Conflict(
                "thing-gone",
                zh="第 {no} 号物品（{name}）已交“{holder}”，不在保管中。请核对清单编号。",
                en="No. {no} ({name}) was given to “{holder}” already and is not kept any more. Check the "
                "number.",
                no=no,
                name=known[no].name,
                holder=known[no].holder,
            )
    if not numbers:
        raise Invalid(
            "no-thing-chosen", zh="没有写出任何编号，如“1、3-5”。", en="No number is given, as “1, 3-5”."
        )
    return [known[no] for no in numbers]

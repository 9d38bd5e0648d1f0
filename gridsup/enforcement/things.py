"""Things of a seizure or preservation (查封扣押、先行登记保存的物品): each has its chain of hands.

A line of the list is a thing or a lot. It is kept by the bureau, under seal by the party, or by a third party
(AEL-26), is handed on, sampled, looked into, and leaves the list by one way with a receipt (AEL-27, AEL-28,
PROC-35). The measure ends only by an act that accounts for all that is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from gridsup.documents.things import less, lines, numbers
from gridsup.enforcement import carried, custody, queries
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
TOLD_OF = ("name", "spec", "quantity", "unit", "condition")
"""What a line of the list tells of a thing."""


def items(events: Iterable[Event], preserved: Mapping[int, Mapping[int, Item]] | None = None) -> list[Item]:
    """The things of one measure as its events leave them, in the order of the list.

    ``preserved``: matter → number → the things of the preservations that some of them come from. Raises
    :class:`Conflict` ``evidence-chain-broken`` where an entry does not follow from the one before,
    ``things-link-broken`` where a thing does not follow from the preserved one that it comes from.
    """
    found: dict[int, Item] = {}
    for event in events:
        results = event.data["results"]
        for entry in _first(event, results):
            found[entry["no"]] = custody.begun(entry, THING, carried.origin(entry, preserved or {}))
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
    form: Mapping[str, Any],
    at: str,
    by: Sequence[int | None],
    files: list[str],
    preserved: Mapping[int, carried.Preserved] | None = None,
) -> list[dict[str, Any]]:
    kept = {name: form.get(name) for name in ("holder", "kept_at", "keeping")}
    begun = []
    for line in lines(form["list"]):
        told = {name: getattr(line, name) for name in TOLD_OF if getattr(line, name)}
        entry = {"no": line.no, **told, "files": files, "what": "taken", **kept}
        entry |= {"holder": kept["holder"] or "", "at": at, "by": list(by)}
        came = (preserved or {}).get(line.from_no or 0)
        if came is None:
            begun.append(custody.sealed(entry, hashing.GENESIS))
        else:
            origin = {"matter": came.matter_id, "no": came.item.no}
            begun.append(custody.sealed({**entry, "from": origin}, came.item.digest))
    return begun


def left(things: Iterable[Item]) -> list[Item]:
    """Those that were not returned or disposed of."""
    return [item for item in things if "way" not in item.last]


def quantity(item: Item) -> str | None:
    """What is left of a thing after what samples and tests used; None where it was not counted."""
    counted = item.first.get("quantity")
    return less(counted, [one["used"] for one in item.custody if "used" in one]) if counted else None


def of_matter(session: Session, matter_id: int) -> list[Item]:
    """The things of a seizure or preservation."""
    events = session.scalars(queries.acts(jurisdiction_of(session), [matter_id])).all()
    begun = (entry for each in events for entry in each.data["results"].get(INVENTORY, {}).get("things", ()))
    sources = {entry["from"]["matter"] for entry in begun if "from" in entry}
    preserved = {each: {one.no: one for one in of_matter(session, each)} for each in sources}
    return items(events, preserved)


def coming(session: Session, matter: Matter) -> list[carried.Preserved]:
    """What of a preservation goes into the seizure that it turned into: all of it must be on its list."""
    if matter.pack != "seizure" or matter.parent_id is None:
        return []
    return [
        carried.Preserved(matter.parent_id, item)
        for item in of_matter(session, matter.parent_id)
        if item.last.get("way") == "seized"
    ]


def nothing_comes(d: Decision) -> None:
    """A seizure that a preservation turned into is not dropped over its things: nobody would be bound to give
    them back. Raises :class:`Conflict` ``preserved-waits``."""
    if refusal := what_comes(d.session, d.jurisdiction_id, d.matter_id):
        raise refusal


def what_comes(session: Session, jurisdiction_id: int, matter_id: int, *_: str) -> Conflict | None:
    """The same, told beside the step."""
    matter = session.scalars(queries.matter(jurisdiction_id, matter_id)).one()
    waiting = [one.item for one in coming(session, matter)]
    if not waiting:
        return None
    named = custody.in_words(waiting)
    return Conflict(
        "preserved-waits",
        zh="先行登记保存转来的{things_zh}还在保管中，不能径行不予实施。请实施后办理解除，由当事人签收退还。",
        en="Things that were preserved are still held: {things_en}. Take the measure and lift it, so that "
        "the party gets them back against a receipt.",
        things_zh=named.zh,
        things_en=named.en,
    )


def measures(session: Session, matter_id: int) -> list[Matter]:
    """A seizure or preservation itself, or all those below a case."""
    return list(session.scalars(queries.measures(jurisdiction_of(session), matter_id, MEASURES)))


def of_measure(d: Decision) -> list[Item]:
    """The things of the measure that an act is about, before the act."""
    d.session.flush()
    return of_matter(d.session, d.matter_id)


def taken(d: Decision) -> None:
    """Raises what speaks against a list: see :func:`gridsup.enforcement.carried.whole`."""
    _whole(d)


def _whole(d: Decision) -> dict[int, carried.Preserved]:
    d.session.flush()
    matter = d.session.scalars(queries.matter(d.jurisdiction_id, d.matter_id)).one()
    return carried.whole(lines(d.form["list"]), coming(d.session, matter))


def take(d: Decision) -> dict[str, Any]:
    """Number and seal every thing of the list; what was preserved before goes on from there."""
    files = [str(photo["sha256"]) for photo in d.photos]
    at, by = hashing.iso(d.effective_at), sorted(d.persons)
    return {"things": _begun(d.form, at, by, files, _whole(d))}


def move(d: Decision) -> dict[str, Any]:
    """Record that a thing changed hands or place, or was sampled or looked into."""
    item = _movable(d)
    names = ("what", "giver", "holder", "kept_at", "keeping", "purpose", "used")
    told = {name: d.form[name] for name in names if name in d.form}
    return custody.sealed(_entry(d, item, told), item.digest)


def movable(d: Decision) -> None:
    """Raises what speaks against a thing's being handed on: see :func:`move`."""
    _movable(d)


def _movable(d: Decision) -> Item:
    (item,) = _chosen(of_measure(d), [d.form["no"]], "/no")
    if item.holder:  # a list of an older version does not say who keeps its things
        custody.from_the_holder(item, d.form["giver"], THING)
    if (used := d.form.get("used")) and (has := quantity(item)) is not None and Decimal(used) > Decimal(has):
        raise Invalid(
            "too-much-used",
            zh="第 {no} 号物品（{name}）只剩 {has}{unit}，不能耗用 {used}{unit}。请核对数量。",
            en="Of no. {no} ({name}) only {has} {unit} are left; {used} cannot have been used. Check the "
            "quantity.",
            faults=[FieldFault("/used", "多于所剩数量。", "This is more than is left.")],
            no=item.no,
            name=item.name,
            has=has,
            unit=item.first["unit"],
            used=used,
        )
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
        named = custody.in_words(missing)
        raise Conflict(
            "inventory-uneven",
            zh="清单不平：{missing_zh}既未返还也未处理。请一并写明编号，或先办理“先行返还、处理部分物品”。",
            en="The list does not come out even: {missing_en} neither returned nor disposed of. Name them "
            "here too, or dispose of them first by “Return or dispose of some of the things”.",
            missing_zh=named.zh,
            missing_en=named.en,
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
    try:
        chosen = numbers(told)
    except ValueError:
        raise Invalid(
            "thing-numbers",
            zh="看不懂编号“{told}”。请照清单写，如“1、3-5”；全部物品写“全部”。",
            en="The numbers “{told}” cannot be read. Write them as on the list, as “1, 3-5”, or “all”.",
            faults=[FieldFault("/nos", "如“1、3-5”或“全部”。", "As “1, 3-5” or “all”.")],
            told=told[:50],
        ) from None
    return left(things) if chosen is None else _chosen(things, chosen, "/nos")


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

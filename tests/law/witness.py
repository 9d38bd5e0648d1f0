"""The witness who holds the record of random families against the law."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from gridsup.procedures import store
from tests.law.law import Act, Flags, Law, holds, words
from tests.law.trial import LAWS

LAW_OF: dict[str, Law] = {law.pack: law for law in LAWS}
Event = dict[str, Any]
HANDED_OVER = {
    *(f"evidence_preservation.{act}" for act in ("preserve", "preserve_urgent", "confiscate")),
    *(f"seizure.{act}" for act in ("seize", "seize_urgent", "prolong", "release")),
    "penalty_execution.remind",
    "correction.write_order",
    *(f"penalty_case.{act}" for act in ("notify", "notify_hearing", "decide", "decide_collectively")),
    *("penalty_case.decide_no_penalty", "simple_penalty.decide_warning", "simple_penalty.decide_on_spot"),
}
"""The acts on a case or a measure whose paper the party gets (APL-44, APL-61, APL-64, AEL-24, AEL-25, AEL-28,
PROC-34, PROC-35, AEL-54)."""
CLOSING = {
    *(f"penalty_case.close_{how}" for how in ("penalised", "served", "without_penalty")),
    *(f"penalty_case.{act}" for act in ("terminate", "transfer")),
    "simple_penalty.close",
}


class Witness:
    """Reads the families' events, and says where they are otherwise than the law."""

    def __init__(self, session: Session, jurisdiction_id: int, matters: list[int]) -> None:
        self.rows = store.load(session, jurisdiction_id, matters)
        self.events: dict[int, list[Event]] = {
            matter: [
                json.loads(bytes(e.body)) | {"id": e.id}
                for e in store.events_of(session, jurisdiction_id, matter)
            ]
            for matter in self.rows
        }

    def faults(self) -> Iterator[str]:
        for matter, row in self.rows.items():
            law = LAW_OF.get(row.matter["pack"])
            if law is not None:
                yield from (f"{law.pack} {matter}: {fault}" for fault in self._trace(matter, law))
        yield from self._persons()
        yield from self._papers()

    def _trace(self, matter: int, law: Law) -> Iterator[str]:
        """Each act was lawful when it was taken, and the clocks that run are those of the law."""
        flags, timed = {"start"}, set[str]()
        for body in self.events[matter]:
            if body["kind"] not in ("act", "system"):
                continue
            act = law.by_name[body["action"]]
            if (opening := body["change"].get("opening")) and opening["milestones"]:
                timed = {clock.name for clock in law.clocks if "carried" in clock.first}
            if not holds(act.code, Flags(dict.fromkeys(flags, True))):
                yield f"{act.why}: {act.name} after {sorted(flags)}"
            flags = (flags - {"start"} - act.lowered) | act.raised
            timed = {
                name
                for name, clock in law.timed.items()
                if act.name in clock.first or (name in timed and act.name not in clock.last)
            }
            yield from _done_by(act, body)
        row = self.rows[matter]
        running = {d["clock"]: d for d in row.deadlines.values() if d["state"] in ("running", "paused")}
        facts = Facts(row.matter["facts"])
        expected = {name for name in timed if holds(law.timed[name].guard, facts)}
        if row.matter["ended_at"] is not None:
            expected = set()
            if "over" not in flags:
                yield f"ended, and the law's matter goes on: {sorted(flags)}"
        if running.keys() != expected:
            yield f"clocks {sorted(running)}, not {sorted(expected)} after {sorted(flags)}"
        resting = row.matter["ended_at"] is not None or holds(law.resting, Flags(dict.fromkeys(flags, True)))
        if not expected and not resting:
            yield f"S02: nothing runs after {sorted(flags)}"
        for name, deadline in running.items():
            if deadline["owner"] != law.timed[name].owner:
                yield f"clock {name} is {deadline['owner']}'s"

    def _persons(self) -> Iterator[str]:
        """P01 to P06 over whole families, deputies and crews included, in the order of the record."""
        families: dict[int, list[Event]] = {}
        for matter, events in self.events.items():
            families.setdefault(self.rows[matter].matter["root_id"], []).extend(
                {**event, "pack": self.rows[matter].matter["pack"]} for event in events
            )
        for events in families.values():
            done: dict[str, set[int]] = {}
            acts = [e for e in events if e["kind"] in ("act", "system")]
            for event in sorted(acts, key=lambda e: (e["recorded_at"], e["matter"], e["seq"])):
                law = LAW_OF.get(event["pack"])
                act = law.by_name.get(event["action"]) if law else None
                persons = persons_of(event)
                if act is not None and "opening" not in event["change"]:
                    for earlier in words(act.apart):
                        if both := persons & done.get(earlier, set()):
                            yield f"{act.why}: {sorted(both)} did {earlier} and {act.name}"
                done.setdefault(event["action"], set()).update(persons)

    def _papers(self) -> Iterator[str]:
        """M15: when a case is closed, the party has every paper of it and its measures, or it is void."""
        everything = [event for events in self.events.values() for event in events]
        waiting: dict[tuple[Any, ...], int] = {}
        for event in sorted(everything, key=lambda each: int(each["id"])):
            matter = self.rows[event["matter"]].matter
            act, results = f"{matter['pack']}.{event['action']}", event["results"]
            took_effect = event["kind"] in ("act", "system")
            if act in CLOSING and took_effect:
                for place, holder in waiting.items():
                    if event["matter"] in (holder, *self._above(holder)):
                        yield f"M15: {act} over {place}"
            if act in HANDED_OVER and took_effect:
                waiting[_place(results["documents.number"])] = event["matter"]
            told = (results.get(effect, {}).get("change") for effect in ("documents.serve", "documents.deem"))
            for result in (results.get("documents.change"), *told):
                if result and result["set"].get("status") in ("served", "void"):
                    waiting.pop(_place(result["key"]), None)

    def _above(self, matter: int) -> Iterator[int]:
        parent = self.rows[matter].matter["parent_id"]
        while parent is not None:
            yield parent
            parent = self.rows[parent].matter["parent_id"]


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where a paper stands in its series."""
    return row["series"], row["year"], row["serial"]


class Facts(dict[str, Any]):
    """Facts as names of an expression: what is not known is None."""

    def __missing__(self, name: str) -> None:
        return None


def persons_of(event: Event) -> set[int]:
    return {p for p in (event["person"], event["acting_for"], *event["crew"]) if p is not None}


def _done_by(act: Act, body: Event) -> Iterator[str]:
    """Two officers where the law asks for two; nobody but the clockwork in its own acts."""
    opened_by_itself = "opening" in body["change"] and body["change"]["opening"]["parent_id"] is not None
    if act.two and len(persons_of(body)) < 2 and not opened_by_itself:
        yield f"{act.why}: {act.name} by {persons_of(body)}"
    if (act.who == "system") != (body["kind"] == "system"):
        yield f"{act.why}: {act.name} as {body['kind']}"

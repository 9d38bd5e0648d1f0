"""The pure fold: events → matter, deadlines, proposals, signatures, and rows that effects own.

:func:`project` looks at nothing but the event's body: no clock, no pack, no database. Whatever an act decided
stands in ``body["change"]``; so a rebuild gives the same rows in ten years.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridsup.procedures import effects
from gridsup.procedures.projection import HEADER, INSTANTS, LINEAGE, Projection, instant

Body = Mapping[str, Any]


def project(p: Projection, body: Body, event_hash: str) -> Projection:
    """Fold one event into ``p`` (changed in place and returned)."""
    matter, change = p.matter, body["change"]
    if "opening" in change:
        _open(p, body)
    matter["version"], matter["head_hash"] = body["seq"], event_hash
    if body["kind"] == "late":
        return p
    if "migrated" in change:
        migrate(p, change["migrated"])
    matter["state"] = body["to"]
    matter.update({name: change[name] for name in ("waits_for", "lane") if name in change})
    matter["facts"] = {**matter["facts"], **change.get("facts", {})}
    matter["milestones"] = {**matter["milestones"], **change.get("milestones", {})}
    matter.update(change.get("header", {}))
    matter["intervals"] = fold_intervals(matter["intervals"], change.get("intervals", []))
    for clock in change.get("clocks", []):
        _fold_clock(p, clock)
    _fold_approval(p, body)
    if change.get("ended"):
        matter["ended_at"], matter["outcome"] = instant(body["effective_at"]), change.get("outcome")
    for name, result in sorted(body["results"].items()):
        effects.get(name).project(p, result, body)
    due = [d["due_at"] for d in p.deadlines.values() if d["state"] == "running" and d["due_at"]]
    matter["next_due_at"] = min(due, default=None)
    return p


def _open(p: Projection, body: Body) -> None:
    opening = body["change"]["opening"]
    p.matter.update({name: opening.get(name) for name in (*HEADER, *LINEAGE)})
    p.matter.update(
        facts=opening.get("facts", {}),
        milestones=opening.get("milestones", {}),
        intervals={},
        opened_at=instant(body["effective_at"]),
        ended_at=None,
        outcome=None,
        next_due_at=None,
    )


def fold_intervals(
    intervals: Mapping[str, Sequence[Sequence[str | None]]], changes: Sequence[Sequence[str]]
) -> dict[str, list[list[str | None]]]:
    """The spans of each interval after ``changes`` (``[name, "open"/"close", instant]`` each)."""
    after = {name: [list(span) for span in spans] for name, spans in intervals.items()}
    for name, verb, at in changes:
        spans = after.setdefault(name, [])
        if verb == "open":
            spans.append([at, None])
        elif spans and spans[-1][1] is None:
            spans[-1][1] = at
    return after


def _fold_clock(p: Projection, clock: Mapping[str, Any]) -> None:
    row = {**clock, **{name: instant(clock[name]) for name in INSTANTS}}
    p.deadlines[(clock["clock"], clock["run"])] = {
        **p.deadlines.get((clock["clock"], clock["run"]), {}),
        **row,
    }


def _fold_approval(p: Projection, body: Body) -> None:
    change = body["change"]
    at = instant(body["recorded_at"])
    if "proposal" in change:
        p.proposals[body["seq"]] = {
            "seq": body["seq"],
            "action": body["action"],
            "approval": change["proposal"]["approval"],
            "person_id": body["person"],
            "acting_for_id": body["acting_for"],
            "form": body["form"],
            "state": "open",
            "proposed_at": at,
            "settled_at": None,
        }
    if "signature" in change:
        signature = change["signature"]
        p.signatures[(signature["proposal"], signature["step"])] = {
            "proposal_seq": signature["proposal"],
            "step": signature["step"],
            "seq": body["seq"],
            "post": body["post"],
            "person_id": body["person"],
            "acting_for_id": body["acting_for"],
            "agreed": signature["agreed"],
            "opinion": signature["opinion"],
            "signed_at": at,
        }
    for seq, state in change.get("settled", []):
        p.proposals[seq].update(state=state, settled_at=at)


def migrate(p: Projection, to: Mapping[str, Any]) -> None:
    """Rename clocks and milestones; a clock mapped to null is dropped where it still runs."""
    p.matter.update(pack_version=to["pack_version"], pack_hash=to["pack_hash"])
    milestones = p.matter["milestones"]
    p.matter["milestones"] = {
        new: at for old, at in milestones.items() if (new := to["milestones"].get(old)) is not None
    }
    deadlines: dict[tuple[str, int], dict[str, Any]] = {}
    for (clock, run), deadline in sorted(p.deadlines.items()):
        name = to["clocks"].get(clock, clock) or clock
        while (name, run) in deadlines:  # two old clocks become one: their runs follow each other
            run += 1
        if to["clocks"].get(clock, clock) is None and deadline["state"] in ("running", "paused"):
            deadline = {**deadline, "state": "dropped"}
        deadlines[(name, run)] = {**deadline, "clock": name, "run": run}
    p.deadlines = deadlines

"""What a rotation sheet freezes: cells, open matters, goods held, commands without feedback."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785
from sqlalchemy.orm import Session

from gridsup.cells.model import Cell
from gridsup.handovers import queries
from gridsup.people.model import Jurisdiction, Officer, Organisation
from gridsup.procedures import versions
from gridsup.procedures.model import Matter
from gridsup.procedures.pack import Pack
from gridsup.procedures.posts import POSTS

LOCAL = ZoneInfo("Asia/Shanghai")
COMMAND_OPEN = ("station_head", "general", "inspector")
"""A command is unfinished while its matter waits for one of these: not received, or not fed back."""


def freeze(
    session: Session,
    home: Jurisdiction,
    station: Organisation,
    giver: Officer,
    taker: Officer,
    cells: Sequence[Cell],
    *,
    effective_on: date,
    note: str | None,
    amends: str | None,
    now: datetime,
) -> dict[str, Any]:
    """The content of a sheet as of ``now``. Titles are frozen with it, in both languages."""
    place, ids = home.jurisdiction_id, [cell.id for cell in cells]
    codes = {cell.id: cell.code for cell in cells}
    counted = {row[0]: (row[1], row[2]) for row in session.execute(queries.households(place, ids))}
    matters = list(session.scalars(queries.open_matters(place, ids)))
    goods = list(session.scalars(queries.goods(place, ids)))
    papers: dict[int, list[Any]] = {}
    for one in session.scalars(queries.documents(place, [m.id for m in (*matters, *goods)])):
        papers.setdefault(one.matter_id, []).append(one)
    return {
        "bureau": home.name,
        "demo": home.demo,
        "practice": home.practice,
        "station": station.name,
        "giver": _person(giver),
        "taker": _person(taker),
        "effective_on": effective_on.isoformat(),
        "frozen_at": now.astimezone(LOCAL).isoformat(timespec="seconds"),
        "note": note,
        "amends": amends,
        "cells": [
            {
                "id": cell.id,
                "code": cell.code,
                "name": cell.name,
                "area_m2": round(cell.area_m2),
                "households": counted.get(cell.id, (0, 0))[0],
                "unlicensed": counted.get(cell.id, (0, 0))[1],
            }
            for cell in cells
        ],
        "matters": [_matter(_pack(session, place, m), m, codes, now) for m in matters],
        "goods": [_goods(_pack(session, place, m), m, codes, papers.get(m.id, ()), now) for m in goods],
        "commands": [
            _command(_pack(session, place, m), m, codes, papers.get(m.id, ()), now)
            for m in matters
            if "command_issued" in m.milestones and m.facts.get("command") and m.waits_for in COMMAND_OPEN
        ],
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256 (hex) over the canonical bytes."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _person(officer: Officer) -> dict[str, Any]:
    return {"id": officer.id, "name": officer.name, "staff_no": officer.staff_no}


def _pack(session: Session, place: int, matter: Matter) -> Pack:
    return versions.pinned(session, place, matter.pack, matter.pack_version, matter.pack_hash)


def _matter(pack: Pack, matter: Matter, codes: dict[int, str], now: datetime) -> dict[str, Any]:
    state = pack.states[matter.state].title
    post = POSTS.get(matter.waits_for or "")
    due = matter.next_due_at
    return {
        "id": matter.id,
        "number": matter.number,
        "title": matter.title,
        "kind": pack.title.model_dump(),
        "state": state.model_dump(),
        "waits_for": post.model_dump() if post else None,
        "cell": codes.get(matter.cell_id or 0),
        "due_at": due.astimezone(LOCAL).isoformat(timespec="minutes") if due else None,
        "overdue": bool(due and due <= now),
    }


def _goods(
    pack: Pack, matter: Matter, codes: dict[int, str], papers: Sequence[Any], now: datetime
) -> dict[str, Any]:
    return {
        **_matter(pack, matter, codes, now),
        "items": str(matter.facts.get("items") or ""),
        "place": str(matter.facts.get("place") or ""),
        "documents": [one.number for one in papers],
    }


def _command(
    pack: Pack, matter: Matter, codes: dict[int, str], papers: Sequence[Any], now: datetime
) -> dict[str, Any]:
    numbers = [one.number for one in papers if one.kind == "command"]
    word = matter.facts["command"]
    choices = pack.facts.get("command", {}).get("oneOf", ())
    said: dict[str, Any] = next((one for one in choices if one.get("const") == word), {})
    shown = _matter(pack, matter, codes, now)
    return {
        **shown,
        "command": {"zh": said["title"], "en": said["x-title-en"]} if said else shown["state"],
        "key": numbers[-1] if numbers else None,
    }

"""Titles of states, clocks and sources, by the version that a matter is pinned to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy.orm import Session

from gridsup.procedures import versions
from gridsup.procedures.pack import Pack, Words


def pack_of(session: Session, jurisdiction_id: int, row: Any) -> Pack:
    """The procedure of a row that has ``pack``, ``pack_version`` and ``pack_hash``."""
    return versions.pinned(session, jurisdiction_id, row.pack, row.pack_version, row.pack_hash)


def state_title(pack: Pack, state: str) -> Words:
    """The state's title; its name where the version does not know it (renamed by a migration)."""
    known = pack.states.get(state)
    return known.title if known else Words(zh=state, en=state)


def choice_title(pack: Pack, fact: str, value: Any) -> Words:
    """The caption of a fact's value, as the procedure's schema gives it; else the value itself."""
    for one in pack.facts.get(fact, {}).get("oneOf", ()):
        if one.get("const") == value:
            return Words(zh=str(one.get("title", value)), en=str(one.get("x-title-en", value)))
    return Words(zh=str(value), en=str(value))


def limit_standing(clock: Mapping[str, Any]) -> Literal["bureau", "default", "unverified"] | None:
    """Whose the limit of a clock run is, where it is not plainly the law's."""
    rule = clock["explanation"].get("rule")
    if rule and (rule.get("own") or {}).get("limit"):
        return "bureau"
    if not rule or rule["verified"]:
        return None
    return "default" if rule["source"].startswith("本局设定") else "unverified"

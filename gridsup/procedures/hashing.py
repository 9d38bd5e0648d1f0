"""The chain of events: canonical bytes (RFC 8785), hashes over them, and the proof that they still hold.

The hash is taken over stored bytes, never over JSONB: a database may print JSONB differently after an
upgrade. The bytes hold the previous hash, the sequence number, the pack's hash and the form.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from gridsup.errors import FieldFault

SHANGHAI = ZoneInfo("Asia/Shanghai")
GENESIS = "0" * 64
"""What the first event of a matter names as its predecessor."""
_LARGEST = 2**53 - 1

COPIES = {
    "matter_id": "matter",
    "seq": "seq",
    "kind": "kind",
    "action": "action",
    "from_state": "from",
    "to_state": "to",
    "person_id": "person",
    "post": "post",
    "acting_for_id": "acting_for",
    "delegation_id": "delegation",
    "crew": "crew",
    "pack_hash": "pack_hash",
    "prev_hash": "prev",
}
"""Columns of ``events`` that repeat a key of the body."""


def iso(moment: datetime) -> str:
    """An instant as text, in Asia/Shanghai, so that equal instants give equal bytes."""
    return moment.astimezone(SHANGHAI).isoformat()


def canonical(value: Any) -> bytes:
    """Canonical JSON of plain data (RFC 8785)."""
    return bytes(rfc8785.dumps(value))


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def link(previous: str, body: bytes) -> str:
    """The hash of an event whose canonical bytes are ``body`` and whose predecessor has ``previous``."""
    return hashlib.sha256(bytes.fromhex(previous) + body).hexdigest()


def unstorable(value: Any, pointer: str = "") -> Iterable[FieldFault]:
    """What in ``value`` cannot be kept faithfully: NUL, lone surrogates, NaN, integers beyond 2⁵³−1."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from unstorable(str(name), f"{pointer}/{_escaped(str(name))}")
            yield from unstorable(item, f"{pointer}/{_escaped(str(name))}")
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from unstorable(item, f"{pointer}/{position}")
    elif isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            yield FieldFault(
                _escaped_pointer(pointer),
                "含有无法保存的字符。请删除。",
                "Holds characters that cannot be kept.",
            )
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float) and (not math.isfinite(value) or abs(value) > _LARGEST):
        yield FieldFault(pointer, "数字超出可保存的范围。", "The number is beyond what can be kept exactly.")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _escaped_pointer(pointer: str) -> str:
    return pointer.replace("\0", "�").encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Where a chain does not hold. ``what``: ``gap``, ``link``, ``hash``, ``copy:<column>`` or ``head``."""

    matter_id: int
    seq: int
    what: str


def verify_chain(events: Iterable[Any], *, head: tuple[int, str] | None = None) -> list[ChainFault]:
    """Check one matter's events, given in order of ``seq``, against themselves.

    ``events`` have the columns of ``events``; ``head`` is the matter's ``(version, head_hash)``. Returns the
    faults, empty when everything holds.
    """
    faults: list[ChainFault] = []
    previous, seq, matter_id = GENESIS, 0, 0
    for event in events:
        matter_id, seq = event.matter_id, seq + 1
        if event.seq != seq:
            faults.append(ChainFault(matter_id, seq, "gap"))
            seq = event.seq
        if event.prev_hash != previous:
            faults.append(ChainFault(matter_id, seq, "link"))
        if link(event.prev_hash, bytes(event.body)) != event.hash:
            faults.append(ChainFault(matter_id, seq, "hash"))
        faults += [ChainFault(matter_id, seq, f"copy:{column}") for column in _changed_copies(event)]
        previous = event.hash
    if head is not None and head != (seq, previous):
        faults.append(ChainFault(matter_id, head[0], "head"))
    return faults


def _changed_copies(event: Any) -> Iterable[str]:
    body = json.loads(bytes(event.body))
    for column, name in COPIES.items():
        if getattr(event, column) != body[name]:
            yield column
    for column in ("effective_at", "recorded_at"):
        if iso(getattr(event, column)) != body[column]:
            yield column
    if event.data != body:
        yield "data"

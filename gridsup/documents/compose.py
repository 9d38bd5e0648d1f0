"""Puts a paper together: the text of its kind, with every name filled from the matter, as plain JSON.

The same JSON sets the PDF and the Word file, so both carry the same words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gridsup.calendars import local_day
from gridsup.documents import names
from gridsup.documents.kinds import Block, papers
from gridsup.documents.numerals import day_in_numerals, plain_day
from gridsup.documents.source import Signed, Source

BLANK = "＿＿＿＿＿＿"
"""What stands in a sentence where the matter says nothing."""


@dataclass
class Filled:
    """Fills texts from a source and notes which names were missing."""

    source: Source
    missing: list[str] = field(default_factory=list)

    def text(self, text: str, blank: str = BLANK) -> str:
        def one(found: Any) -> str:
            name, optional = found[1], bool(found[2])
            value = names.value_of(self.source, name)
            if value is not None:
                return value
            if optional or name in names.OPTIONAL:
                return ""
            if name not in self.missing:
                self.missing.append(name)
            return blank

        return names.NAME.sub(one, text)

    def holds(self, when: str | None) -> bool:
        if when is None:
            return True
        return all(
            (names.value_of(self.source, one.removeprefix("!")) is None) == one.startswith("!")
            for one in when.split()
        )


def compose(source: Source, *, draft: bool) -> dict[str, Any]:
    """The paper as JSON: head, blocks in order, what is ``missing`` (names that stayed blank)."""
    filled = Filled(source)
    kind = source.kind
    blocks = [
        piece
        for block in papers()[source.name]
        if filled.holds(block.when)
        for piece in _block(filled, block)
    ]
    day = local_day(source.at)
    return {
        "kind": source.name,
        "layout": kind.layout,
        "red": kind.red,
        "bureau": names.WORDS["bureau"](source),
        "title": kind.title_of(source.act).zh,
        "number": source.number,
        "day": day_in_numerals(day),
        "dated": plain_day(day),
        "demo": source.home.demo,
        "practice": source.home.practice,
        "draft": draft,
        "blocks": blocks,
        "missing": filled.missing,
    }


def _block(filled: Filled, block: Block) -> list[dict[str, Any]]:
    text = filled.text
    if block.p is not None:
        return [{"t": "p", "text": one} for one in text(block.p).split("\n") if one.strip()]
    if block.salute is not None:
        return [{"t": "salute", "text": text(block.salute)}]
    if block.h is not None:
        return [{"t": "h", "text": text(block.h)}]
    if block.annex is not None:
        return [{"t": "annex", "text": text(block.annex)}]
    if block.copies is not None:
        return [{"t": "copies", "text": text(block.copies)}]
    if block.note is not None:
        return [{"t": "note", "text": text(block.note)}]
    if block.lines is not None:
        return [{"t": "lines", "items": [text(one) for one in block.lines]}]
    if block.grid is not None:
        return [{"t": "grid", "rows": [_row(filled, row) for row in block.grid]}]
    if block.table is not None:
        rows = names.LISTS[block.table.of](filled.source)
        return [{"t": "table", "head": block.table.head, "widths": block.table.widths, "rows": rows}]
    if block.approvals:
        return [{"t": "grid", "rows": [_signature(one) for one in filled.source.signatures]}]
    if block.receipt is not None:
        return [{"t": "receipt", "items": [text(one) for one in block.receipt], "qr": filled.source.number}]
    if block.contact:
        return [{"t": "contact", "items": contact(filled.source)}]
    return [{"t": "sign"}]


def contact(source: Source) -> list[str]:
    """Whom to ask, where."""
    phone = source.bureau.get("phone")
    address = source.home.settings.get("office_address")
    return [
        f"联系人：{'、'.join(one.name for one in source.persons) or BLANK}",
        f"联系电话：{phone or BLANK}",
        f"联系地址：{address or names.WORDS['station'](source) or names.WORDS['bureau'](source)}",
    ]


def _row(filled: Filled, row: list[str | int]) -> dict[str, Any]:
    """``cells``: label and text in turn; ``tall``: least height in mm."""
    cells = [filled.text(cell, "") for cell in row if isinstance(cell, str)]
    return {"cells": cells, "tall": next((cell for cell in row if isinstance(cell, int)), 0)}


def _signature(one: Signed) -> dict[str, Any]:
    said = ""
    if one.agreed is not None:
        said = one.opinion or ("同意。" if one.agreed else "不同意。")
    at = plain_day(local_day(one.at)) if one.at else "年　　月　　日"
    return {
        "cells": [f"{one.post.zh}意见", said],
        "tall": 30,
        "foot": f"签名：{one.name or '　　　　　　'}　　{at}",
    }

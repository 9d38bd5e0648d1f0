"""Pages by cursor: it holds the sort keys of the last row seen, so rows that arrive meanwhile do no harm."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from api.validation import bad_text
from gridsup.errors import FieldFault, Invalid

Item = TypeVar("Item")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=200, description="At most so many items")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next` of the page before")]


class Page(BaseModel, Generic[Item]):
    """Some items, and the cursor of those that follow (null on the last page)."""

    items: list[Item]
    next: str | None = Field(default=None, description="pass it as `cursor` for the items that follow")


def encode(keys: Sequence[Any]) -> str:
    """An opaque cursor of sort keys (numbers, texts, dates, instants, None)."""
    plain = [key.isoformat() if isinstance(key, date) else key for key in keys]
    return urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).rstrip(b"=").decode()


def decode(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The sort keys of a cursor, checked against their kinds (int, str, float, date, datetime).

    A key may be None where its column is. Without a cursor: None.

    Raises:
        Invalid: ``cursor`` when it was not made here, or for another list.
    """
    if cursor is None:
        return None
    try:
        raw = json.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        if not isinstance(raw, list) or len(raw) != len(kinds):
            raise ValueError("another list's cursor")
        return tuple(_key(value, kind) for value, kind in zip(raw, kinds, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        zh, en = (
            "翻页标记无效，请从第一页重新开始。",
            "The cursor is not valid; begin again with the first page.",
        )
        raise Invalid("cursor", zh=zh, en=en, faults=[FieldFault("/cursor", zh, en)]) from None


def _key(value: Any, kind: type[Any]) -> Any:
    if value is None:
        return None
    if issubclass(kind, date):
        return kind.fromisoformat(value)
    if type(value) is not kind:
        raise TypeError("another kind of key")
    if isinstance(value, str) and bad_text(value):
        raise ValueError("not a text that was ever stored")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("beyond bigint")
    return value


def page(
    rows: Sequence[Row], limit: int, show: Callable[[Row], Item], keys: Callable[[Row], Sequence[Any]]
) -> Page[Item]:
    """A page of ``rows``, of which one more than ``limit`` was asked to see whether others follow."""
    shown = rows[:limit]
    more = encode(keys(shown[-1])) if len(rows) > limit else None
    return Page(items=[show(row) for row in shown], next=more)

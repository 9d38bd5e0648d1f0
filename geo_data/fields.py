"""The fields of a business row and the headers by which bureaux call them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

import yaml

from geo_data.values import squeeze

LEVELS = " / "
"""Joins the levels of a header that stands in several rows: ``坐标 / 经度``."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record, its two captions and the headers that mean it (weak ones only when nothing
    better is there)."""

    name: str
    zh: str
    en: str
    headers: tuple[str, ...]
    weak: tuple[str, ...] = ()


def _load() -> tuple[Field, ...]:
    text = resources.files("geo_data").joinpath("reference/business_fields.yaml").read_text("utf-8")
    return tuple(
        Field(name, entry["zh"], entry["en"], tuple(entry["headers"]), tuple(entry.get("weak", ())))
        for name, entry in yaml.safe_load(text).items()
    )


BUSINESS_FIELDS = _load()
IGNORED_HEADERS = frozenset({"序号", "原因", "行号", "id", "no", "no.", "fid", "编号", "原始行号"})
"""Headers that say nothing about the business: counting columns, and the reasons of a rejected file."""

BY_NAME = {field.name: field for field in BUSINESS_FIELDS}


def header_key(header: str) -> str:
    """A header as it is compared: narrow, lower-case, without blanks, asterisks and end colons."""
    return squeeze(header).lower().replace("*", "").replace("／", "/").rstrip(":：")


def without_brackets(key: str) -> str:
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", key)


STRONG: dict[str, str] = {header_key(h): f.name for f in BUSINESS_FIELDS for h in f.headers}
WEAK: dict[str, str] = {header_key(h): f.name for f in BUSINESS_FIELDS for h in f.weak}


def is_known_header(text: str) -> bool:
    """Whether a cell reads like the header of a known column; of joined levels the last counts."""
    key = header_key(text.split(LEVELS)[-1])
    plain = without_brackets(key)
    return any(k in STRONG or k in WEAK or k in IGNORED_HEADERS for k in (key, plain) if k)

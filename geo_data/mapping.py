"""Which column means which field: proposed from headers and contents, overridden by a person, saved."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from geo_data.fields import (
    BY_NAME,
    IGNORED_HEADERS,
    LEVELS,
    STRONG,
    WEAK,
    header_key,
    without_brackets,
)
from geo_data.tables import RawTable
from geo_data.values import Cell, as_text, squeeze
from gridsup.errors import FieldFault, Invalid

SAMPLE = 50
"""Filled cells of a column that are looked at."""
_CODE18 = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.IGNORECASE)
_CODE15 = re.compile(r"\d{15}")


@dataclass(slots=True)
class ColumnMapping:
    """``columns``: column name → field; ``constants``: field → one value for every row. Plain data."""

    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [f for f in (*self.columns.values(), *self.constants) if f not in BY_NAME]
        if unknown:
            raise Invalid(
                "mapping-unknown-field",
                zh="没有名为“{unknown}”的字段。可用的字段：{fields}。",
                en="There is no field {unknown}. Fields are: {fields}.",
                faults=[FieldFault(c, "没有这个字段", "no such field") for c in self._unknown_at()],
                unknown=unknown[0],
                fields="、".join(BY_NAME),
            )
        seen: dict[str, str] = {}
        for column, name in self.columns.items():
            if name in seen:
                raise Invalid(
                    "mapping-field-twice",
                    zh="“{first}”和“{second}”两列都对应“{field}”，请只保留一列。",
                    en="The columns {first} and {second} both mean {field}; keep one.",
                    faults=[
                        FieldFault(
                            f"/columns/{_token(column)}",
                            f"“{seen[name]}”已对应这个字段",
                            f"{seen[name]} means this field already",
                        )
                    ],
                    first=seen[name],
                    second=column,
                    field=BY_NAME[name].zh,
                )
            seen[name] = column

    def _unknown_at(self) -> list[str]:
        return [f"/columns/{_token(c)}" for c, f in self.columns.items() if f not in BY_NAME] + [
            f"/constants/{_token(f)}" for f in self.constants if f not in BY_NAME
        ]

    def column_of(self, name: str) -> str | None:
        """The column that holds a field."""
        return next((column for column, f in self.columns.items() if f == name), None)

    def pick(self, values: Mapping[str, Cell]) -> dict[str, Cell]:
        """A row's values by field; a filled cell goes before the constant."""
        picked: dict[str, Cell] = dict(self.constants)
        for column, name in self.columns.items():
            cell = values.get(column)
            if as_text(cell) is not None or name not in picked:
                picked[name] = cell
        return picked

    def to_dict(self) -> dict[str, Any]:
        return {"columns": dict(self.columns), "constants": dict(self.constants)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ColumnMapping:
        return cls(dict(data.get("columns", {})), dict(data.get("constants", {})))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping with its certainty per column (0 … 1), and the columns that nothing was made of."""

    mapping: ColumnMapping
    confidence: dict[str, float]
    unmapped: list[str]


def fingerprint(columns: Iterable[str]) -> str:
    """Hash of the column names, whatever their order and spelling of blanks: finds a saved mapping again."""
    keys = sorted({header_key(c) for c in columns})
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def propose(table: RawTable) -> Proposal:
    """Propose a field for each column; each field goes to the column that it fits best.

    Certainty: 1.0 the header is known, 0.9 known without its brackets, 0.8 the contents are credit codes,
    0.75 the header contains a known one, 0.6 a weak word such as 名称.
    """
    offers = [
        (score, -order, column, name)
        for order, column in enumerate(table.columns)
        for name, score in _offers(column, table.column(column, SAMPLE)).items()
    ]
    columns: dict[str, str] = {}
    confidence: dict[str, float] = {}
    taken: set[str] = set()
    for score, _, column, name in sorted(offers, key=lambda o: (-o[0], -o[1], o[3])):
        if column in columns or name in taken:
            continue
        columns[column], confidence[column] = name, score
        taken.add(name)
    ordered = {c: columns[c] for c in table.columns if c in columns}
    mapping = ColumnMapping(ordered)
    return Proposal(mapping, confidence, unmapped(table.columns, mapping))


def unmapped(columns: Iterable[str], mapping: ColumnMapping) -> list[str]:
    """Columns that nothing is made of, counting columns and the like apart."""
    return [c for c in columns if c not in mapping.columns and header_key(c) not in IGNORED_HEADERS]


def override(proposal: Proposal, changes: Mapping[str, str | None], table: RawTable) -> ColumnMapping:
    """A person's word over the proposal: column → field, or → None for "not imported".

    A field that a person gives to one column is taken from the column that was proposed for it.
    Raises Invalid ``mapping-unknown-column``, ``mapping-unknown-field`` or ``mapping-field-twice``.
    """
    for column in changes:
        if column not in table.columns:
            raise Invalid(
                "mapping-unknown-column",
                zh="文件中没有“{column}”这一列。现有的列：{columns}。",
                en="The file has no column {column}. It has: {columns}.",
                faults=[FieldFault(f"/columns/{_token(column)}", "文件中没有这一列", "no such column")],
                column=column,
                columns="、".join(table.columns),
            )
    wanted = {f for f in changes.values() if f}
    columns = {c: f for c, f in proposal.mapping.columns.items() if c not in changes and f not in wanted}
    columns.update({c: f for c, f in changes.items() if f})
    ordered = {c: columns[c] for c in table.columns if c in columns}
    return ColumnMapping(ordered, dict(proposal.mapping.constants))


def _token(name: str) -> str:
    """A name as a part of an RFC 6901 pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _offers(column: str, sample: list[Cell]) -> dict[str, float]:
    """Fields that a column may mean, with certainties."""
    full = header_key(column.replace(LEVELS, ""))
    if full in IGNORED_HEADERS:
        return {}
    offers: dict[str, float] = {}
    parts = [header_key(part) for part in column.split(LEVELS)]
    for key, weight in ((full, 1.0), (parts[-1], 0.98), (parts[0], 0.5)):
        _offer_words(offers, key, weight)
    _offer_contents(offers, sample)
    return offers


def _offer_words(offers: dict[str, float], key: str, weight: float) -> None:
    plain = without_brackets(key)
    for word, score in ((key, 1.0), (plain, 0.9)):
        if word in STRONG:
            _raise(offers, STRONG[word], score * weight)
        if word in WEAK:
            _raise(offers, WEAK[word], 0.6 * weight)
    inside = [word for word in STRONG if len(word) >= 3 and not word.isascii() and word in plain]
    if inside and not offers:
        _raise(offers, STRONG[max(inside, key=len)], 0.75 * weight)


def _offer_contents(offers: dict[str, float], sample: list[Cell]) -> None:
    """Codes are told by their shape, whatever the header says."""
    texts = [squeeze(text) for cell in sample if (text := as_text(cell))]
    if len(texts) < 3:
        return
    eighteen = sum(bool(_CODE18.fullmatch(t)) and not t[6:14].startswith(("19", "20")) for t in texts)
    fifteen = sum(bool(_CODE15.fullmatch(t)) for t in texts)
    if eighteen and fifteen and eighteen + fifteen >= 0.8 * len(texts):
        code = {"uscc", "registration_no", "licence_no"} & offers.keys()
        if code or not offers:
            _raise(offers, "licence_no", 1.01 if code else 0.8)
    elif eighteen >= 0.8 * len(texts) and not offers:
        _raise(offers, "uscc", 0.8)


def _raise(offers: dict[str, float], name: str, score: float) -> None:
    offers[name] = max(offers.get(name, 0.0), round(score, 3))

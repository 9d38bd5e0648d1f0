"""The measures in data (measures.yaml): read, judged sound, and refused where one would count money."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, model_validator

from gridsup.procedures.pack import Strict, Words
from gridsup.reviews.checklist import Grade, Span

FILE = Path(__file__).with_name("measures.yaml")
Stage = Literal["patrol", "finding", "receipt", "disposal", "feedback", "review"]
STAGES: tuple[Stage, ...] = ("patrol", "finding", "receipt", "disposal", "feedback", "review")
PROCEDURES = frozenset({"unlicensed_operation", "referral", "rectification"})
"""Procedures whose clocks and acts may be measured: none that ends in a fine or collects one."""
MONEY = re.compile(
    r"罚|没收|金额|收缴|款|元(?!件)|fine[sd]?\b|fining|penalt|punish|confiscat|amount|money|yuan|pay|"
    r"collect(?:ed|ion)|revenue",
    re.IGNORECASE,
)
"""Words that no measure may name (administrative penalty law, art. 74)."""
PARAMETERS: dict[str, set[str]] = {
    "households": set(),
    "on_site": {"within_m"},
    "clocks": {"clocks", "of"},
    "returns": {"acts", "by"},
    "photos": {"acts", "least"},
    "spot_checks": set(),
    "files": set(),
    "corrections": set(),
}
"""Kind of measure → what it must say besides."""


class Measure(Strict):
    """One entry. Its value is the share of ``rows`` that are ``ok``, from 0 to 1."""

    id: str
    stage: Stage
    aspect: Literal["time", "quality"]
    weight: int = Field(ge=1, le=100)
    title: Words
    kind: Literal[
        "households", "on_site", "clocks", "returns", "photos", "spot_checks", "files", "corrections"
    ]
    rows: Words
    ok: Words
    source: str
    within_m: float | None = Field(default=None, gt=0)
    clocks: list[str] | None = None
    of: Literal["holder", "doer"] | None = None
    acts: list[str] | None = None
    by: list[str] | None = None
    least: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _sound(self) -> Measure:
        given = {name for name in ("within_m", "clocks", "of", "acts", "by", "least") if getattr(self, name)}
        if given != PARAMETERS[self.kind]:
            raise ValueError(f"{self.id}: {self.kind} takes {sorted(PARAMETERS[self.kind])}")
        named = [*(self.clocks or ()), *(self.acts or ()), *(self.by or ())]
        if strange := [one for one in named if one.split(".")[0] not in PROCEDURES]:
            raise ValueError(f"{self.id}: no appraisal over {strange}: it could count fines (art. 74)")
        words = [self.id, *named]
        words += [text for each in (self.title, self.rows, self.ok) for text in (each.zh, each.en)]
        if money := [one for one in words if MONEY.search(one)]:
            raise ValueError(f"{self.id}: money is no measure of an officer (art. 74): {money}")
        return self

    @property
    def formula(self) -> Words:
        return Words(
            zh=f"{self.ok.zh} ÷ {self.rows.zh} × {self.weight} 分",
            en=f"{self.ok.en} ÷ {self.rows.en} × {self.weight} points",
        )


class Catalogue(Strict):
    """``measures.yaml``: weights add up to 100, every stage has a measure, grades fall to 0."""

    version: int
    objection: Span
    answer: Span
    grades: list[Grade]
    stages: dict[Stage, Words]
    measures: dict[str, Measure]

    @model_validator(mode="before")
    @classmethod
    def _named(cls, told: dict[str, object]) -> dict[str, object]:
        measures = told["measures"]
        if not isinstance(measures, dict):
            raise ValueError("measures by name")
        return {**told, "measures": {name: {"id": name, **one} for name, one in measures.items()}}

    @model_validator(mode="after")
    def _whole(self) -> Catalogue:
        if (total := sum(one.weight for one in self.measures.values())) != 100:
            raise ValueError(f"weights add up to {total}, not 100")
        if set(self.stages) != set(STAGES) or {one.stage for one in self.measures.values()} != set(STAGES):
            raise ValueError("every stage has its title and a measure")
        steps = [grade.from_ for grade in self.grades]
        if steps != sorted(steps, reverse=True) or steps[-1] != 0:
            raise ValueError("grades fall to 0")
        return self

    def in_order(self) -> list[Measure]:
        """By stage, time before quality: stored JSON keeps no order."""
        known = list(self.measures.values())
        return sorted(known, key=lambda one: (STAGES.index(one.stage), one.aspect != "time", one.id))

    def grade(self, points: float) -> Grade:
        """The best grade that so many points of 100 reach."""
        return next(one for one in self.grades if points >= one.from_)


@lru_cache
def catalogue() -> Catalogue:
    return Catalogue.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))

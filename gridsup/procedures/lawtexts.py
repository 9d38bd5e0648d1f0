"""The words of the provisions that the dated tables cite (原文), as far as they were read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import TypeAdapter

from gridsup.procedures.loader import read_yaml
from gridsup.procedures.pack import Strict

NUMBER = "[一二三四五六七八九十百]+"


class Text(Strict):
    """One law: its full title, from when these words are in force, its articles (第五十一条 → words)."""

    title: str
    since: str
    articles: dict[str, str]


@dataclass(frozen=True, slots=True)
class Quoted:
    """An article as it stands in its law."""

    law: str
    article: str
    text: str


@lru_cache
def texts() -> Mapping[str, Text]:
    """The name by which a source cites a law → its text."""
    written = (files(__package__) / "law_texts.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Text]).validate_python(read_yaml(written, "law_texts.yaml")["laws"])


@lru_cache
def _cited() -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(texts(), key=len, reverse=True)))
    part = f"第{NUMBER}条(?:第{NUMBER}款)?(?:第{NUMBER}项)?"
    return re.compile(f"({names})({part}(?:、{part})*)")


def quoted(source: str) -> list[Quoted]:
    """The articles that a source cites and whose words are known, in its order.

    A law that was named with another year (``行政处罚法（1996）第三十三条``) is another text, and not quoted.
    """
    return [
        Quoted(texts()[law].title, article, texts()[law].articles[article])
        for law, articles in _cited().findall(source)
        for article in re.findall(f"第{NUMBER}条", articles)
        if article in texts()[law].articles
    ]

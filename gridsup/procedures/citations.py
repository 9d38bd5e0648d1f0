"""The rules that a procedure rests on, by the names that officers know; a pack cites them by short ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from gridsup.procedures.loader import read_yaml
from gridsup.procedures.pack import Words

LAWS = {
    "APL": Words(zh="行政处罚法", en="Administrative Penalty Law"),
    "AEL": Words(zh="行政强制法", en="Administrative Compulsion Law"),
    "PROC": Words(zh="行政处罚程序规定", en="Penalty Procedure Provisions"),
    "REG": Words(zh="市场主体登记管理条例", en="Registration Regulation"),
    "REGR": Words(zh="登记管理条例实施细则", en="Registration Regulation, rules"),
    "PUB": Words(zh="行政处罚信息公示规定", en="Penalty Publicity Provisions"),
    "684": Words(zh="无证无照经营查处办法", en="Unlicensed Operation Measures (Decree 684)"),
    "370": Words(
        zh="无照经营查处取缔办法（已废止）", en="Unlicensed Operation Measures (Decree 370, repealed)"
    ),
}
"""The same names as in the web's ``shared/rules.ts``; a test holds them together."""
TEXTS = {
    "PUB": LAWS["PUB"],
    "HEARING-3-2018": Words(
        zh="行政处罚听证办法（总局令第3号，未经核对原文）",
        en="Hearing Provisions (Order 3, not checked against the text)",
    ),
    "PUB-20": Words(zh="行政处罚信息公示规定第9条", en="Penalty Publicity Provisions art. 9"),
    "PUB-3M": Words(zh="行政处罚信息公示规定第13条", en="Penalty Publicity Provisions art. 13"),
    "PUB-3Y": Words(zh="行政处罚信息公示规定第13条", en="Penalty Publicity Provisions art. 13"),
    "PROC-83": Words(zh="行政处罚程序规定第82条第5项", en="Penalty Procedure Provisions art. 82(5)"),
}
"""Whole texts, cited without an article; and ids whose number is not their article's."""
_ARTICLE = re.compile(r"([A-Z]+|\d+)-(\d+)(?:-[A-Z]+)?")
_WORKING = re.compile(r"P\d+-")


def cited(rule: str) -> Words:
    """行政处罚法第42条 of ``APL-42``; what is no article of a law keeps its id."""
    if rule in TEXTS:
        return TEXTS[rule]
    found = _ARTICLE.fullmatch(rule)
    if found and found[1] in LAWS:
        law = LAWS[found[1]]
        return Words(zh=f"{law.zh}第{found[2]}条", en=f"{law.en} art. {found[2]}")
    if _WORKING.match(rule):
        return Words(zh=f"工作制度 {rule}", en=f"working rule {rule}")
    return Words(zh=rule, en=rule)


def in_brackets(rules: Iterable[str]) -> Words:
    """All of them in brackets behind a sentence; nothing where there is none."""
    named = [cited(rule) for rule in dict.fromkeys(rules)]
    if not named:
        return Words(zh="", en="")
    return Words(
        zh=f"（{'、'.join(one.zh for one in named)}）", en=f" ({'; '.join(one.en for one in named)})"
    )


@lru_cache
def _sources() -> dict[str, str]:
    text = (files(__package__) / "sources.yaml").read_text(encoding="utf-8")
    named: dict[str, str] = read_yaml(text, "sources.yaml")
    return named


def source(text: str) -> Words:
    """What a row of a dated table rests on, in both languages; the bureau's own words stay."""
    return Words(zh=text, en=_sources().get(text, text))

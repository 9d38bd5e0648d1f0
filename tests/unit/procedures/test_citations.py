"""Rules are named as officers know them, alike on the server and in the browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.law_tables import law_tables
from gridsup.procedures.citations import LAWS, TEXTS, cited, in_brackets, source
from gridsup.procedures.loader import load_packs

WEB = Path(__file__).parents[3] / "web/src/shared/rules.ts"
NAMED = re.compile(r'^  "?([A-Z0-9-]+)"?: (?:\{ zh: "([^"]+)", en: "([^"]+)" \}|LAWS\.(\w+)!),$', re.M)


def test_no_rule_of_a_pack_is_told_by_its_id() -> None:
    for each in load_packs():
        pack = each.pack
        parts = (pack.actions, pack.clocks, pack.approvals)
        for rule in {rule for part in parts for one in part.values() for rule in one.rules}:
            assert cited(rule).zh != rule, (pack.id, rule)


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("APL-36", "行政处罚法第36条", "Administrative Penalty Law art. 36"),
        ("APL-72-RATE", "行政处罚法第72条", "Administrative Penalty Law art. 72"),
        ("PROC-83", "行政处罚程序规定第82条第5项", "Penalty Procedure Provisions art. 82(5)"),
        ("684-3", "无证无照经营查处办法第3条", "Unlicensed Operation Measures (Decree 684) art. 3"),
        ("P9-N1", "工作制度 P9-N1", "working rule P9-N1"),
        ("EIGHT", "EIGHT", "EIGHT"),
    ],
)
def test_a_rule_is_named_by_law_and_article(rule: str, zh: str, en: str) -> None:
    assert (cited(rule).zh, cited(rule).en) == (zh, en)
    assert in_brackets([rule, rule]).zh == f"（{zh}）"


def test_the_browser_names_the_laws_alike() -> None:
    first, second = WEB.read_text(encoding="utf-8").split("const TEXTS")
    laws = {found[0]: (found[1], found[2]) for found in NAMED.findall(first)}
    assert laws == {name: (one.zh, one.en) for name, one in LAWS.items()}
    texts = {
        found[0]: laws[found[3]] if found[3] else (found[1], found[2]) for found in NAMED.findall(second)
    }
    assert texts == {name: (one.zh, one.en) for name, one in TEXTS.items()}


def test_what_every_row_of_the_dated_tables_rests_on_has_an_english_name() -> None:
    rows = [row for table in law_tables(None) for row in table.rows]
    told = [words for row in rows for words in (row.source, row.seizure) if words]
    assert len(told) > 100
    assert [one.zh for one in told if re.search("[\u4e00-\u9fff]", one.en)] == []
    assert source("本局文件〔2026〕1号").en == "本局文件〔2026〕1号"

"""``gridsup law`` prints the words of what it cites, as the page 法规依据 does."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from gridsup.cli import app
from gridsup.procedures.lawtexts import texts

ASKED = ["law", "unlicensed", "--act", "2020-01-01", "--decided", "2026-11-01", "--refused"]


def test_both_laws_are_printed_in_their_own_words() -> None:
    told = CliRunner().invoke(app, ASKED).output
    for law, article in (
        ("无证无照经营查处办法（国务院令第684号）", "第十三条"),
        ("市场主体登记管理条例", "第四十三条"),
    ):
        assert texts()[law].articles[article] in told.replace("\n", "")
    given = json.loads(CliRunner().invoke(app, [*ASKED, "--json"]).stdout)["texts"]
    assert {one["article"] for found in given.values() for one in found} == {
        "第十三条",
        "第四十三条",
        "第六十八条",
    }


def test_a_law_whose_words_are_not_at_hand_is_named() -> None:
    told = (
        CliRunner()
        .invoke(app, ["law", "unlicensed", "--act", "2016-01-01", "--decided", "2017-01-01"])
        .output
    )
    assert "原文未载" in told

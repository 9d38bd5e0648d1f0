"""``gridsup allocate``: an answer for programs, and refusals by name."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from gridsup.cli import app


def allocate(tmp_path: Path, facts: object, *options: str) -> Result:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    return CliRunner().invoke(app, ["allocate", str(file), "--json", *options])


def test_it_answers_lead_body_inform_rule_and_what_was_passed_over(tmp_path: Path) -> None:
    facts = {"trade": "食品摊贩", "occupies_road": True, "catering": False}
    answer = json.loads(allocate(tmp_path, facts).stdout)
    assert (answer["lead"], answer["inform"], answer["rule"]) == ("D21", ["D01"], "P9-C1-20")
    assert answer["body"] == "城市管理执法局"
    assert answer["internal"] is False
    assert answer["considered"][0]["missing"] == ["suspected_crime"]


def test_the_day_the_finder_and_separate_departments_count(tmp_path: Path) -> None:
    facts = {"students_dining": True}
    for options, internal in (
        ((), True),
        (("--on", "2016-05-01"), False),
        (("--separate", "D10"), False),
        (("--finder", "D06"), False),
    ):
        assert json.loads(allocate(tmp_path, facts, *options).stdout)["internal"] is internal


def test_what_it_does_not_know_is_refused_by_name(tmp_path: Path) -> None:
    for facts, name in (({"foodstall": True}, "foodstall"), ({"permit_status": "lost"}, "permit_status")):
        refused = allocate(tmp_path, facts)
        assert refused.exit_code != 0
        assert name in str(refused.exception) + refused.output
    assert allocate(tmp_path, ["no object"]).exit_code != 0


def test_a_file_that_is_not_there_is_not_called_wrong_and_a_mark_at_its_start_is_read(tmp_path: Path) -> None:
    missing = CliRunner().invoke(app, ["allocate", str(tmp_path / "none.json")])
    assert missing.exit_code != 0
    assert "没有文件" in missing.output
    marked = tmp_path / "marked.json"
    marked.write_text('{"trade": "没有的行业"}', encoding="utf-8-sig")
    told = CliRunner().invoke(app, ["allocate", str(marked)])
    assert told.exit_code == 0
    assert "没有的行业" in told.output

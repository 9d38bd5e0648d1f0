"""The command line speaks both languages, answers programs in JSON and refuses in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gridsup.cli import GROUPS, app, instance
from gridsup.errors import Conflict
from gridsup.settings import get_settings


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GRIDSUP_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_period_is_counted_for_programs() -> None:
    answer = json.loads(run("period", "2026-02-10", "5WD", "--json").stdout)
    assert answer["due"] == "2026-02-24"
    assert answer["provisional"] is False
    assert {day["date"] for day in answer["skipped"]} >= {"2026-02-16", "2026-02-23"}
    assert answer["calendar"]


def test_a_period_counts_backward_with_a_minus_sign() -> None:
    assert json.loads(run("period", "2026-02-10", "-3D", "--json").stdout)["due"] <= "2026-02-07"


def test_the_last_day_rolls_unless_told_not_to() -> None:
    rolled = json.loads(run("period", "2026-02-10", "7D", "--json").stdout)["due"]
    kept = json.loads(run("period", "2026-02-10", "7D", "--roll", "none", "--json").stdout)["due"]
    assert (kept, rolled) == ("2026-02-17", "2026-02-24")


@pytest.mark.parametrize("wrong", [("2026-02-30", "5WD"), ("2026-02-10", "5 moons")])
def test_a_refusal_is_one_sentence_in_each_language_and_exit_1(wrong: tuple[str, str]) -> None:
    both = run("period", *wrong)
    assert both.exit_code == 1
    assert both.stdout == ""
    zh, en = both.stderr.strip().split("\n")
    only = run("--lang", "en", "period", *wrong)
    assert only.stderr.strip() == en != zh
    assert "Traceback" not in both.stderr


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_every_group_loads_and_explains_itself(group: str) -> None:
    answer = run(group, "--help")
    assert answer.exit_code == 0
    assert f"{group} [OPTIONS]" in answer.stdout


def test_one_application_per_data_folder(data_dir: Path) -> None:
    assert instance.running() is None
    with instance.claim("http://127.0.0.1:1") as one:
        one.tell(url="http://127.0.0.1:1", ready=True)
        assert instance.running()["url"] == "http://127.0.0.1:1"
        with pytest.raises(Conflict) as refusal, instance.claim("http://127.0.0.1:2"):
            pass
        assert refusal.value.code == "already-running"
    assert instance.running() is None


def test_a_bureau_needs_a_division_code_and_a_metric_crs(data_dir: Path) -> None:
    good = {"--code": "420103", "--name": "江汉区", "--srid": "4547", "--admin": "王"}
    for change, sentence in (({"--code": "42"}, "division code"), ({"--srid": "4490"}, "projected")):
        answer = run("init", *[part for pair in (good | change).items() for part in pair])
        assert answer.exit_code == 1
        assert sentence in answer.stderr
    assert not (data_dir / "postgres").exists(), "a refused start leaves no cluster behind"

"""``gridsup import`` on a bureau's files, from the check to the rejected rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from gridsup import db
from gridsup.cli import app
from gridsup.db import set_jurisdiction
from gridsup.registry.model import Business
from gridsup.settings import get_settings
from tests import factories
from tests.conftest import Clone

J = factories.JURISDICTION
Run = Callable[..., Result]
ROWS = (
    "市场主体台账,,,,\n字号名称,统一社会信用代码,经营地址,经度,纬度\n"
    "老王热干面,91330100799655058B,前进四路12号,114.262,30.602\n小李水果店,,前进四路14号,,\n"
    "张记粮油,9.13E+17,前进四路16号,114.262,30.602\n合计,3,,,\n"
)


def _forget() -> None:
    get_settings.cache_clear()
    db.app_engine.cache_clear()
    db.owner_engine.cache_clear()


@pytest.fixture
def run(clone: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """``gridsup …`` on a clone with one bureau in it."""
    with Session(clone.owner) as session, session.begin():
        set_jurisdiction(session, J)
        factories.bureau(session)
    monkeypatch.setenv("GRIDSUP_DATABASE_URL", clone.url)
    monkeypatch.setenv("GRIDSUP_DATA_DIR", str(tmp_path / "data"))
    _forget()
    yield lambda *words: CliRunner().invoke(app, ["import", *words])
    _forget()


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "台账.csv"
    path.write_text(ROWS, "gb18030")
    return path


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def businesses(clone: Clone) -> int:
    with Session(clone.owner) as session:
        set_jurisdiction(session, J)
        return session.scalar(select(func.count()).select_from(Business)) or 0


def test_the_good_rows_land_and_the_bad_ones_lie_beside_the_file(
    run: Run, clone: Clone, upload: Path
) -> None:
    done = answer(run("businesses", str(upload), "--datum", "GCJ-02", "--tolerance", "2000", "--json"))
    assert (done["good"], done["bad"], done["state"], done["datum"]) == (2, 1, "confirmed", "GCJ-02")
    assert (done["result"]["landed"], done["result"]["unplaced"]) == (2, 1)
    assert [r["code"] for r in done["reasons"] if r["level"] == "fault"] == ["code-became-number"]
    assert [d["code"] for d in done["dropped"]] == ["row-total"]
    rejected = Path(done["rejected_file"])
    assert (rejected.parent, rejected.name) == (upload.parent, "台账-退回.xlsx")
    assert businesses(clone) == 2


def test_a_dry_run_keeps_nothing(run: Run, clone: Clone, upload: Path) -> None:
    done = answer(run("businesses", str(upload), "--datum", "WGS84", "--dry-run", "--json"))
    assert (done["good"], done["state"]) == (2, "checked")
    assert businesses(clone) == 0
    assert answer(run("list", "--json")) == []


def test_a_batch_may_be_staged_first_and_confirmed_later(run: Run, clone: Clone, upload: Path) -> None:
    staged = answer(run("businesses", str(upload), "--datum", "WGS84", "--stage", "--json"))
    assert businesses(clone) == 0
    assert answer(run("confirm", str(staged["batch"]), "--json"))["landed"] == 2
    assert [b["state"] for b in answer(run("list", "--json"))] == ["confirmed"]


def test_the_same_file_again_says_so_and_fails(run: Run, clone: Clone, upload: Path) -> None:
    answer(run("businesses", str(upload), "--datum", "WGS84", "--json"))
    again = run("businesses", str(upload), "--datum", "WGS84")
    assert again.exit_code == 1
    assert "已经导入过" in again.output
    assert businesses(clone) == 2


def test_coordinates_without_a_datum_are_refused_with_the_choices(run: Run, upload: Path) -> None:
    refused = run("businesses", str(upload))
    assert refused.exit_code == 1
    assert "GCJ-02" in refused.output


def test_a_mapping_from_a_file_is_saved_under_a_name(run: Run, tmp_path: Path) -> None:
    path, mapping = tmp_path / "a.csv", tmp_path / "mapping.json"
    path.write_text("招牌,在哪\n老王,甲路1号\n", "utf-8")
    mapping.write_text(json.dumps({"招牌": "name", "在哪": "address"}), "utf-8")
    words = ("businesses", str(path), "--mapping", str(mapping), "--save-mapping", "街道表", "--json")
    assert answer(run(*words))["good"] == 1
    other = tmp_path / "b.csv"
    other.write_text("在哪,招牌\n乙路1号,老张\n", "utf-8")
    assert answer(run("businesses", str(other), "--json"))["columns"] == {"招牌": "name", "在哪": "address"}
    mapping.write_text("[1]")
    assert run("businesses", str(other), "--mapping", str(mapping)).exit_code == 1


def test_a_person_reads_what_happened(run: Run, upload: Path) -> None:
    told = run("businesses", str(upload), "--datum", "WGS84")
    assert told.exit_code == 0
    assert "合格 2 行，退回 1 行" in told.output
    assert "2 landed (1 not placed" in told.output
    assert "合计行" in told.output


def test_streets_and_a_boundary(run: Run, tmp_path: Path) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text("code,name\n420103001,民族街道\n", "utf-8")
    assert answer(run("bodies", str(codes), "--json"))["landed"] == 1
    shape = tmp_path / "a.geojson"
    ring = [[114.2, 30.5], [114.3, 30.5], [114.3, 30.7], [114.2, 30.7], [114.2, 30.5]]
    shape.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    assert run("boundary", str(shape)).exit_code == 1
    assert (
        answer(run("boundary", str(shape), "--datum", "CGCS2000", "--for", "420103001", "--json"))["landed"]
        == 1
    )

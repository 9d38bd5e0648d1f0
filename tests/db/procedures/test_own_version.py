"""docs/changing-a-procedure.md, run: a bureau changes a limit and adds a step, and open matters move."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from gridsup.cli.procedures import app
from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.procedures import engine, own, upkeep, versions, views
from gridsup.procedures.acting import Acting
from gridsup.procedures.checker import check_pack
from gridsup.procedures.effects import known
from gridsup.procedures.engine import Header
from gridsup.procedures.loader import LoadedPack, load_packs
from gridsup.procedures.proof import differences, verify
from gridsup.wiring import wire
from tests import factories
from tests.db.procedures.small_bureau import MONDAY

PAGE = Path(__file__).resolve().parents[3] / "docs" / "changing-a-procedure.md"
J = factories.JURISDICTION


def edited(text: str) -> str:
    """The copy with the page's edits."""
    edits = re.findall(
        r"^   ```diff\n(.*?)^   ```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(edits) == 2
    for edit in edits:
        lines = [line[3:] for line in edit.splitlines()]
        before, after = ("\n".join(one[1:] for one in lines if one[0] == sign) for sign in "-+")
        assert before in text
        text = text.replace(before, after, 1)
    return text


def test_the_page_holds(session: Session) -> None:
    wire()
    bureau = factories.bureau(session)
    bureau.officers["brigade"] = factories.officer(session, "brigade", bureau.bureau_id)
    keys = iter(range(100))

    def open_one() -> int:
        header = Header("请求支援", station_id=bureau.station_id)
        acting = Acting(bureau.officers["station_head"], "station_head")
        form = {"resistance": "拒绝检查"}
        key = f"o{next(keys)}"
        return engine.open_matter(
            session, "brigade_support", acting, header, form, key=key, now=MONDAY
        ).matter_id

    def act(matter: int, action: str, form: dict[str, Any]) -> None:
        acting = Acting(bureau.officers["brigade"], "brigade")
        key = f"a{next(keys)}"
        engine.act(session, matter, action, acting, form, key=key, expected_version=None, now=MONDAY)

    before = open_one()
    copied = CliRunner().invoke(app, ["copy", "brigade_support"]).stdout
    loaded = LoadedPack.from_text(edited(copied), "brigade_support-1001.yaml")
    assert own.install(session, J, loaded)
    assert not own.install(session, J, loaded)  # the same again is no news
    after = open_one()
    due = {m: views.deadlines(session, m, now=MONDAY)[0]["due_at"] - MONDAY for m in (before, after)}
    assert due[after].total_seconds() == 4 * 3600
    assert due[before].total_seconds() > 4 * 3600
    act(before, "take_on", {"plan": "两人到场"})
    with pytest.raises(NotFound):
        act(before, "visit", {"seen": "大门紧锁"})
    assert upkeep.migrate_matters(session, "brigade_support", 1001, now=MONDAY) == [before]
    act(before, "visit", {"seen": "大门紧锁"})
    act(before, "report", {"content": "已支援"})
    assert list(verify(session)) == []
    assert list(differences(session)) == []


def test_a_used_version_never_changes_and_low_numbers_are_the_products(session: Session) -> None:
    wire()
    factories.bureau(session)
    text = own.copy("brigade_support")
    own.install(session, J, LoadedPack.from_text(text, "a.yaml"))
    changed = LoadedPack.from_text(text.replace("检查大队支援", "检查大队支持"), "b.yaml")
    with pytest.raises(Conflict) as refused:
        own.install(session, J, changed)
    assert refused.value.code == "pack-changed"
    low = LoadedPack.from_text(text.replace("version: 1001", "version: 99"), "c.yaml")
    with pytest.raises(Invalid) as number:
        own.install(session, J, low)
    assert number.value.code == "own-version"
    unsound = LoadedPack.from_text(
        text.replace("version: 1001", "version: 1002").replace("posts: [brigade]", "posts: [brigad]"),
        "d.yaml",
    )
    with pytest.raises(Invalid) as faults:
        own.install(session, J, unsound)
    assert faults.value.code == "pack-unsound"
    assert versions.in_force(session, J, "brigade_support", MONDAY.date())[0].version == 1001


@pytest.mark.parametrize("pack_id", load_packs().ids())
def test_every_pack_can_be_copied_and_the_copy_is_sound(pack_id: str) -> None:
    wire()
    loaded = LoadedPack.from_text(own.copy(pack_id), f"{pack_id}-1001.yaml")
    assert check_pack(loaded.pack, load_packs().with_pack(loaded), effects=known()) == []
    latest = load_packs().latest(pack_id)
    assert loaded.pack.migration is not None
    assert loaded.pack.migration.from_version == latest.version
    assert loaded.pack.actions == latest.actions

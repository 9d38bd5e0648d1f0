"""Packs are read strictly, hashed over canonical bytes, and found by version and day."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest

from gridsup.errors import Invalid, NotFound
from gridsup.procedures.loader import LoadedPack, PackLibrary, load_packs, read_yaml

TINY = """
id: tiny
version: {version}
title: {{zh: 小, en: tiny}}
effective_from: "{since}"
opening: open
states:
  live: {{title: {{zh: 办理, en: live}}, waits_for: dispatcher}}
  over: {{title: {{zh: 完, en: over}}, end: true}}
milestones: {{}}
actions:
  open: {{title: {{zh: 开, en: open}}, from: [start], to: live, posts: [dispatcher]}}
  close: {{title: {{zh: 结, en: close}}, from: [live], to: over, posts: [dispatcher], outcome: done}}
"""


def tiny(version: int = 1, since: str = "2020-01-01") -> LoadedPack:
    return LoadedPack.from_text(TINY.format(version=version, since=since), f"tiny-{version}.yaml")


def test_words_stay_words_and_dates_stay_strings() -> None:
    data = read_yaml("{on: off, day: 2017-10-01, yes: no, flag: true, n: 5}", "x.yaml")
    assert data == {"on": "off", "day": "2017-10-01", "yes": "no", "flag": True, "n": 5}


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        read_yaml("a: 1\nb: 2\na: 3\n", "twice.yaml")
    assert caught.value.code == "yaml-syntax"
    assert "twice" in caught.value.text("en")


def test_a_misspelt_key_is_refused_with_its_place() -> None:
    with pytest.raises(Invalid) as caught:
        LoadedPack.from_text(
            TINY.format(version=1, since="2020-01-01").replace("outcome: done", "outcom: done"), "tiny.yaml"
        )
    assert [fault.pointer for fault in caught.value.faults] == ["/actions/close/outcom"]


def test_the_hash_is_sha256_over_canonical_json_and_ignores_layout() -> None:
    pack = tiny()
    assert pack.hash == hashlib.sha256(pack.content).hexdigest()
    assert b": " not in pack.content
    shuffled = dict(reversed(json.loads(pack.content).items()))
    assert LoadedPack.from_data(shuffled, "other.yaml").hash == pack.hash


def test_a_pack_comes_back_whole_from_its_stored_bytes() -> None:
    for loaded in load_packs():
        again = LoadedPack.from_content(loaded.content)
        assert again.pack == loaded.pack
        assert again.hash == loaded.hash


def test_versions_stand_side_by_side_and_the_day_chooses() -> None:
    library = PackLibrary([tiny(2, "2022-03-01"), tiny(1, "2020-01-01")])
    assert library.versions("tiny") == (1, 2)
    assert library.latest("tiny").version == 2
    assert library.latest("tiny", date(2022, 2, 28)).version == 1
    assert library.latest("tiny", date(2022, 3, 1)).version == 2
    with pytest.raises(NotFound, match="pack-not-in-force"):
        library.latest("tiny", date(2019, 12, 31))
    with pytest.raises(NotFound, match="pack-unknown"):
        library.get("tiny", 3)


def test_one_version_in_two_files_is_refused() -> None:
    with pytest.raises(Invalid, match="pack-twice"):
        PackLibrary([tiny(), tiny()])

"""Tiles over HTTP: signed in, permitted, cached until what they show has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import asinh, pi, radians, tan
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gridsup.registry import service
from gridsup.registry.drafts import BusinessDraft, PlaceDraft
from tests.mvt import read

LON, LAT = 114.262, 30.602


def url(layer: str, zoom: int = 15) -> str:
    span = 2**zoom
    x, y = int((LON + 180) / 360 * span), int((1 - asinh(tan(radians(LAT))) / pi) / 2 * span)
    return f"/api/tiles/{layer}/{zoom}/{x}/{y}.mvt"


def add(bureau: Any, name: str) -> None:
    with bureau.session() as session:
        draft = BusinessDraft(
            name=name, place=PlaceDraft(address=f"{name}1号", point=(LON, LAT)), source="test"
        )
        service.add(session, bureau.id, draft, officer_id=None)


@pytest.fixture
def listening(bureau: Any) -> Iterator[TestClient]:
    """A signed-in client of an app whose listener runs."""
    client = bureau.client("dispatcher")
    with client:
        assert bureau.app.state.hub.listening.wait(30)
        yield client


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return sorted(one.properties["name"] for one in read(answer.content)["businesses"].features)


def test_tiles_need_a_sign_in_and_a_permission(bureau: Any) -> None:
    assert bureau.anonymous().get(url("cells")).status_code == 401
    liaison = bureau.client("liaison")
    assert liaison.get(url("businesses")).status_code == 403
    assert liaison.get(url("matters")).status_code == 403
    assert liaison.get(url("basemap")).status_code == 200


@pytest.mark.parametrize("layer", ["cells", "businesses", "unlicensed", "matters", "basemap"])
def test_every_layer_answers_at_every_zoom(bureau: Any, layer: str) -> None:
    client = bureau.client("dispatcher")
    for zoom in (0, 5, 11, 14, 20):
        answer = client.get(url(layer, zoom))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
        read(answer.content)


@pytest.mark.parametrize("path", ["cells/3/8/0", "cells/21/0/0", "cells/99999999999999999999/0/0"])
def test_there_is_no_tile_outside_the_pyramid(bureau: Any, path: str) -> None:
    answer = bureau.client("dispatcher").get(f"/api/tiles/{path}.mvt")
    assert answer.status_code == 422
    assert answer.json()["code"] == "no-such-tile"


def test_a_day_that_is_none_is_refused(bureau: Any) -> None:
    client = bureau.client("dispatcher")
    assert client.get(url("cells"), params={"day": "2024-02-30"}).status_code == 422
    assert client.get(url("cells"), params={"day": "2024-02-29"}).status_code == 200


def test_an_unchanged_tile_is_not_sent_again(bureau: Any) -> None:
    add(bureau, "甲店")
    client = bureau.client("dispatcher")
    first = client.get(url("businesses"))
    assert first.headers["content-encoding"] == "gzip"
    assert "private" in first.headers["cache-control"]
    again = client.get(url("businesses"), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get(url("businesses"), headers={"Accept-Encoding": "identity"})
    assert plain.content == first.content


def test_a_kept_tile_lives_until_what_it_shows_has_changed(
    bureau: Any, listening: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gridsup.registry import tiles

    made: list[int] = []
    original = tiles.businesses

    def counted(*args: Any) -> bytes:
        made.append(1)
        return original(*args)

    monkeypatch.setattr("api.routes.tiles.register.businesses", counted)
    heard: list[int | None] = []
    bureau.app.state.hub.watchers.append(lambda jurisdiction, _: heard.append(jurisdiction))
    add(bureau, "甲店")
    _until(lambda: bureau.id in heard, "nobody heard of the first change")
    assert names(listening.get(url("businesses"))) == ["甲店"]
    assert names(listening.get(url("businesses"))) == ["甲店"]
    assert len(made) == 1
    add(bureau, "乙店")
    _until(
        lambda: names(listening.get(url("businesses"))) == ["乙店", "甲店"],
        "the change never reached the tile",
    )
    assert len(made) == 2


def _until(true: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def test_nothing_is_kept_while_nobody_listens(bureau: Any) -> None:
    client = bureau.client("dispatcher")
    assert read(client.get(url("businesses")).content) == {}
    add(bureau, "甲店")
    assert names(client.get(url("businesses"))) == ["甲店"]


def test_another_jurisdictions_tile_is_never_served(bureau: Any, another_bureau: Any) -> None:
    add(bureau, "甲店")
    assert names(bureau.client("dispatcher").get(url("businesses"))) == ["甲店"]
    assert read(another_bureau().client("dispatcher").get(url("businesses")).content) == {}

"""CQL2 filters over HTTP: what they mean, what they refuse, and that nothing at all breaks the service."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridsup.gis.layers import LAYERS
from tests.api.streets import Streets
from tests.api.town import CRS84, EPSG, SHOP, items, names, refusal, transformed


@pytest.fixture(scope="module")
def desk(town: Streets) -> Any:
    return town.as_("dispatcher")


SHOPS = {"h": "和平饭店", "o": "未落点O'Neil小店", "w": "王记早点摊"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name = '和平饭店'", "h"),
        ("name = '未落点O''Neil小店'", "o"),
        ("name <> '和平饭店'", "ow"),
        ("name LIKE '%店'", "ho"),
        ("name NOT LIKE '%店'", "w"),
        ("name LIKE '和_饭店'", "h"),
        ("CASEI(name) LIKE CASEI('%o''neil%')", "o"),
        ("CASEI(name) = casei('未落点o''NEIL小店')", "o"),
        ("risk >= 4", "ho"),
        ("risk = 4.0", "ho"),
        ("risk > 3.5", "ho"),
        ("4 <= risk", "ho"),
        ("risk BETWEEN 4 AND 9", "ho"),
        ("risk NOT BETWEEN 4 AND 9", "w"),
        ("risk IN (1, 2, 3)", "w"),
        ("risk not in (1, 2, 3)", "ho"),
        ("risk < 99999999999", "how"),
        ("cell_code IS NULL", "o"),
        ("cell_code is not null", "hw"),
        ("NOT (risk = 4 AND name LIKE '和%')", "ow"),
        ("NOT NOT risk = 4", "ho"),
        ("risk = 4 AND (name LIKE '和%' OR name LIKE '未%')", "ho"),
        ("risk < 4 OR risk = 4 AND name LIKE '和%'", "hw"),
        ("demo = FALSE", "how"),
        ("licence_status = 'none'", "w"),
        ("opened_on = DATE('2026-01-05')", "h"),
        ("opened_on = '2026-01-05'", "h"),
        ("T_AFTER(opened_on, DATE('2026-01-04'))", "h"),
        ("T_BEFORE(opened_on, DATE('2026-01-05'))", ""),
        ("T_DURING(opened_on, INTERVAL('2026-01-01', '..'))", "h"),
        ("T_INTERSECTS(opened_on, INTERVAL('..', '2026-01-05'))", "h"),
        ("T_EQUALS(opened_on, TIMESTAMP('2026-01-05T00:00:00+08:00'))", "h"),
        ("S_INTERSECTS(geometry, BBOX(114.2649, 30.6149, 114.2651, 30.6151))", "h"),
        ("S_WITHIN(geometry, POLYGON((114 31, 114.2 31, 114.2 30, 114 31)))", ""),
        ("S_INTERSECTS(POINT(114.265 30.615), geometry)", "h"),
        ("S_DISJOINT(geometry, MULTIPOINT((114.265 30.615), (1 2)))", "w"),
        ('"name" = \'和平饭店\'', "h"),
    ],
)  # fmt: skip
def test_filters_say_what_they_mean(desk: Any, text: str, found: str) -> None:
    assert sorted(names(desk, "businesses", filter=text)) == sorted(SHOPS[one] for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "", "name", "name =", "= 1", "name = '和", "(name = 'x'", "name = 'x')", "phone = '1'",
        "operator_id_no IS NOT NULL", "search LIKE '%a%'", "jurisdiction_id = 1", "name = 1", "risk = 'a'",
        "demo = 1", "1 = 1", "name > risk", "name LIKE 1", "name LIKE 'x\\'", "risk BETWEEN 'a' AND 'b'",
        "geometry = 1", "S_INTERSECTS(name, POINT(1 2))", "S_INTERSECTS(geometry, geometry)",
        "S_INTERSECTS(geometry, POLYGON((1 2, 3 4)))", "S_NEAR(geometry, POINT(1 2))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "pg_sleep(5)", "lower(name) = 'x'",
        "name = 'x'; DROP TABLE cells", "opened_on = 'soon'",
        "DATE('2026-13-01') = opened_on", "risk = 1e400",
        "T_AFTER(name, DATE('2026-01-01'))", "T_DURING(opened_on, DATE('2026-01-01'))", "EXISTS name",
        "x" * 5000,
    ],
)  # fmt: skip
def test_a_bad_filter_is_refused_in_words(desk: Any, text: str) -> None:
    assert refusal(desk, "businesses", filter=text) == "filter"


def test_a_very_long_chain_is_no_trouble(desk: Any) -> None:
    chain = " OR ".join(f"risk={n}" for n in range(300))
    assert len(items(desk, "businesses", filter=chain)) == 3
    assert len(items(desk, "businesses", filter="(" * 900 + "risk=4" + ")" * 900)) == 2
    nested = "NOT(risk=1 AND " * 150 + "risk=1" + ")" * 150
    assert refusal(desk, "businesses", filter=nested) == "filter"


def test_a_filters_geometry_is_read_in_its_own_system(desk: Any) -> None:
    y, x = transformed(4547, *SHOP)
    text = f"S_INTERSECTS(geometry, BBOX({y - 5}, {x - 5}, {y + 5}, {x + 5}))"
    assert names(desk, "businesses", filter=text, **{"filter-crs": f"{EPSG}4547"}) == ["和平饭店"]
    flipped = "S_INTERSECTS(geometry, POINT(30.615 114.265))"
    assert names(desk, "businesses", filter=flipped, **{"filter-crs": f"{EPSG}4490"}) == ["和平饭店"]
    assert names(desk, "businesses", filter=flipped) == []


def test_every_queryable_is_a_parameter(desk: Any) -> None:
    for name, layer in LAYERS.items():
        [first, *_] = items(desk, name)
        for one in layer.fields:
            value = first["properties"][one.name]
            if value is None:
                continue
            asked = str(value).lower() if one.kind == "boolean" else str(value)
            if one.kind == "instant":
                continue  # shown to the second, kept to the microsecond
            found = items(desk, name, **{one.name: asked})
            assert first["id"] in [each["id"] for each in found], (name, one.name, asked)


PIECES = st.one_of(
    st.sampled_from(
        ["name", "risk", "opened_on", "geometry", "=", "<", "LIKE", "NOT", "AND", "OR", "(", ")", "IN",
         "BETWEEN", "IS NULL", "'x'", "'%'", "3", "-1e9", "DATE('2026-01-01')", "POINT(1 2)",
         "POINT(1e300 2)", ",", "CASEI(", "S_INTERSECTS(", "T_AFTER(", "INTERVAL('..','..')", "BBOX(1,2,3,4)",
         "true", "ENVELOPE", "\"", "''"]
    ),
    st.text(max_size=5),
)  # fmt: skip


@settings(
    max_examples=80,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    params=st.dictionaries(
        st.one_of(
            st.sampled_from(
                ["limit", "offset", "after", "bbox", "bbox-crs", "crs", "datetime", "risk", "demo"]
            ),
            st.text(max_size=8),
        ),
        st.one_of(
            st.text(max_size=20),
            st.integers().map(str),
            st.lists(st.floats(), min_size=4, max_size=6).map(lambda one: ",".join(map(str, one))),
            st.sampled_from([CRS84, f"{EPSG}4490", f"{EPSG}3857", f"{EPSG}4547", "2026-01-01/..", "true"]),
        ),
        max_size=4,
    ),
    text=st.none() | st.lists(PIECES, max_size=9).map(" ".join),
    layer=st.sampled_from(sorted(LAYERS)),
)  # fmt: skip
def test_whatever_is_asked_the_answer_is_features_or_a_refusal(
    desk: Any, params: dict[str, str], text: str | None, layer: str
) -> None:
    asked = {key: value.encode("utf-8", "replace").decode() for key, value in params.items()}
    if text is not None:
        asked["filter"] = text.encode("utf-8", "replace").decode()
    answer = desk.get(f"/ogc/collections/{layer}/items", params=asked)
    assert answer.status_code in (200, 400), (answer.status_code, asked, answer.text)

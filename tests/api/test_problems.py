"""Refusals are RFC 9457 problems in the asked language; what no column holds is refused, never a 5xx."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from api.bbox import parse_bbox
from api.language import choose
from api.pagination import decode, encode
from api.validation import flaw
from gridsup.errors import Invalid


def test_a_problem_says_it_in_the_asked_language(bureau):
    client = bureau.anonymous()
    zh = client.get("/api/officers", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    en = client.get("/api/officers", headers={"Accept-Language": "en-GB,en"})
    assert zh.headers["content-type"] == en.headers["content-type"] == "application/problem+json"
    assert (zh.json()["detail"], en.json()["detail"]) == ("请先登录。", "Sign in first.")
    assert (zh.headers["content-language"], en.headers["content-language"]) == ("zh", "en")
    assert zh.json()["code"] == en.json()["code"] == "not-signed-in"
    assert zh.json()["type"] == "urn:gridsup:problem:not-signed-in"
    assert en.json()["request_id"] == en.headers["x-request-id"]


def test_faults_point_at_the_fields_in_both_languages(bureau):
    client = bureau.client("admin")
    body = {"kind": "planet", "name": "  "}
    zh = client.post("/api/organisations", json=body, headers={"Accept-Language": "zh"}).json()
    en = client.post("/api/organisations", json=body).json()
    assert {fault["pointer"]: fault["detail"] for fault in zh["faults"]} == {
        "/kind": "只能是 'bureau'、'section'、'station'、'group'、'street'、'community'、'department'",
        "/code": "必填",
        "/name": "至少 1 个字符",
    }
    assert {fault["pointer"] for fault in en["faults"]} == {"/kind", "/code", "/name"}
    assert {fault["where"] for fault in en["faults"]} == {"body"}
    query = client.get("/api/officers?limit=0").json()
    assert [(f["where"], f["pointer"]) for f in query["faults"]] == [("query", "/limit")]


def test_a_text_of_a_wrong_form_is_told_what_it_should_look_like(bureau):
    client = bureau.client("manager")
    report = {"kind": "monthly", "month": "2026-13"}
    for language, told in (("zh", "应为月份，如 2026-03"), ("en", "must be a month such as 2026-03")):
        answer = client.post("/api/board/reports", json=report, headers={"Accept-Language": language}).json()
        assert [(one["pointer"], one["detail"]) for one in answer["faults"]] == [("/month", told)]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'{"kind":"street","code":"a\\u0000b","name":"x"}', 422),
        (b'{"kind":"street","code":"\\ud800","name":"x"}', 422),
        (b'{"kind":"street","code":"c","name":"x","\\ud800":1}', 422),
        (b'{"kind":"street","code":"c","name":"x","more":NaN}', 422),
        (b'{"kind":"street","code":"c","name":"x","parent_id":9223372036854775808}', 422),
        (b'{"kind":"street","code":"c","name":"x","parent_id":1e400}', 422),
        (b'{"kind":"street","code":"c","name":"x","parent_id":77777}', 422),
        (b"[" * 100_000, 400),
        (b'{"a":' * 500 + b"1" + b"}" * 500, 422),
        (b"{", 422),
        (b"\xff", 400),
        (b"null", 422),
        (b"", 422),
        (b"1" * 5000, 400),
    ],
)
def test_a_body_that_cannot_be_stored_is_refused(bureau, raw, status):
    client = bureau.client("admin")
    answer = client.post("/api/organisations", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "url",
    [
        "/api/officers?text=%00",
        "/api/officers?text=%ED%A0%80",
        "/api/officers?organisation_id=99999999999999999999",
        "/api/officers?cursor=%%%",
        "/api/officers?cursor=WzFd",
        "/api/officers?cursor=bnVsbA",
        "/api/postings?post=%00",
        "/api/postings?day=10000-01-01",
        "/api/leaves?since=0000-00-00",
    ],
)
def test_a_query_that_makes_no_sense_is_refused_or_finds_nothing(bureau, url):
    assert bureau.client("admin").get(url).status_code in (200, 422)


def test_a_body_too_large_is_refused_before_it_is_read(bureau):
    answer = bureau.client("admin").post(
        "/api/organisations",
        content=b" " * (3 * 1024 * 1024),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")


def test_unknown_addresses_and_methods_are_problems_too(bureau):
    client = bureau.anonymous()
    for answer, status in ((client.get("/api/nothing"), 404), (client.put("/api/health"), 405)):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_taken_key_is_a_conflict_in_words(bureau):
    client = bureau.client("admin")
    body = {"kind": "street", "code": "S1", "name": "甲"}
    assert client.post("/api/organisations", json=body).status_code == 201
    again = client.post("/api/organisations", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "organisation-code")


def test_an_error_that_nobody_foresaw_is_logged_and_told_without_its_text(bureau, caplog, monkeypatch):
    client = bureau.client("admin")
    monkeypatch.setattr("api.routes.people.queries.organisations", lambda *_, **__: 1 / 0)
    answer = client.get("/api/organisations")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "division" not in answer.text
    assert answer.json()["request_id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_a_database_that_is_gone_is_a_503(bureau, monkeypatch):
    client = bureau.client("admin")

    def gone(*_, **__):
        raise OperationalError("SELECT secret", {}, Exception("server closed"))

    monkeypatch.setattr("api.routes.people.queries.organisations", gone)
    answer = client.get("/api/organisations")
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
    assert "secret" not in answer.text


def test_a_request_that_fails_leaves_nothing_behind(bureau):
    client = bureau.client("admin")
    officer = bureau.officer("inspector")
    before = _count(bureau)
    change = {"deputy_id": None, "last_day": "1999-01-01"}  # the first half is good, the second is not
    assert client.patch(f"/api/postings/{officer.posting_ids[0]}", json=change).status_code == 422
    assert _count(bureau) == before


def _count(bureau):
    with bureau.clone.owner.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM audit_entries"))


def test_pages_carry_the_headers_that_keep_them_safe(bureau):
    headers = bureau.anonymous().get("/api/health").headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "worker-src 'self' blob:" in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_a_request_id_from_outside_is_kept_only_when_it_is_plain(bureau):
    client = bureau.anonymous()
    assert client.get("/api/health", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/api/health", headers={"X-Request-Id": "a b\tc"}).headers["x-request-id"] != "a b\tc"


def test_the_description_names_problems_security_and_each_operation_once(bureau):
    schema = bureau.app.openapi()
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    ids = [one["operationId"] for one in operations]
    assert len(ids) == len(set(ids))
    assert {"sign_in", "get_me", "list_officers"} <= set(ids)
    for one in operations:
        problem = one["responses"]["4XX"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}
        assert "422" not in one["responses"]
    assert {"Problem", "Fault"} <= set(schema["components"]["schemas"])
    assert set(schema["components"]["securitySchemes"]) == {"session", "csrf", "token"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("fr", "zh"),
        ("en", "en"),
        ("fr, en;q=0.5, zh;q=0.4", "en"),
        ("zh-TW;q=0.9,en;q=0.8", "zh"),
        ("en;q=0", "zh"),
        ("en;q=x, zh;q=0.1", "zh"),
    ],
)
def test_the_first_language_that_both_know_wins(header, language):
    assert choose(header) == language


@given(st.tuples(st.text(), st.integers(-(2**63), 2**63 - 1), st.datetimes(), st.none()))
def test_a_cursor_comes_back_as_it_went(keys):
    if any(0xD800 <= ord(letter) < 0xE000 or letter == "\0" for letter in keys[0]):
        return
    kinds = (str, int, type(keys[2]), str)
    assert decode(encode(keys), *kinds) == keys


@given(st.text(max_size=60))
def test_any_other_text_is_no_cursor(cursor):
    with pytest.raises(Invalid):
        decode(cursor, str, int)


@given(st.text(max_size=40) | st.lists(st.floats(), max_size=5).map(lambda xs: ",".join(map(str, xs))))
def test_a_box_is_a_box_or_a_refusal(written):
    try:
        box = parse_bbox(written)
    except Invalid:
        return
    assert -180 <= box.minx <= box.maxx <= 180
    assert -90 <= box.miny <= box.maxy <= 90


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_what_is_found_storable_encodes(value):
    if flaw(value) is None:
        str(value).encode("utf-8")
        assert "\0" not in str(value)

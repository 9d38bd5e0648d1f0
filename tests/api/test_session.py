"""Signing in, staying signed in, and what may not be done without the anti-forgery header."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from api.auth import COOKIE, CSRF_HEADER

PASSWORD = "a plain sentence as password"  # noqa: S105 - of the tests


def _sign_in(client, username, password, **more):
    return client.post("/api/session", json={"username": username, "password": password, **more})


def test_the_right_password_opens_a_session_that_names_the_person(bureau):
    who = bureau.officer("dispatcher", name="林调度")
    client = bureau.anonymous()
    answer = _sign_in(client, who.username, PASSWORD)
    assert answer.status_code == 201, answer.text
    me = answer.json()
    assert (me["name"], me["via"], me["must_change"]) == ("林调度", "session", False)
    assert "cells:assign" in me["permissions"]
    assert me["capacities"][0]["post"] == "dispatcher"
    assert client.get("/api/session").json()["csrf"] == me["csrf"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "; secure" not in cookie


def test_over_https_the_cookie_is_secure(bureau):
    who = bureau.officer("dispatcher")
    client = bureau.anonymous()
    client.base_url = "https://testserver"
    assert "; secure" in _sign_in(client, who.username, PASSWORD).headers["set-cookie"].lower()


def test_the_database_never_holds_the_secret_of_the_cookie(bureau):
    client = bureau.client("dispatcher")
    secret = client.cookies[COOKIE].partition(".")[2]
    with bureau.clone.owner.connect() as connection:
        stored = connection.execute(text("SELECT secret_hash, csrf_hash FROM sign_ins")).one()
    assert secret.encode() not in (bytes(stored.secret_hash), bytes(stored.csrf_hash))
    assert len(stored.secret_hash) == 32


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(bureau):
    who = bureau.officer("dispatcher")
    client = bureau.anonymous()
    answers = [_sign_in(client, name, "not the password") for name in (who.username, "nobody")]
    bodies = [{k: v for k, v in one.json().items() if k != "request_id"} for one in answers]
    assert bodies[0] == bodies[1]
    assert [one.status_code for one in answers] == [401, 401]


def test_five_wrong_tries_lock_the_name_even_for_the_right_password(bureau):
    who = bureau.officer("dispatcher")
    client = bureau.anonymous()
    for name in (who.username, "nobody"):
        assert [_sign_in(client, name, "wrong password").status_code for _ in range(5)] == [401] * 5
        locked = _sign_in(client, name, PASSWORD)
        assert locked.status_code == 429
        assert 800 < int(locked.headers["retry-after"]) <= 901


def test_the_lock_ends_and_grows_and_a_good_sign_in_forgets_it(bureau):
    who = bureau.officer("dispatcher")
    client = bureau.anonymous()
    for _ in range(5):
        _sign_in(client, who.username, "wrong password")
    _pass_the_lock(bureau, who)
    assert _sign_in(client, who.username, "wrong again").status_code == 401
    assert 1700 < int(_sign_in(client, who.username, PASSWORD).headers["retry-after"]) <= 1801
    _pass_the_lock(bureau, who)
    assert _sign_in(client, who.username, PASSWORD).status_code == 201
    assert _sign_in(bureau.anonymous(), who.username, "wrong").status_code == 401
    assert _sign_in(bureau.anonymous(), who.username, PASSWORD).status_code == 201


def _pass_the_lock(bureau, who):
    with bureau.clone.owner.begin() as connection:
        connection.execute(
            text("UPDATE accounts SET locked_until = now() - interval '1 second' WHERE id = :id"),
            {"id": who.account_id},
        )


def test_tries_are_audited_without_what_was_typed(bureau):
    who = bureau.officer("dispatcher")
    client = bureau.anonymous()
    _sign_in(client, who.username, "mistyped secret")
    _sign_in(client, "typed-password-as-name", "x")
    _sign_in(client, who.username, PASSWORD)
    with bureau.clone.owner.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT act, officer_id, detail::text || coalesce(subject, '') AS rest FROM audit_entries"
                " WHERE act LIKE 'sign-in%' ORDER BY id"
            )
        ).all()
    assert [(row.act, row.officer_id) for row in rows] == [
        ("sign-in-failed", who.id),
        ("sign-in-failed", None),
        ("sign-in", who.id),
    ]
    assert not any("typed" in row.rest for row in rows)


def test_the_administrators_one_time_password_opens_nothing_but_its_own_change(bureau):
    client = bureau.anonymous()
    me = _sign_in(client, "admin", bureau.admin_password).json()
    assert me["must_change"] is True
    assert client.get("/api/officers").json()["code"] == "password-must-change"
    client.headers[CSRF_HEADER] = me["csrf"]
    weak = client.put("/api/session/password", json={"current": bureau.admin_password, "new": "password123"})
    assert (weak.status_code, weak.json()["code"]) == (422, "password-weak")
    good = client.put(
        "/api/session/password", json={"current": bureau.admin_password, "new": "four quiet words here"}
    )
    assert good.status_code == 204, good.text
    assert client.get("/api/officers").status_code == 200
    assert _sign_in(bureau.anonymous(), "admin", bureau.admin_password).status_code == 401
    assert _sign_in(bureau.anonymous(), "admin", "four quiet words here").status_code == 201


def test_a_changed_password_ends_the_other_sessions(bureau):
    who = bureau.officer("dispatcher")
    here, elsewhere = bureau.client(officer=who), bureau.client(officer=who)
    changed = here.put("/api/session/password", json={"current": PASSWORD, "new": "another plain sentence"})
    assert changed.status_code == 204
    assert here.get("/api/session").status_code == 200
    assert elsewhere.get("/api/session").status_code == 401


def test_what_changes_something_needs_the_anti_forgery_header_of_its_own_session(bureau):
    client, other = bureau.client("dispatcher"), bureau.client("dispatcher")
    good = client.headers.pop(CSRF_HEADER)
    body = {"language": "en"}
    assert client.put("/api/session/language", json=body).json()["code"] == "csrf"
    for wrong in ("", "x", "é", other.headers[CSRF_HEADER]):
        answer = client.put("/api/session/language", json=body, headers=[(CSRF_HEADER, wrong.encode())])
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert client.put("/api/session/language", json=body, headers={CSRF_HEADER: good}).status_code == 204
    assert client.get("/api/session").json()["language"] == "en"


def test_no_sign_in_is_taken_from_another_site(bureau):
    who = bureau.officer("dispatcher")
    answer = bureau.anonymous().post(
        "/api/session",
        json={"username": who.username, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


def test_signing_out_ends_the_session_in_the_database_too(bureau):
    client = bureau.client("dispatcher")
    cookie = client.cookies[COOKIE]
    assert client.delete("/api/session").status_code == 204
    client.cookies.set(COOKIE, cookie)
    assert client.get("/api/session").status_code == 401


def test_a_session_ends_after_twelve_idle_hours_and_after_a_week(bureau):
    for column, age in (("seen_at", timedelta(hours=12, minutes=1)), ("expires_at", timedelta(seconds=1))):
        client = bureau.client("dispatcher")
        assert client.get("/api/session").status_code == 200
        with bureau.clone.owner.begin() as connection:
            connection.execute(
                text(f"UPDATE sign_ins SET {column} = :at"),
                {"at": datetime.now(UTC) - age},
            )
        assert client.get("/api/session").status_code == 401


def test_an_officer_who_leaves_the_service_is_out_at_once(bureau):
    client = bureau.client("inspector")
    admin = bureau.client("admin")
    assert admin.patch(f"/api/officers/{client.officer.id}", json={"active": False}).status_code == 200
    assert client.get("/api/session").status_code == 401
    assert _sign_in(bureau.anonymous(), client.officer.username, PASSWORD).status_code == 401


def test_nonsense_in_the_cookie_is_simply_nobody(bureau):
    client = bureau.anonymous()
    for value in (
        "x",
        "1",
        "1.",
        ".a",
        "-1.a",
        "99999999999999999999.a",
        "１.a",
        "420103.wrong",
        "420103.a.b",
    ):
        answer = client.get("/api/session", headers={"Cookie": f"{COOKIE}={value}".encode()})
        assert answer.status_code == 401, value


def test_with_several_jurisdictions_the_sign_in_names_one(bureau, another_bureau):
    other = another_bureau()
    here, there = bureau.officer("dispatcher", name="甲"), other.officer("inspector", name="乙")
    assert here.username == there.username
    client = bureau.anonymous()
    assert _sign_in(client, here.username, PASSWORD).json()["code"] == "jurisdiction-needed"
    assert (
        _sign_in(client, here.username, PASSWORD, jurisdiction="nowhere").json()["code"]
        == "jurisdiction-unknown"
    )
    assert _sign_in(client, here.username, PASSWORD, jurisdiction="420103").json()["name"] == "甲"
    assert _sign_in(client, here.username, PASSWORD, jurisdiction="420105").json()["name"] == "乙"
    listed = client.get("/api/jurisdictions").json()
    assert [one["code"] for one in listed] == ["420103", "420105"]
    assert set(listed[0]) == {"code", "name", "name_en", "demo"}


def test_a_session_of_one_jurisdiction_is_nobody_in_another(bureau, another_bureau):
    another_bureau()
    client = bureau.client("dispatcher")
    secret = client.cookies[COOKIE].partition(".")[2]
    client.cookies.clear()
    client.cookies.set(COOKIE, f"420105.{secret}")
    assert client.get("/api/session").status_code == 401

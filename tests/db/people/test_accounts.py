"""Starting a bureau, passwords and their hashes, and who may read the tables of sign-in."""

from __future__ import annotations

import importlib.util
from datetime import UTC, date, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gridsup.errors import Conflict, Invalid, Unauthenticated
from gridsup.people import account_queries, accounts, passwords, queries, service, signins
from gridsup.people.audit import as_auth

PLACE = 420103
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


def _start(session, **more):
    given = {"id": PLACE, "code": "420103", "name": "江汉区", "metric_srid": 4547, "admin_name": "管理员"}
    return service.init_jurisdiction(session, today=date(2026, 3, 2), **{**given, **more})


def _admin(session):
    with as_auth(session):
        return session.scalars(account_queries.account_by_name(PLACE, "admin")).one()


def test_a_new_bureau_has_its_section_and_an_administrator_with_a_one_time_password(session):
    password = _start(session)
    bodies = list(session.scalars(queries.organisations(PLACE)))
    assert {(one.kind, one.name) for one in bodies} == {
        ("bureau", "江汉区市场监督管理局"),
        ("section", "注册股"),
    }
    admin = _admin(session)
    assert admin.must_change
    assert admin.password_hash.startswith("$argon2id$")
    assert passwords.matches(admin.password_hash, password)
    assert password not in admin.password_hash
    held = list(session.scalars(queries.postings_on(PLACE, date(2026, 3, 2))))
    assert [one.post for one in held] == ["admin"]


def test_the_product_hashes_with_full_work():
    """The tests hash with less of it (tests/conftest.py); here the module as it is shipped."""
    found = importlib.util.find_spec("gridsup.people.passwords")
    shipped = importlib.util.module_from_spec(found)
    found.loader.exec_module(shipped)
    assert shipped.hash_password("a plain sentence").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_bureau_starts_only_once(session):
    _start(session)
    with pytest.raises(Conflict):
        _start(session, code="other")


def test_the_role_of_requests_cannot_read_accounts_and_gets_its_own_role_back(session):
    _start(session)
    with as_auth(session):
        assert session.scalar(text("SELECT current_user")) == "gridsup_auth"
        assert session.scalar(text("SELECT count(*) FROM accounts")) == 1
    assert session.scalar(text("SELECT current_user")) == "gridsup_app"
    for table in ("accounts", "sign_ins", "access_tokens"):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(f"SELECT * FROM {table}"))
    assert session.scalar(text("SELECT current_user")) == "gridsup_app"


def test_the_role_of_sign_in_reads_nothing_else_and_no_other_jurisdiction(session):
    _start(session)
    with as_auth(session):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text("SELECT * FROM officers"))
        session.execute(text("SET LOCAL gridsup.jurisdiction = '1'"))
        assert session.scalar(text("SELECT count(*) FROM accounts")) == 0


def test_the_audit_trail_can_be_added_to_and_never_changed(session):
    _start(session)
    for change in ("UPDATE audit_entries SET act = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(change))


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_good_sign_in(session):
    password = _start(session)
    with as_auth(session):
        weak = PasswordHasher(time_cost=1, memory_cost=128, parallelism=1).hash(password)
        queries_admin = session.scalars(account_queries.account_by_name(PLACE, "admin")).one()
        queries_admin.password_hash = weak
    attempt = accounts.begin_attempt(session, PLACE, " ADMIN ", now=NOW)
    accounts.settle_attempt(session, attempt, good=True, password=password)
    renewed = _admin(session).password_hash
    assert passwords.is_stale(weak)
    assert not passwords.is_stale(renewed)
    assert passwords.matches(renewed, password)


def test_a_try_is_counted_before_it_is_judged(session):
    _start(session)
    waits = [accounts.begin_attempt(session, PLACE, "admin", now=NOW).wait for _ in range(7)]
    assert waits == [timedelta()] * 5 + [timedelta(minutes=15)] * 2
    assert _admin(session).failures == 5


def test_a_user_name_is_one_however_it_is_written(session):
    _start(session)
    officer = session.scalars(queries.officers(PLACE)).one().id
    with pytest.raises(Conflict):
        accounts.create_account(session, PLACE, officer, "ＡＤＭＩＮ")
    for bad in ("a", "a b", "x" * 61, "a/b", "a@b", "a:b"):
        with pytest.raises(Invalid):
            accounts.create_account(session, PLACE, officer, bad)


def test_locks_grow_and_stay_below_a_day():
    minutes = [accounts.lock_after(n).total_seconds() / 60 for n in range(4, 14)]
    assert minutes == [0, 15, 30, 60, 120, 240, 480, 960, 1440, 1440]


@pytest.mark.parametrize(
    "weak",
    ["", "short", "123456789", "1234567890", "PassWord123", "aaaaaaaaaaaa", "x" * 201, "lin.admin.2026"],
)
def test_weak_passwords_are_refused_with_a_reason(weak):
    with pytest.raises(Invalid) as refused:
        passwords.check(weak, username="lin.admin")
    assert refused.value.faults[0].zh


def test_one_time_passwords_pass_the_rules_and_differ():
    made = [passwords.one_time_password() for _ in range(200)]
    for one in made:
        passwords.check(one)
    assert len(set(made)) == 200


def test_nobodys_password_matches_nothing():
    assert not passwords.matches(None, "anything at all")
    assert not passwords.matches("not a hash", "anything at all")


def test_a_token_says_when_it_was_over(session):
    _start(session)
    account = _admin(session)
    asked, week = ["cells:read"], NOW + timedelta(days=7)
    _, secret = signins.create_token(
        session, PLACE, account.id, name="QGIS", permissions=asked, allowed=asked, expires_at=week, now=NOW
    )
    assert signins.prove_token(session, PLACE, secret, now=NOW).officer_id == account.officer_id
    with pytest.raises(Unauthenticated) as told:
        signins.prove_token(session, PLACE, secret, now=week)
    assert (told.value.code, "2026-03-09" in told.value.text("zh")) == ("token-expired", True)

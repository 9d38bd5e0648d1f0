"""The catalogue itself is held to the rules of DESIGN: keys led by the jurisdiction, walls on every table."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gridsup.db import APP_ROLE, AUTH_ROLE, set_jurisdiction, transaction
from tests.factories import bureau, business

CODE_LISTS: frozenset[str] = frozenset()
"""Tables of national code lists, shared by all. There is none: they are files of the package."""
NOT_OURS = frozenset({"alembic_version", "spatial_ref_sys"}) | CODE_LISTS
APPEND_ONLY = (
    "events",
    "visits",
    "findings",
    "signatures",
    "pack_versions",
    "merkle_roots",
    "registry_events",
    "audit_entries",
    "cell_lineage",
    "handover_signatures",
    "link_settings",
    "holiday_notices",
    "clock_warnings",
    "spot_draws",
    "spot_steps",
    "urgings",
    "urging_answers",
)
BEFORE_SIGN_IN = ("accounts", "sign_ins", "access_tokens")
DENIED = "42501"


@pytest.fixture
def catalogue(owner: Engine) -> Any:
    with owner.connect() as connection:
        yield connection


def _tables(catalogue: Any) -> list[str]:
    found = catalogue.scalars(
        text(
            "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
    )
    return [name for name in found if name not in NOT_OURS]


def test_the_schema_is_there(catalogue: Any) -> None:
    tables = set(_tables(catalogue))
    assert {"cells", "businesses", "premises", "matters", "events", "visits", "officers"} <= tables
    assert len(tables) > 30


def test_jurisdiction_id_leads_every_key(catalogue: Any) -> None:
    """Primary, unique and foreign keys and EXCLUDE constraints: what partitioning and Citus route by."""
    rows = catalogue.execute(
        text(
            """
            SELECT c.conrelid::regclass::text AS of, c.conname, c.contype::text AS kind, a.attname AS leads
            FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype IN ('p', 'u', 'f', 'x') AND c.connamespace = 'public'::regnamespace
            """
        )
    ).all()
    kinds = {row.kind for row in rows}
    assert kinds == {"p", "u", "f", "x"}
    assert [row for row in rows if row.of not in NOT_OURS and row.leads != "jurisdiction_id"] == []


def test_foreign_keys_point_at_the_jurisdiction_too(catalogue: Any) -> None:
    rows = catalogue.execute(
        text(
            """
            SELECT c.conname, a.attname AS points_at
            FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]
            WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
            """
        )
    ).all()
    assert [row for row in rows if row.points_at != "jurisdiction_id"] == []


def test_jurisdiction_id_leads_every_unique_index(catalogue: Any) -> None:
    rows = catalogue.execute(
        text(
            """
            SELECT i.indrelid::regclass::text AS of, i.indexrelid::regclass::text AS index, a.attname AS leads
            FROM pg_index i
            JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indisunique
            """
        )
    ).all()
    assert [row for row in rows if row.of not in NOT_OURS and row.leads != "jurisdiction_id"] == []


def test_exclusions_compare_the_jurisdiction_by_equality(catalogue: Any) -> None:
    rows = catalogue.execute(
        text(
            """
            SELECT c.conname, o.oprname FROM pg_constraint c
            JOIN pg_operator o ON o.oid = c.conexclop[1]
            WHERE c.contype = 'x' AND c.connamespace = 'public'::regnamespace
            """
        )
    ).all()
    assert rows
    assert [row for row in rows if row.oprname != "="] == []


def test_every_table_has_a_jurisdiction_that_is_never_null(catalogue: Any) -> None:
    having = set(
        catalogue.scalars(
            text(
                "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public'"
                " AND column_name = 'jurisdiction_id' AND is_nullable = 'NO' AND data_type = 'bigint'"
            )
        )
    )
    assert set(_tables(catalogue)) - having == set()


def test_there_are_no_triggers_of_our_own(catalogue: Any) -> None:
    rows = catalogue.execute(
        text(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
        )
    ).all()
    assert rows == []


def test_no_foreign_key_sets_null_or_cascades(catalogue: Any) -> None:
    rows = catalogue.execute(
        text(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
            " AND (confdeltype NOT IN ('a', 'r') OR confupdtype NOT IN ('a', 'r'))"
        )
    ).all()
    assert rows == []


def test_row_level_security_is_on_forced_and_has_policies(catalogue: Any) -> None:
    rows = catalogue.execute(
        text(
            """
            SELECT c.relname::text AS name, c.relrowsecurity, c.relforcerowsecurity,
                   array(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
            FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
            """
        )
    ).all()
    open_ones = [
        row
        for row in rows
        if row.name not in NOT_OURS
        and not (row.relrowsecurity and row.relforcerowsecurity and {"own", "reads"} <= set(row.policies))
    ]
    assert open_ones == []


def test_the_applications_role_owns_nothing_and_has_no_powers(catalogue: Any) -> None:
    for role in (APP_ROLE, AUTH_ROLE):
        rights = catalogue.execute(
            text(
                "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = :r"
            ),
            {"r": role},
        ).one()
        assert not any(rights), role
        owned = catalogue.scalars(
            text("SELECT relname FROM pg_class WHERE relowner = to_regrole(:r)"), {"r": role}
        ).all()
        assert owned == []


def test_nobody_but_the_named_roles_reads_a_table(catalogue: Any) -> None:
    for table in _tables(catalogue):
        public = catalogue.scalar(
            text(
                "SELECT count(*) FROM information_schema.role_table_grants"
                " WHERE table_schema = 'public' AND table_name = :t AND grantee = 'PUBLIC'"
            ),
            {"t": table},
        )
        assert public == 0, table


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_record_cannot_be_changed_by_the_application(session: Session, table: str, verb: str) -> None:
    statement = {
        "UPDATE": f"UPDATE {table} SET jurisdiction_id = jurisdiction_id",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table}",
    }[verb]
    with pytest.raises(DBAPIError) as refusal, session.begin_nested():
        session.execute(text(statement))
    assert refusal.value.orig is not None
    assert getattr(refusal.value.orig, "pgcode", None) == DENIED


@pytest.mark.parametrize("table", BEFORE_SIGN_IN)
def test_the_application_does_not_see_passwords_and_sessions(session: Session, table: str) -> None:
    with pytest.raises(DBAPIError) as refusal, session.begin_nested():
        session.execute(text(f"SELECT * FROM {table}"))
    assert getattr(refusal.value.orig, "pgcode", None) == DENIED


def test_without_a_jurisdiction_nothing_is_visible(clone: Any) -> None:
    with transaction(clone.owner, 420103) as session:
        made = bureau(session)
        business(session, made)
    with clone.engine.connect() as connection:
        for table in ("businesses", "cells", "officers", "organisations"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
    with transaction(clone.engine, 420103) as session:
        assert session.scalar(text("SELECT count(*) FROM businesses")) == 1


def test_another_jurisdictions_rows_are_invisible_and_unwritable(clone: Any) -> None:
    with transaction(clone.owner, 420103) as session:
        business(session, bureau(session))
    with transaction(clone.engine, 420105) as session:
        assert session.scalar(text("SELECT count(*) FROM businesses")) == 0
        changed: Any = session.execute(text("UPDATE businesses SET name = 'x'"))
        assert changed.rowcount == 0
        with pytest.raises(DBAPIError, match="row-level security"), session.begin_nested():
            session.execute(
                text("INSERT INTO premises (jurisdiction_id, address, address_key) VALUES (420103, 'a', 'a')")
            )


def test_a_superior_reads_below_and_writes_only_its_own(clone: Any) -> None:
    with transaction(clone.owner, 420103) as session:
        business(session, bureau(session))
    with transaction(clone.engine, 420100, reads=[420103]) as session:
        assert session.scalar(text("SELECT count(*) FROM businesses")) == 1
        changed: Any = session.execute(text("UPDATE businesses SET name = 'x'"))
        assert changed.rowcount == 0


def test_the_context_ends_with_the_transaction(clone: Any) -> None:
    with transaction(clone.owner, 420103) as session:
        business(session, bureau(session))
    with clone.engine.connect() as connection:
        with connection.begin(), Session(connection) as session:
            set_jurisdiction(session, 420103)
            assert session.scalar(text("SELECT count(*) FROM businesses")) == 1
        with connection.begin():
            assert connection.scalar(text("SELECT count(*) FROM businesses")) == 0


def test_the_owner_too_is_bound_unless_it_may_bypass(catalogue: Any) -> None:
    """FORCE: the migration role passes only because it was given BYPASSRLS on purpose."""
    rights = catalogue.execute(
        text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    ).one()
    assert (rights.rolsuper, rights.rolbypassrls) == (False, True)


def test_predicates_on_walled_tables_are_marked_leakproof(catalogue: Any) -> None:
    from gridsup.cluster.bootstrap import leaky

    assert leaky(catalogue) == []

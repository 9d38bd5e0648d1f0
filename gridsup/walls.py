"""Row-level security and grants, put on each table by the migration that creates it.

A frozen migration names its tables; the policy texts stand here once, because a wall with two shapes has
a hole. FORCE matters: without it the owner, whom the policies do not bind, would be the one role that
reads everything by accident.
"""

from __future__ import annotations

from alembic import op

APP_ROLE = "gridsup_app"
AUTH_ROLE = "gridsup_auth"

OWN = "jurisdiction_id = (SELECT nullif(current_setting('gridsup.jurisdiction', true), '')::bigint)"
READS = (
    "jurisdiction_id = ANY ((SELECT nullif(current_setting('gridsup.reads', true), '')::bigint[])::bigint[])"
)
"""The settings are read in a sub-select, once for a statement: read for each row, a scan of 20,000 businesses
took 4.6 times as long."""


def create_roles() -> None:
    """Let the roles in. ``gridsup.cluster.bootstrap`` makes them before the first migration, because the
    owner of the schema is no administrator of roles."""
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {AUTH_ROLE}")


def wall(table: str, *, role: str = APP_ROLE, grants: str = "SELECT, INSERT, UPDATE") -> None:
    """Close ``table`` to all but ``role``, and to that role's own jurisdiction (others for reading)."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON {table} USING ({OWN}) WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY reads ON {table} FOR SELECT USING ({READS})")
    op.execute(f"REVOKE ALL ON {table} FROM PUBLIC")
    op.execute(f"GRANT {grants} ON {table} TO {role}")

"""What a database needs before the first migration: versions, roles, extensions, leakproof predicates.

Works on the private cluster (as its superuser) and on a server that you name (with the rights you give
it). Everything here may be repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from gridsup.cluster.binaries import MIN_POSTGRES
from gridsup.cluster.server import OWNER, SUPERUSER, Cluster
from gridsup.db import APP_ROLE, AUTH_ROLE
from gridsup.errors import Unavailable

MIN_POSTGIS = (3, 3)
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")

LEAKPROOF = {
    "postgis": (
        "geometry_overlaps", "geometry_within", "geometry_contains", "geometry_same",
        "geometry_distance_box", "geometry_distance_centroid", "geography_overlaps",
        "st_intersects", "st_dwithin", "st_contains", "st_within", "st_covers", "st_coveredby",
        "st_distance", "st_transform", "st_expand",
    ),
    "pg_trgm": ("similarity_op", "word_similarity_op", "word_similarity_commutator_op"),
    "pg_catalog": (
        "textlike", "texticlike", "range_contains_elem", "elem_contained_by_range", "range_overlaps",
        "range_contains", "range_contained_by",
    ),
}  # fmt: skip
"""Predicates that queries use on rows under row-level security, by the extension that owns them.

PostgreSQL keeps a predicate that is not LEAKPROOF above the policy and so cannot use a GiST or trigram
index for it (measured: 490 times slower). These reveal nothing of a row that they reject.
"""

_FIND_LEAKY = text(
    """
    SELECT p.oid::regprocedure::text
    FROM pg_proc p
    LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    LEFT JOIN pg_extension e ON e.oid = d.refobjid
    WHERE NOT p.proleakproof AND p.proname = ANY(:names)
      AND coalesce(e.extname, p.pronamespace::regnamespace::text) = :extension
    ORDER BY 1
    """
)


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a running server is: versions as numbers, and what the connected role may do."""

    postgres: int
    postgis: tuple[int, ...] | None
    """The version installed in this database, or else the one the server could install."""
    superuser: bool
    role: str


def server_facts(connection: Connection) -> ServerFacts:
    """Ask the server for its versions and for the rights of the connected role."""
    number = int(connection.scalar(text("SHOW server_version_num")) or 0)
    version = connection.scalar(
        text(
            "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions "
            "WHERE name = 'postgis'"
        )
    )
    rights = connection.execute(
        text("SELECT rolsuper, rolname::text FROM pg_roles WHERE rolname = current_user")
    ).one()
    parts = tuple(int(part) for part in re.findall(r"\d+", version)[:3]) if version else None
    return ServerFacts(number // 10000, parts, rights[0], rights[1])


def check_versions(facts: ServerFacts) -> None:
    """Raise Unavailable when the server is too old, or PostGIS is absent or too old there."""
    if facts.postgres < MIN_POSTGRES:
        raise Unavailable(
            "server-too-old",
            zh="数据库服务器是 PostgreSQL {found}，需要 {minimum} 或更高版本。",
            en="The database server is PostgreSQL {found}; {minimum} or newer is needed.",
            found=facts.postgres,
            minimum=MIN_POSTGRES,
        )
    if facts.postgis is None:
        raise Unavailable(
            "server-without-postgis",
            zh="数据库服务器没有 PostGIS。请在服务器上安装 postgresql-{major}-postgis-3。",
            en="The database server has no PostGIS. Install postgresql-{major}-postgis-3 on the server.",
            major=facts.postgres,
        )
    if facts.postgis < MIN_POSTGIS:
        raise Unavailable(
            "postgis-too-old",
            zh="数据库服务器的 PostGIS 是 {found}，需要 {minimum} 或更高版本。",
            en="PostGIS on the database server is {found}; {minimum} or newer is needed.",
            found=".".join(map(str, facts.postgis)),
            minimum=".".join(map(str, MIN_POSTGIS)),
        )


def leaky(connection: Connection) -> list[str]:
    """The predicates of :data:`LEAKPROOF` that are not marked so: each is right, but slow."""
    found: list[str] = []
    for extension, names in LEAKPROOF.items():
        found += connection.scalars(_FIND_LEAKY, {"names": list(names), "extension": extension})
    return found


def role_statements(owner: str) -> list[str]:
    """The statements that make the two narrow roles and let ``owner`` enter them.

    Neither can sign in. ``gridsup_app`` does not inherit: the rows before sign-in are read only by who
    steps into ``gridsup_auth`` by name, for one transaction.
    """
    make = "DO $$ BEGIN IF to_regrole('{0}') IS NULL THEN CREATE ROLE {0} NOLOGIN NOINHERIT; END IF; END $$"
    return [
        make.format(APP_ROLE),
        make.format(AUTH_ROLE),
        f'GRANT {APP_ROLE} TO "{owner}"',
        f"GRANT {AUTH_ROLE} TO {APP_ROLE}",
    ]


def prepare_private(cluster: Cluster, database: str) -> None:
    """Make the owner, the roles, the database and its extensions on a running private cluster."""
    with _connect(cluster.url("postgres", SUPERUSER)) as connection:
        check_versions(server_facts(connection))
        make_owner = f"CREATE ROLE {OWNER} LOGIN BYPASSRLS"
        connection.execute(
            text(f"DO $$ BEGIN IF to_regrole('{OWNER}') IS NULL THEN {make_owner}; END IF; END $$")
        )
        for statement in role_statements(OWNER):
            connection.execute(text(statement))
        known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": database})
        if not known:
            connection.execute(text(f'CREATE DATABASE "{database}" OWNER {OWNER} TEMPLATE template0'))
    with _connect(cluster.url(database, SUPERUSER)) as connection:
        _prepare_inside(connection)


def prepare_named(url: str) -> None:
    """Check a server that you named and make there what its role may make.

    Raises Unavailable with the statements that its administrator has to run once.
    """
    try:
        with _connect(url) as connection:
            facts = server_facts(connection)
            check_versions(facts)
            try:
                if not _roles_ready(connection):
                    for statement in role_statements(facts.role):
                        connection.execute(text(statement))
                _prepare_inside(connection)
            except ProgrammingError as error:
                raise Unavailable(
                    "server-needs-administrator",
                    zh="数据库用户 {role} 无权完成准备工作。请数据库管理员执行一次：\n{statements}",
                    en="The database role {role} may not prepare the database. Have its administrator run "
                    "this once:\n{statements}",
                    role=facts.role,
                    statements=";\n".join(administrator_statements(facts.role)) + ";",
                ) from error
    except OperationalError as error:
        raise Unavailable(
            "server-unreachable",
            zh="无法连接数据库 {where}：{words}",
            en="The database {where} cannot be reached: {words}",
            where=make_url(url).render_as_string(hide_password=True),
            words=str(error.orig).strip(),
        ) from error


def administrator_statements(role: str) -> list[str]:
    """What a superuser runs once in the database when the platform's own role may not."""
    return [
        *role_statements(role),
        f'ALTER ROLE "{role}" BYPASSRLS',
        *(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS),
    ]


def _roles_ready(connection: Connection) -> bool:
    return bool(
        connection.scalar(
            text(
                "SELECT to_regrole(:app) IS NOT NULL AND to_regrole(:auth) IS NOT NULL "
                "AND pg_has_role(to_regrole(:app), 'MEMBER') AND pg_has_role(to_regrole(:auth), 'MEMBER')"
            ),
            {"app": APP_ROLE, "auth": AUTH_ROLE},
        )
    )


def _prepare_inside(connection: Connection) -> None:
    """Extensions, and leakproof marks where the role is a superuser (``doctor`` tells when they lack)."""
    present = set(connection.scalars(text("SELECT extname::text FROM pg_extension")))
    for name in EXTENSIONS:
        if name not in present:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
    if server_facts(connection).superuser:
        for function in leaky(connection):
            connection.execute(text(f"ALTER FUNCTION {function} LEAKPROOF"))


def _connect(url: str) -> Connection:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    return engine.connect()

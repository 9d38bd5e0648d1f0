"""The database that the platform runs on: a private PostgreSQL + PostGIS cluster, or a server that you name.

Floor: db. ``database_url()`` answers where the database is without starting anything; :class:`Cluster`
creates, starts and stops the private one; ``bootstrap`` makes roles and extensions and checks versions.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import make_url

from gridsup.cluster.binaries import Binaries, find_binaries
from gridsup.cluster.server import OWNER, SUPERUSER, Cluster
from gridsup.errors import Invalid
from gridsup.settings import get_settings

__all__ = [
    "OWNER",
    "SUPERUSER",
    "Binaries",
    "Cluster",
    "database_url",
    "find_binaries",
    "is_private",
    "normal_url",
    "private_cluster",
]


@lru_cache
def private_cluster() -> Cluster:
    """The cluster in the data folder. It may not exist yet, or not run."""
    return Cluster(get_settings().data_dir)


def is_private() -> bool:
    """Whether the platform runs on its own cluster, not on a server named by GRIDSUP_DATABASE_URL."""
    return not get_settings().database_url


def normal_url(url: str) -> str:
    """A PostgreSQL URL in the form that SQLAlchemy's psycopg2 dialect takes. Raises Invalid for others."""
    try:
        parsed = make_url(url)
    except Exception as error:
        raise Invalid(
            "bad-database-url",
            zh="GRIDSUP_DATABASE_URL 不是有效的地址，应形如 postgresql://用户:密码@主机:5432/数据库。",
            en="GRIDSUP_DATABASE_URL is no valid address; write postgresql://user:password@host:5432/database.",
        ) from error
    if parsed.drivername.split("+")[0] not in ("postgresql", "postgres"):
        raise Invalid(
            "not-postgresql",
            zh="GRIDSUP_DATABASE_URL 只支持 PostgreSQL（带 PostGIS），而不是 {dialect}。",
            en="GRIDSUP_DATABASE_URL must name a PostgreSQL server with PostGIS, not {dialect}.",
            dialect=parsed.drivername,
        )
    return parsed.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def database_url() -> str:
    """Where the platform's database is, with the owner's rights: the named server or the private socket."""
    settings = get_settings()
    if settings.database_url:
        return normal_url(settings.database_url)
    return private_cluster().url(settings.database_name)

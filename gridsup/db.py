"""Engines, sessions and tenancy.

One row belongs to one jurisdiction (DESIGN: ``jurisdiction_id`` leads every key). A transaction names its
jurisdiction with a literal ``SET LOCAL``; row-level security compares against it and shows nothing when
it is unset. Queries carry the predicate as well: row-level security is the second wall, not the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    Identity,
    MetaData,
    create_engine,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column

APP_ROLE = "gridsup_app"
"""The role of requests: no owner, no superuser, bound by row-level security, cannot touch old events."""
AUTH_ROLE = "gridsup_auth"
"""The narrow role that reads accounts, sessions and tokens before a jurisdiction is known."""
CHANNEL = "gridsup"
"""Where NOTIFY tells what changed; the API's live updates and its tile cache listen."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of the mapped classes."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        int: BigInteger,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Tenant:
    """Columns of every row that belongs to a jurisdiction: the composite key ``(jurisdiction_id, id)``."""

    @declared_attr
    def jurisdiction_id(cls) -> Mapped[int]:  # noqa: N805
        return mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-2)

    @declared_attr
    def id(cls) -> Mapped[int]:  # noqa: N805
        return mapped_column(BigInteger, Identity(always=False), primary_key=True, sort_order=-1)


def context(jurisdiction_id: int, reads: Iterable[int] = ()) -> str:
    """The statements that bind a transaction to a jurisdiction.

    The values are spelled as literals: ``set_config()`` silently shows no rows on a Citus cluster.
    """
    others = ",".join(str(int(r)) for r in reads)
    return (
        f"SET LOCAL gridsup.jurisdiction = '{int(jurisdiction_id)}'; SET LOCAL gridsup.reads = '{{{others}}}'"
    )


def set_jurisdiction(session: Session, jurisdiction_id: int, *, reads: Iterable[int] = ()) -> None:
    """Bind the running transaction to one jurisdiction for writing, and to ``reads`` besides for reading."""
    session.execute(text(context(jurisdiction_id, reads)))
    session.info["jurisdiction_id"] = int(jurisdiction_id)


def announce(session: Session, jurisdiction_id: int, kind: str, **ids: int) -> None:
    """NOTIFY, when the transaction commits, that things of a kind changed; ids only, never content."""
    payload = json.dumps({"jurisdiction": jurisdiction_id, "kind": kind, **ids}, separators=(",", ":"))
    session.execute(select(func.pg_notify(CHANNEL, payload)))


@contextmanager
def transaction(
    engine: Engine, jurisdiction_id: int | None = None, *, reads: Iterable[int] = ()
) -> Iterator[Session]:
    """One unit of work: commits when the block ends, rolls back when it raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        if jurisdiction_id is not None:
            set_jurisdiction(session, jurisdiction_id, reads=reads)
        yield session


def lost_a_race(error: DBAPIError) -> bool:
    """Whether a statement failed because another transaction wrote the same thing first.

    Two inserts that exclude each other may each wait for the other: then one of them ends as a deadlock
    (40P01), not as a broken constraint. Either way a savepoint before it can be rolled back to.
    """
    return isinstance(error, IntegrityError) or getattr(error.orig, "pgcode", None) in ("40P01", "40001")


def make_engine(url: str, *, role: str | None = None, pool_size: int = 5) -> Engine:
    """An engine on ``url``; with ``role`` every connection starts as that role."""
    options = "-c timezone=Asia/Shanghai -c jit=off"
    if role:
        options += f" -c role={role}"
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg2"),
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,  # names and numbers of persons stay out of errors and logs
        connect_args={"options": options, "application_name": "gridsup"},
    )


@lru_cache
def app_engine() -> Engine:
    """The engine of requests and commands, under :data:`APP_ROLE`."""
    from gridsup.cluster import database_url
    from gridsup.settings import get_settings

    return make_engine(database_url(), role=APP_ROLE, pool_size=get_settings().pool_size)


@lru_cache
def owner_engine() -> Engine:
    """The engine of migrations and set-up, under the owner's role. Never serves a request."""
    from gridsup.cluster import database_url

    return make_engine(database_url(), pool_size=2)

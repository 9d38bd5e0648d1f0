"""What routes ask for: the unit of work, the page, the box.

One request is one transaction. It is bound to the user's jurisdiction when its first statement runs, and
committed when the endpoint has returned and before the answer goes out (``scope="function"``): a client
that reads success can rely on it. An endpoint therefore returns finished values (pydantic models, dicts),
never mapped objects that would load more later.

The connection is taken by the first statement, inside the endpoint's own thread, and kept until the answer
has been checked against its model, which waits for a thread once more. Requests that hold a connection and
wait for a thread must not meet others that hold the threads and wait for a connection: so fewer units of
work run at once than there are connections, and whoever works outside of one finds a connection free.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Path
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction

from api.auth import User, current_user, get_engine
from gridsup.db import context
from gridsup.settings import Settings

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
"""The number of a thing in a path."""


def get_session(
    engine: Annotated[Engine, Depends(get_engine)], user: Annotated[User, Depends(current_user)]
) -> Iterator[Session]:
    """One transaction in the user's jurisdiction; committed before the answer, rolled back on any error."""
    with bound_session(engine, user) as session, session.begin():
        yield session


def bound_session(engine: Engine, user: User) -> Session:
    """A session whose every transaction is bound to the user's jurisdiction as it begins."""
    session = Session(engine, expire_on_commit=False)
    session.info["jurisdiction_id"] = user.jurisdiction_id
    statement = context(user.jurisdiction_id, user.reads)

    @event.listens_for(session, "after_begin")
    def bind(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        if not transaction.nested:
            connection.exec_driver_sql(statement)

    return session


def at_once(pool_size: int) -> int:
    """How many units of work may run in a process with that many connections; the rest is for signing in,
    tiles and whatever else takes a connection in a thread and gives it back there."""
    return max(1, pool_size * 4 // 5)


UnitOfWork: Any = Depends(get_session, scope="function", max_concurrency=at_once(Settings().pool_size))
Db = Annotated[Session, UnitOfWork]
"""``session: Db`` in an endpoint's signature."""
EngineOf = Annotated[Engine, Depends(get_engine)]
Asking = Annotated[User, Depends(current_user)]
"""The signed-in user. It checks no permission: use ``permit(…)`` for that."""

"""What routes ask for: the unit of work, the page, the box.

One request is one transaction. It is bound to the user's jurisdiction when its first statement runs, and
committed when the endpoint has returned and before the answer goes out (``scope="function"``): a client
that reads success can rely on it. An endpoint therefore returns finished values (pydantic models, dicts),
never mapped objects that would load more later.

The connection is taken by the first statement, inside the endpoint's own thread, never earlier: requests
that hold a connection while they wait for a thread would lock out those that hold a thread and wait for
a connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Path
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction

from api.auth import User, current_user, get_engine
from gridsup.db import context

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


UnitOfWork: Any = Depends(get_session, scope="function")
Db = Annotated[Session, UnitOfWork]
"""``session: Db`` in an endpoint's signature."""
EngineOf = Annotated[Engine, Depends(get_engine)]
Asking = Annotated[User, Depends(current_user)]
"""The signed-in user. It checks no permission: use ``permit(…)`` for that."""

"""Seeds a copy to practise in: the town of a task, and the one officer of it who can be signed in as."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from geo_data.demo.load import load
from geo_data.practice.town import town
from gridsup.people import account_queries, accounts
from gridsup.people.audit import as_auth


def seed(
    session: Session, number: int, task: str, *, name: str, username: str, language: str, today: date
) -> tuple[int, int]:
    """Make jurisdiction ``number`` out of a task's town, in a transaction that is bound to nothing yet.

    The officer who holds the task's post is called ``name``. Returns (officer id, account id). The password
    is drawn and forgotten: a copy is entered from one's own session alone.
    """
    city, me = town(number, task, name, today, seed=number)
    ids = load(session, city)
    officer_id = ids.officers[me]
    accounts.create_account(session, number, officer_id, username, must_change=False, language=language)
    with as_auth(session):
        account = session.scalars(account_queries.account_of(number, officer_id)).one()
    return officer_id, account.id

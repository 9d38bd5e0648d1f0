"""The demo cities by name, whether they are loaded, and who can sign in to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from geo_data.demo import city, helsinki
from geo_data.demo.shapes import City
from geo_data.demo.staff import PASSWORD
from gridsup.db import transaction
from gridsup.people import account_queries, queries
from gridsup.people.audit import as_auth

ADCODES = {"jianghan": city.ADCODE, "helsinki": helsinki.ADCODE}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A sign-in of a demo city: ``name`` is the user name, ``role`` the post, ``person`` who holds it."""

    name: str
    role: str
    password: str
    person: str
    body: str
    jurisdiction: str


def make(name: str, day: date) -> City:
    """Generate or read the city of that name as of a day."""
    return city.jianghan(day) if name == "jianghan" else helsinki.helsinki(day)


def is_loaded(owner: Engine, name: str) -> bool:
    """Whether the jurisdiction of that city is there."""
    number = int(ADCODES[name])
    with transaction(owner, number) as session:
        return session.scalar(queries.jurisdiction(number)) is not None


def accounts(owner: Engine, day: date) -> list[DemoAccount]:
    """The accounts of every demo jurisdiction, by body and post; none of a real bureau."""
    found: list[DemoAccount] = []
    for adcode in ADCODES.values():
        number = int(adcode)
        with transaction(owner, number) as session:
            here = session.scalar(queries.jurisdiction(number))
            if here is None or not here.demo:
                continue
            names = {o.id: o.name for o in session.scalars(queries.organisations(number))}
            held = session.scalars(queries.postings_on(number, day)).all()
            known = queries.officers_by_id(number, {posting.officer_id for posting in held})
            people = {o.id: o.name for o in session.scalars(known)}
            with as_auth(session):
                signs_in = {
                    row[0]: row[1] for row in session.execute(account_queries.accounts_of(number, people))
                }
            found += [
                DemoAccount(
                    name=signs_in[one.officer_id],
                    role=one.post,
                    password=PASSWORD,
                    person=people[one.officer_id],
                    body=names[one.organisation_id],
                    jurisdiction=adcode,
                )
                for one in held
                if one.officer_id in signs_in
            ]
    return sorted(found, key=lambda each: (each.jurisdiction, each.role, each.name))

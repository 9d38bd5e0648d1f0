"""Which household another department's notice is about: by licence, by permit, by name and address.

Only a match without doubt routes by itself; anything else is listed for the dispatcher with its candidates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from gridsup.codes import tidy
from gridsup.registry.addresses import address_key, bare_name
from gridsup.registry.model import Business, Permit, Premises
from gridsup.registry.record import home_of

LIKE_ENOUGH = 0.35
"""Least likeness of the names for two households at one address to be the same one."""
MOST = 5
LETTERS = 12
MOST_LETTERS = 0.6
"""Least share of a rough name's characters that a household's name has, to be worth a look."""
_FORM = re.compile("有限责任公司|股份有限公司|有限公司|个体工商户")
_COMMON = "（）()·　 "


@dataclass(frozen=True, slots=True)
class Candidate:
    """A household that may be meant. ``likeness`` of the names from 0 to 1."""

    business_id: int
    name: str
    address: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Match:
    """``business_id`` and how it was found; None, with the candidates, where doubt remains."""

    business_id: int | None
    matched_by: str | None
    candidates: tuple[Candidate, ...] = ()


def match(
    session: Session,
    jurisdiction_id: int,
    *,
    name: str,
    address: str | None = None,
    licence_no: str | None = None,
    permit_number: str | None = None,
) -> Match:
    """The one household that the notice names, else the likeliest ones."""
    by_number = (
        ("licence", _by_licence(jurisdiction_id, licence_no) if licence_no else None),
        ("permit", _by_permit(jurisdiction_id, permit_number) if permit_number else None),
    )
    for how, query in by_number:
        found = list(session.scalars(query)) if query is not None else []
        if len(found) == 1:
            return Match(found[0], how)
    district = home_of(session, jurisdiction_id).name
    key = address_key(address, district=district) if address else None
    alike = [Candidate(*row) for row in session.execute(_alike(jurisdiction_id, name.strip(), key))]
    return _decide(alike, name.strip(), _at(session, jurisdiction_id, key, alike))


def spelt_alike(session: Session, jurisdiction_id: int, name: str) -> list[Candidate]:
    """The households whose names share most of a notice's characters, for names told or typed roughly.

    ``likeness`` is the share of the name's characters that the household's name has too.
    """
    bare = bare_name(tidy(name), district=home_of(session, jurisdiction_id).name)
    letters = sorted(set(_FORM.sub("", bare)) - set(_COMMON))[:LETTERS]
    if len(letters) < 2:
        return []
    shared = sum((case((func.strpos(Business.name, one) > 0, 1), else_=0) for one in letters), literal(0))
    query = (
        _households(jurisdiction_id, Business.id, Business.name, Premises.address, shared)
        .where(shared >= max(2, math.ceil(len(letters) * MOST_LETTERS)))
        .order_by(shared.desc(), func.char_length(Business.name), Business.id)
        .limit(MOST)
    )
    return [Candidate(one, title, at, n / len(letters)) for one, title, at, n in session.execute(query)]


def _decide(alike: Sequence[Candidate], name: str, here: set[int]) -> Match:
    same = [one for one in alike if one.name == name]
    both = [one for one in same if one.business_id in here]
    near = [one for one in alike if one.business_id in here and one.likeness >= LIKE_ENOUGH]
    for how, found in (("name_address", both), ("address", near)):
        if len(found) == 1:
            return Match(found[0].business_id, how)
    if len(same) == 1 and not here:
        return Match(same[0].business_id, "name")
    return Match(None, None, tuple(alike[:MOST]))


def _at(session: Session, jurisdiction_id: int, key: str | None, alike: Sequence[Candidate]) -> set[int]:
    """Those of the candidates that stand at the address."""
    if key is None:
        return set()
    return set(
        session.scalars(
            _households(jurisdiction_id, Business.id).where(
                Premises.address_key == key, Business.id.in_([one.business_id for one in alike])
            )
        )
    )


def _households(jurisdiction_id: int, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(
            Premises,
            and_(Premises.jurisdiction_id == Business.jurisdiction_id, Premises.id == Business.premises_id),
        )
        .where(Business.jurisdiction_id == jurisdiction_id, Business.status != "merged")
    )


def _by_licence(jurisdiction_id: int, number: str) -> Select[int]:
    code = tidy(number).upper()
    return select(Business.id).where(
        Business.jurisdiction_id == jurisdiction_id,
        Business.status != "merged",
        or_(Business.uscc == code, Business.registration_no == code),
    )


def _by_permit(jurisdiction_id: int, number: str) -> Select[int]:
    return (
        select(Permit.business_id)
        .where(Permit.jurisdiction_id == jurisdiction_id, func.upper(Permit.number) == tidy(number).upper())
        .distinct()
    )


def _alike(jurisdiction_id: int, name: str, key: str | None) -> Select[Any]:
    """Rows ``(id, name, address, likeness)``: the same name, or the same address, the likest first."""
    likeness = func.similarity(Business.name, name)
    near = [Premises.address_key == key] if key else []
    # `search` has the index; it holds pinyin and numbers too, which a notice's name does not mean.
    named = and_(
        Business.search.contains(name.lower(), autoescape=True),
        Business.name.icontains(name, autoescape=True),
    )
    return (
        _households(jurisdiction_id, Business.id, Business.name, Premises.address, likeness)
        .where(or_(named, *near))
        .order_by(likeness.desc(), Business.id)
        .limit(30)
    )

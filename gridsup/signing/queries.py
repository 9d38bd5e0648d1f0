"""All select()s of the room: authorities, phrases, proposals that wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, or_, select

from gridsup.procedures.store import EVENTS, MATTERS, PROPOSALS
from gridsup.signing.model import SigningAuthority, StockPhrase


def authority(jurisdiction_id: int, authority_id: int) -> Select[SigningAuthority]:
    return select(SigningAuthority).where(
        SigningAuthority.jurisdiction_id == jurisdiction_id, SigningAuthority.id == authority_id
    )


def authorities(jurisdiction_id: int, *, officer_id: int | None = None) -> Select[SigningAuthority]:
    """All ever given, the last recorded first; with ``officer_id`` those that the officer gave or has."""
    query = (
        select(SigningAuthority)
        .where(SigningAuthority.jurisdiction_id == jurisdiction_id)
        .order_by(SigningAuthority.id.desc())
    )
    if officer_id is not None:
        a = SigningAuthority
        query = query.where(or_(a.giver_id == officer_id, a.receiver_id == officer_id))
    return query


def authorities_on(jurisdiction_id: int, receiver_id: int, day: date) -> Select[SigningAuthority]:
    """Those under which an officer may sign on a day."""
    return (
        select(SigningAuthority)
        .where(
            SigningAuthority.jurisdiction_id == jurisdiction_id,
            SigningAuthority.receiver_id == receiver_id,
            SigningAuthority.revoked_at.is_(None),
            SigningAuthority.valid_from <= day,
            SigningAuthority.valid_to >= day,
        )
        .order_by(SigningAuthority.id)
    )


def authorities_between(
    jurisdiction_id: int, giver_id: int, receiver_id: int, post: str
) -> Select[SigningAuthority]:
    """All that one officer ever gave another for a post, the last recorded first."""
    a = SigningAuthority
    mine = (a.giver_id == giver_id, a.receiver_id == receiver_id, a.post == post)
    return select(a).where(a.jurisdiction_id == jurisdiction_id, *mine).order_by(a.id.desc())


def signed_under(
    jurisdiction_id: int, rows: Collection[SigningAuthority]
) -> Select[int, int, str, str, str, bool, datetime]:
    """``(authority, matter, its title, its procedure, the act, agreed, when)`` of every signature under
    these, in order."""
    m, e = MATTERS.c, EVENTS.c
    authority = e.data["authority"].as_integer()
    return (
        select(
            authority,
            m.id,
            m.title,
            m.pack,
            e.action,
            e.data["change", "signature", "agreed"].as_boolean(),
            e.recorded_at,
        )
        .join(MATTERS, (m.jurisdiction_id == e.jurisdiction_id) & (m.id == e.matter_id))
        .where(
            e.jurisdiction_id == jurisdiction_id,
            e.kind == "signed",
            e.person_id.in_({one.receiver_id for one in rows}),
            authority.in_([one.id for one in rows]),
        )
        .order_by(e.recorded_at, e.id)
    )


def phrases(jurisdiction_id: int, officer_id: int) -> Select[StockPhrase]:
    """The bureau's and the officer's own, in the order of adding."""
    return (
        select(StockPhrase)
        .where(
            StockPhrase.jurisdiction_id == jurisdiction_id,
            or_(StockPhrase.officer_id.is_(None), StockPhrase.officer_id == officer_id),
        )
        .order_by(StockPhrase.id)
    )


def phrase(jurisdiction_id: int, phrase_id: int) -> Select[StockPhrase]:
    return select(StockPhrase).where(
        StockPhrase.jurisdiction_id == jurisdiction_id, StockPhrase.id == phrase_id
    )


def open_proposals(jurisdiction_id: int, org_ids: Collection[int] | None) -> Select[int, int]:
    """Rows ``(matter_id, seq)`` of proposals of open matters, the soonest due matter first, then the oldest.

    ``org_ids``: only matters assigned to one of these bodies.
    """
    m, p = MATTERS.c, PROPOSALS.c
    query = (
        select(p.matter_id, p.seq)
        .join(MATTERS, (m.jurisdiction_id == p.jurisdiction_id) & (m.id == p.matter_id))
        .where(p.jurisdiction_id == jurisdiction_id, p.state == "open", m.ended_at.is_(None))
        .order_by(m.next_due_at.asc().nulls_last(), p.proposed_at, p.matter_id, p.seq)
    )
    return query if org_ids is None else query.where(m.assigned_org_id.in_(list(org_ids)))

"""Selects that compare: the same door, the same number, a like name or address nearby."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Text, and_, any_, cast, func, null, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from gridsup.cells.queries import Rows, point
from gridsup.registry.model import Business, Premises

NEAR_DEGREES = 6e-4
"""At least 50 m in every direction up to 41° north; what it lets through is measured in metres."""


def premises_like(
    jurisdiction_id: int,
    key: str,
    building: str | None,
    floor: str | None,
    stall: str | None,
    *,
    near: tuple[float, float] | None,
) -> Rows:
    """Rows ``(Premises, metres from near or None)`` with exactly this address, the nearest first."""
    here = func.geography(point(*near)) if near is not None else None
    metres = func.ST_Distance(func.geography(Premises.point), here) if here is not None else null()
    return (
        select(Premises, metres.label("metres"))
        .where(
            Premises.jurisdiction_id == jurisdiction_id,
            Premises.address_key == key,
            Premises.building.is_not_distinct_from(building),
            Premises.floor.is_not_distinct_from(floor),
            Premises.stall.is_not_distinct_from(stall),
        )
        .order_by(text("metres NULLS LAST"), Premises.id)
    )


def doors(jurisdiction_id: int, keys: Sequence[str]) -> Rows:
    """Rows ``(id, address_key, building, floor, stall, lon, lat)`` of the premises with these keys."""
    return (
        select(
            Premises.id,
            Premises.address_key,
            Premises.building,
            Premises.floor,
            Premises.stall,
            func.ST_X(Premises.point).label("lon"),
            func.ST_Y(Premises.point).label("lat"),
        )
        .where(
            Premises.jurisdiction_id == jurisdiction_id,
            Premises.address_key == any_(cast(list(keys), ARRAY(Text))),
        )
        .order_by(Premises.id)
    )


def usccs_among(jurisdiction_id: int, usccs: Sequence[str]) -> Select[str | None]:
    """Those of the credit codes that a business has."""
    return select(Business.uscc).where(
        Business.jurisdiction_id == jurisdiction_id,
        Business.uscc == any_(cast(list(usccs), ARRAY(Text))),
        Business.status != "merged",
    )


def gazetteer(
    jurisdiction_id: int, key: str, *, community_id: int | None = None, least: float = 0.5, limit: int = 5
) -> Rows:
    """Rows ``(premises_id, address, lon, lat, likeness)``: placed premises whose address is most alike.

    ``likeness`` is the trigram similarity of the address keys, 1 for the same address; ``least`` is not
    below 0.3, where the index stops looking.
    """
    likeness = func.similarity(Premises.address_key, key)
    query = (
        select(
            Premises.id,
            Premises.address,
            func.ST_X(Premises.point),
            func.ST_Y(Premises.point),
            likeness.label("likeness"),
        )
        .where(
            Premises.jurisdiction_id == jurisdiction_id,
            Premises.point.is_not(None),
            Premises.address_key.op("%")(key),
            likeness >= least,
        )
        .order_by(likeness.desc(), Premises.id)
        .limit(limit)
    )
    return query if community_id is None else query.where(Premises.community_id == community_id)


def same_identity(
    jurisdiction_id: int, *, uscc: str | None, registration_no: str | None, but: int | None
) -> Select[Business]:
    """Businesses with the same credit code or registration number."""
    same = [column == value for column, value in _identities(uscc, registration_no)]
    query = select(Business).where(
        Business.jurisdiction_id == jurisdiction_id, Business.status != "merged", or_(*same)
    )
    return query if but is None else query.where(Business.id != but)


def _identities(uscc: str | None, registration_no: str | None) -> list[tuple[Any, str]]:
    pairs = ((Business.uscc, uscc), (Business.registration_no, registration_no))
    return [(column, value) for column, value in pairs if value]


def same_door(
    jurisdiction_id: int,
    key: str,
    building: str | None,
    floor: str | None,
    stall: str | None,
    *,
    but: int | None,
) -> Select[Business]:
    """Operating businesses with exactly this address, building, floor and stall."""
    query = (
        select(Business)
        .join(
            Premises,
            and_(Premises.jurisdiction_id == Business.jurisdiction_id, Premises.id == Business.premises_id),
        )
        .where(
            Premises.jurisdiction_id == jurisdiction_id,
            Business.status == "operating",
            Premises.address_key == key,
            Premises.building.is_not_distinct_from(building),
            Premises.floor.is_not_distinct_from(floor),
            Premises.stall.is_not_distinct_from(stall),
        )
        .order_by(Business.id)
        .limit(10)
    )
    return query if but is None else query.where(Business.id != but)


def alike_nearby(
    jurisdiction_id: int,
    name: str,
    lon: float,
    lat: float,
    *,
    prefix: str,
    metric_srid: int,
    metres: float = 50,
    least: float = 0.6,
    but: int | None = None,
) -> Rows:
    """Rows ``(Business, likeness, metres)``: similar names within ``metres`` of a place, most alike first.

    ``name`` comes without its district; ``prefix`` (``addresses.name_prefix``) takes it off the stored ones.
    """
    likeness = func.similarity(func.regexp_replace(Business.name, prefix, ""), name)
    here = point(lon, lat)
    away = func.ST_Distance(
        func.ST_Transform(Premises.point, metric_srid), func.ST_Transform(here, metric_srid)
    )
    query = (
        select(Business, likeness, away)
        .join(
            Premises,
            and_(Premises.jurisdiction_id == Business.jurisdiction_id, Premises.id == Business.premises_id),
        )
        .where(
            Business.jurisdiction_id == jurisdiction_id,
            Premises.jurisdiction_id == jurisdiction_id,
            Premises.point.op("&&")(func.ST_Expand(here, NEAR_DEGREES * max(1.0, metres / 50))),
            Business.status != "merged",
            likeness >= least,
            away <= metres,
        )
        .order_by(likeness.desc(), away)
        .limit(10)
    )
    return query if but is None else query.where(Business.id != but)

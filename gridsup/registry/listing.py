"""Lists of businesses: searched, within a box, by cell or community, placed or not.

No list loads a person's ID or phone number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from gridsup.cells.model import Cell
from gridsup.cells.queries import Box, Rows, envelope
from gridsup.registry.model import Business, HouseholdCode, Premises
from gridsup.registry.queries import present_code
from gridsup.registry.search import fold, like, words

Key = tuple[int, int]
"""Where a page ended: rank and id of its last row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list of businesses is narrowed to; None does not narrow. ``bbox`` in CRS84 degrees.

    Without ``status`` the merged ones are left out.
    """

    q: str | None = None
    bbox: Box | None = None
    status: Sequence[str] | None = None
    licence_status: Sequence[str] | None = None
    placed: bool | None = None
    cell_id: int | None = None
    station_id: int | None = None
    community_id: int | None = None
    trade: str | None = None


def search(
    session: Session, jurisdiction_id: int, asked: Filter, *, after: Key | None = None, limit: int = 50
) -> Sequence[Row[*tuple[Any, ...]]]:
    """A page of businesses, ``limit`` + 1 rows at most, so that the caller sees whether more follow.

    A question's best answers come first: a whole code or word (rank 0), a name that begins so (1), the
    rest (2). When it matches nothing, the most similar texts answer instead (rank 3, one page): a mistyped
    name still finds its business. Rows: ``rank, id, version, name, code, status, licence_status, kind,
    operator_name, uscc, trade, industry, risk, premises_id, address, building, floor, stall, community_id,
    lon, lat, cell_id, cell_code, demo``.
    """
    question = fold(asked.q or "")
    rank = _rank(question) if question else literal(0)
    query = _narrowed(_columns(jurisdiction_id, rank), asked)
    for word in words(question):
        query = query.where(Business.search.like(like(word)))
    if after is not None:
        query = query.where(tuple_(rank, Business.id) > tuple_(*map(literal, after)))
    order = (rank, Business.id) if question else (Business.id,)
    rows = session.execute(query.order_by(*order).limit(limit + 1)).all()
    if rows or not question or after is not None:
        return rows
    likeness = func.word_similarity(question, Business.search)
    alike = _narrowed(_columns(jurisdiction_id, literal(3)), asked)
    alike = alike.where(Business.search.op("%>")(question))
    return session.execute(alike.order_by(likeness.desc(), Business.id).limit(limit)).all()


def _rank(question: str) -> ColumnElement[int]:
    pattern = like(question)[1:-1]
    padded = literal(" ").concat(Business.search).concat(" ")
    return case(
        (padded.like(f"% {pattern} %"), 0),
        (Business.search.like(f"{pattern}%"), 1),
        else_=2,
    )


def _columns(jurisdiction_id: int, rank: ColumnElement[int]) -> Rows:
    return (
        select(
            rank.label("rank"),
            Business.id,
            Business.version,
            Business.name,
            HouseholdCode.code,
            Business.status,
            Business.licence_status,
            Business.kind,
            Business.operator_name,
            Business.uscc,
            Business.trade,
            Business.industry,
            Business.risk,
            Business.premises_id,
            Premises.address,
            Premises.building,
            Premises.floor,
            Premises.stall,
            Premises.community_id,
            func.ST_X(Premises.point).label("lon"),
            func.ST_Y(Premises.point).label("lat"),
            HouseholdCode.cell_id,
            Cell.code.label("cell_code"),
            Business.demo,
        )
        .join(
            Premises,
            and_(Premises.jurisdiction_id == jurisdiction_id, Premises.id == Business.premises_id),
        )
        .outerjoin(HouseholdCode, present_code(jurisdiction_id))
        .outerjoin(Cell, and_(Cell.jurisdiction_id == jurisdiction_id, Cell.id == HouseholdCode.cell_id))
        .where(Business.jurisdiction_id == jurisdiction_id)
    )


def _narrowed(query: Rows, asked: Filter) -> Rows:
    if asked.status is None:
        query = query.where(Business.status != "merged")
    else:
        query = query.where(Business.status.in_(asked.status))
    if asked.licence_status is not None:
        query = query.where(Business.licence_status.in_(asked.licence_status))
    if asked.placed is not None:
        query = query.where(Premises.point.is_not(None) if asked.placed else Premises.point.is_(None))
    if asked.bbox is not None:
        query = query.where(Premises.point.op("&&")(envelope(asked.bbox)))
    for column, value in (
        (HouseholdCode.cell_id, asked.cell_id),
        (Cell.station_id, asked.station_id),
        (Premises.community_id, asked.community_id),
        (Business.trade, asked.trade),
    ):
        if value is not None:
            query = query.where(column == value)
    return query

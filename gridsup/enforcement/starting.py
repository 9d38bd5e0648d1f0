"""Starting a matter by itself: an inspection with a notice to rectify (限期整改), a penalty on the spot, the
clue of a case (案源登记).

All may also be children of other matters; here they begin on the street or at the desk, about a household of
the register or about a party that it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.cells.locate import hold_cell
from gridsup.enforcement import queries, separation
from gridsup.errors import FieldFault, Invalid, NotFound
from gridsup.procedures import engine, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer, Photo
from gridsup.procedures.engine import Header
from gridsup.procedures.family import clock, jurisdiction_of, legal_day
from gridsup.procedures.pack import Pack
from gridsup.registry import record
from gridsup.registry.ledger import household_in_short

STANDALONE = ("rectification", "simple_penalty", "penalty_case")
"""The procedures of enforcement that begin by themselves; the others grow out of a matter or a clue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is to be started. ``place``: (lon, lat) of the officer, CRS84 degrees."""

    pack: str
    key: str
    form: Mapping[str, Any]
    business_id: int | None = None
    place: tuple[float, float] | None = None
    crew: Sequence[int] = ()
    photos: Sequence[Photo] = ()
    effective_at: datetime | None = None


def opening_of(session: Session, jurisdiction_id: int, pack_id: str, at: datetime) -> Pack:
    """The procedure in force at an instant. Raises NotFound ``not-standalone``, ``pack-not-in-force``."""
    if pack_id not in STANDALONE:
        raise NotFound(
            "not-standalone",
            zh="“{pack}”不能单独发起，只能由其他事项转入。可单独发起的有：{known}。",
            en="“{pack}” does not begin by itself but grows out of another matter. These begin: {known}.",
            pack=pack_id,
            known=", ".join(STANDALONE),
        )
    return versions.in_force(session, jurisdiction_id, pack_id, legal_day(at))[0]


def start(session: Session, acting: Acting, asked: Start, *, now: datetime | None = None) -> Answer:
    """Open the matter through the door; the same key starts once.

    Who found the household in an open matter does not begin to punish it (巡办分离, P10-R1): the two are
    families apart, so it is asked here. Raises as ``engine.open_matter``, and NotFound ``not-standalone``,
    ``business-not-found``, Refused ``separation-of-duties``, Invalid ``party-unnamed``.
    """
    j = jurisdiction_of(session)
    at = asked.effective_at or now or clock()
    pack = opening_of(session, j, asked.pack, at)
    header = _header(session, j, asked)
    if asked.business_id is not None:
        _separated(session, j, pack, acting, asked, header.station_id, at)
    return engine.open_matter(
        session,
        asked.pack,
        acting,
        header,
        asked.form,
        key=asked.key,
        effective_at=asked.effective_at,
        crew=asked.crew,
        photos=asked.photos,
        now=now,
    )


def _header(session: Session, jurisdiction_id: int, asked: Start) -> Header:
    cell = hold_cell(session, jurisdiction_id, *asked.place) if asked.place else None
    lon, lat = asked.place or (None, None)
    if asked.business_id is None:
        if not str(asked.form.get("operator_name") or "").strip():
            raise Invalid(
                "party-unnamed",
                zh="请填写当事人，或从“一户一档”中选定一户。尚不明确的，写明“当事人不明”及其特征。",
                en="Name the party, or begin from a household of the register. Where it is not known yet, "
                "say so and describe it.",
                faults=[FieldFault("/operator_name", "请填写当事人。", "Name the party.")],
            )
        return Header(
            str(asked.form.get("operator_name", ""))[:100],
            cell_id=cell.id if cell else None,
            station_id=cell.station_id if cell else None,
            lon=lon,
            lat=lat,
        )
    found = session.execute(household_in_short(jurisdiction_id, asked.business_id)).one_or_none()
    if found is None:
        raise record.not_found(asked.business_id)
    home = session.execute(queries.home(jurisdiction_id, asked.business_id)).one_or_none()
    placed = found.lon is not None
    return Header(
        found.name,
        subject_kind="business",
        subject_id=asked.business_id,
        cell_id=home.cell_id if home else (cell.id if cell else None),
        station_id=home.station_id if home else (cell.station_id if cell else None),
        lon=found.lon if placed else lon,
        lat=found.lat if placed else lat,
    )


def _separated(
    session: Session,
    jurisdiction_id: int,
    pack: Pack,
    acting: Acting,
    asked: Start,
    station_id: int | None,
    at: datetime,
) -> None:
    opening = pack.actions[pack.opening]
    if not opening.not_by or asked.business_id is None:
        return
    separation.asked(
        session,
        jurisdiction_id,
        asked.business_id,
        opening.not_by,
        acting.persons | frozenset(asked.crew),
        station_id if opening.waivable else None,
        legal_day(at),
    )

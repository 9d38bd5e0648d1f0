"""Placing a premises on the map (落点): dragged at the desk, at the doorstep (我在门口), or by the gazetteer.

The gazetteer grows by itself: every placed premises answers for addresses like its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from gridsup.cells.locate import check_position
from gridsup.errors import Conflict, Invalid, NotFound
from gridsup.registry import coding, likeness, queries
from gridsup.registry.addresses import address_key
from gridsup.registry.drafts import PlaceDraft
from gridsup.registry.model import Premises
from gridsup.registry.places import set_point
from gridsup.registry.record import home_of, note

Way = Literal["desk", "doorstep", "gazetteer", "import"]
WAYS: tuple[Way, ...] = ("desk", "doorstep", "gazetteer", "import")
MAX_ACCURACY_M = 200.0
"""A phone that knows its place less well than this places nothing."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A placed premises with a like address. ``likeness`` from 0 to 1; 1 is the same address."""

    premises_id: int
    address: str
    lon: float
    lat: float
    likeness: float


def place(
    session: Session,
    jurisdiction_id: int,
    premises_id: int,
    lon: float,
    lat: float,
    *,
    way: Way,
    officer_id: int | None,
    accuracy_m: float | None = None,
    seen: tuple[float, float] | None = None,
    check_seen: bool = False,
) -> dict[int, str]:
    """Put a premises at (lon, lat) CRS84; the new codes by business id.

    A first placing issues the codes of its businesses; a later one re-issues them when the cell changes.
    With ``check_seen`` the present position must still be ``seen`` (None: not placed).

    Raises NotFound ``premises-not-found`` or ``outside-cells``, Invalid ``bad-position`` or
    ``position-too-vague``, Conflict ``premises-moved``.
    """
    check_position(lon, lat)
    if accuracy_m is not None and accuracy_m > MAX_ACCURACY_M:
        raise Invalid(
            "position-too-vague",
            zh="手机定位误差约 {accuracy:.0f} 米，超过 {most:.0f} 米，无法落点。"
            "请到室外稍候再试，或在地图上拖动。",
            en="The phone knows its place only within {accuracy:.0f} m, more than {most:.0f} m. Try again "
            "outdoors, or drag it on the map.",
            accuracy=accuracy_m,
            most=MAX_ACCURACY_M,
        )
    query = queries.premises(jurisdiction_id, premises_id).with_for_update()
    premises = session.scalar(query.execution_options(populate_existing=True))
    if premises is None:
        raise NotFound(
            "premises-not-found",
            zh="本辖区没有编号为 {id} 的经营场所。",
            en="There is no premises {id} in this jurisdiction.",
            id=premises_id,
        )
    before = _position(session, premises)
    if check_seen and before != seen:
        raise Conflict(
            "premises-moved",
            zh="该场所的位置已被他人改动。请刷新后再落点。",
            en="Someone placed this premises elsewhere meanwhile. Reload, then place it again.",
        )
    set_point(
        premises,
        PlaceDraft(address=premises.address, point=(lon, lat), placed_by=way, accuracy_m=accuracy_m),
    )
    session.flush()
    codes = coding.settle(session, home_of(session, jurisdiction_id), premises, lon, lat)
    for business in session.scalars(queries.at_premises(jurisdiction_id, premises_id)):
        session.refresh(business, ["search"])
        note(
            session,
            business,
            "placed",
            officer_id=officer_id,
            before={"point": list(before) if before else None},
            after={"point": [lon, lat], "way": way, "code": codes.get(business.id)},
        )
    return codes


def _position(session: Session, premises: Premises) -> tuple[float, float] | None:
    lon, lat = session.execute(queries.position(premises.jurisdiction_id, premises.id)).one()
    return None if lon is None else (lon, lat)


def suggest(
    session: Session,
    jurisdiction_id: int,
    address: str,
    *,
    community_id: int | None = None,
    least: float = 0.5,
    limit: int = 5,
) -> list[Suggestion]:
    """Where an address may be: placed premises with like addresses, the most alike first."""
    key = address_key(address, district=home_of(session, jurisdiction_id).name)
    rows = session.execute(
        likeness.gazetteer(jurisdiction_id, key, community_id=community_id, least=least, limit=limit)
    )
    return [Suggestion(*row) for row in rows]

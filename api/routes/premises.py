"""Premises: placed on the map by dragging, at the doorstep, or where the gazetteer knows the address."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.auth import User
from api.deps import Db, Id
from api.inputs import Asked, Position
from api.pagination import Limit
from api.permissions import Permission
from api.policy import permit
from gridsup.registry import placing

router = APIRouter(tags=["premises"])
Reader = Annotated[User, permit(Permission.BUSINESSES_READ)]
Editor = Annotated[User, permit(Permission.BUSINESSES_EDIT)]


class Placing(Position):
    """Where it stands (CRS84), and how that is known."""

    way: Literal["desk", "doorstep", "gazetteer"]


class Placed(BaseModel):
    premises_id: int
    codes: dict[int, str] = Field(description="business → its new code; those whose cell stays are not named")


class PlaceSuggestion(BaseModel):
    """A placed premises with a like address; `likeness` 1 is the same address."""

    premises_id: int
    address: str
    lon: float
    lat: float
    likeness: float


@router.post("/premises/{premises_id}/place")
def place_premises(premises_id: Id, form: Placing, user: Editor, session: Db) -> Placed:
    """Put a premises on the map (落点). Its businesses receive the codes of the cell there."""
    codes = placing.place(
        session,
        user.jurisdiction_id,
        premises_id,
        form.lon,
        form.lat,
        way=form.way,
        officer_id=user.officer_id,
        accuracy_m=form.accuracy_m,
    )
    return Placed(premises_id=premises_id, codes=codes)


@router.get("/gazetteer")
def suggest_places(
    user: Reader,
    session: Db,
    address: Annotated[str, Query(min_length=1, max_length=200)],
    community_id: Asked = None,
    limit: Limit = 5,
) -> list[PlaceSuggestion]:
    """Where an address may be: it grows from what has been placed."""
    found = placing.suggest(session, user.jurisdiction_id, address, community_id=community_id, limit=limit)
    return [PlaceSuggestion.model_validate(one, from_attributes=True) for one in found]

"""Matters that begin by themselves: an inspection with a notice to rectify, a penalty on the spot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import standing
from api.acts import ActAnswer, answer_view
from api.auth import User
from api.deps import Db
from api.inputs import ActingForm, DeviceForm, Facts, Instant, Number, PhotoRef, Position
from api.matter_shapes import CrewRule, PhotoRule
from api.permissions import Permission
from api.pointers import pointing, under
from api.policy import permit
from api.routes.actions import Key
from gridsup.enforcement import starting
from gridsup.patrols import device
from gridsup.people.deputies import day_of
from gridsup.procedures import versions
from gridsup.procedures.pack import Words

router = APIRouter(tags=["matters"])
Reader = Annotated[User, permit(Permission.PROCEDURES_READ)]
Actor = Annotated[User, permit(Permission.MATTERS_ACT)]


class Opening(BaseModel):
    """A procedure that I may begin, with the form of its opening step."""

    pack: str
    version: int
    pack_title: Words
    title: Words
    posts: list[str] = Field(description="those of mine in which I may begin it")
    form: dict[str, Any]
    photos: PhotoRule | None
    crew: CrewRule | None
    rules: list[str]


class NewMatter(BaseModel):
    """What is begun: about a household of the register, or a party that the form names."""

    pack: Annotated[str, Field(max_length=60)]
    business_id: Number | None = None
    position: Position | None = Field(default=None, description="where the officer stands")
    form: Facts = Field(description="as the opening's JSON Schema says")
    acting: ActingForm | None = None
    effective_at: Instant | None = None
    crew: Annotated[list[Number], Field(max_length=20)] = []
    photos: Annotated[list[PhotoRef], Field(max_length=30)] = []
    device: DeviceForm | None = Field(default=None, description="what the phone noted about itself")


_OF_THE_BODY = frozenset(NewMatter.model_fields) - {"form"}


@router.get("/openings")
def list_openings(user: Reader, session: Db) -> list[Opening]:
    """The procedures that I may begin by themselves today."""
    return openings(session, user, datetime.now(UTC))


@router.post("/matters", status_code=201)
def start_matter(form: NewMatter, user: Actor, session: Db, idempotency_key: Key) -> ActAnswer:
    """Begin a matter by itself; `GET /openings` tells which, and what each form asks."""
    at = form.effective_at or datetime.now(UTC)
    pack = starting.opening_of(session, user.jurisdiction_id, form.pack, at)
    posts = pack.actions[pack.opening].posts
    acting = standing.acting(session, user, form.acting, posts, form.effective_at)
    asked = starting.Start(
        pack=form.pack,
        key=idempotency_key,
        form=form.form,
        business_id=form.business_id,
        place=(form.position.lon, form.position.lat) if form.position else None,
        crew=form.crew,
        photos=[photo.model_dump() for photo in form.photos],
        effective_at=form.effective_at,
    )
    with pointing(under("/form", but=_OF_THE_BODY)):
        answer = starting.start(session, acting, asked)
    if form.device is not None and not answer.replayed:
        device.note(session, user.jurisdiction_id, answer.matter_id, answer.seq, form.device.told())
    return answer_view(session, user.jurisdiction_id, answer)


def openings(session: Session, user: User, at: datetime) -> list[Opening]:
    """What this person may begin, in the order of the catalogue."""
    found = []
    for pack_id in starting.STANDALONE:
        pack, _ = versions.in_force(session, user.jurisdiction_id, pack_id, day_of(at))
        action = pack.actions[pack.opening]
        posts = [one for one in dict.fromkeys(c.post for c in user.capacities) if one in action.posts]
        if posts:
            found.append(
                Opening(
                    pack=pack_id,
                    version=pack.version,
                    pack_title=pack.title,
                    title=action.title,
                    posts=posts,
                    form=action.form,
                    photos=PhotoRule(**action.photos.model_dump()) if action.photos else None,
                    crew=CrewRule(**action.crew.model_dump()) if action.crew else None,
                    rules=action.rules,
                )
            )
    return found

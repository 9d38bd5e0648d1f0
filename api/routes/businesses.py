"""Businesses: searched and listed, their file, entered and corrected, closed, moved, replaced, merged."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import names, register
from api.auth import User
from api.bbox import BboxQuery
from api.deps import Db, Id
from api.inputs import Asked, Day, Number
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from api.texts import Line
from gridsup.analytics import album
from gridsup.analytics.dossier import dossier
from gridsup.errors import FieldFault, Invalid
from gridsup.jointwork.bulletin import title_in_english
from gridsup.patrols import device
from gridsup.registry import masking, merging, permits, queries, record, service
from gridsup.registry.listing import Filter, search

router = APIRouter(tags=["businesses"])
Reader = Annotated[User, permit(Permission.BUSINESSES_READ)]
Editor = Annotated[User, permit(Permission.BUSINESSES_EDIT)]
Unmasker = Annotated[User, permit(Permission.PERSONS_UNMASK)]


class Verb(BaseModel):
    """What every verb takes."""

    version: Number = Field(description="the version that you saw; another now is a 409")
    reason: Line | None = None


class Closing(Verb):
    on: Day | None = Field(default=None, description="today when absent")


class Moving(Verb):
    to: register.PlaceForm | None = Field(default=None, description="null: away, out of this jurisdiction")


class Replacing(Verb):
    successor: register.Successor


class Merging(Verb):
    drop_id: Number = Field(description="the one that disappears into this one")
    drop_version: Number


class Losing(Verb):
    status: Literal["revoked", "rescinded", "cancelled", "expired"]
    on: Day | None = None


class Unmasking(BaseModel):
    field: Literal["operator_id_no", "phone"]
    reason: Line


class Unmasked(BaseModel):
    value: str


class UnplacedCount(BaseModel):
    community_id: int | None
    community: str | None
    count: int


class Pair(BaseModel):
    first_id: int
    second_id: int
    likeness: float
    metres: float


@router.get("/businesses")
def list_businesses(
    user: Reader,
    session: Db,
    q: Annotated[
        str | None,
        Query(
            max_length=100, description="name, pinyin, initials, operator, address, any code past or present"
        ),
    ] = None,
    bbox: BboxQuery = None,
    status: Annotated[list[register.Status] | None, Query(max_length=6)] = None,
    licence_status: Annotated[list[register.LicenceStatus] | None, Query(max_length=5)] = None,
    placed: Annotated[bool | None, Query(description="false: 未落点")] = None,
    cell_id: Asked = None,
    station_id: Asked = None,
    community_id: Asked = None,
    trade: Annotated[str | None, Query(max_length=60)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[register.BusinessRow]:
    """Businesses; the best answers of a question come first. Merged ones only when asked for by status."""
    after = decode(cursor, int, int)
    if after is not None and None in after:
        raise Invalid(
            "cursor", zh="翻页标记无效，请从第一页重新开始。", en="Begin again with the first page."
        )
    asked = Filter(
        q=q,
        bbox=bbox,
        status=status,
        licence_status=licence_status,
        placed=placed,
        cell_id=cell_id,
        station_id=station_id,
        community_id=community_id,
        trade=trade,
    )
    rows = search(session, user.jurisdiction_id, asked, after=after, limit=limit)
    return page(
        rows,
        limit,
        lambda row: register.BusinessRow.model_validate(row, from_attributes=True),
        lambda row: (row.rank, row.id),
    )


@router.post("/businesses", status_code=201)
def add_business(form: register.NewBusiness, user: Editor, session: Db) -> register.BusinessFile:
    """Enter a business. With a place on the map it receives its code at once."""
    _check_place(form.place, "/place")
    made = service.add(session, user.jurisdiction_id, form.draft(), officer_id=user.officer_id)
    return _file(session, user, made.id)


@router.get("/businesses/unplaced")
def count_unplaced(user: Reader, session: Db) -> list[UnplacedCount]:
    """How many businesses are not placed yet (未落点), by community."""
    rows = session.execute(queries.unplaced_counts(user.jurisdiction_id))
    return [UnplacedCount(community_id=one, community=name, count=count) for one, name, count in rows]


@router.get("/businesses/duplicates")
def list_duplicate_pairs(
    user: Reader,
    session: Db,
    after: Annotated[int, Query(ge=0, lt=2**63, description="`first_id` of the last pair seen")] = 0,
    limit: Limit = 50,
) -> list[Pair]:
    """Pairs of operating businesses with like names within 50 m of each other."""
    pairs = merging.duplicate_pairs(session, user.jurisdiction_id, after=after, limit=limit)
    return [
        Pair(first_id=first, second_id=second, likeness=likeness, metres=metres)
        for first, second, likeness, metres in pairs
    ]


@router.get("/businesses/{business_id}")
def get_business(business_id: Id, user: Reader, session: Db) -> register.BusinessFile:
    """One file per operator (一户一档)."""
    return _file(session, user, business_id)


@router.patch("/businesses/{business_id}")
def change_business(
    business_id: Id, form: register.BusinessChange, user: Editor, session: Db
) -> register.BusinessFile:
    """Correct what is on record; place and state have verbs of their own."""
    given = form.model_dump(exclude_unset=True)
    version, reason = given.pop("version"), given.pop("reason", None)
    service.edit(
        session,
        user.jurisdiction_id,
        business_id,
        given,
        officer_id=user.officer_id,
        version=version,
        reason=reason,
    )
    return _file(session, user, business_id)


@router.post("/businesses/{business_id}/close")
def close_business(business_id: Id, form: Closing, user: Editor, session: Db) -> register.BusinessFile:
    """It has ceased (停业、注销)."""
    service.close(session, user.jurisdiction_id, business_id, on=form.on, **_common(form, user))
    return _file(session, user, business_id)


@router.post("/businesses/{business_id}/not-found")
def business_not_found(business_id: Id, form: Verb, user: Editor, session: Db) -> register.BusinessFile:
    """It is not at its address (查无下落)."""
    service.mark_not_found(session, user.jurisdiction_id, business_id, **_common(form, user))
    return _file(session, user, business_id)


@router.post("/businesses/{business_id}/reopen")
def reopen_business(business_id: Id, form: Verb, user: Editor, session: Db) -> register.BusinessFile:
    """It does business again, or was found after all."""
    service.reopen(session, user.jurisdiction_id, business_id, **_common(form, user))
    return _file(session, user, business_id)


@router.post("/businesses/{business_id}/move")
def move_business(business_id: Id, form: Moving, user: Editor, session: Db) -> register.BusinessFile:
    """It has moved (迁址), within the jurisdiction or away. In another cell it receives another code."""
    if form.to is not None:
        _check_place(form.to, "/to")
    to = form.to.draft() if form.to else None
    service.move(session, user.jurisdiction_id, business_id, to=to, **_common(form, user))
    return _file(session, user, business_id)


@router.post("/businesses/{business_id}/replace", status_code=201)
def replace_business(business_id: Id, form: Replacing, user: Editor, session: Db) -> register.BusinessFile:
    """Another has taken over the premises (换户). Answers with the successor."""
    new = service.replace(
        session, user.jurisdiction_id, business_id, form.successor.draft(), **_common(form, user)
    )
    return _file(session, user, new.id)


@router.post("/businesses/{business_id}/merge")
def merge_business(business_id: Id, form: Merging, user: Editor, session: Db) -> register.BusinessFile:
    """Merge a duplicate into this one; `unmerge` on the duplicate takes it back."""
    merging.merge(
        session,
        user.jurisdiction_id,
        business_id,
        form.drop_id,
        officer_id=user.officer_id,
        versions=(form.version, form.drop_version),
        reason=form.reason,
    )
    return _file(session, user, business_id)


@router.post("/businesses/{business_id}/unmerge")
def unmerge_business(business_id: Id, form: Verb, user: Editor, session: Db) -> register.BusinessFile:
    """Take back the merge by which this one disappeared."""
    merging.unmerge(session, user.jurisdiction_id, business_id, **_common(form, user))
    return _file(session, user, business_id)


@router.get("/businesses/{business_id}/duplicates")
def list_duplicates(business_id: Id, user: Reader, session: Db) -> list[register.DuplicateView]:
    """Businesses that may be the same, with the reasons."""
    alike = merging.duplicates_of(session, user.jurisdiction_id, business_id)
    codes = record.present_codes(session, user.jurisdiction_id, [one.business.id for one in alike])
    return [
        register.DuplicateView(
            id=one.business.id,
            version=one.business.version,
            name=one.business.name,
            code=codes.get(one.business.id),
            status=one.business.status,
            licence_status=one.business.licence_status,
            reasons=list(one.reasons),
            likeness=one.likeness,
            metres=one.metres,
        )
        for one in alike
    ]


@router.get("/businesses/{business_id}/photos")
def list_business_photos(
    business_id: Id, user: Reader, session: Db, cursor: Cursor = None, limit: Limit = 24
) -> Page[register.BusinessPhoto]:
    """Photos of the findings and matters of a business that one may see, the newest first."""
    user.require(Permission.MATTERS_READ)
    record.get(session, user.jurisdiction_id, business_id)
    merged = session.scalars(queries.merged_into(user.jurisdiction_id, business_id)).all()
    asked = album.photos(
        user.jurisdiction_id,
        [business_id, *merged],
        org_ids=None if user.may(Permission.MATTERS_READ_ALL) else sorted(user.organisation_ids),
        after=decode(cursor, datetime, str),
        limit=limit + 1,
    )
    rows = session.execute(asked).all()
    known = names.look_up(session, user.jurisdiction_id, officers=(row.person_id for row in rows))
    return page(rows, limit, lambda row: _photo(row, known), lambda row: (row.at, row.sha256))


@router.post("/businesses/{business_id}/unmask")
def unmask_number(business_id: Id, form: Unmasking, user: Unmasker, session: Db) -> Unmasked:
    """One number of one business in clear. The reason stands in the audit trail with your name."""
    value = masking.unmask(
        session,
        user.jurisdiction_id,
        business_id,
        form.field,
        officer_id=user.officer_id,
        reason=form.reason,
    )
    return Unmasked(value=value)


@router.post("/businesses/{business_id}/permits", status_code=201)
def add_permit(business_id: Id, form: register.NewPermit, user: Editor, session: Db) -> register.BusinessFile:
    """Record a permit (许可证)."""
    permits.add_permit(
        session,
        user.jurisdiction_id,
        business_id,
        form.draft(),
        officer_id=user.officer_id,
        version=form.version,
    )
    return _file(session, user, business_id)


@router.post("/businesses/{business_id}/permits/{permit_id}/lose")
def lose_permit(
    business_id: Id, permit_id: Id, form: Losing, user: Editor, session: Db
) -> register.BusinessFile:
    """A permit is revoked, rescinded, cancelled or has expired."""
    permits.lose_permit(
        session,
        user.jurisdiction_id,
        business_id,
        permit_id,
        status=form.status,
        on=form.on,
        **_common(form, user),
    )
    return _file(session, user, business_id)


def _common(form: Verb, user: User) -> dict[str, Any]:
    return {"officer_id": user.officer_id, "version": form.version, "reason": form.reason}


def _check_place(place: register.PlaceForm, pointer: str) -> None:
    if (place.lon is None) != (place.lat is None):
        zh, en = "经度和纬度须同时填写，或都不填。", "Give both longitude and latitude, or neither."
        raise Invalid("half-position", zh=zh, en=en, faults=[FieldFault(pointer, zh, en)])


def _photo(row: Any, known: names.Names) -> register.BusinessPhoto:
    return register.BusinessPhoto(
        sha256=row.sha256,
        caption=row.caption or "",
        at=row.at,
        matter_id=row.matter_id,
        matter_title=row.title,
        matter_title_en=title_in_english(row.title),
        officer_id=row.person_id,
        officer=known.officer(row.person_id),
        remarks=device.remarks(row.device),
    )


def _file(session: Session, user: User, business_id: int) -> register.BusinessFile:
    return register.show(session, dossier(session, user.jurisdiction_id, business_id))

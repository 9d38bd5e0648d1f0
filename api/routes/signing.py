"""授权代签 and 常用语: authorities to sign for another, and stock phrases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from api import names
from api.approval_shapes import (
    AuthorisableKind,
    AuthorisablePost,
    AuthorityAct,
    AuthorityEnd,
    AuthorityForm,
    AuthorityOptions,
    AuthorityView,
    PhraseForm,
    PhraseView,
    Receiver,
    SignedUnder,
)
from api.auth import User
from api.deps import Db, Id
from api.matter_shapes import Person
from api.matter_views import person, post_title
from api.names import Names
from api.permissions import Permission
from api.policy import permit
from gridsup.errors import Forbidden
from gridsup.people.deputies import day_of
from gridsup.procedures import signing
from gridsup.procedures.pack import Words
from gridsup.signing import authorities, phrases, queries
from gridsup.signing.model import SigningAuthority

router = APIRouter(tags=["approvals"])
Signer = Annotated[User, permit(Permission.MATTERS_ACT)]
Reader = Annotated[User, permit(Permission.PEOPLE_READ)]


@router.get("/signing-authorities")
def list_signing_authorities(user: Reader, session: Db) -> list[AuthorityView]:
    """Every authority to sign for another, the last recorded first."""
    return _views(session, user, session.scalars(queries.authorities(user.jurisdiction_id)).all())


@router.get("/signing-authorities/options")
def list_signing_options(user: Signer, session: Db) -> AuthorityOptions:
    """The kinds of approval that my own posts sign, whether each may be signed for me, and by whom."""
    today = day_of(datetime.now(UTC))
    posts: dict[str, list[AuthorisableKind]] = {
        one.post: [] for one in user.capacities if one.deputy_of is None
    }
    for kind, pack, action in signing.approvable():
        name = kind.rpartition(".")[2]
        ground = signing.ground_of(pack, name)
        for post in {step.post for step in pack.approvals[str(action.approval)].steps} & set(posts):
            posts[post].append(
                AuthorisableKind(
                    kind=kind,
                    title=action.title,
                    pack_title=pack.title,
                    open=signing.personal_refusal(pack, name) is None,
                    heads_only=signing.heads_for(pack, name, post) is not None,
                    why=ground.why if ground else None,
                    source=ground.source if ground else None,
                    verified=ground.verified if ground else False,
                )
            )
    fit = authorities.fit_receivers(session, user.jurisdiction_id, user.officer_id, today)
    known = names.look_up(session, user.jurisdiction_id, officers=fit)
    receivers = [Receiver(id=one, name=known.officer(one) or "", head=head) for one, head in fit.items()]
    return AuthorityOptions(
        posts=[
            AuthorisablePost(post=post, post_title=post_title(post), kinds=kinds)
            for post, kinds in posts.items()
            if kinds
        ],
        receivers=sorted(receivers, key=lambda one: (not one.head, one.name)),
    )


@router.post("/signing-authorities", status_code=201)
def add_signing_authority(form: AuthorityForm, user: Signer, session: Db) -> AuthorityView:
    """I authorise somebody to sign for me: these kinds, on these days. It is recorded."""
    today = day_of(datetime.now(UTC))
    row = authorities.grant(
        session, user.jurisdiction_id, giver_id=user.officer_id, today=today, **form.model_dump()
    )
    return _views(session, user, [row])[0]


@router.post("/signing-authorities/{authority_id}/revoke")
def revoke_signing_authority(
    authority_id: Id, form: AuthorityEnd, user: Signer, session: Db
) -> AuthorityView:
    """End it at once. What was signed under it stays."""
    now = datetime.now(UTC)
    row = authorities.revoke(
        session,
        user.jurisdiction_id,
        authority_id,
        by=user.officer_id,
        office=user.may(Permission.PEOPLE_EDIT),
        reason=form.reason,
        now=now,
        today=day_of(now),
    )
    return _views(session, user, [row])[0]


@router.get("/stock-phrases")
def list_stock_phrases(user: Signer, session: Db) -> list[PhraseView]:
    """The bureau's stock phrases (those that ship, until it has its own), then mine."""
    rows = session.scalars(queries.phrases(user.jurisdiction_id, user.officer_id)).all()
    keeper = user.may(Permission.LIMITS_SET)
    own = [one for one in rows if one.officer_id is None]
    found = [
        PhraseView(id=None, agreed=agreed, text=one.zh, en=one.en, mine=False, removable=False)
        for agreed, words in phrases.shipped().items()
        if not any(one.agreed == agreed for one in own)
        for one in words
    ]
    for one in sorted(rows, key=lambda row: row.officer_id is not None):
        mine = one.officer_id is not None
        found.append(
            PhraseView(
                id=one.id, agreed=one.agreed, text=one.text, en=None, mine=mine, removable=mine or keeper
            )
        )
    return found


@router.post("/stock-phrases", status_code=201)
def add_stock_phrase(form: PhraseForm, user: Signer, session: Db) -> PhraseView:
    """Add a phrase to my list, or to the bureau's where I may set its limits."""
    if form.bureau and not user.may(Permission.LIMITS_SET):
        raise Forbidden(
            "phrase-of-bureau",
            zh="本局常用语由有权设定环节期限的人员维护。",
            en="The bureau's phrases are kept by those who set its limits.",
        )
    row = phrases.add(session, user.jurisdiction_id, user.officer_id, **form.model_dump())
    return PhraseView(
        id=row.id, agreed=row.agreed, text=row.text, en=None, mine=not form.bureau, removable=True
    )


@router.delete("/stock-phrases/{phrase_id}", status_code=204, response_class=Response)
def remove_stock_phrase(phrase_id: Id, user: Signer, session: Db) -> Response:
    """Remove a phrase of mine, or of the bureau's where I may set its limits."""
    keeper = user.may(Permission.LIMITS_SET)
    phrases.remove(session, user.jurisdiction_id, user.officer_id, phrase_id, keeper=keeper)
    return Response(status_code=204)


def _views(session: Session, user: User, rows: Sequence[SigningAuthority]) -> list[AuthorityView]:
    officers = [n for one in rows for n in (one.giver_id, one.receiver_id, one.revoked_by)]
    known = names.look_up(session, user.jurisdiction_id, officers=officers)
    today = day_of(datetime.now(UTC))
    titles = {kind: (action.title, pack.title) for kind, pack, action in signing.approvable()}
    signed: dict[int, list[SignedUnder]] = {one.id: [] for one in rows}
    found = session.execute(queries.signed_under(user.jurisdiction_id, rows)) if rows else ()
    for authority, matter, name, pack, act, agreed, at in found:
        title, _ = titles.get(f"{pack}.{act}") or (Words(zh=act, en=act), None)
        signed[authority].append(
            SignedUnder(matter_id=matter, matter_title=name, title=title, agreed=agreed, at=at)
        )
    return [_view(user, one, known, titles, authorities.standing(one, today), signed[one.id]) for one in rows]


def _view(
    user: User,
    row: SigningAuthority,
    known: Names,
    titles: dict[str, tuple[Words, Words]],
    stands: authorities.Standing,
    signed: list[SignedUnder],
) -> AuthorityView:
    mine = user.officer_id in (row.giver_id, row.receiver_id) or user.may(Permission.PEOPLE_EDIT)
    unknown = (Words(zh="", en=""), Words(zh="", en=""))
    acts = [
        AuthorityAct(kind=kind, title=title, pack_title=pack_title)
        for kind in row.acts
        for title, pack_title in (titles.get(kind, unknown),)
    ]
    return AuthorityView(
        id=row.id,
        giver=Person(id=row.giver_id, name=known.officer(row.giver_id)),
        receiver=Person(id=row.receiver_id, name=known.officer(row.receiver_id)),
        post=row.post,
        post_title=post_title(row.post),
        acts=acts,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        reason=row.reason,
        standing=stands,
        made_at=row.made_at,
        revoked_at=row.revoked_at,
        revoked_by=person(row.revoked_by, known),
        revoke_reason=row.revoke_reason,
        revocable=mine and stands in ("coming", "in_force"),
        signed=signed,
    )

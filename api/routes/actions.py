"""Acting on matters: one, many at once, and signatures on proposals. All go through the one door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import standing
from api.acts import ActAnswer, Reason, answer_view
from api.auth import User
from api.deps import Db, Id
from api.inputs import ActingForm, DeviceForm, Facts, Instant, Number, PhotoRef
from api.permissions import Permission
from api.pointers import pointing, under
from api.policy import permit
from gridsup.errors import Conflict, GridsupError, Refused
from gridsup.patrols import device
from gridsup.procedures import engine, queries, versions, views
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer
from gridsup.procedures.family import no_matter
from gridsup.procedures.pack import Action

router = APIRouter(tags=["matters"])
Actor = Annotated[User, permit(Permission.MATTERS_ACT)]
ActionName = Annotated[str, Path(max_length=60, description="as `GET /matters/{matter_id}` lists it")]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        description="made by the client; the same key with the same request acts once",
    ),
]
MOST_AT_ONCE = 200


class ActForm(BaseModel):
    """One act: its form, and under which capacity, on which version, when, with whom it is done."""

    form: Facts = Field(default={}, description="as the action's JSON Schema says")
    acting: ActingForm | None = Field(default=None, description="when absent, the first post that may act")
    expected_version: int = Field(ge=1, lt=2**31, description="the version that the person saw")
    effective_at: Instant | None = Field(default=None, description="legal time of the act; now when absent")
    crew: Annotated[list[Number], Field(max_length=20)] = Field(
        default=[], description="officers who act together"
    )
    photos: Annotated[list[PhotoRef], Field(max_length=30)] = []
    device: DeviceForm | None = Field(default=None, description="what the phone noted about itself")
    offline: bool = Field(default=False, description="done without a connection: stale, it is kept as `late`")


class WeighForm(BaseModel):
    """A form as it stands; what is not filled in yet is left out."""

    form: Facts = {}


class Chosen(BaseModel):
    """A matter among those that are acted on at once; its `form` wins over the common one, field by field."""

    matter_id: Number
    expected_version: int = Field(ge=1, lt=2**31)
    form: Facts = {}


class BatchForm(BaseModel):
    """The same act on several matters; each stands or falls by itself."""

    matters: Annotated[list[Chosen], Field(min_length=1, max_length=MOST_AT_ONCE)]
    form: Facts = {}
    acting: ActingForm | None = None
    effective_at: Instant | None = None
    crew: Annotated[list[Number], Field(max_length=20)] = []


class Outcome(BaseModel):
    """What became of one matter of a batch: an `answer`, or a `refusal` with its reason."""

    matter_id: int
    done: bool
    answer: ActAnswer | None
    refusal: Reason | None
    faults: list[dict[str, str]] = Field(default=[], description="`pointer`, `zh`, `en` of each fault")


class BatchAnswer(BaseModel):
    """Outcomes in the order of the request."""

    batch: str = Field(description="the batch's key: repeat it to see these outcomes again")
    done: int
    refused: int
    outcomes: list[Outcome]


class SignForm(BaseModel):
    """A signature, or the refusal to sign; a refusal needs its opinion."""

    agreed: bool
    opinion: Annotated[str, Field(max_length=1000)] = ""
    acting: ActingForm | None = None
    expected_version: int = Field(ge=1, lt=2**31)
    effective_at: Instant | None = None


_OF_THE_BODY = frozenset(ActForm.model_fields) - {"form"}


@router.post("/matters/{matter_id}/actions/{action}")
def act(
    matter_id: Id, action: ActionName, form: ActForm, user: Actor, session: Db, idempotency_key: Key
) -> ActAnswer:
    """Take a step. 409 tells the matter's `state` and `version` now; 422 points at the fields (`/form/…`).

    An act that needs approval becomes a proposal (`kind` is `proposed`). One that comes from an outbox with
    `offline` and finds the matter changed is kept beside the current state (`kind` is `late`).
    """
    standing.check_sight(session, user, [matter_id])
    acting = _acting(session, user, matter_id, action, form.acting, form.effective_at)
    with _telling(session, matter_id), pointing(under("/form", but=_OF_THE_BODY)):
        answer = engine.act(
            session,
            matter_id,
            action,
            acting,
            form.form,
            key=idempotency_key,
            expected_version=form.expected_version,
            effective_at=form.effective_at,
            crew=form.crew,
            photos=[photo.model_dump() for photo in form.photos],
            offline=form.offline,
        )
    if form.device is not None and not answer.replayed:
        device.note(session, user.jurisdiction_id, matter_id, answer.seq, form.device.told())
    return answer_view(session, user.jurisdiction_id, answer)


@router.post("/matters/actions/{action}")
def act_on_many(
    action: ActionName, form: BatchForm, user: Actor, session: Db, idempotency_key: Key
) -> BatchAnswer:
    """Take the same step on several matters: the good ones are done, the others come back with reasons."""
    sight = standing.visible(session, user, [one.matter_id for one in form.matters])
    known = _actions(session, user, sorted(sight), action)
    requests: dict[int, engine.Request] = {}
    refused: dict[int, GridsupError] = {}
    for place, one in enumerate(form.matters):
        if one.matter_id not in sight:
            refused[place] = no_matter(one.matter_id)
            continue
        step = known.get(one.matter_id)
        if step is not None and not step.batch:
            refused[place] = _one_by_one(step)
            continue
        try:
            acting = standing.acting(
                session, user, form.acting, step.posts if step else (), form.effective_at
            )
        except GridsupError as refusal:
            refused[place] = refusal
            continue
        requests[place] = engine.Request(
            one.matter_id,
            action,
            acting,
            f"{idempotency_key}:{one.matter_id}",
            one.expected_version,
            {**form.form, **one.form},
            form.effective_at,
            tuple(form.crew),
        )
    results = dict(zip(requests, engine.act_many(session, list(requests.values())), strict=True))
    outcomes = [
        outcome(session, user, one.matter_id, refused.get(place) or results[place])
        for place, one in enumerate(form.matters)
    ]
    done = sum(one.done for one in outcomes)
    return BatchAnswer(batch=idempotency_key, done=done, refused=len(outcomes) - done, outcomes=outcomes)


@router.post("/matters/{matter_id}/actions/{action}/heeds")
def weigh(matter_id: Id, action: ActionName, form: WeighForm, user: Actor, session: Db) -> list[Reason]:
    """What to heed before a step, with its form as it is filled in so far; nothing is kept back or done."""
    standing.check_sight(session, user, [matter_id])
    return [Reason(**one) for one in views.heeds(session, matter_id, action, form.form)]


@router.post("/matters/{matter_id}/proposals/{proposal}/sign")
def sign_proposal(
    matter_id: Id,
    proposal: Annotated[int, Path(ge=1, lt=2**31, description="its number, from `proposals`")],
    form: SignForm,
    user: Actor,
    session: Db,
    idempotency_key: Key,
) -> ActAnswer:
    """Sign a proposal, or refuse to. `kind` is `act` when this signature let it take effect."""
    standing.check_sight(session, user, [matter_id])
    acting = standing.signing(session, user, form.acting, matter_id, proposal)
    if acting is None:
        posts = _signing_posts(session, user, matter_id, proposal)
        acting = standing.acting(session, user, form.acting, posts, form.effective_at)
    with _telling(session, matter_id):
        answer = engine.sign(
            session,
            matter_id,
            proposal,
            acting,
            agreed=form.agreed,
            opinion=form.opinion,
            key=idempotency_key,
            expected_version=form.expected_version,
            effective_at=form.effective_at,
        )
    return answer_view(session, user.jurisdiction_id, answer)


@contextmanager
def _telling(session: Session, matter_id: int) -> Iterator[None]:
    """A refusal by the matter's situation says what that situation is."""
    try:
        yield
    except (Conflict, Refused) as refusal:
        now = views.current(session, matter_id)
        told = {"state": now["state"], "version": now["version"], "state_zh": now["state_title"]["zh"]}
        refusal.params |= {**told, "state_en": now["state_title"]["en"]} | refusal.params
        raise


def _acting(
    session: Session,
    user: User,
    matter_id: int,
    action: str,
    named: ActingForm | None,
    at: Any,
) -> Acting:
    step = _actions(session, user, [matter_id], action).get(matter_id)
    posts: Sequence[str] = step.posts if step else [one.post for one in user.capacities]
    return standing.acting(session, user, named, posts, at)


def _actions(session: Session, user: User, matter_ids: Sequence[int], action: str) -> dict[int, Action]:
    """The step of that name in the procedure of each matter that has one."""
    found = {}
    for row in session.execute(queries.packs_of(user.jurisdiction_id, matter_ids)):
        pack = versions.pinned(session, user.jurisdiction_id, row.pack, row.pack_version, row.pack_hash)
        if action in pack.actions:
            found[row.id] = pack.actions[action]
    return found


def _signing_posts(session: Session, user: User, matter_id: int, proposal: int) -> list[str]:
    """The posts of the approval; all of one's own where there is no such proposal (the door says so)."""
    _, member = views.read(session, matter_id)
    row = member.p.proposals.get(proposal)
    if row is None:
        return [one.post for one in user.capacities]
    return [step.post for step in member.pack.approvals[row["approval"]].steps]


def _one_by_one(step: Action) -> Refused:
    return Refused(
        "not-in-batch",
        zh="“{action_zh}”须逐件办理。",
        en="“{action_en}” is done to one matter at a time.",
        action_zh=step.title.zh,
        action_en=step.title.en,
    )


def outcome(
    session: Session, user: User, matter_id: int, result: Answer | GridsupError, *, at: str = "/form"
) -> Outcome:
    """What became of one of several; ``at`` is where its faults point into."""
    if isinstance(result, Answer):
        view = answer_view(session, user.jurisdiction_id, result)
        return Outcome(matter_id=matter_id, done=True, answer=view, refusal=None)
    return Outcome(
        matter_id=matter_id,
        done=False,
        answer=None,
        refusal=Reason(code=result.code, zh=result.text("zh"), en=result.text("en")),
        faults=[{"pointer": f"{at}{one.pointer}", "zh": one.zh, "en": one.en} for one in result.faults],
    )

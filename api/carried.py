"""Entering an outbox that came as a file: each item as if its phone had sent it, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Response
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session

from api import validation
from api.acts import ActAnswer
from api.auth import User
from api.document_shapes import ServiceForm
from api.errors import STATUS
from api.inputs import Instant, Number, PhotoRef, Position
from api.permissions import Permission
from api.routes import actions, documents, field, findings, premises, spotchecks, starting, transfers, visits
from api.routes import attachments as attachment_routes
from api.spotcheck_shapes import RevisitForm
from gridsup.db import lost_a_race
from gridsup.errors import FieldFault, GridsupError, Invalid, Unavailable
from gridsup.patrols.carried import Carried
from gridsup.procedures import attachments
from gridsup.procedures.pack import Words
from gridsup.registry import queries as registry
from gridsup.registry import record

Told = dict[str, Any]


class Item(BaseModel):
    """An item of a phone's outbox, as the phone keeps it."""

    key: Annotated[str, Field(min_length=1, max_length=100)]
    kind: Literal["visit", "finding", "act", "start", "place", "transfer", "skip", "revisit", "service"]
    path: dict[str, Any] = {}
    body: dict[str, Any]
    photos: Annotated[list[PhotoRef], Field(max_length=30)] = []

    def with_photos(self, **more: Any) -> Told:
        """The body, with its photos as the routes take them."""
        return {**self.body, "photos": [one.model_dump() for one in self.photos], **more}


class _Step(BaseModel):
    matter_id: Number
    action: Annotated[str, Field(max_length=60)]


class _Matter(BaseModel):
    matter_id: Number


class _Household(BaseModel):
    business_id: Number


class _Check(BaseModel):
    check_id: Number


class _Paper(BaseModel):
    document_id: Number


class _Shot(BaseModel):
    kind: Annotated[str, Field(max_length=40, pattern="^[a-z_]+$")] | None = None
    takenAt: Instant | None = None  # noqa: N815 - the phone's own word
    fromGallery: bool = False  # noqa: N815
    place: Position | None = None
    clockAhead: Annotated[float, Field(ge=-1e13, le=1e13)] | None = None  # noqa: N815


def enter(session: Session, officer: User, carried: Carried) -> list[Told]:
    """Enter the items in their order, each by itself: what is refused stays on the phone, with the reason.

    An item's key is the one that the phone sends it under, so what arrived before by the network, or comes
    again, is entered once. Raises only what is no fault of an item (:class:`Unavailable`, a lost database).
    """
    return [_entered(session, officer, item, carried.photos) for item in carried.items]


def _entered(session: Session, officer: User, raw: Told, photos: dict[str, Told]) -> Told:
    told: Told = {
        "key": str(raw["key"]),
        "kind": str(raw.get("kind")),
        "title": str(raw.get("title", "")),
        "at": datetime.now(UTC).isoformat(),
    }
    try:
        if (flaw := validation.flaw(raw)) is not None:
            raise _unfit([FieldFault(*flaw)])
        item = Item.model_validate(raw)
        with session.begin_nested():
            _keep_photos(session, officer, item, photos)
            answer = KINDS[item.kind](session, officer, item)
    except Unavailable:
        raise
    except GridsupError as refusal:
        return {**_storable(told), "state": "refused", "refusal": _refusal(refusal)}
    except ValidationError as wrong:
        found = [validation.fault({**one, "loc": ("body", *one["loc"])})[1] for one in wrong.errors()]
        return {**_storable(told), "state": "refused", "refusal": _refusal(_unfit(found))}
    except DBAPIError as error:
        if not (lost_a_race(error) or isinstance(error, DataError)):
            raise
        return {**told, "state": "refused", "refusal": _refusal(_unfit([]))}
    return {**told, "state": "late" if answer.get("late") else "received", **answer}


def _storable(told: Told) -> Told:
    """What names a refused item, cut and cleaned: it may itself be what cannot be stored."""
    return {name: "" if validation.bad_text(text) else text[:200] for name, text in told.items()}


def _keep_photos(session: Session, officer: User, item: Item, photos: dict[str, Told]) -> None:
    hashes = [one.sha256 for one in item.photos]
    if hashes:
        officer.require(Permission.ATTACHMENTS_UPLOAD)
    here = attachments.arrived(session, hashes)
    for sha256 in hashes:
        photo = photos.get(sha256)
        if sha256 in here or photo is None:
            continue  # one that is on neither side is refused by the act that names it
        shot = _Shot.model_validate(photo)
        attachments.save(
            session,
            photo["content"],
            uploaded_by=officer.officer_id,
            sha256=sha256,
            caption_kind=shot.kind,
            taken_at=shot.takenAt,
            device=attachment_routes.shot(
                **(shot.place.model_dump() if shot.place else {}),
                clock_ahead_ms=shot.clockAhead,
                gallery=shot.fromGallery,
            ),
        )


def _visit(session: Session, officer: User, item: Item) -> Told:
    officer.require(Permission.VISITS_WRITE)
    done = visits.record_visit(visits.NewVisit.model_validate(item.body), officer, session)
    return {"note": _same(done.cell_code)}


def _finding(session: Session, officer: User, item: Item) -> Told:
    officer.require(Permission.FINDINGS_REPORT)
    form = findings.Report.model_validate(item.with_photos())
    done = findings.report_finding(form, officer, session, Response())
    return {**_of_matter(done.matter), "note": _same(done.cell_code)}


def _act(session: Session, officer: User, item: Item) -> Told:
    officer.require(Permission.MATTERS_ACT)
    form = actions.ActForm.model_validate(item.with_photos(offline=True))
    step = _Step.model_validate(item.path)
    done = actions.act(step.matter_id, step.action, form, officer, session, item.key)
    return {**_of_matter(done), "note": _words(done.state_title)}


def _start(session: Session, officer: User, item: Item) -> Told:
    officer.require(Permission.MATTERS_ACT)
    form = starting.NewMatter.model_validate(item.with_photos())
    done = starting.start_matter(form, officer, session, item.key)
    return {**_of_matter(done), "note": _words(done.state_title)}


def _place(session: Session, officer: User, item: Item) -> Told:
    """Placed by somebody meanwhile, it stays where it is."""
    officer.require(Permission.BUSINESSES_EDIT)
    household = _Household.model_validate(item.path)
    one = record.get(session, officer.jurisdiction_id, household.business_id)
    at = session.execute(registry.position(officer.jurisdiction_id, one.premises_id)).one()
    if at[0] is not None:
        return {"note": _same(None)}
    form = premises.Placing.model_validate({**item.body, "way": "doorstep"})
    placed = premises.place_premises(one.premises_id, form, officer, session)
    return {"note": _same(placed.codes.get(one.id))}


def _transfer(session: Session, officer: User, item: Item) -> Told:
    officer.require(Permission.FINDINGS_REPORT)
    form = transfers.NewTransfer.model_validate(item.body)
    done = transfers.ask_transfer(_Matter.model_validate(item.path).matter_id, form, officer, session)
    return {"matter": done.matter_id, "number": done.matter_number, "note": _same(done.to_cell)}


def _skip(session: Session, officer: User, item: Item) -> Told:
    officer.require(Permission.VISITS_WRITE)
    field.skip_stop(field.NewSkip.model_validate(item.body), officer, session)
    return {"note": _same(None)}


def _revisit(session: Session, officer: User, item: Item) -> Told:
    officer.require(Permission.SPOTCHECKS_OWN)
    form = RevisitForm.model_validate(item.with_photos())
    done = spotchecks.record_revisit(_Check.model_validate(item.path).check_id, form, officer, session)
    return {"note": _same(done.record.code)}


def _service(session: Session, officer: User, item: Item) -> Told:
    """A paper that was served at the door; its photos and signatures are named in the body."""
    officer.require(Permission.DOCUMENTS_ISSUE)
    form = ServiceForm.model_validate(item.body)
    done = documents.serve_document(_Paper.model_validate(item.path).document_id, form, officer, session)
    return {"number": done.number, "matter": done.matter_id, "note": _same(done.title)}


KINDS: dict[str, Callable[[Session, User, Item], Told]] = {
    "visit": _visit,
    "finding": _finding,
    "act": _act,
    "start": _start,
    "place": _place,
    "transfer": _transfer,
    "skip": _skip,
    "revisit": _revisit,
    "service": _service,
}


def _of_matter(answer: ActAnswer) -> Told:
    late = answer.late and {"zh": answer.late.zh, "en": answer.late.en}
    return {"number": answer.number, "matter": answer.matter_id, "late": late}


def _same(text: str | None) -> Told:
    return {"zh": text or "", "en": text or ""}


def _words(words: Words) -> Told:
    return {"zh": words.zh, "en": words.en}


def _unfit(faults: list[FieldFault]) -> Invalid:
    return Invalid(
        "invalid-input",
        zh="这条记录的内容不符合要求，请在手机上修改后再导出。",
        en="This record is not as it must be; correct it on the phone and make the file again.",
        faults=faults,
    )


def _refusal(refusal: GridsupError) -> Told:
    status = next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), 400)
    return {
        "status": status,
        "code": refusal.code,
        "zh": refusal.text("zh"),
        "en": refusal.text("en"),
        "faults": [{"pointer": one.pointer, "zh": one.zh, "en": one.en} for one in refusal.faults],
    }

"""The one door: every act on every matter goes through here, whatever its procedure.

Key → lock → what fell due → version, state, persons, form, photos → event and projections → NOTIFY. The
caller commits; an answer counts only once that commit has returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, GridsupError, NotFound, Refused
from gridsup.procedures import approvals, door, forms, hashing, sealing, steps, versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer, Photo
from gridsup.procedures.family import (
    Family,
    Member,
    clock,
    jurisdiction_of,
    legal_day,
    lock_family,
)
from gridsup.procedures.moment import moment_of
from gridsup.procedures.pack import Action
from gridsup.procedures.projection import Projection
from gridsup.procedures.rights import crew_refusals, person_refusals, post_refusal
from gridsup.procedures.store import MATTERS

NEVER_LATE = ("crew-too-small", "crew-not-qualified", "outside-delegation", "not-delegable")
"""Refusals that are no matter of staleness: the person who acted can mend them."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a new matter is about and where it stands. ``lon``, ``lat``: CRS84 degrees; ``facts`` as known."""

    title: str
    subject_kind: str | None = None
    subject_id: int | None = None
    cell_id: int | None = None
    station_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    assigned_officer_id: int | None = None
    assigned_org_id: int | None = None
    number: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One act as asked for. ``expected_version`` is the version that the person saw; None does not compare.

    ``crew``: ids of the officers who act together (the acting person is always among them). ``photos``:
    ``{"sha256", "caption"}`` each. ``offline``: done without a connection; arriving stale it is kept as
    ``late``.
    """

    matter_id: int
    action: str
    acting: Acting
    key: str
    expected_version: int | None
    form: Mapping[str, Any] = field(default_factory=dict)
    effective_at: datetime | None = None
    crew: Sequence[int] = ()
    photos: Sequence[Photo] = ()
    offline: bool = False


def act(
    session: Session,
    matter_id: int,
    action: str,
    acting: Acting,
    form: Mapping[str, Any] | None = None,
    *,
    key: str,
    expected_version: int | None,
    effective_at: datetime | None = None,
    crew: Sequence[int] = (),
    photos: Sequence[Photo] = (),
    offline: bool = False,
    now: datetime | None = None,
) -> Answer:
    """Do ``action`` on a matter. ``now`` is for tests and for loading history; else the clock is read.

    Raises:
        NotFound: ``no-matter``, ``no-action``.
        Conflict: ``matter-changed`` (its params hold the current ``state`` and ``version``), ``wrong-state``,
            ``already-proposed``, ``effective-too-early``.
        Forbidden: ``post-not-allowed``, ``post-not-held``, ``not-deputy``, ``not-assigned``.
        Refused: ``separation-of-duties``, ``outside-delegation``, ``not-delegable``, ``crew-too-small``,
            ``crew-not-qualified``, ``awaits-child``, ``condition-not-met``, ``facts-missing``,
            ``clock-not-running``.
        Invalid: ``form-invalid``, ``not-storable``, ``photo-absent``, ``photo-count``, ``photo-caption``,
            ``effective-naive``, ``effective-in-future``, ``key-malformed``, ``key-reused``.
    """
    request = Request(
        matter_id,
        action,
        acting,
        key,
        expected_version,
        form or {},
        effective_at,
        tuple(crew),
        tuple(photos),
        offline,
    )
    return act_on(session, request, now=now)


def act_on(session: Session, request: Request, *, now: datetime | None = None) -> Answer:
    """:func:`act` with its parameters in one piece."""
    jurisdiction_id = jurisdiction_of(session)
    session.flush()
    plain = {
        "verb": "act",
        "matter": request.matter_id,
        "action": request.action,
        "acting": request.acting.as_json(),
        "form": dict(request.form),
        "expected_version": request.expected_version,
        "effective_at": hashing.iso(request.effective_at) if request.effective_at else None,
        "crew": list(request.crew),
        "photos": [dict(photo) for photo in request.photos],
        "offline": request.offline,
    }
    return door.once(
        session,
        jurisdiction_id,
        request.acting.person_id or 0,
        request.key,
        plain,
        lambda: _act(session, jurisdiction_id, request, now),
    )


def act_many(
    session: Session, requests: Sequence[Request], *, now: datetime | None = None
) -> list[Answer | GridsupError]:
    """Several acts through the same door in one transaction; each stands or falls by itself.

    The families are locked in order of id first, so two bursts cannot lock each other out. The result has one
    entry per request, in their order: its answer, or the refusal.
    """
    jurisdiction_id = jurisdiction_of(session)
    session.flush()
    lock_roots(session, jurisdiction_id, [request.matter_id for request in requests])
    results: list[Answer | GridsupError] = []
    for request in requests:
        try:
            results.append(act_on(session, request, now=now))
        except GridsupError as refusal:
            results.append(refusal)
    return results


def open_matter(
    session: Session,
    pack_id: str,
    acting: Acting,
    header: Header,
    form: Mapping[str, Any] | None = None,
    *,
    key: str,
    effective_at: datetime | None = None,
    crew: Sequence[int] = (),
    photos: Sequence[Photo] = (),
    now: datetime | None = None,
) -> Answer:
    """Open a matter by its procedure's opening action, under the version in force on the day of the act.

    Raises as :func:`act`, and :class:`NotFound` ``pack-unknown``, ``pack-not-in-force``.
    """
    jurisdiction_id = jurisdiction_of(session)
    session.flush()
    plain = {
        "verb": "open",
        "pack": pack_id,
        "acting": acting.as_json(),
        "header": {**asdict(header), "facts": dict(header.facts)},
        "form": dict(form or {}),
        "effective_at": hashing.iso(effective_at) if effective_at else None,
        "crew": list(crew),
        "photos": [dict(photo) for photo in photos],
    }

    def run() -> Answer:
        family = Family(session, jurisdiction_id, now or clock())
        at = moment_of(family, None, effective_at)
        pack, pack_hash = versions.in_force(session, jurisdiction_id, pack_id, legal_day(at))
        before = {"facts": dict(header.facts), "state": "start", "lon": header.lon, "lat": header.lat}
        member = Member(0, Projection(matter=before), pack)
        action = pack.actions[pack.opening]
        together = frozenset(crew) | ({acting.person_id} if acting.person_id else set())
        _raise_first(person_refusals(family, member, pack.opening, action, acting, at))
        _raise_first(crew_refusals(family, member, action, acting, together, at))
        _check_form(family, member, action, form or {}, photos)
        member, opening = steps.make_member(family, pack, pack_hash, asdict(header), at)
        body = steps.take(
            family,
            member,
            pack.opening,
            acting,
            sealing.seal(action, form or {}),
            at,
            crew=_stored_crew(together, crew),
            opening=opening,
            photos=photos,
        )
        door.announce(family, member.id)
        return door.answer_of(member, "act", body)

    return door.once(session, jurisdiction_id, acting.person_id or 0, key, plain, run)


def sign(
    session: Session,
    matter_id: int,
    proposal: int,
    acting: Acting,
    *,
    agreed: bool,
    key: str,
    expected_version: int | None,
    opinion: str = "",
    effective_at: datetime | None = None,
    now: datetime | None = None,
) -> Answer:
    """Sign, or refuse to sign, the proposal with that ``seq``. Raises as :func:`act` and ``approvals.sign``.

    The answer's ``kind`` is ``act`` when this signature let the proposal take effect, else ``signed``.
    """
    jurisdiction_id = jurisdiction_of(session)
    session.flush()
    plain = {
        "verb": "sign",
        "matter": matter_id,
        "proposal": proposal,
        "acting": acting.as_json(),
        "agreed": agreed,
        "form": {"opinion": opinion},
        "expected_version": expected_version,
        "effective_at": hashing.iso(effective_at) if effective_at else None,
    }

    def run() -> Answer:
        family, member = _locked(session, jurisdiction_id, matter_id, now)
        door.check_version(member, expected_version)
        at = moment_of(family, member, effective_at)
        body = approvals.sign(family, member, proposal, acting, agreed=agreed, opinion=opinion, at=at)
        door.announce(family, matter_id)
        return replace(door.answer_of(member, body["kind"], body), proposal=proposal)

    return door.once(session, jurisdiction_id, acting.person_id or 0, key, plain, run)


def _locked(
    session: Session, jurisdiction_id: int, matter_id: int, now: datetime | None
) -> tuple[Family, Member]:
    family = lock_family(session, jurisdiction_id, matter_id, now)
    steps.settle(family)
    return family, family.members[matter_id]


def _act(session: Session, jurisdiction_id: int, request: Request, now: datetime | None) -> Answer:
    family, member = _locked(session, jurisdiction_id, request.matter_id, now)
    try:
        answer = _take_effect(family, member, request)
    except (Conflict, Refused, NotFound) as refusal:
        if not request.offline or refusal.code in NEVER_LATE:
            raise
        answer = _keep_late(family, member, request, refusal)
    door.announce(family, member.id)
    return answer


def _take_effect(family: Family, member: Member, request: Request) -> Answer:
    door.check_version(member, request.expected_version)
    name, acting, form = request.action, request.acting, request.form
    action = door.find_action(member, name)
    at = moment_of(family, member, request.effective_at)
    facts = {**member.p.matter["facts"], **forms.facts_of(action.form, form)}
    together = frozenset(request.crew) | ({acting.person_id} if acting.person_id else set())
    _raise_first(person_refusals(family, member, name, action, acting, at))
    _raise_first(door.matter_refusals(family, member, name, action, facts))
    _raise_first(crew_refusals(family, member, action, acting, together, at))
    _check_form(family, member, action, form, request.photos, judged=True)
    sealed, crew = sealing.seal(action, form), _stored_crew(together, request.crew)
    if action.approval:
        body = approvals.propose(family, member, name, acting, sealed, at, crew=crew, photos=request.photos)
        return replace(door.answer_of(member, "proposed", body), proposal=body["seq"])
    body = steps.take(family, member, name, acting, sealed, at, crew=crew, photos=request.photos)
    return door.answer_of(member, "act", body)


def _keep_late(family: Family, member: Member, request: Request, refusal: GridsupError) -> Answer:
    """Keep an act that arrived stale beside the current state: it is shown, and takes no effect."""
    at = request.effective_at or family.now
    if held := post_refusal(family, request.acting, [request.acting.post], legal_day(at)):
        raise held
    action = member.pack.actions.get(request.action)
    door.check_photos(family.session, family.jurisdiction_id, None, request.photos)
    reason = {"code": refusal.code, "zh": refusal.text("zh"), "en": refusal.text("en")}
    body = family.record(
        member,
        kind="late",
        action=request.action,
        acting=request.acting,
        effective_at=min(at, family.now),
        form=sealing.seal(action, request.form) if action else request.form,
        change={"late": reason, "expected_version": request.expected_version},
        crew=request.crew,
        photos=request.photos,
    )
    return replace(door.answer_of(member, "late", body), late=reason)


def _check_form(
    family: Family,
    member: Member,
    action: Action,
    form: Mapping[str, Any],
    photos: Sequence[Photo],
    *,
    judged: bool = False,
) -> None:
    known = member.p.matter["facts"]
    forms.check(action.form, form, known)
    if not judged and (
        refusal := door.condition_refusal(member.pack, action, {**known, **forms.facts_of(action.form, form)})
    ):
        raise refusal
    door.check_photos(family.session, family.jurisdiction_id, action, photos)


def _raise_first(refusals: Iterable[GridsupError]) -> None:
    for refusal in refusals:
        raise refusal


def _stored_crew(together: frozenset[int], named: Sequence[int]) -> list[int]:
    """The crew as recorded: everybody, where somebody came along; nobody for an act done alone."""
    return sorted(together) if named else []


def lock_roots(session: Session, jurisdiction_id: int, matter_ids: Sequence[int]) -> None:
    """Lock the families of several matters in order of id, so that two bursts cannot lock each other out."""
    roots = select(MATTERS.c.root_id).where(
        MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id.in_(matter_ids)
    )
    session.execute(
        select(MATTERS.c.id)
        .where(MATTERS.c.jurisdiction_id == jurisdiction_id, MATTERS.c.id.in_(roots))
        .order_by(MATTERS.c.id)
        .with_for_update()
    ).all()

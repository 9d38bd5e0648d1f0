"""How matters are shown: names beside numbers, captions beside values, what one may not see left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from api import names, standing, titles
from api.auth import User
from api.captions import captioned, form_captions, masked, matters_in, officers_in
from api.held_shapes import held
from api.matter_shapes import (
    ActionView,
    CapacityView,
    DeadlineView,
    DocumentView,
    EventPhoto,
    EventView,
    MatterRow,
    MatterView,
    MilestoneView,
    PastStep,
    Person,
    PhotoView,
    ProposalView,
    RelativeView,
    RowClock,
    SignatureView,
    SubjectView,
)
from api.names import Names
from api.permissions import Permission
from gridsup.documents import life
from gridsup.documents.checking import NUMBER
from gridsup.documents.queries import documents_of
from gridsup.documents.serving import SERVE
from gridsup.enforcement import guards
from gridsup.jointwork.bulletin import title_in_english
from gridsup.patrols import device, story, transfers
from gridsup.procedures import attachments, effects, queries, views
from gridsup.procedures.family import Family, Member
from gridsup.procedures.pack import Action, Pack, Words
from gridsup.procedures.posts import POSTS
from gridsup.procedures.views import View
from gridsup.registry.ledger import household_in_short

_NAMED = tuple(MatterRow.model_fields)


def post_title(post: str) -> Words:
    return POSTS.get(post) or Words(zh=post, en=post)


def rows(session: Session, user: User, found: Sequence[View]) -> list[MatterRow]:
    """Matters of a queue."""
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=(one["assigned_officer_id"] for one in found),
        bodies=(number for one in found for number in (one["assigned_org_id"], one["station_id"])),
        cells_=(one["cell_id"] for one in found),
    )
    return [MatterRow(**_row(one, known)) for one in found]


def matter(session: Session, user: User, matter_id: int) -> MatterView:
    """One matter in full, with what this person may do. The sight of it was checked before."""
    family, member = views.read(session, matter_id)
    now, m, pack = family.now, member.p.matter, member.pack
    told = views.view_of(member, now)
    history = views.history(session, matter_id)
    signers = [one.acting for one in standing.signers(session, user)]
    may = views.available_actions(session, matter_id, standing.actings(user), signing=signers, now=now)
    relatives = _relatives(session, user, family, member)
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=[
            m["assigned_officer_id"],
            *_officers(history, may),
            *_named(officers_in, pack, m["facts"], history),
        ],
        matters=_named(matters_in, pack, m["facts"], history),
        bodies=[m["assigned_org_id"], m["station_id"], *(r.p.matter["assigned_org_id"] for r in relatives)],
        cells_=[m["cell_id"]],
    )
    noted = story.remarks(session, user.jurisdiction_id, matter_id)
    events = [_event(pack, one, known, noted.get(one["seq"], [])) for one in history]
    shown = [_relative(each, known) for each in relatives]
    return MatterView(
        **_row(told, known),
        pack_version=m["pack_version"],
        verified=pack.verified,
        subject=_subject(session, user, told),
        facts=masked(m["facts"]),
        fact_list=captioned(m["facts"], pack.facts, known),
        milestones=[
            MilestoneView(name=name, title=pack.milestones[name], at=at)
            for name, at in sorted(m["milestones"].items(), key=lambda item: item[1])
            if name in pack.milestones
        ],
        deadlines=[
            DeadlineView(**views.deadline_view(pack, row, now))
            for _, row in sorted(
                member.p.deadlines.items(), key=lambda item: (item[1]["started_at"], item[0])
            )
        ],
        parent=next((one for one in shown if one.id == m["parent_id"]), None),
        children=[one for one in shown if one.id != m["parent_id"]],
        photos=_photos(session, history),
        documents=[
            DocumentView(
                **{name: getattr(one, name) for name in DocumentView.model_fields if name != "seq"},
                seq=one.event_seq,
            )
            for one in session.scalars(documents_of(user.jurisdiction_id, matter_id))
        ],
        history=events,
        partners=queries.partners(session, [matter_id], user.officer_id)[matter_id],
        held=held(session, matter_id, m["pack"]),
        aside=guards.aside(session, user.jurisdiction_id, [matter_id])[matter_id],
        late=[one for one in events if one.kind == "late"],
        actions=[_action(one, known) for one in may["actions"]],
        proposals=[_proposal(one, known) for one in may["proposals"]],
    )


def actions(session: Session, user: User, matter_id: int) -> list[ActionView]:
    """What this person may do now with a matter, and what speaks against the rest."""
    may = views.available_actions(session, matter_id, standing.actings(user))
    known = names.look_up(session, user.jurisdiction_id, officers=_officers([], may))
    return [_action(one, known) for one in may["actions"]]


def steps(session: Session, user: User, matter_id: int) -> list[PastStep]:
    """What was done in a matter so far: enough to begin the next step's form with."""
    history = views.history(session, matter_id)
    people = {number for one in history for number in (one["person_id"], *one["crew"])}
    known = names.look_up(session, user.jurisdiction_id, officers=people)
    plain = ("seq", "kind", "action", "effective_at", "form", "late", "signature")
    return [PastStep(**{name: one[name] for name in plain}, **_by_whom(one, known)) for one in history]


def _row(told: View, known: Names) -> dict[str, Any]:
    clock = told["clock"]
    return {
        **{name: told[name] for name in _NAMED if name in told},
        "title_en": title_in_english(told["title"]),
        "cell_code": known.cell(told["cell_id"]),
        "station_name": known.body(told["station_id"]),
        "assigned_officer_name": known.officer(told["assigned_officer_id"]),
        "assigned_org_name": known.body(told["assigned_org_id"]),
        "clock": RowClock(
            name=clock["clock"], standing=titles.limit_standing(clock), **_some(clock, RowClock)
        )
        if clock
        else None,
    }


def _some(told: Mapping[str, Any], shape: type[RowClock]) -> dict[str, Any]:
    return {name: told[name] for name in shape.model_fields if name in told}


def _relatives(session: Session, user: User, family: Family, member: Member) -> list[Member]:
    """The parent and the children that this person may see."""
    near = [*family.children(member.id)]
    if (parent := family.parent(member)) is not None:
        near.insert(0, parent)
    sight = standing.visible(session, user, [one.id for one in near]) if near else set()
    return [one for one in near if one.id in sight]


def _relative(member: Member, known: Names) -> RelativeView:
    m = member.p.matter
    return RelativeView(
        id=member.id,
        number=m["number"],
        title=m["title"],
        pack=member.pack.id,
        pack_title=member.pack.title,
        state=member.state,
        state_title=member.pack.states[member.state].title,
        role=m["role"],
        awaited=m["awaited"],
        ended=member.ended,
        outcome=m["outcome"],
        assigned_org_name=known.body(m["assigned_org_id"]),
    )


def _officers(history: Iterable[View], may: View) -> list[int | None]:
    found: list[int | None] = []
    for event in history:
        found += [event["person_id"], event["acting_for_id"], *event["crew"]]
    for proposal in may["proposals"]:
        found.append(proposal["person_id"])
        found += [one[who] for one in proposal["signed"] for who in ("person_id", "acting_for_id")]
    for one in (*may["actions"], *may["proposals"]):
        held = [*one.get("actings", ()), one["acting"]]
        found += [acting["acting_for"] for acting in held if acting]
    return found


def _named(
    by: Callable[[Mapping[str, Any], Mapping[str, Any]], list[int]],
    pack: Pack,
    facts: Mapping[str, Any],
    history: Iterable[View],
) -> list[int]:
    """What facts and forms name: officers, by ``officers_in``, or matters, by ``matters_in``."""
    found = by(facts, pack.facts)
    for event in history:
        if action := pack.actions.get(event["action"]):
            found += by(event["form"], form_captions(pack, action))
    return found


def person(number: int | None, known: Names) -> Person | None:
    return None if number is None else Person(id=number, name=known.officer(number))


def _event(pack: Pack, event: View, known: Names, remarks: list[Words]) -> EventView:
    action: Action | None = pack.actions.get(event["action"])
    captions = form_captions(pack, action) if action else {}
    told = event["form"]
    if event["kind"] == life.EVENT:
        captions = life.CAPTIONS
        told = {name: value for name, value in told.items() if name in captions and value}
    elif event["action"] in transfers.STEPS:
        captions = transfers.CAPTIONS
    copied = ("person_id", "acting_for_id", "crew", "photos", "children", "settled", "approved", "title")
    return EventView(
        **{name: value for name, value in event.items() if name not in copied},
        **_by_whom(event, known),
        post_title=post_title(event["post"]),
        acting_for=person(event["acting_for_id"], known),
        form_facts=captioned(told, captions, known),
        photos=[event_photo(photo) for photo in event["photos"]],
        children=event["children"] or [],
        remarks=remarks,
    )


def _by_whom(event: View, known: Names) -> dict[str, Any]:
    return {
        "title": _title(event),
        "person": person(event["person_id"], known),
        "crew": [Person(id=number, name=known.officer(number)) for number in event["crew"]],
    }


def _title(event: View) -> Words | None:
    """What an act is called: by its procedure, or among the acts that belong to none."""
    if event["kind"] == life.EVENT:
        return life.STEPS.get(event["action"])
    if event["title"] is None and event["kind"] in ("noted", "rehomed"):
        return transfers.STEPS.get(event["action"])
    return Words(**event["title"]) if event["title"] else None


def event_photo(photo: Mapping[str, Any]) -> EventPhoto:
    return EventPhoto(sha256=photo["sha256"], caption=photo.get("caption") or "")


def _photos(session: Session, history: Iterable[View]) -> list[PhotoView]:
    named = [(photo, event["seq"]) for event in history for photo in event["photos"]]
    files = attachments.known(session, [photo["sha256"] for photo, _ in named])
    found = []
    for photo, seq in named:
        file = files.get(photo["sha256"])
        found.append(
            PhotoView(
                **event_photo(photo).model_dump(),
                seq=seq,
                taken_at=file.taken_at if file else None,
                original=file.original if file else None,
                mime=file.mime if file else None,
                remarks=device.remarks(file.device) if file else [],
            )
        )
    return found


def capacity(acting: Mapping[str, Any], known: Names) -> CapacityView:
    return CapacityView(
        post=acting["post"],
        post_title=post_title(acting["post"]),
        acting_for_id=acting["acting_for"],
        acting_for_name=known.officer(acting["acting_for"]),
        delegation_id=acting["delegation"],
        authority_id=acting.get("authority"),
    )


def _action(told: View, known: Names) -> ActionView:
    plain = {
        name: value for name, value in told.items() if name not in ("acting", "actings", "schema", "effects")
    }
    held = [capacity(each, known) for each in told["actings"]]
    return ActionView(
        **plain,
        form=told["schema"],
        acting=held[0] if held else None,
        capacities=held,
        serves=SERVE in told["effects"],
        writes=NUMBER in told["effects"],
        # a paper is weighed by what the matter holds already, which stands in `heeds`; its form adds nothing
        weighs=any(effects.get(one).heed for one in told["effects"] if one != NUMBER),
    )


def _proposal(told: View, known: Names) -> ProposalView:
    plain = {name: value for name, value in told.items() if name not in ("acting", "signed", "person_id")}
    return ProposalView(
        **plain,
        signed=[_signature(one, known) for one in told["signed"]],
        person=Person(id=told["person_id"], name=known.officer(told["person_id"])),
        acting=capacity(told["acting"], known) if told["acting"] else None,
    )


def _signature(told: Mapping[str, Any], known: Names) -> SignatureView:
    plain = {name: value for name, value in told.items() if name not in ("person_id", "acting_for_id")}
    return SignatureView(
        **plain,
        person=Person(id=told["person_id"], name=known.officer(told["person_id"])),
        acting_for=person(told["acting_for_id"], known),
    )


def _subject(session: Session, user: User, told: View) -> SubjectView | None:
    """The household in short, for those who may read the register."""
    if told["subject_kind"] != "business" or not user.may(Permission.BUSINESSES_READ):
        return None
    row = session.execute(household_in_short(user.jurisdiction_id, told["subject_id"])).one_or_none()
    return SubjectView.model_validate(row, from_attributes=True) if row else None

"""How proposals that wait for a signature are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sqlalchemy.orm import Session

from api import names, titles
from api.approval_shapes import (
    ApprovalDetail,
    ApprovalKind,
    ApprovalList,
    ApprovalRow,
    ApprovalWarning,
    LawFound,
    OpinionView,
    PaperRef,
)
from api.captions import captioned, form_captions, matters_in, officers_in
from api.matter_shapes import EventPhoto, Person, RowClock
from api.matter_views import capacity, person, post_title
from api.names import Names
from gridsup.documents import compose, drafts
from gridsup.documents.kinds import kind_of, kinds_of_act
from gridsup.errors import GridsupError
from gridsup.procedures import approvals, door, effects, forms, signing, steps, views
from gridsup.procedures.acting import CLOCKWORK, Acting
from gridsup.procedures.effects import Decision
from gridsup.procedures.pack import Words
from gridsup.procedures.rights import duty_refusal
from gridsup.signing import waiting
from gridsup.signing.waiting import Waits


def listed(session: Session, jurisdiction_id: int, found: Sequence[Waits]) -> ApprovalList:
    """The list, with how many of each kind wait."""
    known = _names(session, jurisdiction_id, found)
    rows = [ApprovalRow(**_row(one, known)) for one in found]
    kinds: dict[str, ApprovalKind] = {}
    for row in rows:
        told = kinds.setdefault(
            row.kind,
            ApprovalKind(
                kind=row.kind,
                title=row.title,
                pack_title=row.pack_title,
                routine=row.routine,
                count=0,
                overdue=0,
            ),
        )
        told.count += 1
        told.overdue += row.overdue
    return ApprovalList(items=rows, kinds=list(kinds.values()))


def detail(session: Session, jurisdiction_id: int, one: Waits) -> ApprovalDetail:
    """One proposal in full."""
    body = approvals.original(one.family, one.member, one.seq)
    given = list(waiting.opinions(one.member, one.row["action"]))
    more = [each[who] for _, each in given for who in ("person_id", "acting_for_id")]
    action = one.member.pack.actions[one.row["action"]]
    captions = form_captions(one.member.pack, action)
    named = officers_in(body["form"], captions)
    told = matters_in(body["form"], captions)
    known = _names(session, jurisdiction_id, [one], [*body["crew"], *more, *named], told)
    papers = [_paper(session, one, kind) for kind in kinds_of_act(one.member.pack.id, one.row["action"])]
    decision = _decision(one, body)
    law = list(_law(decision, papers, action.effects))
    return ApprovalDetail(
        **_row(one, known),
        form=captioned(body["form"], captions, known),
        crew=[Person(id=number, name=known.officer(number)) for number in body["crew"]],
        photos=[EventPhoto(sha256=p["sha256"], caption=p.get("caption") or "") for p in body["photos"]],
        papers=papers,
        warnings=list(_warnings(one, body, decision, papers, law)),
        law=law,
        opinions=[_opinion(one, proposal, each, known) for proposal, each in given],
        rules=list(action.rules),
    )


def _row(one: Waits, known: Names) -> dict[str, Any]:
    told = views.view_of(one.member, one.family.now)
    pack, row, clock = one.member.pack, one.row, told["clock"]
    approval = pack.approvals[row["approval"]]
    signed = approvals.signatures_of(one.member, one.seq).values()
    return {
        "matter_id": one.member.id,
        "proposal": one.seq,
        "version": told["version"],
        "kind": one.kind,
        "title": pack.actions[row["action"]].title,
        "pack_title": pack.title,
        "matter_title": told["title"],
        "number": told["number"],
        "station_name": known.body(told["station_id"]),
        "approval": approval.title,
        "steps": [post_title(step.post) for step in approval.steps],
        "mode": approval.mode,
        "needed": approvals.needed(approval),
        "signed": len(signed),
        "agreed": sum(each["agreed"] for each in signed),
        "person": Person(id=row["person_id"], name=known.officer(row["person_id"])),
        "acting_for": person(row["acting_for_id"], known),
        "proposed_at": row["proposed_at"],
        "clock": _clock(clock) if clock else None,
        "overdue": told["overdue"],
        "acting": capacity(one.acting.as_json(), known),
        "routine": signing.routine(one.kind),
    }


def _clock(clock: dict[str, Any]) -> RowClock:
    told = {name: clock[name] for name in RowClock.model_fields if name in clock}
    return RowClock(name=clock["clock"], standing=titles.limit_standing(clock), **told)


def _names(
    session: Session,
    jurisdiction_id: int,
    found: Sequence[Waits],
    more: Sequence[int | None] = (),
    told: Sequence[int] = (),
) -> Names:
    officers: list[int | None] = list(more)
    for one in found:
        officers += [one.row["person_id"], one.row["acting_for_id"], one.acting.acting_for_id]
    bodies = [one.member.p.matter["station_id"] for one in found]
    return names.look_up(session, jurisdiction_id, officers=officers, bodies=bodies, matters=told)


def _decision(one: Waits, body: dict[str, Any]) -> Decision:
    """The act as it would take effect with this signature."""
    acting = Acting(body["person"], body["post"], body["acting_for"], body["delegation"])
    return steps.decision_of(
        one.family,
        one.member,
        one.row["action"],
        acting,
        body["form"],
        one.family.now,
        crew=body["crew"],
        photos=body["photos"],
    )


def _paper(session: Session, one: Waits, kind: str) -> PaperRef:
    source = drafts.find(session, one.member.id, kind, one.seq, None, CLOCKWORK, {})
    paper = compose.compose(source, draft=True)
    title = kind_of(kind).title_of(source.act)
    return PaperRef(kind=kind, title=title, blanks=[_blank(one, name) for name in paper["missing"]])


def _blank(one: Waits, name: str) -> Words:
    """The caption of a name that stayed blank on a paper."""
    head, _, rest = name.partition(".")
    pack = one.member.pack
    schemas = {
        "fact": pack.facts,
        "form": pack.actions[one.row["action"]].form.get("properties") or {},
    }.get(head, {})
    schema = schemas.get(rest)
    if schema is None:
        return Words(zh=name, en=name)
    return Words(zh=str(schema.get("title") or rest), en=str(schema.get("x-title-en") or rest))


def _law(decision: Decision, papers: Sequence[PaperRef], named: Sequence[str]) -> Iterator[LawFound]:
    """What the provisions that a paper explains come to, now."""
    for effect in dict.fromkeys(kind_of(one.kind).explain for one in papers):
        if effect is None or effect not in named:
            continue
        try:
            told = effects.get(effect).decide(decision)
        except GridsupError:  # stands among the warnings: the effect's own judge says the same
            continue
        if told.get("lines"):
            yield LawFound(**told["lines"], verified=told.get("verified", True))


def _warnings(
    one: Waits,
    body: dict[str, Any],
    decision: Decision,
    papers: Sequence[PaperRef],
    law: Sequence[LawFound],
) -> Iterator[ApprovalWarning]:
    action = one.member.pack.actions[one.row["action"]]
    persons = {n for n in (body["person"], body["acting_for"], *body["crew"]) if n is not None}
    facts = {**one.member.p.matter["facts"], **forms.facts_of(action.form, body["form"])}
    against = [
        *(_judged(name, decision) for name in action.effects),
        door.condition_refusal(one.member.pack, action, facts),
        duty_refusal(one.family, one.member, action, persons, one.family.now),
    ]
    for refusal in against:
        if refusal is not None:
            yield _warning("stop", refusal)
    for heeded in effects.heeds(action.effects, decision):
        yield _warning("heed", heeded)
    told = views.view_of(one.member, one.family.now)
    if told["overdue"]:
        title = told["clock"]["title"]
        zh, en = f"“{title['zh']}”已经逾期。", f"“{title['en']}” is overdue."
        yield ApprovalWarning(level="heed", code="overdue", zh=zh, en=en)
    for paper in papers:
        if paper.blanks:
            zh = f"《{paper.title.zh}》有{len(paper.blanks)}处空白：{'、'.join(b.zh for b in paper.blanks)}。"
            en = f"“{paper.title.en}” has blanks: {', '.join(b.en for b in paper.blanks)}."
            yield ApprovalWarning(level="heed", code="blanks", zh=zh, en=en)
    if not one.member.pack.verified or not all(each.verified for each in law):
        yield ApprovalWarning(
            level="heed",
            code="unverified",
            zh="所依据的条文有未经核对原文的，请核对后再签批。",
            en="Some of the texts this rests on were not checked: check them before you sign.",
        )
    returned = [p for p, each in waiting.opinions(one.member, one.row["action"]) if not each["agreed"]]
    if returned:
        zh, en = f"此前退回过{len(returned)}次。", f"It was returned {len(returned)} time(s) before."
        yield ApprovalWarning(level="heed", code="returned-before", zh=zh, en=en)


def _warning(level: Literal["stop", "heed"], said: GridsupError) -> ApprovalWarning:
    return ApprovalWarning(level=level, code=said.code, zh=said.text("zh"), en=said.text("en"))


def _judged(name: str, decision: Decision) -> GridsupError | None:
    try:
        effects.judge([name], decision)
    except GridsupError as refusal:
        return refusal
    return None


def _opinion(one: Waits, proposal: dict[str, Any], given: dict[str, Any], known: Names) -> OpinionView:
    return OpinionView(
        proposal=proposal["seq"],
        earlier=proposal["seq"] != one.seq,
        person=Person(id=given["person_id"], name=known.officer(given["person_id"])),
        acting_for=person(given["acting_for_id"], known),
        post_title=post_title(given["post"]),
        agreed=given["agreed"],
        opinion=given["opinion"],
        signed_at=given["signed_at"],
    )

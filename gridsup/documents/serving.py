"""A step that serves a paper (送达) and the paper's own service are one act: written once, shown once.

The step's form says how it was served; its event holds the proof of service, the receipt and the paper's new
status. ``kinds.yaml`` names the steps under ``steps``. A paper whose step is not to be taken (any more) is
served by itself, in ``services``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.documents import life, queries, terms
from gridsup.documents.kinds import Kind, kind_of, kinds, kinds_of_step
from gridsup.documents.model import Document
from gridsup.documents.numbering import project_document
from gridsup.documents.proof import Service, check, receipt_row
from gridsup.errors import Conflict, FieldFault, GridsupError, Invalid, Refused
from gridsup.procedures import effects, forms
from gridsup.procedures.acting import Acting
from gridsup.procedures.conditions import evaluate
from gridsup.procedures.effects import Decision
from gridsup.procedures.family import read_family
from gridsup.procedures.pack import Action
from gridsup.procedures.projection import Projection
from gridsup.procedures.steps import settle

SERVE = "documents.serve"
"""The effect of a step that serves a paper."""
TOLD = ("way", "place", "receiver", "relation", "signature_sha256", "refusal", "witness", "witness_of")
MORE = ("witness_signature_sha256", "proof_no", "address_confirmed", "note")
"""What the form of such a step says of the service, as far as its way asks for it."""


def paper_of(
    session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str
) -> Document | None:
    """The paper that the step serves or announces now: the newest that is not void and was not served by a
    step; else the newest that was served already (by itself, before the step was taken)."""
    session.flush()
    found = [
        one
        for kind in kinds_of_step(pack, action)
        for one in session.scalars(
            queries.of_kind(jurisdiction_id, [matter_id], kind), execution_options={"populate_existing": True}
        )
        if one.status != "served" or _by_itself(session, one)
    ]
    return max(found, key=lambda one: (one.status != "served", one.id), default=None)


def _by_itself(session: Session, document: Document) -> bool:
    """Whether the paper was served beside the steps of its matter, as it could be before they were one."""
    (service,) = session.scalars(queries.services_of(document.jurisdiction_id, [document.id])).all()[-1:]
    event = session.scalars(queries.event(document.jurisdiction_id, document.matter_id, service.event_seq))
    return event.one().kind == life.EVENT


def step_for(
    session: Session,
    document: Document,
    now: datetime,
    steps: Collection[str] | None = None,
    effect: str = SERVE,
) -> tuple[str, Action] | None:
    """The step of the matter that serves this paper and can be taken now; None where there is none.

    Everything due has happened. ``steps``, ``effect``: those that do something else with the paper."""
    steps = kind_of(document.kind).steps if steps is None else steps
    if not steps or document.status in ("served", "void"):
        return None
    family = read_family(session, document.jurisdiction_id, document.matter_id, now)
    settle(family)
    member = family.members[document.matter_id]
    pack, matter = member.pack, member.p.matter
    for step in steps:
        pack_id, _, name = step.partition(".")
        action = pack.actions.get(name) if pack_id == pack.id else None
        if action is None or effect not in action.effects or matter["state"] not in action.from_:
            continue
        if evaluate(action.when, matter["facts"]).value is not True:
            continue
        serves = paper_of(session, document.jurisdiction_id, document.matter_id, pack_id, name)
        return (name, action) if serves is not None and serves.id == document.id else None
    return None


def form_of(action: Action, service: Service, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The step's form as the service fills it; what the paper fixed before (a term) comes from the facts."""
    said = {name: getattr(service, name) for name in (*TOLD, *MORE)}
    given = {name: value for name, value in said.items() if value not in (None, False, "")}
    shown = forms.visible(action.form, {**facts, **forms.facts_of(action.form, given)})
    known = forms.form_from_facts(action.form, facts)
    fixed = {name for name, field in forms.properties(action.form).items() if "const" in field}
    wanted = {name: value for name, value in known.items() if name not in fixed} | given
    return {name: value for name, value in wanted.items() if shown.get(name, False) is not False}


def awaits_seal(session: Session, document: Document) -> bool:
    """Whether the paper must be sealed before it is served; one written on sheets that bear the seal (预盖章)
    need not be."""
    policy = life.policy(session, document)
    stamped = policy == "wet" and kind_of(document.kind).stamped
    return document.status == "numbered" and policy != "none" and not stamped


def seal_first(session: Session, document: Document) -> None:
    """Raises :class:`Conflict` ``not-sealed``, saying where it is sealed."""
    if awaits_seal(session, document):
        raise Conflict(
            "not-sealed",
            zh="《{title}》{number} 尚未用印，不能送达或者发布。请先由综合组、所长等管印人员"
            "在本事项“文书”一栏用印，或打印盖章后上传扫描件。",
            en="“{title}” {number} is not sealed: it cannot be served or published. Whoever keeps the "
            "seal (general office, head of the station) seals it first under “Papers” of this matter, or "
            "uploads the scan.",
            title=document.title,
            number=document.number,
            document=document.id,
        )


def require_unserved(session: Session, document: Document, now: datetime | None = None) -> None:
    """Raises :class:`Conflict` ``served-already`` or ``not-sealed``. ``now``: a term of a public notice that
    is over by then has served it; None where all that fell due is written down."""
    if document.status == "served" or (now is not None and terms.over(session, document, now)):
        raise Conflict(
            "served-already",
            zh="{number} 已送达。",
            en="{number} was served already.",
            number=document.number,
        )
    seal_first(session, document)


def _ready(
    session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str
) -> GridsupError | None:
    """What is missing before the paper can be served: the paper itself, or its seal."""
    try:
        document = found(session, jurisdiction_id, matter_id, pack, action)
        if document.status != "served":
            seal_first(session, document)
    except (Refused, Conflict) as refusal:
        return refusal
    return None


def _judge(d: Decision) -> None:
    """Raises :class:`Refused` ``no-paper-to-serve``; Conflict ``not-sealed``; Invalid ``service-not-proved``,
    ``paper-says-otherwise``."""
    kind, document = _served(d)
    _as_written(d, document)
    if document.status == "served":
        return
    seal_first(d.session, document)
    check(d.session, kind, document, _service(d), d.now)


def _as_written(d: Decision, document: Document) -> None:
    """What the paper fixed (such as a term) stands in the step as it stands in the paper."""
    written = document.content.get("form", {})
    other = [
        name for name, value in d.form.items() if written.get(name, value) != value and value is not False
    ]
    if other:
        raise Invalid(
            "paper-says-otherwise",
            zh="与已制发的《{title}》{number} 不一致。内容有误的，请先作废该文书并重新制发。",
            en="“{title}” {number} says otherwise. Where it is wrong, void it and write it again first.",
            faults=[FieldFault(f"/{name}", "与文书不一致。", "The paper says otherwise.") for name in other],
            title=document.title,
            number=document.number,
        )


def _served(d: Decision) -> tuple[Kind, Document]:
    paper = found(d.session, d.jurisdiction_id, d.matter_id, str(d.matter["pack"]), d.action)
    return kind_of(paper.kind), paper


def found(session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str) -> Document:
    """The paper that the step is about. Raises :class:`Refused` ``no-paper-to-serve``."""
    paper = paper_of(session, jurisdiction_id, matter_id, pack, action)
    if paper is None:
        titles = [kinds()[one].title for one in kinds_of_step(pack, action)]
        raise Refused(
            "no-paper-to-serve",
            zh="还没有可以送达的《{title_zh}》（未制发，或已作废）。请先在本事项制发、用印，再送达。",
            en="There is no “{title_en}” to serve: it was not written, or is void. Write and seal it in this "
            "matter first.",
            title_zh="》《".join(one.zh for one in titles),
            title_en="” or “".join(one.en for one in titles),
        )
    return paper


def _service(d: Decision) -> Service:
    said = {name: d.form[name] for name in (*TOLD, *MORE) if d.form.get(name) is not None}
    return Service(**said, at=d.effective_at, photos=[str(one["sha256"]) for one in d.photos])


def _decide(d: Decision) -> dict[str, Any]:
    """What the event holds: the paper's change, receipt and service; nothing where it was served before."""
    kind, document = _served(d)
    if document.status == "served":
        return {"document": document.number, "before": True}
    service, officers = _service(d), officers_of(d.acting, d.persons)
    receipt = None
    if kind.served == "receipt":
        receipt = receipt_row(d.session, document, service, officers, d.effective_at)
    return {
        "document": document.number,
        "change": life.change(document, status="served"),
        "issue": receipt,
        "service": service.as_result(document.id, receipt["number"] if receipt else None, officers),
    }


def officers_of(acting: Acting, persons: Collection[int]) -> list[int]:
    """Who went: the acting person first, whom they stand in for not."""
    others = sorted(set(persons) - {acting.person_id, acting.acting_for_id})
    return [*([acting.person_id] if acting.person_id else []), *others]


def _project(p: Projection, result: dict[str, Any], body: Any) -> None:
    if result.get("before"):
        return
    life.project_change(p, result["change"], body)
    if result["issue"] is not None:
        project_document(p, result["issue"], body)
    life.project_service(p, result["service"], body)


def register() -> None:
    """Make ``documents.serve`` known to the engine."""
    effects.register(SERVE, decide=_decide, project=_project, judge=_judge, ready=_ready)

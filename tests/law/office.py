"""A bureau whose officers act at random."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from gridsup.documents import services, voiding
from gridsup.documents.kinds import kind_of, kinds
from gridsup.documents.proof import Service
from gridsup.documents.queries import documents_of
from gridsup.errors import GridsupError
from gridsup.people.model import Jurisdiction, Posting
from gridsup.procedures import attachments, engine, forms, store, views
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer
from gridsup.procedures.engine import Header, Request
from gridsup.procedures.graph import by_system
from gridsup.procedures.hashing import SHANGHAI
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Action, Pack
from gridsup.wiring import wire
from tests import factories

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOMES = {
    "deputy_head": "bureau",
    "brigade": "bureau",
    "records": "bureau",
    "legal": "bureau",
    "section": "section",
    "dispatcher": "section",
    "enforcement": "station",
    "inspector": "station",
    "general": "station",
    "station_head": "station",
}
OPENINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "unlicensed_operation": ("inspector", {"source": "patrol"}),
    "rectification": (
        "enforcement",
        {
            "operator_name": "张三",
            "party_kind": "person",
            "address": "民权街道1号",
            "conduct": "safety",
            "findings": "消防通道堵塞",
        },
    ),
    "simple_penalty": (
        "enforcement",
        {"operator_name": "张三", "party_kind": "person", "conduct": "other", "basis": "相应法律"},
    ),
    "penalty_case": ("enforcement", {"basis": "条例第四十三条", "operator_name": "张三"}),
    "referral": ("general", {"department": "D10", "basis": "篇9", "kind": "clue"}),
}
SAID = {
    "licence_no": "91330100799655058B",
    "operator_id_no": "42010319800101001X",
    "phone": "13800000000",
    "department": "D10",
    "suggested_department": "D10",
    "trade": "餐饮",
    "section": "食品股",
    "proposed_fine": "20000",
    "fine": "10000",
    "witness": "李四",
    "receipt_no": "R1",
    "proof_no": "R1",
    "nos": "全部",
    "list": [{"name": "炉具", "quantity": "2", "unit": "台"}],
    "used": "1",
}


class Office:
    """Two officers per post, one person with two posts, and whatever families they open."""

    def __init__(self, session: Session) -> None:
        wire()
        self.session = session
        self.bureau = made = factories.bureau(session)
        homes = {"bureau": made.bureau_id, "station": made.station_id, "section": made.section_id}
        self.officers = [Acting(person, post) for post, person in made.officers.items()]
        for post, home in HOMES.items():
            self.officers.append(Acting(factories.officer(session, post, homes[home]), post))
        both = made.officers["inspector"]  # patrols and handles cases: the walls must keep the two apart
        session.add(
            Posting(
                jurisdiction_id=made.jurisdiction_id,
                officer_id=both,
                organisation_id=made.station_id,
                post="enforcement",
                valid_from=factories.LONG_AGO,
            )
        )
        session.flush()
        self.officers.append(Acting(both, "enforcement"))
        home = session.get_one(Jurisdiction, made.jurisdiction_id)  # no seal, so that papers may be served
        unsealed = {name: "none" for name, kind in kinds().items() if kind.steps or kind.served == "receipt"}
        home.settings = {**home.settings, "seals": unsealed}
        session.flush()
        drawn = io.BytesIO()
        Image.new("RGBA", (8, 8)).save(drawn, "PNG")
        drawer = made.officers["enforcement"]
        self.signature = attachments.save(session, drawn.getvalue(), uploaded_by=drawer).sha256
        self.keys = count()
        self.begin()

    def begin(self) -> None:
        """A new day without any family."""
        self.now = MONDAY
        self.matters: list[int] = []
        self.tried: set[tuple[int, str]] = set()

    def open(self, pack: str) -> Answer | GridsupError:
        """A new family."""
        post, form = OPENINGS[pack]
        who = [one for one in self.officers if one.post == post][-2 if post == "enforcement" else 0]
        header = Header(
            "事项",
            subject_kind="business",
            subject_id=factories.business(self.session, self.bureau, licence_status="none"),
            station_id=self.bureau.station_id,
        )
        crew = [one.person_id for one in self.officers if one.post == "enforcement" and one.person_id][:2]
        try:
            answer = engine.open_matter(
                self.session,
                pack,
                who,
                header,
                form,
                key=self.key(),
                crew=crew if post == "enforcement" else (),
                now=self.now,
            )
        except GridsupError as refusal:
            return refusal
        self.matters.append(answer.matter_id)
        return answer

    def deliver(self, rng: Random) -> None:
        """Papers that no step serves go out by post, or are void; now and then one is forgotten."""
        for matter in self.matters:
            for paper in self.session.scalars(documents_of(self.bureau.jurisdiction_id, matter)).all():
                kind = kind_of(paper.kind)
                if kind.served != "receipt" or kind.steps or paper.status not in ("numbered", "sealed"):
                    continue
                if (luck := rng.random()) < 0.6:
                    posted = Service(way="post", at=self.now, place="当事人住所", proof_no="R1")
                    services.serve(self.session, paper.id, posted, self.officers[0], now=self.now)
                elif luck < 0.8:
                    voiding.void(self.session, paper.id, "未交付", self.officers[0], now=self.now)

    def live(self) -> list[int]:
        """The matters that wait for somebody."""
        rows = store.load(self.session, self.bureau.jurisdiction_id, self.matters)
        return [
            matter
            for matter, row in rows.items()
            if row.matter["ended_at"] is None and row.matter["waits_for"] != "child"
        ]

    def key(self) -> str:
        return f"r{next(self.keys)}"

    def chosen(self, matter: int, rng: Random) -> Request | None:
        """An act of the present state in a post that may take it, its form filled, its crew at random.

        Acts that lead on are preferred, those that were not taken yet above all: else few would get far.
        """
        now = views.current(self.session, matter, now=self.now)
        pack = load_packs().get(now["pack"], now["pack_version"])
        here = {
            name: action
            for name, action in pack.actions.items()
            if now["state"] in action.from_ and not by_system(action)
        }
        if not here:
            return None
        weights = [self.weight(pack, matter, name, action) for name, action in here.items()]
        (name,) = rng.choices(list(here), weights)
        action = here[name]
        able = [one for one in self.officers if one.post in action.posts]
        form = self.form(forms.resolve(action.form, now["facts"]), rng)
        crew = self.crew(rng) if action.crew else ()
        return Request(matter, name, rng.choice(able), self.key(), now["version"], form, None, crew)

    def weight(self, pack: Pack, matter: int, name: str, action: Action) -> float:
        """How much an act is wanted: steps on before asides, asides before ends, new ones before old."""
        if action.to is None:
            wanted = 0.2
        elif pack.states[action.to].end:
            wanted = 0.5 if name.startswith(("close", "accept", "confirm")) else 0.05
        else:
            wanted = 1.0
        return wanted / (20 if (matter, name) in self.tried else 1)

    def crew(self, rng: Random) -> tuple[int, ...]:
        """Two of the bureau, mostly of those who handle cases."""
        fit = [one.person_id for one in self.officers if one.post in ("enforcement", "brigade")]
        others = [one.person_id for one in self.officers]
        pool = fit if rng.random() < 0.9 else others
        return tuple(p for p in rng.sample(pool, 2) if p is not None)

    def form(self, schema: Mapping[str, Any], rng: Random) -> dict[str, Any]:
        """What the form demands, and now and then what it allows."""
        required = set(schema.get("required", ()))
        form: dict[str, Any] = {}
        for name, field in schema.get("properties", {}).items():
            if name not in required and "x-when" not in field and rng.random() >= 0.4:
                continue
            if "x-when" in field and not forms.visible(schema, forms.facts_of(schema, form))[name]:
                continue
            if (value := self.value(name, field, rng)) is not None:
                form[name] = value
        return form

    def value(self, name: str, field: Mapping[str, Any], rng: Random) -> Any:
        if "const" in field:
            return field["const"]
        if name in SAID:
            return SAID[name]
        if name in ("signature_sha256", "witness_signature_sha256"):
            return self.signature
        if "oneOf" in field:
            return rng.choice(field["oneOf"])["const"]
        kind = field.get("type")
        if kind == "boolean":
            return rng.random() < 0.5
        if kind == "integer":
            return self.officers[0].person_id if field.get("x-officer") else int(field.get("minimum", 1))
        if field.get("x-milestone") == "hearing_held":
            return (self.now.astimezone(SHANGHAI).date() + timedelta(days=15)).isoformat()
        if field.get("format") == "date":
            return self.now.astimezone(SHANGHAI).date().isoformat()
        if "pattern" in field:
            return "100"
        return "情况属实，已办理" if kind == "string" else None

    def take(self, request: Request) -> Answer | GridsupError:
        """What came of it; a refusal has changed nothing."""
        before = views.current(self.session, request.matter_id, now=self.now)
        self.tried.add((request.matter_id, request.action))
        try:
            answer = engine.act_on(self.session, request, now=self.now)
        except GridsupError as refusal:
            told = refusal
        else:
            self.matters += answer.children
            return answer
        assert told.text("zh")
        assert told.text("en")
        assert views.current(self.session, request.matter_id, now=self.now) == before
        return told

    def sign(self, answer: Answer, rng: Random) -> None:
        """A proposal gets its signatures, each by somebody who holds the post; now and then a refusal."""
        assert answer.proposal is not None
        row = store.load(self.session, self.bureau.jurisdiction_id, [answer.matter_id])[answer.matter_id]
        pack = load_packs().get(row.matter["pack"], row.matter["pack_version"])
        for step in pack.approvals[row.proposals[answer.proposal]["approval"]].steps:
            acting = rng.choice([one for one in self.officers if one.post == step.post])
            try:
                signed = engine.sign(
                    self.session,
                    answer.matter_id,
                    answer.proposal,
                    acting,
                    agreed=rng.random() < 0.95,
                    opinion="意见",
                    key=self.key(),
                    expected_version=None,
                    now=self.now,
                )
            except GridsupError:
                continue
            self.matters += signed.children

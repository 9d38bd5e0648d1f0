"""A bureau whose officers walk the shipped packs through the one door: short ways to act on a family."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.documents.kinds import kind_of, kinds_of_step
from gridsup.documents.proof import Service
from gridsup.documents.queries import documents_of
from gridsup.documents.services import serve
from gridsup.documents.serving import SERVE
from gridsup.errors import GridsupError
from gridsup.people.model import Jurisdiction, Posting
from gridsup.procedures import attachments, engine, views
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Answer, Header
from gridsup.procedures.loader import load_packs
from gridsup.procedures.model import Matter
from gridsup.procedures.proof import differences, verify
from gridsup.wiring import wire
from tests import factories

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CAPTURE = {
    "operator_name": "张三",
    "operator_id_no": "42010319800101001X",
    "address": "民权街道1号",
    "scope": "小吃",
    "trade": "餐饮",
    "permit_required": True,
    "permit_status": "none",
    "business_licence_status": "none",
    "food": True,
}
CLASSES = {"violation_basis": "never_permitted", "operation_kind": "general", "public_danger": False}
WHY = {"reason": "情况属实"}
WORD = {"content": "已办理"}
REPORT = {
    "report": "终结报告",
    "complex": False,
    "party_kind": "person",
    "conduct": "unlicensed",
    "continuing": True,
    "serious": False,
    "correction_refused": False,
}
REFUSED = {"correction_refused": True, "refusal_basis": "责令改正通知书、送达回证和复查笔录（纸质）"}
NOTICE = {"content": "拟处罚的事实、理由、依据和权利"}
BY_POST = {"way": "post", "place": "当事人住所", "proof_no": "EMS1"}
KEPT = {
    "list": [{"name": "炉具", "quantity": "1", "unit": "台"}],
    "holder": "李办案",
    "kept_at": "所内物证室",
    "keeping": "own",
}
HANDED = {"nos": "全部", "receiver": "张三", "receipt": "signed"}
ORDER = {
    "found": "未经登记从事经营活动",
    "basis": "《市场主体登记管理条例》第四十三条",
    "requirement": "立即停止无照经营",
}
FINE = {"content": "罚款一万元", "to_perform": True, "fine": "10000"}


class Walk:
    """A bureau whose officers act and sign, each by a short name."""

    session: Session
    now: datetime
    bureau: factories.Bureau
    _keys: count[int]

    def acting(self, who: str) -> Acting:
        return Acting(self.bureau.officers[who], who.removesuffix("_2"))

    def approve(self, proposed: Answer, *signers: str) -> Answer:
        assert proposed.proposal is not None
        for who in signers:
            signed = engine.sign(
                self.session,
                proposed.matter_id,
                proposed.proposal,
                self.acting(who),
                agreed=True,
                key=f"k{next(self._keys)}",
                expected_version=None,
                now=self.now,
            )
        return signed

    def state(self, matter: int) -> str:
        return str(views.current(self.session, matter, now=self.now)["state"])


class Trip(Walk):
    """A bureau with one unlicensed household, and short ways to act on its family."""

    def __init__(self, session: Session, now: datetime = MONDAY) -> None:
        wire()
        self.session, self.now, self._keys = session, now, count()
        self.bureau = factories.bureau(session)
        for post, home in (
            ("enforcement", self.bureau.station_id),
            ("deputy_head", self.bureau.bureau_id),
            ("brigade", self.bureau.bureau_id),
        ):
            self.bureau.officers[f"{post}_2"] = factories.officer(session, post, home)
        self.business = factories.business(session, self.bureau, licence_status="none")

    def discover(self, who: str = "inspector", **form: Any) -> int:
        header = Header(
            "无照小吃店",
            subject_kind="business",
            subject_id=self.business,
            cell_id=self.bureau.cells["42010301-001"],
            station_id=self.bureau.station_id,
        )
        key = f"k{next(self._keys)}"
        opened = engine.open_matter(
            self.session,
            "unlicensed_operation",
            self.acting(who),
            header,
            {"source": "patrol", **form},
            key=key,
            now=self.now,
        )
        return opened.matter_id

    def do(self, matter: int, action: str, who: str, form: Any = None, *, pair: bool = False) -> Answer:
        crew = [self.bureau.officers["enforcement"], self.bureau.officers["enforcement_2"]] if pair else []
        return engine.act(
            self.session,
            matter,
            action,
            self.acting(who),
            form,
            key=f"k{next(self._keys)}",
            expected_version=None,
            now=self.now,
            crew=crew,
        )

    def handed(self, matter: int, step: str, who: str = "enforcement", **more: Any) -> Answer:
        """Takes a step that serves a paper, by post; this bureau puts no seal to papers of that kind."""
        at = views.current(self.session, matter, now=self.now)
        if SERVE not in load_packs().get(at["pack"], at["pack_version"]).actions[step].effects:
            return self.do(matter, step, who, {"way": "direct"}, pair=True)  # as it was until then
        home = self.session.get_one(Jurisdiction, self.bureau.jurisdiction_id)
        seals = dict.fromkeys(kinds_of_step(at["pack"], step), "none")
        home.settings = {**home.settings, "seals": home.settings.get("seals", {}) | seals}
        return self.do(matter, step, who, BY_POST | more, pair=who == "enforcement")

    def on_spot(self, matter: int, step: str = "hand_over_fine") -> Answer:
        """A decision on the spot is handed over and signed for."""
        drawn = io.BytesIO()
        Image.new("RGBA", (8, 8)).save(drawn, "PNG")
        who = self.bureau.officers["enforcement"]
        signature = attachments.save(self.session, drawn.getvalue(), uploaded_by=who).sha256
        form = {"way": "direct", "place": "现场", "receiver": "张三", "signature_sha256": signature}
        return self.do(matter, step, "enforcement", form, pair=True)

    def delivered(self, matter: int) -> None:
        """The papers of a measure that wait for it are served by post; this bureau puts no seal to them."""
        home = self.session.get_one(Jurisdiction, self.bureau.jurisdiction_id)
        for paper in self.session.scalars(documents_of(self.bureau.jurisdiction_id, matter)).all():
            if kind_of(paper.kind).served == "receipt" and paper.status in ("numbered", "sealed"):
                seals = home.settings.get("seals", {}) | {paper.kind: "none"}
                home.settings = {**home.settings, "seals": seals}
                posted = Service(at=self.now, **BY_POST)
                serve(self.session, paper.id, posted, self.acting("enforcement"), now=self.now)

    def ordered(self, matter: int, *, served: bool = True) -> int:
        """An order to correct of the grid, written and served, with two weeks' time."""
        (order,) = self.do(matter, "begin_correction", "dispatcher", {"conduct": "unlicensed"}).children
        end = {"term_end": (self.now + 14 * DAY).date().isoformat()}
        self.do(order, "write_order", "enforcement", ORDER | end)
        if served:
            self.handed(order, "serve_order", **end)
        return order

    def told(self, case: int) -> Answer:
        """The notice of a penalty is written and served."""
        at = views.current(self.session, case, now=self.now)
        if "serve_notice" not in load_packs().get(at["pack"], at["pack_version"]).actions:
            return self.do(case, "notify", "enforcement", NOTICE | {"way": "direct"}, pair=True)
        self.do(case, "notify", "enforcement", NOTICE)
        return self.handed(case, "serve_notice")

    def due(self, matter: int, clock: str) -> datetime:
        rows = views.deadlines(self.session, matter, now=self.now)
        due: datetime = next(row for row in rows if row["clock"] == clock)["due_at"]
        return due

    def captured(self) -> int:
        matter = self.discover()
        self.do(matter, "capture", "inspector", CAPTURE)
        return matter

    def classified(self, **classes: Any) -> int:
        matter = self.captured()
        if self.session.scalar(select(Matter.pack_version).where(Matter.id == matter)) == 1:
            classes = {}
        else:
            classes = {**CLASSES, **classes}
        self.do(matter, "classify", "dispatcher", classes)
        return matter

    def sound(self) -> None:
        assert list(verify(self.session)) == []
        assert list(differences(self.session)) == []


def local(month: int, day: int) -> datetime:
    """24:00 of the day before, in Asia/Shanghai."""
    return datetime(2026, month, day, tzinfo=UTC) - timedelta(hours=8)


def refused(trip: Trip, matter: int, action: str, who: str, form: Any = None, **more: Any) -> str:
    with pytest.raises(GridsupError) as caught:
        trip.do(matter, action, who, form, **more)
    return caught.value.code


def investigated(trip: Trip) -> tuple[int, int]:
    matter = trip.classified(public_danger=True)
    (case,) = trip.do(matter, "file", "dispatcher", {"basis": "条例第四十三条"}).children
    trip.approve(trip.do(case, "file_case", "enforcement", WHY, pair=True), "station_head", "bureau_head")
    return matter, case


def posting(trip: Trip, officer: int, post: str) -> Posting:
    return Posting(
        jurisdiction_id=trip.bureau.jurisdiction_id,
        officer_id=officer,
        post=post,
        organisation_id=trip.bureau.station_id,
        valid_from=factories.LONG_AGO,
    )

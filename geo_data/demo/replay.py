"""Replays a demo city's patrols and matters in the order of their days, through the one door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from sqlalchemy.orm import Session

from geo_data.demo import photos, scenes
from geo_data.demo.courses import CASE, CORRECTION, MAIN, REFERRAL
from geo_data.demo.ids import Ids
from geo_data.demo.papers import photo_jpeg, seal_png
from geo_data.demo.shapes import Act, City, Premises, Unlicensed
from geo_data.demo.stage import Playbill, Stage
from gridsup.calendars import SHANGHAI
from gridsup.documents import life, queries, seals
from gridsup.patrols.bulk import record_many
from gridsup.patrols.service import FindingReport, Position, VisitReport, report_finding
from gridsup.procedures import attachments, engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer, Photo
from gridsup.procedures.family import lock_family
from gridsup.procedures.steps import settle

Tell = Callable[[str, str, int, int], None]
STEP = 500
ON_THE_SPOT = ("discover", "capture")


def visits(session: Session, city: City, ids: Ids, tell: Tell) -> None:
    """Record every visit, at the door of the business."""
    place = _doors(city)
    for first in range(0, len(city.visits), STEP):
        tell("巡查记录", "visits", first, len(city.visits))
        reports = [
            (
                ids.officers[visit.officer],
                VisitReport(
                    key=visit.key,
                    at=visit.at,
                    result=visit.result,
                    business_id=ids.businesses[visit.business],
                    position=_position(place[visit.business]),
                    note=visit.note,
                ),
            )
            for visit in city.visits[first : first + STEP]
        ]
        record_many(session, reports, prompt=True)


def matters(session: Session, city: City, ids: Ids, tell: Tell) -> None:
    """Do every act of every matter, all matters together from the earliest act to the latest.

    Where the city is the one that scenes are written for, they are played among the acts, in their time.
    """
    place = _doors(city)
    running = {m.key: _Running(m, place[m.business]) for m in city.unlicensed}
    acts = sorted(
        ((act.at, str(m.key), i, act) for m in city.unlicensed for i, act in enumerate(m.acts)),
        key=lambda entry: entry[:3],
    )
    by_key = {str(key): one for key, one in running.items()}
    photo = _photo(session, ids.officers[city.cells[0].inspector]) if acts else None
    names = {b.key: b.name for b in city.businesses}
    bill = _bill(session, city, ids) if city.scenes else None
    for n, (_, key, i, act) in enumerate(acts):
        if n % STEP == 0:
            tell("无照经营事项", "matters of unlicensed operation", n, len(acts))
            session.expunge_all()
        if bill:
            bill.until(act.at)
        one = by_key[key]
        seen = one.photographed(session, ids, act, names[one.matter.business]) if city.accounts else []
        one.do(session, ids, i, act, photo, seen)
    if bill:
        bill.until(datetime.combine(city.today, time.min, SHANGHAI))
    for one in running.values():
        settle(lock_family(session, ids.jurisdiction, one.ids[MAIN]))


def _doors(city: City) -> dict[str, Premises]:
    place = {p.key: p for p in city.premises}
    return {b.key: place[b.premises] for b in city.businesses}


def _position(place: Premises) -> Position | None:
    if place.lon is None or place.lat is None:
        return None
    return Position(lon=place.lon, lat=place.lat, accuracy_m=8.0)


class _Running:
    """One matter and its children in the middle of their course."""

    def __init__(self, matter: Unlicensed, place: Premises) -> None:
        self.matter, self.place = matter, place
        self.ids: dict[str, int] = {}
        """Pack → id of the matter that runs under it."""
        self.proposal: int | None = None
        self.seen = False
        """Whether the place was photographed."""

    def photographed(self, session: Session, ids: Ids, act: Act, name: str) -> list[Photo]:
        """The front and the place inside, with the inspector's first act on the spot; else nothing."""
        if self.seen or act.action not in ON_THE_SPOT or act.post != "inspector":
            return []
        self.seen = True
        place = _position(self.place)
        device = {"lon": place.lon, "lat": place.lat, "accuracy_m": place.accuracy_m} if place else {}
        drawn = {"门头": photos.front, "现场": photos.scene}
        return [
            _kept(
                session, draw(name, self.matter.key.int), ids.officers[act.officer], caption, act.at, device
            )
            for caption, draw in drawn.items()
        ]

    def do(
        self, session: Session, ids: Ids, n: int, act: Act, photo: Photo | None, seen: list[Photo]
    ) -> None:
        """The act numbered ``n``, with the photos that were taken on the spot."""
        acting = Acting(ids.officers[act.officer], act.post)
        if n == 0:
            self._report(session, ids, acting, act, seen)
            return
        key = f"demo:{self.matter.key}:{n}"
        matter_id = self.ids[act.pack]
        if act.sign:
            assert self.proposal is not None
            engine.sign(
                session, matter_id, self.proposal, acting, agreed=True, key=key, expected_version=None,
                opinion="同意（演示）", effective_at=act.at, now=act.at,
            )  # fmt: skip
            return
        if act.action == "serve_order":
            _seal(session, ids, matter_id, acting, act.at)
        answer = engine.act(
            session,
            matter_id,
            act.action,
            acting,
            act.form,
            key=key,
            expected_version=None,
            effective_at=act.at,
            crew=[ids.officers[each] for each in act.crew],
            photos=[photo] if photo and act.action == "recheck_ceased" else seen,
            now=act.at,
        )
        self.proposal = answer.proposal
        self._note_children(act, answer)

    def _report(self, session: Session, ids: Ids, acting: Acting, act: Act, seen: list[Photo]) -> None:
        facts = dict(act.form)
        report = FindingReport(
            key=self.matter.key,
            found_at=act.at,
            source=str(facts.pop("source")),
            outside_number=facts.pop("outside_number", None),
            business_id=ids.businesses[self.matter.business],
            facts=facts,
            position=_position(self.place) if act.post == "inspector" else None,
            photos=seen,
        )
        _, answer = report_finding(session, acting, report, now=act.at)
        self.ids[MAIN] = answer.matter_id

    def _note_children(self, act: Act, answer: Answer) -> None:
        child = {"refer": REFERRAL, "file": CASE, "begin_correction": CORRECTION}.get(act.action)
        if child and answer.children:
            self.ids[child] = answer.children[0]


def _seal(session: Session, ids: Ids, matter_id: int, acting: Acting, at: datetime) -> None:
    """Put the bureau's seal into the order that is to be served; a city without one gets the demo's."""
    (order,) = session.scalars(queries.of_kind(ids.jurisdiction, [matter_id], "correction_order")).all()
    image = session.scalars(queries.seal_images(ids.jurisdiction)).first()
    if image is None:
        who = acting.person_id or 0
        saved = attachments.save(session, seal_png("演示"), uploaded_by=who, caption_kind="demo")
        image = seals.add(session, "演示印章", saved.sha256, officer_id=who)
    life.seal(session, order.id, image.id, acting, now=at)


def _photo(session: Session, officer_id: int) -> Photo:
    saved = attachments.save(session, photo_jpeg(), uploaded_by=officer_id, caption_kind="demo")
    return {"sha256": saved.sha256, "caption": "现场照片（演示）"}


def _kept(
    session: Session,
    content: bytes,
    officer: int,
    caption: str,
    at: datetime,
    device: dict[str, float | None],
) -> Photo:
    saved = attachments.save(
        session, content, uploaded_by=officer, caption_kind="demo", taken_at=at, device=device
    )
    return {"sha256": saved.sha256, "caption": f"{caption}（演示）"}


def _bill(session: Session, city: City, ids: Ids) -> Playbill:
    stage = Stage(session, city, ids)
    return Playbill(stage, scenes.all_of(stage))

"""The stage of the demo's scenes: who acts when and where, through the verbs that a bureau's own people use.

A scene is a generator that yields the instant of its next act and then acts; :class:`Playbill` plays all
scenes and the city's other matters together in the order of time, so that numbers follow the days.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo_data.demo.ids import Ids
from geo_data.demo.papers import photo_jpeg, signature_png
from geo_data.demo.shapes import Business, City, Premises
from gridsup.calendars import SHANGHAI, default_calendar
from gridsup.documents import life, queries, seals, services
from gridsup.documents.model import Document
from gridsup.documents.proof import Service
from gridsup.enforcement import starting
from gridsup.procedures import attachments, engine
from gridsup.procedures.acting import Acting
from gridsup.procedures.door import Answer
from gridsup.procedures.model import Matter
from gridsup.signing import authorities

Scene = Iterator[datetime]
FAR_BACK = 200
PAIR = ("enforcement", "brigade")
"""Posts that act in pairs."""


@dataclass(frozen=True, slots=True)
class Who:
    """A person of the stage: the post, the body that it belongs to, and which of those who hold it."""

    post: str
    body: str
    nth: int = 0


@dataclass
class Stage:
    """``now`` is the instant that the play has reached."""

    session: Session
    city: City
    ids: Ids
    now: datetime = field(init=False)
    days: list[date] = field(init=False)
    """Working days before the city's day, the latest first."""

    def __post_init__(self) -> None:
        calendar = default_calendar()
        past = (self.city.today - timedelta(days=i) for i in range(1, FAR_BACK))
        self.days = [one for one in past if calendar.is_working_day(one)]
        self.now = self.at(len(self.days) - 1, 9)
        self._keys = 0
        self._posts: dict[tuple[str, str], list[int]] = {}
        for officer in self.city.officers:
            for posting in officer.postings:
                self._posts.setdefault((officer.body, posting.post), []).append(
                    self.ids.officers[officer.key]
                )
        self._inspectors = {cell.key: self.ids.officers[cell.inspector] for cell in self.city.cells}
        self._pool = self._households()
        self._files: dict[str, str] = {}

    # ---------------------------------------------------------------- time, people, places

    def at(self, back: int, hour: int, minute: int = 0) -> datetime:
        """The instant on the working day that lies ``back`` before the last one."""
        return datetime.combine(self.days[back], time(hour, minute), SHANGHAI)

    def day(self, later: int = 0) -> str:
        """The day of the play, or some days later, as forms take it."""
        return (self.now.date() + timedelta(days=later)).isoformat()

    def station(self, nth: int) -> str:
        """The code of a station of the city."""
        return self.city.stations[nth].code

    def officer(self, who: Who) -> int:
        held = self._posts[who.body, who.post]
        return held[who.nth % len(held)]

    def name(self, who: Who) -> str:
        row = self.officer(who)
        return next(one.name for one in self.city.officers if self.ids.officers[one.key] == row)

    def acting(self, who: Who) -> Acting:
        return Acting(self.officer(who), who.post)

    def in_place_of(self, holder: Who, other: Who) -> Acting:
        """``other`` under an authority to sign (授权代签) of this day, else the holder in person."""
        day, j = self.now.date(), self.ids.jurisdiction
        found = authorities.actings(self.session, j, self.officer(other), day)
        return found[0] if found else self.acting(holder)

    def key(self) -> str:
        self._keys += 1
        return f"demo-scene:{self._keys}"

    def pair(self, who: Who) -> list[int]:
        """The two who act together (两名以上执法人员), the acting person first."""
        if who.post not in PAIR:
            return []
        held = self._posts[who.body, who.post]
        return [held[who.nth % len(held)], held[(who.nth + 1) % len(held)]]

    def household(self, station: str) -> tuple[Business, Premises]:
        """The next licensed household of a station that no scene has used."""
        return self._pool[station].pop()

    def with_permit(self, department: str, count: int) -> list[tuple[Business, Premises]]:
        """Households of the first station, unused so far, that hold a valid permit of a department."""
        pool = self._pool[self.station(0)]
        held = [
            one
            for one in reversed(pool)
            if any(p.department == department and p.status == "valid" for p in one[0].permits)
        ][:count]
        self._pool[self.station(0)] = [one for one in pool if one not in held]
        return held

    def inspector(self, place: Premises) -> int:
        return self._inspectors[place.cell or ""]

    def _households(self) -> dict[str, list[tuple[Business, Premises]]]:
        place = {one.key: one for one in self.city.premises}
        pool: dict[str, list[tuple[Business, Premises]]] = {one.code: [] for one in self.city.stations}
        taken = {one.business for one in self.city.unlicensed}
        for business in self.city.businesses:
            spot = place[business.premises]
            free = business.status == "operating" and business.key not in taken
            if free and business.kind == "individual" and spot.cell and business.operator_name:
                pool[spot.cell.split("-")[0]].append((business, spot))
        return pool

    # ---------------------------------------------------------------- acts

    def start(
        self, pack: str, who: Who, household: tuple[Business, Premises], form: Mapping[str, Any]
    ) -> int:
        """Start a matter of enforcement about a household, as the desk and the phone do."""
        business, _ = household
        asked = starting.Start(
            pack=pack, key=self.key(), form=form, business_id=self.ids.businesses[business.key],
            crew=self.pair(who), effective_at=self.now,
        )  # fmt: skip
        return starting.start(self.session, self.acting(who), asked, now=self.now).matter_id

    def act(
        self, matter: int, action: str, who: Who | Acting, form: Mapping[str, Any] | None = None, *,
        photos: int = 0,
    ) -> Answer:  # fmt: skip
        """Do an act, by two officers where the post works in pairs."""
        acting = who if isinstance(who, Acting) else self.acting(who)
        return engine.act(
            self.session,
            matter,
            action,
            acting,
            form or {},
            key=self.key(),
            expected_version=None,
            effective_at=self.now,
            crew=[] if isinstance(who, Acting) else self.pair(who),
            photos=[{"sha256": self.photo(acting), "caption": "现场照片（演示）"}] * photos,
            now=self.now,
        )

    def sign(
        self, proposed: Answer, who: Who | Acting, *, agreed: bool = True, opinion: str = "同意。"
    ) -> Answer:
        assert proposed.proposal is not None
        return engine.sign(
            self.session,
            proposed.matter_id,
            proposed.proposal,
            who if isinstance(who, Acting) else self.acting(who),
            agreed=agreed,
            key=self.key(),
            expected_version=None,
            opinion=opinion,
            effective_at=self.now,
            now=self.now,
        )

    # ---------------------------------------------------------------- papers

    def paper(self, matter: int, kind: str) -> Document:
        """The newest paper of a kind that a matter has."""
        found = self.session.scalars(queries.of_kind(self.ids.jurisdiction, [matter], kind)).all()
        return max(found, key=lambda one: one.id)

    def child(self, matter: int, pack: str) -> int:
        """The child matter of that procedure."""
        found = select(Matter.id).where(
            Matter.jurisdiction_id == self.ids.jurisdiction, Matter.parent_id == matter, Matter.pack == pack
        )
        return self.session.scalars(found).one()

    def issue(self, matter: int, kind: str, who: Who) -> Document:
        return life.issue(self.session, matter, kind, self.acting(who), now=self.now)

    def seal(self, document: Document, who: Who) -> None:
        """Put the demo's seal into a paper."""
        (image,) = self.session.scalars(queries.seal_images(self.ids.jurisdiction)).all()
        life.seal(self.session, document.id, image.id, self.acting(who), now=self.now)

    def serve(self, document: Document, who: Who, place: str, receiver: str) -> None:
        """Served in person, signed on the phone."""
        self._serve(
            document, who, way="direct", place=place, receiver=receiver, relation="本人",
            signature_sha256=self.signature(receiver, who),
        )  # fmt: skip

    def leave(self, document: Document, who: Who, place: str, witness: str) -> None:
        """Refused (拒签), and left before a witness of the community."""
        self._serve(
            document,
            who,
            way="left",
            place=place,
            refusal="当事人阅后拒绝签名",
            witness=witness,
            witness_of="社区居民委员会（演示）",
            witness_signature_sha256=self.signature(witness, who),
            photos=(self.photo(self.acting(who)),),
        )

    def amend(self, document: Document, who: Who, was: str, now: str, reason: str) -> None:
        """An amendment (更正) that names the paper by its number."""
        acting = self.acting(who)
        life.amend(self.session, document.id, was=was, now=now, reason=reason, acting=acting, at=self.now)

    def _serve(self, document: Document, who: Who, **how: Any) -> None:
        service = Service(at=self.now, **how)
        crew = self.pair(who)
        services.serve(self.session, document.id, service, self.acting(who), crew=crew, now=self.now)

    def signature(self, name: str, who: Who) -> str:
        return self._file(f"signature {name}", lambda: signature_png(name), who)

    def photo(self, acting: Acting) -> str:
        return self._kept("photo", photo_jpeg, acting.person_id or 0)

    def register_seal(self, name: str, image: bytes, who: Who) -> None:
        sha256 = self._file(name, lambda: image, who)
        seals.add(self.session, name, sha256, officer_id=self.officer(who))

    def _file(self, name: str, draw: Callable[[], bytes], who: Who) -> str:
        return self._kept(name, draw, self.officer(who))

    def _kept(self, name: str, draw: Callable[[], bytes], officer_id: int) -> str:
        if name not in self._files:
            saved = attachments.save(self.session, draw(), uploaded_by=officer_id, caption_kind="demo")
            self._files[name] = saved.sha256
        return self._files[name]


class Playbill:
    """Plays scenes in the order of the instants they yield; equal instants in the order of the scenes."""

    def __init__(self, stage: Stage, scenes: Sequence[Scene]) -> None:
        self._stage = stage
        self._waiting: list[tuple[datetime, int, Scene]] = []
        for place, scene in enumerate(scenes):
            self._queue(place, scene)

    def until(self, at: datetime) -> None:
        """Play everything that is due before ``at``."""
        while self._waiting and self._waiting[0][0] < at:
            self._stage.now, place, scene = heapq.heappop(self._waiting)
            self._queue(place, scene)

    def _queue(self, place: int, scene: Scene) -> None:
        following = next(scene, None)
        if following is not None:
            heapq.heappush(self._waiting, (following, place, scene))

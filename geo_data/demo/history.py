"""Three months of patrols, and the unlicensed operators' way through the procedure, up to ``today``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np

from geo_data.demo.courses import COURSES, Course, facts_of, fits, form_of
from geo_data.demo.names import pick
from geo_data.demo.patterns import Pattern
from geo_data.demo.shapes import Act, Business, Cell, Premises, Source, Unlicensed, Visit
from geo_data.demo.staff import INSIDE, Staff
from gridsup.calendars import SHANGHAI, default_calendar

DAYS = 92


@dataclass
class History:
    """Makes visits and courses for the businesses of a city; all draws come from ``rng``."""

    today: date
    rng: np.random.Generator
    staff: Staff
    cells: dict[str, Cell]
    days: list[date] = field(init=False)
    """Working days before today, latest first; enough for the longest course."""

    def __post_init__(self) -> None:
        calendar = default_calendar()
        past = (self.today - timedelta(days=i) for i in range(1, 330))
        self.days = [d for d in past if calendar.is_working_day(d)]

    def matters(
        self, made: Sequence[tuple[Business, Pattern]], premises: dict[str, Premises]
    ) -> list[Unlicensed]:
        """One matter per unlicensed operator; every course occurs, the commoner ones more often."""
        waiting = list(COURSES)
        result = []
        for business, pattern in made:
            course = next((c for c in waiting if fits(c, pattern)), None)
            if course is None:
                possible = [c for c in COURSES if fits(c, pattern)]
                share = np.array([c.weight for c in possible])
                course = possible[int(self.rng.choice(len(possible), p=share / share.sum()))]
            else:
                waiting.remove(course)
            result.append(self.matter(course, business, pattern, premises[business.premises]))
        return result

    def matter(self, course: Course, business: Business, pattern: Pattern, place: Premises) -> Unlicensed:
        """One operator's matter, led along ``course``."""
        by_order = any(leg.action == "order_change" for leg in course.legs)
        source: Source = "referral" if by_order else pick(self.rng, _SOURCES)
        facts = facts_of(business, pattern, place.address, source, int(self.rng.integers(10**6)))
        answer = pick(self.rng, ("licensed", "not_licensed", "ceased"))
        at = self._instants([leg.gap for leg in course.legs], course.rest)
        cell = self.cells[place.cell or ""]
        acts = []
        for i, leg in enumerate(course.legs):
            # a call and a referral are registered at the desk, what is seen on patrol by the inspector
            post = "dispatcher" if i == 0 and source in ("referral", "call") else leg.post
            officer, crew = self._who(post, cell, pattern.lead)
            form = form_of(leg, course, business, pattern, facts, answer, at[i])
            action = leg.action.format(answer=answer)
            acts.append(Act(leg.pack, action, post, officer, at[i], form, crew, leg.sign))
        return Unlicensed(
            self._uuid(), business.key, cell.key, source, facts, pattern.lead, course.state, tuple(acts)
        )

    def _uuid(self) -> UUID:
        return UUID(bytes=self.rng.bytes(16), version=4)

    def _who(self, post: str, cell: Cell, lead: str) -> tuple[str, tuple[str, ...]]:
        """Who acts in a post for a cell's matter, and who comes along (two officers at a case)."""
        if post == "inspector":
            return cell.inspector, ()
        body = _BODIES.get(post, lead if post == "liaison" else cell.station)
        if post == "section":
            body = INSIDE[lead]
        keys = self.staff.post_of[body, post]
        if post == "dispatcher":
            return pick(self.rng, keys), ()
        return keys[0], tuple(keys[:2]) if post == "enforcement" else ()

    def _instants(self, gaps: Sequence[tuple[int, int]], rest: tuple[int, int]) -> list[datetime]:
        """Instants on working days, each act after the one before, the last ``rest`` days before today."""
        index = int(self.rng.integers(rest[0], rest[1] + 1))
        place = [index]
        for least, most in reversed(gaps[1:]):
            place.append(place[-1] + int(self.rng.integers(least, most + 1)))
        place.reverse()
        minute = np.sort(self.rng.integers(0, 8 * 60, size=len(place)))
        return [self._at(self.days[p], int(m), i) for i, (p, m) in enumerate(zip(place, minute, strict=True))]

    @staticmethod
    def _at(day: date, minute: int, second: int) -> datetime:
        return datetime.combine(day, time(9), SHANGHAI) + timedelta(minutes=minute, seconds=second)

    def visits(
        self, businesses: Sequence[Business], premises: dict[str, Premises], matters: Sequence[Unlicensed]
    ) -> list[Visit]:
        """Each inspector's visits of the last three months; the risky and the long unseen come first.

        The finding and the re-checks of a matter are visits too. Some inspectors are slower than others
        and some cells are seldom walked, so that the board has something true to show.
        """
        first = self.today - timedelta(days=DAYS)
        visits = [v for m in matters for v in self._matter_visits(m) if v.at.date() >= first]
        by_officer: dict[str, list[tuple[float, Business, str]]] = {}
        for business in businesses:
            cell = premises[business.premises].cell
            if cell is not None and business.kind != "unregistered":
                interest = business.risk * self.rng.uniform(0.3, 1.0) * (0.2 if cell.endswith("7") else 1.0)
                by_officer.setdefault(self.cells[cell].inspector, []).append((interest, business, cell))
        for officer, round_ in sorted(by_officer.items()):
            round_.sort(key=lambda r: (-r[0], r[1].key))
            visits += self._rounds(officer, round_, first)
        return sorted(visits, key=lambda v: (v.at, v.officer, v.business))

    def _rounds(self, officer: str, round_: list[tuple[float, Business, str]], first: date) -> list[Visit]:
        pace = self.rng.uniform(5.0, 11.0)
        away = self.rng.integers(0, 60)
        turn, made = 0, []
        for i, day in enumerate(reversed([d for d in self.days if d >= first])):
            if away <= i < away + 4:  # on leave
                continue
            times = np.sort(self.rng.choice(480, size=int(self.rng.poisson(pace)), replace=False))
            for minute in times:
                _, business, cell = round_[turn % len(round_)]
                turn += 1
                at = self._at(day, int(minute), turn % 60)
                if business.closed_on and business.closed_on < day:
                    result = "not_found"
                else:
                    result = str(self.rng.choice(_RESULTS, p=_SHARES))
                made.append(self._visit(officer, business.key, cell, at, result))
        return made

    def _matter_visits(self, matter: Unlicensed) -> list[Visit]:
        made = []
        for act in matter.acts:
            if act.action == "discover" and act.post == "inspector":
                made.append(self._visit(act.officer, matter.business, matter.cell, act.at, "finding"))
            elif act.action.startswith("recheck_"):
                result = "finding" if act.action == "recheck_unlicensed" else "rectified"
                made.append(self._visit(act.officer, matter.business, matter.cell, act.at, result))
        return made

    def _visit(self, officer: str, business: str, cell: str, at: datetime, result: str) -> Visit:
        return Visit(self._uuid(), officer, business, cell, at, result, None)


_SOURCES: tuple[Source, ...] = ("patrol",) * 6 + ("call", "report")
_BODIES = {"dispatcher": "registration", "bureau_head": "bureau"}
_RESULTS = np.array(["normal", "closed_door", "not_found"])
_SHARES = np.array([0.915, 0.07, 0.015])

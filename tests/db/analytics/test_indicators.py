"""The indicators over a generated table are what a slow reading of the same rows gives."""

from __future__ import annotations

import itertools
import random
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from gridsup.analytics.clocks import clock_lines, clock_runs
from gridsup.analytics.hotspots import hotspots
from gridsup.analytics.indicators import Counted, catalogue, compared
from gridsup.analytics.rowsets import ROW_SETS
from gridsup.errors import Unreadable
from gridsup.patrols.model import Visit
from gridsup.procedures.model import Deadline, Event, Matter, PackVersion
from gridsup.referrals.model import Referral
from tests.factories import JURISDICTION, Bureau, bureau, business

NOW = datetime(2026, 6, 20, 4, tzinfo=UTC)
MAY = date(2026, 5, 1), date(2026, 5, 31)
START, END = datetime(2026, 4, 30, 16, tzinfo=UTC), datetime(2026, 5, 31, 16, tzinfo=UTC)
VISIT_DAYS = {1: 180, 2: 90, 3: 60, 4: 30}


@dataclass
class Run:
    cell: int
    department: str | None
    due: datetime
    started: datetime
    stopped: datetime | None


@dataclass
class Life:
    cell: int
    opened: datetime
    ended: datetime | None
    back: bool
    runs: list[Run]


def moment(chance: random.Random, first: int, last: int) -> datetime:
    return NOW - timedelta(hours=chance.randint(first * 24, last * 24))


def generated(session, made: Bureau) -> tuple[list[Life], list[tuple[int, int, datetime | None]]]:
    """Matters with their clocks; households as (cell, risk, last visit before the period's end)."""
    chance = random.Random(5)
    lives = [_matter(session, made, chance) for _ in range(60)]
    shops = []
    for _ in range(25):
        code, risk = chance.choice(sorted(made.cells)), chance.randint(1, 4)
        shop = business(session, made, cell=code, risk=risk)
        visits = [moment(chance, 0, 150) for _ in range(chance.randint(0, 2))]
        for at in visits:
            session.add(
                Visit(
                    jurisdiction_id=JURISDICTION,
                    officer_id=made.officers["inspector"],
                    business_id=shop,
                    cell_id=made.cells[code],
                    at=at,
                    result=chance.choice(["normal", "finding"]),
                    key=uuid.UUID(int=chance.getrandbits(128)),
                )
            )
        shops.append((made.cells[code], risk, max((at for at in visits if at < END), default=None)))
    session.flush()
    return lives, shops


def _matter(session, made: Bureau, chance: random.Random) -> Life:
    referral = chance.random() < 0.4
    name = "referral" if referral else "unlicensed_operation"
    version = session.query(PackVersion).filter_by(pack=name).order_by(PackVersion.version).first()
    opened = moment(chance, 10, 90)
    ended = opened + timedelta(days=chance.randint(1, 60)) if chance.random() < 0.6 else None
    life = Life(chance.choice(sorted(made.cells.values())), opened, ended, chance.random() < 0.3, [])
    row = Matter(
        jurisdiction_id=JURISDICTION,
        pack=name,
        pack_version=version.version,
        pack_hash=version.hash,
        state="any",
        title="样例",
        subject_kind="business",
        cell_id=life.cell,
        station_id=made.station_id,
        opened_at=opened,
        ended_at=ended,
        root_id=0,
        version=1,
        head_hash="0" * 64,
        lane="doing",
    )
    session.add(row)
    session.flush()
    row.root_id = row.id
    department = "D10" if referral else None
    if referral:
        session.add(
            Referral(
                jurisdiction_id=JURISDICTION,
                matter_id=row.id,
                direction="out",
                department="D10",
                department_id=made.department_id,
            )
        )
    for number in range(chance.randint(0, 3)):
        started = opened + timedelta(days=chance.randint(0, 5))
        due = started + timedelta(days=chance.randint(1, 40))
        stopped = started + timedelta(days=chance.randint(0, 50)) if chance.random() < 0.7 else None
        stopped = stopped if stopped is None or stopped < NOW else None
        life.runs.append(Run(life.cell, department, due, started, stopped))
        session.add(
            Deadline(
                jurisdiction_id=JURISDICTION,
                matter_id=row.id,
                clock="p9_n2",
                run=number,
                started_at=started,
                due_at=due,
                state="stopped" if stopped else "running",
                owner="liaison" if referral else "inspector",
                stopped_at=stopped,
                explanation={},
            )
        )
    states = ["a", "b", "a" if life.back else "c", "d"]
    for seq, (left, entered) in enumerate(itertools.pairwise(states), 1):
        session.add(_event(row.id, seq, left, entered, opened))
    return life


def _event(matter_id: int, seq: int, left: str, entered: str, at: datetime) -> Event:
    return Event(
        jurisdiction_id=JURISDICTION,
        matter_id=matter_id,
        seq=seq,
        kind="act",
        action="go",
        from_state=left,
        to_state=entered,
        post="inspector",
        effective_at=at,
        recorded_at=at,
        pack_hash="0" * 64,
        body=b"{}",
        data={},
        prev_hash="0" * 64,
        hash="0" * 64,
    )


def inside(at: datetime | None) -> bool:
    return at is not None and START <= at < END


@pytest.fixture
def made(session) -> Bureau:
    return bureau(session)


def test_every_figure_is_what_a_slow_reading_gives(session, made) -> None:
    lives, shops = generated(session, made)
    counted = Counted(session, JURISDICTION, *MAY, now=NOW)
    runs = [run for life in lives for run in life.runs if inside(run.due)]
    fed = [run for run in runs if run.department]
    ended = [life for life in lives if inside(life.ended)]
    standing = [life for life in lives if life.opened < END and (life.ended is None or life.ended >= END)]
    late = [
        life
        for life in standing
        if any(
            run.started < END and run.due < END and (run.stopped is None or run.stopped >= END)
            for run in life.runs
        )
    ]
    overdue = [risk for _, risk, at in shops if at is None or at < END - timedelta(days=VISIT_DAYS[risk])]

    def met(of: list[Run]) -> int:
        return sum(run.stopped is not None and run.stopped < run.due for run in of)

    days = sum((life.ended - life.opened) / timedelta(days=1) for life in ended)
    expected = {
        "on_time_rate": (met(runs), len(runs)),
        "feedback_rate": (met(fed), len(fed)),
        "closing_rate": (len(ended), len({id(one) for one in [*ended, *standing]})),
        "rework_rate": (sum(life.back for life in ended), len(ended)),
        "mean_days": (days, len(ended)),
        "late_open_rate": (len(late), len(standing)),
        "coverage_rate": (sum(inside(at) for _, _, at in shops), len(shops)),
        "debt_rate": (sum(overdue), sum(risk for _, risk, _ in shops)),
    }
    for name, (top, under) in expected.items():
        figure = counted.figure(catalogue()[name])
        assert (figure.numerator, figure.denominator) == (pytest.approx(top), under), name
        assert figure.value == pytest.approx(top / under * catalogue()[name].scale)
        assert top > 0, f"the table says nothing about {name}"
    (line,) = clock_lines(session, JURISDICTION, *MAY, "department", now=NOW)
    assert (line.key, line.due, line.on_time) == ("D10", len(fed), met(fed))
    assert line.due == line.on_time + line.late + line.waiting
    for by in ("department", "station"):
        for one in clock_lines(session, JURISDICTION, *MAY, by, now=NOW):
            rows = clock_runs(session, JURISDICTION, *MAY, by, one.key, limit=1000, now=NOW)
            in_time = sum(each.stopped_at is not None and each.stopped_at < each.due_at for each in rows)
            waiting = sum(each.stopped_at is None for each in rows)
            assert (len(rows), in_time, waiting) == (one.due, one.on_time, one.waiting)


def test_groups_add_up_and_every_figure_opens_its_rows(session, made) -> None:
    generated(session, made)
    counted = Counted(session, JURISDICTION, *MAY, now=NOW)
    for one in catalogue().values():
        whole = counted.figure(one)
        for by in one.by:
            if by == "department":
                continue
            groups = counted.figures(one, by)
            assert sum(each.numerator for each in groups) == pytest.approx(whole.numerator)
            assert sum(each.denominator for each in groups) == pytest.approx(whole.denominator)
            for each in groups:
                rows = counted.rows(one.numerator.set, by=by, key=each.key)
                added = len(rows) if one.numerator.take == "count" else sum(row["value"] for row in rows)
                assert added == pytest.approx(each.numerator)


def test_a_numerator_counts_rows_of_its_denominator_only(session, made) -> None:
    generated(session, made)
    counted = Counted(session, JURISDICTION, *MAY, now=NOW)
    for one in catalogue().values():
        if one.scale == 100:
            ids: dict[str, set[int]] = defaultdict(set)
            for side in ("numerator", "denominator"):
                ids[side] = {row["id"] for row in counted.rows(getattr(one, side).set)}
            assert ids["numerator"] <= ids["denominator"], one.id


def test_every_row_set_runs_on_an_empty_bureau(session, made) -> None:
    counted = Counted(session, JURISDICTION, *MAY, now=NOW)
    assert {name: counted.rows(name) for name in ROW_SETS if name != "cells"} == {
        name: [] for name in ROW_SETS if name != "cells"
    }
    assert len(counted.rows("cells")) == 4


def test_an_indicator_is_broken_down_by_what_its_entry_names_alone(session, made) -> None:
    with pytest.raises(Unreadable) as told:
        Counted(session, JURISDICTION, *MAY).figures(catalogue()["coverage_rate"], "department")
    assert told.value.code == "indicator-group"


def test_four_cells_are_too_few_for_a_hotspot(session, made) -> None:
    assert hotspots(session, JURISDICTION, *MAY) == []


def test_a_period_before_anything_was_recorded_is_no_comparison(session) -> None:
    made = bureau(session)
    shop = business(session, made, risk=4)
    now, before, year = compared(session, JURISDICTION, *MAY, now=NOW)
    rates = catalogue()
    assert now.figure(rates["coverage_rate"]).value == 0
    assert before.figure(rates["coverage_rate"]).value is None
    seen = Visit(
        jurisdiction_id=JURISDICTION,
        officer_id=made.officers["inspector"],
        business_id=shop,
        at=datetime(2026, 4, 30, 3, tzinfo=UTC),
        result="normal",
        key=uuid.uuid4(),
    )
    session.add(seen)
    session.flush()
    now, before, year = compared(session, JURISDICTION, *MAY, now=NOW)
    assert before.figure(rates["coverage_rate"]).value == 100
    assert year.figure(rates["debt_rate"]).value is None
    assert year.figures(rates["coverage_rate"], "cell") == []

"""What only shows when several act at once, or when the process dies in the middle."""

from __future__ import annotations

import json
import select as polling
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gridsup.db import set_jurisdiction, transaction
from gridsup.errors import Conflict
from gridsup.procedures import store
from gridsup.procedures.engine import Request, act, act_many
from gridsup.procedures.model import Event, Matter
from gridsup.procedures.proof import differences, verify
from tests.db.procedures.small_bureau import (
    JURISDICTION,
    MONDAY,
    Bureau,
    do,
    found_in,
    fresh,
    report,
    working,
)

THREADS = 8

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def settled(clone: Any) -> tuple[Engine, Bureau]:
    """The app's engine on a database of one's own, with a bureau in it."""
    return clone.engine, found_in(clone.engine, clone.owner)


def opened(engine: Engine, bureau: Bureau, count: int) -> list[int]:
    with transaction(engine, JURISDICTION) as session:
        return [report(session, bureau).matter_id for _ in range(count)]


def sound(engine: Engine) -> None:
    with transaction(engine, JURISDICTION) as session:
        assert list(verify(session)) == []
        assert list(differences(session)) == []


def test_two_dispatchers_at_once_give_one_winner_and_a_clear_conflict(settled: tuple[Engine, Bureau]) -> None:
    engine, bureau = settled
    for matter in opened(engine, bureau, 5):
        gate = Barrier(2)

        def begin(number: int, matter: int = matter, gate: Barrier = gate) -> object:
            gate.wait()
            try:
                with transaction(engine, JURISDICTION) as session:
                    key = f"{matter}-{number}"
                    return act(session, matter, "begin", bureau.dispatcher, key=key, expected_version=1)
            except Conflict as conflict:
                return conflict

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(begin, range(2)))
        lost = [r for r in results if isinstance(r, Conflict)]
        assert len(lost) == 1
        assert (lost[0].code, lost[0].params["state"]) == ("matter-changed", "working")
    sound(engine)


def test_one_request_sent_many_times_at_once_acts_once(settled: tuple[Engine, Bureau]) -> None:
    engine, bureau = settled
    (matter,) = opened(engine, bureau, 1)
    gate = Barrier(THREADS)

    def send(_: int) -> int:
        gate.wait()
        with transaction(engine, JURISDICTION) as session:
            form = {"note": "x"}
            return act(session, matter, "note", bureau.dispatcher, form, key="one", expected_version=1).seq

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(send, range(THREADS))) == {2}
    with transaction(engine, JURISDICTION) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 2


def test_contended_acts_have_one_winner_per_version(settled: tuple[Engine, Bureau]) -> None:
    engine, bureau = settled
    matters = opened(engine, bureau, 3)

    def contend(number: int) -> tuple[int, int] | None:
        matter = matters[number % len(matters)]
        with transaction(engine, JURISDICTION) as session:
            version = session.scalar(select(Matter.version).where(Matter.id == matter)) or 0
        try:
            with transaction(engine, JURISDICTION) as session:
                form = {"note": str(number)}
                key = f"c-{number}"
                answer = act(
                    session, matter, "note", bureau.dispatcher, form, key=key, expected_version=version
                )
                return matter, answer.version
        except Conflict:
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(contend, range(300)))
    won = [r for r in results if r is not None]
    assert None in results
    assert max(Counter(won).values()) == 1
    with transaction(engine, JURISDICTION) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == len(won) + len(matters)
    sound(engine)


def test_bursts_over_the_same_matters_in_any_order_do_not_lock_each_other_out(
    settled: tuple[Engine, Bureau],
) -> None:
    engine, bureau = settled
    matters = opened(engine, bureau, 6)

    def burst(number: int) -> int:
        order = matters if number % 2 else matters[::-1]
        requests = [
            Request(m, "note", bureau.dispatcher, key=f"b-{number}-{m}", expected_version=None) for m in order
        ]
        with transaction(engine, JURISDICTION) as session:
            return sum(not isinstance(a, Exception) for a in act_many(session, requests))

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(burst, range(16))) == [len(matters)] * 16
    sound(engine)


def test_siblings_and_parent_act_at_once_without_deadlock(settled: tuple[Engine, Bureau]) -> None:
    engine, bureau = settled
    with transaction(engine, JURISDICTION) as session:
        parent = working(session, bureau)
        children = do(session, parent, "scatter", bureau.dispatcher).children

    def touch(number: int) -> bool:
        with transaction(engine, JURISDICTION) as session:
            if number % 2:
                matter = children[number // 2 % len(children)]
                act(session, matter, "answer", bureau.liaison, key=fresh(), expected_version=None)
            else:
                act(session, parent, "note", bureau.dispatcher, key=fresh(), expected_version=None)
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(touch, range(8)))
    sound(engine)


def test_an_act_is_told_once_with_ids_only_and_only_when_it_is_kept(clone: Any) -> None:
    bureau = found_in(clone.engine, clone.owner)
    (matter,) = opened(clone.engine, bureau, 1)
    connection = clone.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("COMMIT; LISTEN gridsup; COMMIT")
        with transaction(clone.engine, JURISDICTION) as session:
            do(session, matter, "begin", bureau.dispatcher)
        with clone.engine.connect() as undone, Session(undone) as session:
            set_jurisdiction(session, JURISDICTION)
            do(session, matter, "note", bureau.dispatcher)
            session.rollback()
        driver: Any = connection.driver_connection
        polling.select([driver], [], [], 5)
        driver.poll()
        told = [json.loads(n.payload) for n in driver.notifies]
    finally:
        connection.close()
    assert told == [{"jurisdiction": JURISDICTION, "matter": matter, "version": 2, "touched": [matter]}]


@pytest.mark.parametrize("wait", [0.2, 0.5, 0.9])
def test_a_killed_process_loses_no_acknowledged_act_and_doubles_none(
    clone: Any, settled: tuple[Engine, Bureau], wait: float
) -> None:
    engine, bureau = settled
    matters = opened(engine, bureau, 3)
    command = [
        sys.executable,
        "-m",
        "tests.db.procedures.acting_process",
        clone.url,
        ",".join(map(str, matters)),
        str(bureau.dispatcher.person_id),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = [process.stdout.readline() for _ in range(4)]
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    lines = [*first, *process.stdout.read().splitlines()]
    process.wait()
    acknowledged = {line.split()[0]: line.split()[1:] for line in lines if len(line.split()) == 3}
    assert len(acknowledged) > 3
    with transaction(engine, JURISDICTION) as session:
        there = Counter(
            event.data["form"]["note"]
            for matter in matters
            for event in store.events_of(session, JURISDICTION, matter)
            if event.action == "note"
        )
        assert set(acknowledged) <= set(there)
        assert set(there.values()) == {1}
        assert len(there) <= len(acknowledged) + 1  # one more may have been kept whose answer was lost
    # The retry of everything acts on nothing that was kept.
    with transaction(engine, JURISDICTION) as session:
        for key, (matter, seq) in list(acknowledged.items())[-5:]:
            form = {"note": key}
            again = act(session, int(matter), "note", bureau.dispatcher, form, key=key, expected_version=None)
            assert (again.replayed, again.seq) == (True, int(seq))
    sound(engine)


def test_monday_is_in_the_past() -> None:
    """The races use the real clock; matters of these tests were opened before it."""
    assert MONDAY.timestamp() < time.time()

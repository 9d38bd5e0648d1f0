"""``kill -9`` of the application and of the database together, on a durable cluster of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridsup import migrate
from gridsup.cluster import Cluster
from gridsup.cluster.bootstrap import prepare_private
from gridsup.db import APP_ROLE, make_engine, transaction
from gridsup.procedures import store
from gridsup.procedures.proof import differences, verify
from tests.db.procedures.small_bureau import JURISDICTION, found_in, report

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the cluster's own system user can reach."""
    made = Path(tempfile.mkdtemp(prefix="gridsup-crash-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def server_processes(cluster: Cluster) -> list[int]:
    """The postmaster of this cluster and its children."""
    postmaster = int((cluster.data / "postmaster.pid").read_text().split("\n")[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *map(int, children)]


@pytest.mark.slow
def test_application_and_database_killed_together_lose_no_acknowledged_act(folder: Path) -> None:
    with Cluster(folder).hold() as cluster:
        prepare_private(cluster, "crash")
        url = cluster.url("crash")
        owner = make_engine(url)
        migrate.upgrade(owner)
        engine = make_engine(url, role=APP_ROLE)
        bureau = found_in(engine, owner)
        with transaction(engine, JURISDICTION) as session:
            matters = [report(session, bureau).matter_id for _ in range(3)]
        engine.dispose()
        owner.dispose()
        command = [sys.executable, "-m", "tests.db.procedures.acting_process", url]
        command += [",".join(map(str, matters)), str(bureau.dispatcher.person_id)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(4)]
        time.sleep(0.4)
        process.send_signal(signal.SIGKILL)
        for pid in server_processes(cluster):
            os.kill(pid, signal.SIGKILL)
        lines = [*first, *process.stdout.read().splitlines()]
        process.wait()
    acknowledged = {line.split()[0] for line in lines if len(line.split()) == 3}
    assert len(acknowledged) > 3
    with Cluster(folder).hold() as again:
        engine = make_engine(again.url("crash"), role=APP_ROLE)
        with transaction(engine, JURISDICTION) as session:
            there = Counter(
                event.data["form"]["note"]
                for matter in matters
                for event in store.events_of(session, JURISDICTION, matter)
                if event.action == "note"
            )
            assert acknowledged <= set(there)
            assert set(there.values()) == {1}
            assert list(verify(session)) == []
            assert list(differences(session)) == []
        engine.dispose()

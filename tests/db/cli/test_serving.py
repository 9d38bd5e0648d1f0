"""``gridsup up`` as a person starts it: its own processes, a durable cluster, kills in the middle."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from sqlalchemy import text

from gridsup.cluster import Cluster
from tests.conftest import Clone

Gridsup = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def gridsup() -> Iterator[Gridsup]:
    """The command on a data folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gridsup-up-"))
    folder.chmod(0o711)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gridsup.cli", *arguments],
            env={**os.environ, "GRIDSUP_DATA_DIR": str(folder / "data")},
            capture_output=True,
            text=True,
            timeout=120,
        )

    yield run
    run("down")
    shutil.rmtree(folder)


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _status(gridsup: Gridsup) -> dict[str, Any]:
    return json.loads(gridsup("status", "--json").stdout)


def _answers(url: str) -> bool:
    with urlopen(url + "/api/health", timeout=30) as answer:
        return answer.status == 200


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def test_up_serves_survives_kills_and_goes_down(gridsup: Gridsup) -> None:
    port = _free_port()
    started = gridsup("up", "--port", port, "--detach")
    assert started.returncode == 0, started.stderr
    first = _status(gridsup)
    assert first["serving"]
    assert first["schema"] == first["schema_head"]
    assert _answers(first["url"])

    cluster = Cluster(Path(first["data_dir"]))
    os.kill(first["database_pid"], signal.SIGKILL)
    _wait(lambda: cluster.pid() not in (None, first["database_pid"]), "no new database")

    again = gridsup("up", "--port", port)
    assert again.returncode == 1
    assert "已在运行" in again.stderr

    os.kill(first["pid"], signal.SIGKILL)
    _wait(lambda: not cluster.pid(), "the database outlived the application")
    assert gridsup("up", "--port", port, "--detach").returncode == 0
    assert _answers(first["url"])

    assert gridsup("down").returncode == 0
    assert cluster.pid() is None
    assert not _status(gridsup)["serving"]


def test_a_taken_port_is_named(gridsup: Gridsup) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = gridsup("--lang", "en", "up", "--port", str(other.getsockname()[1]))
    assert refused.returncode == 1
    assert "--port" in refused.stderr


def test_a_real_bureau_starts_on_a_named_server_with_one_administrator(
    gridsup: Gridsup, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDSUP_DATABASE_URL", clone.url)
    bureau = ["init", "--code", "350503", "--name", "丰泽区", "--srid", "4549", "--admin", "陈局", "--json"]
    answer = json.loads(gridsup(*bureau).stdout)
    assert answer["username"] == "admin"
    assert len(answer["one_time_password"]) >= 12
    again = gridsup(*bureau)
    assert again.returncode == 1
    assert "350503" in again.stderr
    with clone.owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM jurisdictions WHERE code = '350503'")) == 1
        packs = set(connection.scalars(text("SELECT pack FROM pack_versions WHERE jurisdiction_id = 350503")))
    assert {"unlicensed_operation", "referral", "penalty_case"} <= packs

"""The running application of a data folder: who it is, where it answers, how it is stopped."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gridsup.errors import Conflict, Unavailable
from gridsup.settings import get_settings

START_PATIENCE = 900.0
"""Seconds for a start in the background: the first one may load a whole demo city."""


def _file() -> Path:
    return get_settings().data_dir / "app.json"


def running() -> dict[str, Any] | None:
    """The application that serves from this data folder (``pid``, ``url``, ``ready``), or None.

    It holds a lock on its file while it lives, so a killed one is never taken for a running one.
    """
    try:
        with _file().open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        try:
            known: dict[str, Any] = json.loads(_file().read_text())
        except json.JSONDecodeError:  # it is writing at this moment
            known = {"pid": 0, "url": "", "ready": False}
        return known
    return None


class Instance:
    """This process as the serving one."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def tell(self, **facts: Any) -> None:
        """Publish what others may ask by :func:`running`."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"pid": os.getpid(), **facts}))
        self._file.flush()


@contextmanager
def claim(url: str) -> Iterator[Instance]:
    """Be the one that serves, for the length of a block. Raises Conflict when another does."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    with _file().open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            other = running() or {"url": "", "pid": 0}
            raise Conflict(
                "already-running",
                zh="平台已在运行：{url}（进程 {pid}）。先执行 gridsup down 可停止它。",
                en="The platform is running already: {url} (process {pid}). gridsup down stops it.",
                url=other["url"],
                pid=other["pid"],
            ) from error
        one = Instance(file)
        one.tell(url=url, ready=False)
        yield one
        file.truncate(0)


def stop(patience: float = 60.0) -> bool:
    """Ask the running application to end and wait for it; False when there was none."""
    found = running()
    if not found or not found["pid"]:
        return False
    os.kill(found["pid"], signal.SIGTERM)
    deadline = time.monotonic() + patience
    while running():
        if time.monotonic() > deadline:
            raise Unavailable(
                "does-not-stop",
                zh="进程 {pid} 在 {seconds} 秒内没有停止。",
                en="Process {pid} did not stop within {seconds} seconds.",
                pid=found["pid"],
                seconds=int(patience),
            )
        time.sleep(0.1)
    return True


def start_in_background(arguments: Sequence[str]) -> dict[str, Any]:
    """Run ``gridsup ARGUMENTS`` (a command that serves) apart from this terminal until it answers.

    Its progress lines are shown meanwhile; everything it prints goes to ``log/app.log`` in the data folder.
    Raises Unavailable with its last words when it ends instead.
    """
    folder = get_settings().data_dir / "log"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "app.log"
    with path.open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "gridsup.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_PATIENCE
    with path.open("r", errors="replace") as shown:
        while child.poll() is None and time.monotonic() < deadline:
            sys.stderr.write(shown.read())
            sys.stderr.flush()
            found = running()
            if found and found.get("ready"):
                return found
            time.sleep(0.2)
    raise Unavailable(
        "did-not-start",
        zh="平台未能启动，日志在 {path}：\n{words}",
        en="The platform did not start; its log is {path}:\n{words}",
        path=path,
        words=path.read_text(errors="replace")[-2000:].strip(),
    )

"""Keeping the private server up while the application serves, and down with it when that dies."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gridsup.cluster.server import Cluster
from gridsup.errors import Unavailable

log = logging.getLogger("gridsup.cluster")


class _Keeper(threading.Thread):
    """Starts the server as its child, and again whenever it dies.

    The parent-death signal follows the thread that started the child; this one lives as long as the
    process, so a ``kill -9`` of the application shuts the server down cleanly.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(name="cluster-keeper", daemon=True)
        self.cluster = cluster
        self.up = threading.Event()
        self.leaving = threading.Event()
        self.failure: Unavailable | None = None

    def run(self) -> None:
        while not self.leaving.is_set():
            try:
                child = self.cluster.start(supervised=True)
            except Unavailable as error:
                if not self.up.is_set():
                    self.failure = error
                    self.up.set()
                    return
                log.error("%s", error.text("en"))
                self.leaving.wait(2)
                continue
            self.up.set()
            self._watch(child)
            if not self.leaving.is_set():
                log.warning("数据库意外停止，正在重新启动。The database stopped; starting it again.")

    def _watch(self, child: subprocess.Popen[bytes] | None) -> None:
        """Return when the server is gone (or, when somebody else started it, some time after)."""
        while not self.leaving.wait(0.3):
            if child.poll() is not None if child else self.cluster.pid() is None:
                return


@contextmanager
def kept_up(cluster: Cluster) -> Iterator[Path]:
    """The server running and watched for the length of a block; yields its socket's folder.

    Raises Unavailable when it cannot be started. The last process that holds the cluster stops it.
    """
    keeper = _Keeper(cluster)
    with cluster.sharing():
        keeper.start()
        keeper.up.wait()
        if keeper.failure:
            raise keeper.failure
        try:
            yield cluster.socket_dir
        finally:
            keeper.leaving.set()
    keeper.join()

"""The tile cache of a process: bytes kept until what they show has changed.

No counter in the database tells the version (counters in the act's transaction deadlock): the process
listens to the same NOTIFY as the live updates do, and each message moves the version of the layers that it
touches. A tile is stored under the version read before its query ran, so a change that arrives meanwhile
makes it unreachable, never wrong. While nobody listens, nothing is cached.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from api.events import Hub

CAPACITY = 96 * 1024 * 1024
"""Bytes of compressed tiles that a process keeps."""
LIFETIME = 600.0
"""Seconds after which a tile is made anew in any case."""

TOUCHES: Mapping[str, tuple[str, ...]] = {
    "matter": ("businesses", "unlicensed", "matters"),
    "business": ("businesses", "unlicensed"),
    "businesses": ("businesses", "unlicensed"),
    "cells": ("cells",),
    "cell": ("cells",),
    "roads": ("basemap",),
    "boundaries": ("basemap", "cells"),
    "redivision": (),
}
"""Kind of change → the layers that show it. A kind that is not here touches every layer."""


@dataclass(frozen=True, slots=True)
class Made:
    """A tile as it is sent. ``etag`` is of its content, so it outlives the process."""

    body: bytes
    """gzip"""
    etag: str
    at: float

    @classmethod
    def of(cls, tile: bytes) -> Made:
        digest = hashlib.sha256(tile).hexdigest()[:24]
        return cls(gzip.compress(tile, compresslevel=5, mtime=0), f'W/"{digest}"', time.monotonic())


class TileCache:
    """Least recently used tiles go first. Safe between threads."""

    def __init__(self, hub: Hub, *, capacity: int = CAPACITY) -> None:
        self.hub = hub
        self.capacity = capacity
        self._lock = threading.Lock()
        self._tiles: OrderedDict[Hashable, tuple[tuple[int, int], Made]] = OrderedDict()
        self._size = 0
        self._versions: dict[tuple[int, str], int] = {}
        self._epoch = 0
        hub.watchers.append(self.heard)

    def heard(self, jurisdiction_id: int | None, message: Mapping[str, Any]) -> None:
        """Something changed; without a jurisdiction anything may have."""
        with self._lock:
            if jurisdiction_id is None:
                self._epoch += 1
                return
            kind = "matter" if "matter" in message else str(message.get("kind"))
            layers = TOUCHES.get(kind, ("businesses", "unlicensed", "matters", "cells", "basemap"))
            for layer in layers:
                key = (jurisdiction_id, layer)
                self._versions[key] = self._versions.get(key, 0) + 1

    def get(
        self,
        jurisdiction_id: int,
        layer: str,
        place: Hashable,
        make: Callable[[], bytes],
        *,
        rest: float = 0.0,
    ) -> Made:
        """The tile at ``place``, made when it is not there or has changed.

        For ``rest`` seconds a tile serves although something changed since: for costly overviews.
        """
        key = (jurisdiction_id, layer, place)
        with self._lock:
            version = (self._epoch, self._versions.get((jurisdiction_id, layer), 0))
            before, kept = self._tiles.get(key, (None, None))
            good_for = LIFETIME if before == version else rest
            if kept and self.hub.listening.is_set() and time.monotonic() - kept.at < good_for:
                self._tiles.move_to_end(key)
                return kept
        made = Made.of(make())
        with self._lock:
            _, old = self._tiles.pop(key, (None, None))
            self._size += len(made.body) - (len(old.body) if old else 0)
            self._tiles[key] = (version, made)
            while self._size > self.capacity and self._tiles:
                _, (_, gone) = self._tiles.popitem(last=False)
                self._size -= len(gone.body)
        return made

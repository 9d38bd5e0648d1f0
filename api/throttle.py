"""Tries to sign in under names that do not exist are slowed down like those that do.

Otherwise the lock itself would tell which names exist. Known accounts are counted in the database
(``people.accounts``); the unknown ones here, in the process, and only the latest few thousand of them.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from gridsup.people.accounts import lock_after

KEPT = 5000


class UnknownNames:
    """Failures and locks of names without an account, by jurisdiction and name."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[int, str], tuple[int, datetime]] = OrderedDict()
        self._lock = Lock()

    def attempt(self, jurisdiction_id: int, name: str, now: datetime) -> timedelta:
        """Count one try; how long the name is still locked (zero when it was not)."""
        key = (jurisdiction_id, name)
        with self._lock:
            failures, until = self._seen.pop(key, (0, now))
            wait = max(until - now, timedelta())
            if not wait:
                failures += 1
                until = now + lock_after(failures)
            self._seen[key] = (failures, until)
            while len(self._seen) > KEPT:
                self._seen.popitem(last=False)
        return wait

"""How much memory a division takes, and giving back what it no longer needs."""

from __future__ import annotations

import ctypes
import resource
import sys


def peak_mb() -> float:
    """The most memory that this process, or any solver process, ever held, in MB (2**20 bytes)."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(max(used) / unit, 1)


def give_back() -> None:
    """Return freed memory to the system between two stages: glibc keeps it otherwise, 40 MB of a city."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)

"""Puts the parts together, once per process: effects into the engine, the directory of people to the door.

Floors below the engine cannot be imported by it; this is the one place that knows both sides.
"""

from __future__ import annotations

from functools import lru_cache

from gridsup import models  # noqa: F401  projections find their tables by name
from gridsup.documents import announcing, earlier, life, numbering, serving, withdrawal
from gridsup.enforcement import effects as enforcement_effects
from gridsup.jointwork import effects as jointwork_effects
from gridsup.people import urgent
from gridsup.procedures.acting import use_directory
from gridsup.referrals import effects as referral_effects
from gridsup.registry import effects as registry_effects
from gridsup.signing.directory import SigningDirectory


@lru_cache
def wire() -> None:
    """Register every effect and the directory. May be called often; acts once."""
    use_directory(SigningDirectory())
    numbering.register(earlier.unserved)
    life.register()
    withdrawal.register()
    serving.register()
    announcing.register()
    urgent.register()
    enforcement_effects.register()
    jointwork_effects.register()
    referral_effects.register()
    registry_effects.register()

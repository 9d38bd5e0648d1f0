"""Imports every mapped class of the domain, so that ``Base.metadata`` is whole."""

from gridsup.appraisal import model as appraisal
from gridsup.cells import model as cells
from gridsup.db import Base
from gridsup.documents import model as documents
from gridsup.handovers import model as handovers
from gridsup.patrols import model as patrols
from gridsup.people import model as people
from gridsup.practice import model as practice
from gridsup.procedures import model as procedures
from gridsup.redivision import model as redivision
from gridsup.referrals import model as referrals
from gridsup.registry import model as registry
from gridsup.reports import model as reports
from gridsup.reviews import model as reviews
from gridsup.signing import model as signing
from gridsup.spotchecks import model as spotchecks
from gridsup.urging import model as urging

__all__ = [
    "Base",
    "appraisal",
    "cells",
    "documents",
    "handovers",
    "patrols",
    "people",
    "practice",
    "procedures",
    "redivision",
    "referrals",
    "registry",
    "reports",
    "reviews",
    "signing",
    "spotchecks",
    "urging",
]

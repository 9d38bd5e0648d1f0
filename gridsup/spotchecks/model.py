"""The tables of spot checks: what was drawn from what, and every step of each check. Append-only but for
who goes: a check can be given to another supervisor."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

APPEND_ONLY = {"grants": "SELECT, INSERT"}
STEPS = ("result", "explanation", "ruling")


class SpotDraw(Tenant, Base):
    """A draw: its rule, seed and population, from which anybody gets the same sample (``gridsup.draws``)."""

    __tablename__ = "spot_draws"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "inspector_id"], ["officers.jurisdiction_id", "officers.id"]
        ),
        Index(None, "jurisdiction_id", "drawn_at"),
        {"info": APPEND_ONLY},
    )

    title: Mapped[str]
    since: Mapped[date]
    until: Mapped[date]
    """Last day, inclusive."""
    station_id: Mapped[int | None]
    inspector_id: Mapped[int | None]
    least_risk: Mapped[int]
    seed: Mapped[str]
    size: Mapped[int]
    """As asked for; the sample is smaller where the population is."""
    population: Mapped[list[Any]]
    """Ids of the visits that were drawn from, ascending."""
    population_hash: Mapped[str]
    officer_id: Mapped[int]
    drawn_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SpotCheck(Tenant, Base):
    """One drawn visit, to be held against a second visit by ``supervisor_id``."""

    __tablename__ = "spot_checks"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "draw_id", "visit_id"),
        ForeignKeyConstraint(["jurisdiction_id", "draw_id"], ["spot_draws.jurisdiction_id", "spot_draws.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "visit_id"], ["visits.jurisdiction_id", "visits.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "business_id"], ["businesses.jurisdiction_id", "businesses.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "inspector_id"], ["officers.jurisdiction_id", "officers.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "supervisor_id"], ["officers.jurisdiction_id", "officers.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        CheckConstraint("supervisor_id <> inspector_id", name="another"),
        Index(None, "jurisdiction_id", "supervisor_id"),
        Index(None, "jurisdiction_id", "inspector_id"),
    )

    draw_id: Mapped[int]
    place: Mapped[int]
    """From 1, in the order of the draw."""
    visit_id: Mapped[int]
    business_id: Mapped[int]
    inspector_id: Mapped[int]
    """Who made the visit."""
    station_id: Mapped[int | None]
    """The station of the cell in which it was made."""
    supervisor_id: Mapped[int]
    record: Mapped[dict[str, Any]]
    """The visit and the register as they stood when it was drawn (see ``compare.compare``)."""


class SpotStep(Tenant, Base):
    """A step of a check: the second visit, the inspector's explanation, the manager's ruling; each once."""

    __tablename__ = "spot_steps"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "check_id", "kind"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "check_id"], ["spot_checks.jurisdiction_id", "spot_checks.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        CheckConstraint(f"kind in {STEPS}", name="kind"),
        {"info": APPEND_ONLY},
    )

    check_id: Mapped[int]
    kind: Mapped[str]
    officer_id: Mapped[int]
    at: Mapped[datetime]
    """When it was done; the second visit's time on the spot."""
    key: Mapped[uuid.UUID | None]
    content: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())

"""Urgings (督办) and their answers, both append-only.

They stand beside the matter's chain of events, not in it: an event moves the matter's version on, and an act
that the urged person did without a connection would then arrive stale, because of the urging itself.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

APPEND_ONLY = {"grants": "SELECT, INSERT"}


class Urging(Tenant, Base):
    """A clock run of a matter was urged: by whom, why, and who held it at that moment."""

    __tablename__ = "urgings"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "holder_id"], ["officers.jurisdiction_id", "officers.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "body_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        Index(None, "jurisdiction_id", "matter_id"),
        Index(None, "jurisdiction_id", "urged_at"),
        {"info": APPEND_ONLY},
    )

    matter_id: Mapped[int]
    clock: Mapped[str]
    run: Mapped[int]
    clock_title: Mapped[str]
    due_at: Mapped[datetime]
    """The limit as it stood then; before ``urged_at`` when it was late already."""
    post: Mapped[str]
    """Who answers for the clock."""
    holder_id: Mapped[int | None]
    """The one person, where the post is personal (inspector, enforcement)."""
    body_id: Mapped[int | None]
    """The station, section or department in which the post is held; None: the whole bureau."""
    reason: Mapped[str]
    officer_id: Mapped[int]
    urged_at: Mapped[datetime] = mapped_column(server_default=func.now())


class UrgingAnswer(Tenant, Base):
    """What the urged side answered, once."""

    __tablename__ = "urging_answers"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "urging_id"),
        ForeignKeyConstraint(["jurisdiction_id", "urging_id"], ["urgings.jurisdiction_id", "urgings.id"]),
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        {"info": APPEND_ONLY},
    )

    urging_id: Mapped[int]
    officer_id: Mapped[int]
    content: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(server_default=func.now())

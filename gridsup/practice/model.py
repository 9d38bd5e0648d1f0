"""Who practised what, kept in the bureau's own jurisdiction; the copy itself is a jurisdiction of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant
from gridsup.people.model import PRACTICE_FROM


class PracticeRun(Tenant, Base):
    """An officer's turn at a task. Its number makes the number of the copy: no copy is ever used twice."""

    __tablename__ = "practice_runs"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        Index(None, "jurisdiction_id", "officer_id", "started_at"),
    )

    officer_id: Mapped[int]
    task: Mapped[str]
    """One of ``gridsup.practice.tasks``."""
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    done: Mapped[int | None]
    """Steps that the record showed as done when the officer left."""

    @property
    def copy_id(self) -> int:
        """The jurisdiction in which this turn is practised."""
        return PRACTICE_FROM + self.id

"""Draws of closed files, the files drawn, the sheets of their reviewers, and orders to correct."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

APPEND_ONLY = {"grants": "SELECT, INSERT"}
EACH = ("all", "kind", "station")
STEPS = ("answer", "accept", "return")


def _officer(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["jurisdiction_id", column], ["officers.jurisdiction_id", "officers.id"])


class ReviewDraw(Tenant, Base):
    """A draw of closed files (案卷抽取), with its seed and what it was drawn from: anybody can repeat it."""

    __tablename__ = "review_draws"
    __table_args__ = (
        _officer("officer_id"),
        CheckConstraint(f"each in {EACH}", name="each"),
        Index(None, "jurisdiction_id", "drawn_at"),
        {"info": APPEND_ONLY},
    )

    since: Mapped[date]
    until: Mapped[date]
    """Files closed on these days, both included."""
    kinds: Mapped[list[Any]]
    """Packs."""
    each: Mapped[str]
    """``count`` files of every station, of every kind, or of all together."""
    count: Mapped[int]
    seed: Mapped[str]
    population: Mapped[dict[str, Any]]
    """Group → ids of the files that it was drawn from."""
    population_sha256: Mapped[str]
    officer_id: Mapped[int]
    drawn_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FileReview(Tenant, Base):
    """A drawn file and who reviews it: one who never acted in its family."""

    __tablename__ = "file_reviews"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "draw_id"], ["review_draws.jurisdiction_id", "review_draws.id"]
        ),
        ForeignKeyConstraint(["jurisdiction_id", "matter_id"], ["matters.jurisdiction_id", "matters.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        _officer("handler_id"),
        _officer("reviewer_id"),
        UniqueConstraint("jurisdiction_id", "draw_id", "matter_id"),
        Index(None, "jurisdiction_id", "reviewer_id"),
        Index(None, "jurisdiction_id", "handler_id"),
    )

    draw_id: Mapped[int]
    matter_id: Mapped[int]
    rank: Mapped[int]
    """Place in the draw, from 1."""
    pack: Mapped[str]
    station_id: Mapped[int | None]
    handler_id: Mapped[int | None]
    """Who answers for the file: its officer, or who acted in it most."""
    handlers: Mapped[list[Any]]
    """Everybody who acted in the family when it was drawn: none of them reviews it."""
    reviewer_id: Mapped[int]


class ReviewSheet(Tenant, Base):
    """A filled checklist; final, a file of a draw is judged once."""

    __tablename__ = "review_sheets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "review_id"], ["file_reviews.jurisdiction_id", "file_reviews.id"]
        ),
        _officer("officer_id"),
        UniqueConstraint("jurisdiction_id", "review_id"),
        CheckConstraint("total >= 0 and total <= 100", name="total"),
        Index(None, "jurisdiction_id", "at"),
        {"info": APPEND_ONLY},
    )

    review_id: Mapped[int]
    checklist_version: Mapped[int]
    marks: Mapped[list[Any]]
    """``{"item", "points" (null: does not apply), "note"}`` each."""
    axes: Mapped[dict[str, Any]]
    """Axis → ``[points, of]``."""
    total: Mapped[float]
    grade: Mapped[str]
    findings: Mapped[str]
    officer_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class CorrectionOrder(Tenant, Base):
    """An order to correct (案件督察整改书, P4-D2) to the handler of a reviewed file, with its term."""

    __tablename__ = "correction_orders"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "review_id"], ["file_reviews.jurisdiction_id", "file_reviews.id"]
        ),
        _officer("handler_id"),
        _officer("officer_id"),
        UniqueConstraint("jurisdiction_id", "review_id"),
        UniqueConstraint("jurisdiction_id", "number"),
        Index(None, "jurisdiction_id", "handler_id"),
        {"info": APPEND_ONLY},
    )

    review_id: Mapped[int]
    number: Mapped[str]
    handler_id: Mapped[int]
    demand: Mapped[str]
    due_at: Mapped[datetime]
    explanation: Mapped[dict[str, Any]]
    """How the term was counted, in both languages."""
    officer_id: Mapped[int]
    ordered_at: Mapped[datetime]


class CorrectionStep(Tenant, Base):
    """The handler's answer to an order, and whether it was accepted; a returned one has a new term."""

    __tablename__ = "correction_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "order_id"], ["correction_orders.jurisdiction_id", "correction_orders.id"]
        ),
        _officer("officer_id"),
        UniqueConstraint("jurisdiction_id", "order_id", "seq"),
        CheckConstraint(f"step in {STEPS}", name="step"),
        {"info": APPEND_ONLY},
    )

    order_id: Mapped[int]
    seq: Mapped[int]
    step: Mapped[str]
    words: Mapped[str]
    due_at: Mapped[datetime | None]
    """Of a return: when the new answer is due."""
    officer_id: Mapped[int]
    at: Mapped[datetime]

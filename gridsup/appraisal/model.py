"""Issued appraisals, their lines with the rows behind, objections and their answers. All append-only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

APPEND_ONLY = {"grants": "SELECT, INSERT"}


def _officer(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["jurisdiction_id", column], ["officers.jurisdiction_id", "officers.id"])


class Appraisal(Tenant, Base):
    """An appraisal as it was issued (考核通报). It is never edited: objections correct beside it."""

    __tablename__ = "appraisals"
    __table_args__ = (
        _officer("officer_id"),
        CheckConstraint("since <= until", name="days"),
        UniqueConstraint("jurisdiction_id", "since", "until"),
        {"info": APPEND_ONLY},
    )

    since: Mapped[date]
    until: Mapped[date]
    """Last day, inclusive."""
    title: Mapped[str]
    remarks: Mapped[str]
    catalogue: Mapped[dict[str, Any]]
    """``measures.yaml`` as it was: titles, formulas, weights, grades."""
    object_until: Mapped[datetime]
    """An objection (申诉) is taken before this instant."""
    officer_id: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AppraisalLine(Tenant, Base):
    """One inspector, or one station as a whole (``officer_id`` null), with the rows that were counted."""

    __tablename__ = "appraisal_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "appraisal_id"], ["appraisals.jurisdiction_id", "appraisals.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "station_id"], ["organisations.jurisdiction_id", "organisations.id"]
        ),
        _officer("officer_id"),
        Index(None, "jurisdiction_id", "appraisal_id"),
        Index(None, "jurisdiction_id", "officer_id"),
        {"info": APPEND_ONLY},
    )

    appraisal_id: Mapped[int]
    officer_id: Mapped[int | None]
    station_id: Mapped[int | None]
    total: Mapped[float | None]
    """Points of 100; null where nothing was there to measure."""
    grade: Mapped[str | None]
    measures: Mapped[dict[str, Any]]
    """Measure → ``{"rows", "ok", "weight", "points", "lost"}``."""
    rows_sha256: Mapped[str]
    rows: Mapped[bytes] = mapped_column(LargeBinary)
    """zlib over JSON: measure → its rows, those in order too."""


class AppraisalObjection(Tenant, Base):
    """The inspector objects to rows of a measure (申诉), with a reason."""

    __tablename__ = "appraisal_objections"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "line_id"], ["appraisal_lines.jurisdiction_id", "appraisal_lines.id"]
        ),
        _officer("officer_id"),
        Index(None, "jurisdiction_id", "line_id"),
        {"info": APPEND_ONLY},
    )

    line_id: Mapped[int]
    measure: Mapped[str]
    rows: Mapped[list[Any]]
    """Indices of the rows within the measure's frozen rows."""
    reason: Mapped[str]
    answer_due_at: Mapped[datetime]
    officer_id: Mapped[int]
    at: Mapped[datetime]


class AppraisalAnswer(Tenant, Base):
    """The manager's answer to an objection; upheld rows count as in order from then on."""

    __tablename__ = "appraisal_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "objection_id"],
            ["appraisal_objections.jurisdiction_id", "appraisal_objections.id"],
        ),
        _officer("officer_id"),
        UniqueConstraint("jurisdiction_id", "objection_id"),
        {"info": APPEND_ONLY},
    )

    objection_id: Mapped[int]
    upheld: Mapped[list[Any]]
    """Those of the objection's rows that cost nothing any more; empty: the objection is rejected."""
    words: Mapped[str]
    officer_id: Mapped[int]
    at: Mapped[datetime]

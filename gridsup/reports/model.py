"""Issued reports (月通报、季报、季度例会材料) and the rows that their figures counted then. Append-only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from gridsup.db import Base, Tenant

APPEND_ONLY = {"grants": "SELECT, INSERT"}
KINDS = ("monthly", "quarterly", "meeting")


class IssuedReport(Tenant, Base):
    """A report as it was issued: its figures and its words. A new issue never replaces an older one."""

    __tablename__ = "issued_reports"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "officer_id"], ["officers.jurisdiction_id", "officers.id"]),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        Index(None, "jurisdiction_id", "issued_at"),
        {"info": APPEND_ONLY},
    )

    kind: Mapped[str]
    since: Mapped[date]
    until: Mapped[date]
    """Last day, inclusive."""
    title: Mapped[str]
    remarks: Mapped[str]
    figures: Mapped[list[Any]]
    """One per indicator: id, title, formula, unit, numerator, denominator, value, before, last_year, sets.
    One per list that must be empty besides: its rows alone, and ``list``, its name."""
    paper: Mapped[dict[str, Any]]
    """What PDF and Word are set from."""
    officer_id: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ReportRows(Tenant, Base):
    """The rows of one row set when the report was issued: zlib over JSON, with the SHA-256 of the JSON."""

    __tablename__ = "report_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "report_id"], ["issued_reports.jurisdiction_id", "issued_reports.id"]
        ),
        UniqueConstraint("jurisdiction_id", "report_id", "row_set"),
        {"info": APPEND_ONLY},
    )

    report_id: Mapped[int]
    row_set: Mapped[str]
    count: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)

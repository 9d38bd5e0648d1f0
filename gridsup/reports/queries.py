"""Every select of the issued reports."""

from __future__ import annotations

from sqlalchemy import Select, select

from gridsup.reports.model import IssuedReport, ReportRows


def issued(jurisdiction_id: int, limit: int) -> Select[IssuedReport]:
    """The newest first."""
    return (
        select(IssuedReport)
        .where(IssuedReport.jurisdiction_id == jurisdiction_id)
        .order_by(IssuedReport.issued_at.desc(), IssuedReport.id.desc())
        .limit(limit)
    )


def report(jurisdiction_id: int, report_id: int) -> Select[IssuedReport]:
    return select(IssuedReport).where(
        IssuedReport.jurisdiction_id == jurisdiction_id, IssuedReport.id == report_id
    )


def rows(jurisdiction_id: int, report_id: int, row_set: str) -> Select[ReportRows]:
    return select(ReportRows).where(
        ReportRows.jurisdiction_id == jurisdiction_id,
        ReportRows.report_id == report_id,
        ReportRows.row_set == row_set,
    )

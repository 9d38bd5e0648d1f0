"""Unified document numbers (统一编号, P4-D6): atomic and gapless per series and year.

The number is given inside the act's transaction, so an act that fails gives none; the series row is the last
lock an act takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gridsup.codes import DocumentNumber
from gridsup.documents.kinds import kinds
from gridsup.documents.model import NumberSeries
from gridsup.errors import GridsupError, Invalid
from gridsup.people.model import Jurisdiction
from gridsup.procedures import effects
from gridsup.procedures.effects import Decision, Ready
from gridsup.procedures.pack import Words
from gridsup.procedures.projection import Projection

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Series:
    """One numbered kind of document."""

    kind: str
    mark: str
    title: Words
    source: str


@lru_cache
def catalogue() -> dict[str, Series]:
    """``pack.action`` → the document that the act numbers itself."""
    return {
        act: Series(name, kind.mark, kind.title_of(act), kind.source)
        for name, kind in kinds().items()
        if kind.numbered == "act"
        for act in kind.acts
    }


def next_serial(session: Session, jurisdiction_id: int, series: str, year: int) -> int:
    """The next number of the series in that year, from 1; locks the series row until the transaction ends."""
    statement = text(
        "INSERT INTO number_series AS s (jurisdiction_id, series, year, last) "
        "VALUES (:jurisdiction, :series, :year, 1) "
        "ON CONFLICT (jurisdiction_id, series, year) DO UPDATE SET last = s.last + 1 RETURNING last"
    )
    row = {"jurisdiction": jurisdiction_id, "series": series, "year": year}
    return int(session.execute(statement, row).scalar_one())


def last_serial(session: Session, jurisdiction_id: int, series: str, year: int) -> int:
    """The last number given, 0 when none has been."""
    return (
        session.scalar(
            select(NumberSeries.last).where(
                NumberSeries.jurisdiction_id == jurisdiction_id,
                NumberSeries.series == series,
                NumberSeries.year == year,
            )
        )
        or 0
    )


def give(
    session: Session,
    jurisdiction_id: int,
    series: Series,
    at: datetime,
    *,
    matter_id: int,
    content: dict[str, Any],
) -> dict[str, Any]:
    """A row of ``documents`` with the next number of its series; the series row stays locked until the end
    of the transaction, so that a number is never skipped nor given twice."""
    year = at.astimezone(CHINA).year
    settings = session.scalars(
        select(Jurisdiction.settings).where(Jurisdiction.jurisdiction_id == jurisdiction_id)
    ).one()
    serial = next_serial(session, jurisdiction_id, series.mark, year)
    return {
        "matter_id": matter_id,
        "kind": series.kind,
        "series": series.mark,
        "year": year,
        "serial": serial,
        "number": str(DocumentNumber(settings.get("abbreviation", "") + series.mark, year, serial)),
        "title": series.title.zh,
        "content": content,
    }


def _decide(d: Decision) -> dict[str, Any]:
    act = f"{d.matter['pack']}.{d.action}"
    series = catalogue().get(act)
    if series is None:
        raise Invalid(
            "document-without-series",
            zh="“{act}”没有设定文书编号系列，请在文书目录中补充。",
            en="No number series is set for “{act}”; add it to the catalogue of documents.",
            act=act,
        )
    content = {"facts": dict(d.facts), "form": dict(d.form)}
    return give(d.session, d.jurisdiction_id, series, d.effective_at, matter_id=d.matter_id, content=content)


def _heed(d: Decision) -> GridsupError | None:
    """What is to be heeded before the paper of the act is written, as its kind says."""
    series = catalogue().get(f"{d.matter['pack']}.{d.action}")
    named = kinds()[series.kind].heed if series else None
    return next(effects.heeds([named], d), None) if named else None


def project_document(p: Projection, result: dict[str, Any], body: Any) -> None:
    """The row of a numbered document."""
    key = {name: result[name] for name in ("series", "year", "serial")}
    rest = {name: value for name, value in result.items() if name not in key}
    p.put("documents", key, {**rest, "event_seq": body["seq"], "status": "numbered"})


def register(ready: Ready) -> None:
    """Make ``documents.number`` known to the engine. ``ready``: what a paper waits for before its act."""
    effects.register("documents.number", decide=_decide, project=project_document, ready=ready, heed=_heed)

"""Friday's referrals on paper: a delivery list (送达清单) per department, each followed by its sheets.

The sheets are the documents themselves, as issued. Whoever enters the paper answer scans their code, or types
the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.calendars import SHANGHAI
from gridsup.documents import files
from gridsup.documents import queries as documents
from gridsup.documents.model import Document
from gridsup.documents.typesetting import typeset
from gridsup.errors import Invalid, NotFound
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.referrals import queries
from gridsup.referrals.departments import catalogue
from gridsup.referrals.model import Referral

MOST = 200
SHEET = "referral_sheet"


def print_referrals(session: Session, matter_ids: Sequence[int], *, now: datetime | None = None) -> bytes:
    """One PDF: the delivery list of each department followed by its sheets, departments in their order.

    Raises Invalid ``too-many-sheets``, ``nothing-to-print``; NotFound ``referral-not-sent`` naming those that
    were never sent.
    """
    jurisdiction_id, moment = jurisdiction_of(session), now or clock()
    wanted = list(dict.fromkeys(matter_ids))
    if not wanted:
        raise Invalid("nothing-to-print", zh="没有可打印的抄告。", en="There is no referral to print.")
    if len(wanted) > MOST:
        raise Invalid(
            "too-many-sheets",
            zh="一次至多打印 {most} 份，请分批。",
            en="At most {most} sheets at once; print them in parts.",
            most=MOST,
        )
    rows = session.execute(queries.sent_among(jurisdiction_id, wanted)).all()
    sheets = {
        one.matter_id: one for one in session.scalars(documents.of_kind(jurisdiction_id, wanted, SHEET))
    }
    found = [(row, sheets[row[0].matter_id]) for row in rows if row[0].matter_id in sheets]
    if absent := sorted(set(wanted) - {row[0].matter_id for row, _ in found}):
        names = ", ".join(map(str, absent))
        raise NotFound(
            "referral-not-sent",
            zh="以下事项不是已发出的抄告：{matters}。",
            en="These matters are no referrals that were sent: {matters}.",
            matters=names,
        )
    return typeset("referrals", _data(session, found, moment), made_at=moment)


def _data(session: Session, found: Sequence[tuple[Any, Document]], moment: datetime) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {}
    bodies: dict[str, str] = {}
    for row, document in found:
        one: Referral = row[0]
        bodies.setdefault(one.department, row.body or catalogue().department(one.department).name)
        operator = str(one.facts.get("operator_name") or row.title)
        paper = files.set_words(session, document)
        groups.setdefault(one.department, []).append(
            {"number": document.number, "operator": operator, "paper": paper}
        )
    papers = [sheet["paper"] for sheets in groups.values() for sheet in sheets]
    return {
        **_marks(papers),
        "printed_on": _day(moment),
        "groups": [{"body": bodies[code], "sheets": groups[code]} for code in sorted(groups)],
    }


def _marks(papers: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """What no paper of a demonstration, or of practice, goes without."""
    return {mark: any(paper.get(mark) for paper in papers) for mark in ("demo", "practice")}


def _day(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"

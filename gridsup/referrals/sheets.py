"""Friday's referrals on paper: sheets (抄告函) with QR codes, a delivery list (送达清单) per department.

Whoever enters the paper answer scans the code, or types the number.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno
from sqlalchemy.orm import Session

from gridsup.calendars import SHANGHAI
from gridsup.documents.typesetting import typeset
from gridsup.errors import Invalid, NotFound
from gridsup.people import queries as people
from gridsup.people.model import Jurisdiction
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.referrals import queries
from gridsup.referrals.departments import catalogue
from gridsup.referrals.model import Referral

MOST = 200
_PERMIT = {"none": "未取得许可", "valid": "许可有效", "revoked": "许可被吊销", "rescinded": "许可被撤销",
           "expired": "许可有效期届满", "cancelled": "许可已注销"}  # fmt: skip
_LICENCE = {"none": "无营业执照", "valid": "有营业执照", "revoked": "营业执照被吊销",
            "cancelled": "营业执照已注销", "expired": "营业执照有效期届满"}  # fmt: skip


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
    found = session.execute(queries.sent_among(jurisdiction_id, wanted)).all()
    if absent := sorted(set(wanted) - {row[0].matter_id for row in found}):
        names = ", ".join(map(str, absent))
        raise NotFound(
            "referral-not-sent",
            zh="以下事项不是已发出的抄告：{matters}。",
            en="These matters are no referrals that were sent: {matters}.",
            matters=names,
        )
    home = session.scalars(people.jurisdiction(jurisdiction_id)).one()
    return typeset("referrals", _data(home, list(found), moment), made_at=moment)


def _data(home: Jurisdiction, rows: list[Any], moment: datetime) -> dict[str, Any]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[0].department, []).append(row)
    return {
        "bureau": f"{home.name.split('（')[0]}市场监督管理局",
        "demo": home.demo,
        "practice": home.practice,
        "printed_on": _day(moment),
        "groups": [_group(code, groups[code]) for code in sorted(groups)],
    }


def _group(code: str, rows: list[Any]) -> dict[str, Any]:
    return {
        "department": catalogue().department(code).name,
        "body": rows[0].body or catalogue().department(code).name,
        "sheets": [_sheet(row) for row in rows],
    }


def _sheet(row: Any) -> dict[str, Any]:
    one: Referral = row[0]
    facts = one.facts
    return {
        "number": one.number,
        "qr": _qr(one.number or ""),
        "sent_on": _day(one.sent_at),
        "operator": str(facts.get("operator_name") or row.title),
        "address": str(facts.get("address") or "—"),
        "trade": str(facts.get("trade") or "—"),
        "permit": _PERMIT.get(str(facts.get("permit_status")), "—"),
        "licence": _LICENCE.get(str(facts.get("business_licence_status")), "—"),
        "basis": one.basis or "—",
    }


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode("utf-8")


def _day(moment: datetime | None) -> str:
    if moment is None:
        return "—"
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"

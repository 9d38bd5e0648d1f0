"""The offenders' lists: how long each is, and its rows, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridsup.errors import NotFound
from gridsup.offenders import queries
from gridsup.people import bodies
from gridsup.people import queries as people
from gridsup.procedures import versions
from gridsup.procedures.family import clock, jurisdiction_of, legal_day
from gridsup.procedures.pack import Words
from gridsup.procedures.posts import POSTS
from gridsup.referrals.inside import trades_inside

NUMBERS = "documents.number"
ListName = Literal[
    "findings", "commands", "referrals", "businesses", "documents", "clocks", "publicity", "copies"
]
LISTS: dict[ListName, Words] = {
    "findings": Words(zh="发现未处理", en="Findings without outcome"),
    "commands": Words(zh="指令未反馈", en="Commands without feedback"),
    "referrals": Words(zh="抄告未签收", en="Referrals without receipt"),
    "businesses": Words(zh="商户无责任人", en="Businesses without owner"),
    "documents": Words(zh="文书无编号", en="Documents without number"),
    "clocks": Words(zh="期限无责任人", en="Clocks without owner"),
    "publicity": Words(zh="处罚未公示", en="Penalties not published"),
    "copies": Words(zh="处罚未抄送", en="Penalties not copied"),
}
"""The lists that must be empty (P9-X1, P10-X1), by name."""
REASONS: dict[str, Words] = {
    "no_outcome": Words(zh="已办结而无结果", en="ended without an outcome"),
    "overdue": Words(zh="逾期未处理", en="past its limit"),
    "no_clock": Words(zh="无期限、无人推动", en="no clock runs, nothing moves it"),
    "not_received": Words(zh="逾期未签收", en="not received in time"),
    "no_feedback": Words(zh="逾期未反馈", en="no feedback in time"),
    "no_cell": Words(zh="未落入网格", en="in no cell"),
    "cell_without_owner": Words(zh="网格无责任人", en="its cell has no owner"),
    "no_number": Words(zh="已出文而无编号", en="issued without a number"),
    "post_vacant": Words(zh="责任岗位无人", en="nobody holds the post"),
    "not_listed": Words(zh="未列入待公示", en="not listed for publication"),
    "not_published": Words(zh="逾期未公示", en="not published in time"),
    "not_withdrawn": Words(zh="逾期未撤回", en="not withdrawn in time"),
    "not_stopped": Words(zh="期满未停止公示", en="not taken down when its term was over"),
    "set_aside": Words(zh="决定已撤销而仍在公示", en="set aside and still shown"),
    "copy_owed": Words(zh="未抄送许可部门", en="no copy for the licensing department"),
    "copy_drafted": Words(zh="抄送件未发出", en="the copy was drafted, not sent"),
    "officer_left": Words(zh="责任人已离岗", en="the person has left"),
}


@dataclass(frozen=True, slots=True)
class Offender:
    """One row: what it opens (``subject``, ``id``), why it is here, since when, and who should act."""

    subject: str
    id: int
    title: str
    number: str | None
    reason: str
    since: datetime
    due_at: datetime | None
    days: int
    """Whole days since the limit passed; without one, since it began."""
    post: str | None
    officer: str | None
    body: Words | None
    detail: str | None

    def who(self) -> Words:
        """Who should act, in words."""
        post = POSTS.get(self.post or "")
        zh = (self.body and self.body.zh, self.officer, post and post.zh)
        en = (post and post.en, self.body and self.body.en, self.officer)
        return Words(zh=" ".join(part for part in zh if part), en=", ".join(part for part in en if part))


def counts(
    session: Session,
    *,
    station_id: int | None = None,
    department: str | None = None,
    now: datetime | None = None,
) -> dict[ListName, int]:
    """How many offenders each list holds, in all or of one station or department (D01…D22)."""
    j, found = jurisdiction_of(session), dict[ListName, int]()
    for name in LISTS:
        rows = _select(session, name, now or clock()).subquery()
        wanted = queries.within(rows, j, station_id, department)
        found[name] = int(session.scalar(select(func.count()).select_from(rows).where(*wanted)) or 0)
    return found


def offenders(
    session: Session,
    name: str,
    *,
    station_id: int | None = None,
    department: str | None = None,
    now: datetime | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Offender]:
    """Rows of one list, the oldest first, filtered as :func:`counts` counts them.

    Raises NotFound ``offenders-unknown``.
    """
    moment = now or clock()
    rows = _select(session, name, moment).subquery()
    wanted = queries.within(rows, jurisdiction_of(session), station_id, department)
    order = (func.coalesce(rows.c.due_at, rows.c.since), rows.c.id)
    asked = select(rows).where(*wanted).order_by(*order).limit(limit).offset(offset)
    found = session.execute(asked).mappings().all()
    return _told(session, found, moment)


def _select(session: Session, name: str, now: datetime) -> queries.Rows:
    j, today = jurisdiction_of(session), legal_day(now)
    if name == "findings":
        return queries.findings(j, now)
    if name == "commands":
        return queries.commands(j, now)
    if name == "referrals":
        return queries.referrals(j, now)
    if name == "businesses":
        return queries.businesses(j, today)
    if name == "documents":
        return queries.documents(j, _numbered(session, j))
    if name == "clocks":
        return queries.clocks(j, today)
    if name == "publicity":
        return queries.publicity(j, now)
    if name == "copies":
        return queries.copies(j, trades_inside(session, j, today))
    raise NotFound(
        "offenders-unknown",
        zh="没有清单“{name}”，可用的有：{known}。",
        en="There is no list “{name}”; there are: {known}.",
        name=name,
        known=", ".join(LISTS),
    )


def _numbered(session: Session, jurisdiction_id: int) -> list[tuple[str, str]]:
    """Pack hash and action of every act that gives a document its number."""
    return [
        (pack_hash, name)
        for pack, pack_hash in versions.installed(session, jurisdiction_id)
        for name, action in pack.actions.items()
        if NUMBERS in action.effects
    ]


def _told(session: Session, rows: Sequence[Any], now: datetime) -> list[Offender]:
    j = jurisdiction_of(session)
    owners = _cell_owners(session, rows, now)
    officers = {row["officer_id"] for row in rows if row["officer_id"]} | set(owners.values())
    names = {one.id: one.name for one in session.scalars(people.officers_by_id(j, officers))}
    places = {row["organisation_id"] for row in rows if row["organisation_id"]}
    called = bodies.named(session, j, places)
    found = []
    for row in rows:
        post = row["post"]
        body = row["organisation_id"] if post in (*queries.OF_A_STATION, queries.OF_A_BODY) else None
        officer = row["officer_id"] if post in queries.PERSONAL or row["reason"] == "no_number" else None
        if post == "inspector" and officer is None:
            officer = owners.get(row["id"])
        told = {name: row[name] for name in ("subject", "id", "title", "number", "reason", "since", "due_at")}
        found.append(
            Offender(
                **told,
                days=max(0, (now - (row["due_at"] or row["since"])).days),
                post=post,
                officer=names.get(officer or 0),
                body=called.get(body or 0),
                detail=row["detail"],
            )
        )
    return found


def _cell_owners(session: Session, rows: Sequence[Any], now: datetime) -> dict[int, int]:
    """Of matters that wait for an inspector and are assigned to none: the owner of their cell."""
    ids = [row["id"] for row in rows if row["post"] == "inspector" and row["officer_id"] is None]
    if not ids:
        return {}
    found = queries.officers_of_cells(jurisdiction_of(session), ids, legal_day(now))
    return {row.id: row.officer_id for row in session.execute(found)}

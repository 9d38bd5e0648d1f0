"""Stages of an enforcement matter that several files of tests begin from, walked through the one door."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from gridsup.documents import queries as documents
from gridsup.documents import source
from gridsup.documents.compose import compose
from gridsup.documents.model import Document
from gridsup.procedures import engine, views
from gridsup.procedures.engine import Header
from tests.db.procedures.trips import (
    FINE,
    KEPT,
    REFUSED,
    REPORT,
    WORD,
    Trip,
    investigated,
)

INSPECTION = {
    "operator_name": "张三",
    "party_kind": "person",
    "address": "民权街道1号",
    "conduct": "safety",
    "findings": "消防通道堵塞",
}
TOLD = {
    "certificates_shown": True,
    "facts_told": "事实、理由、依据和权利",
    "continuing": True,
    "defence": "放弃",
}
HEARD = {
    "place": "本局三楼会议室",
    "clerk": "钱记录",
    "present": "当事人张三，办案人员",
    "record": "当事人对事实无异议，请求从轻处罚",
    "opinion": "建议维持拟处罚意见",
}
THINGS = {"items": "炉具一台", "place": "所内仓库"}
LIST = {
    **KEPT,
    "measure": "seize",
    "unrelated_excluded": True,
    "not_sealed_before": True,
    "rights_told": True,
}


def opened(trip: Trip, pack: str, who: str, form: dict[str, Any], *, pair: bool = False) -> int:
    crew = [trip.bureau.officers[one] for one in ("enforcement", "enforcement_2")] if pair else []
    header = Header("事项", station_id=trip.bureau.station_id)
    return engine.open_matter(
        trip.session, pack, trip.acting(who), header, form, key=f"o{id(form)}-{pack}", crew=crew, now=trip.now
    ).matter_id


def asked(trip: Trip) -> int:
    """A case whose party was told of a fine that it may have heard, before the hearing is granted."""
    _, case = investigated(trip)
    report = REPORT | REFUSED | {"proposed_fine": "10000"}
    trip.do(case, "report_investigation", "enforcement", report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    return case


def granted(trip: Trip, case: int, day: str, who: str = "legal") -> None:
    """The hearing is asked for and set on a day, and who presides."""
    trip.do(case, "request_hearing", "enforcement", WORD)
    form = {"hearing_on": day, "hearing_president": trip.bureau.officers[who]}
    trip.do(case, "grant_hearing", "legal", form)


def lines(trip: Trip, matter: int, effect: str) -> dict[str, Any]:
    events = views.history(trip.session, matter)
    found: dict[str, Any] = next(e["results"][effect] for e in reversed(events) if effect in e["results"])
    return found


def noticed(trip: Trip, **report: Any) -> int:
    """A case whose notice has been served and whose window is over."""
    _, case = investigated(trip)
    trip.do(case, "report_investigation", "enforcement", REPORT | report, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    trip.now = trip.due(case, "defence")
    assert trip.state(case) == "deciding"
    return case


def fined(trip: Trip, fine: str = "10000") -> tuple[int, int]:
    """A case with a fine that was served, and its execution."""
    case = noticed(trip, **REFUSED, proposed_fine=fine)
    trip.approve(trip.do(case, "decide", "enforcement", FINE | {"fine": fine}), "bureau_head")
    (money,) = trip.handed(case, "serve").children
    return case, money


def papers_of(trip: Trip, matter: int) -> Select[Document]:
    return documents.documents_of(trip.bureau.jurisdiction_id, matter)


def text_of(trip: Trip, document: Document) -> str:
    """The words of an issued paper."""
    found = source.of_event(
        trip.session, document.kind, document.matter_id, document.event_seq, number=document.number
    )
    return str(compose(found, draft=False))


def clue_about(trip: Trip, business_id: int) -> int:
    """A case that begins by itself, about a household of the register."""
    header = Header(
        "张三", subject_kind="business", subject_id=business_id, station_id=trip.bureau.station_id
    )
    return engine.open_matter(
        trip.session,
        "penalty_case",
        trip.acting("enforcement"),
        header,
        {"basis": "条例第四十三条", "operator_name": "张三"},
        key=f"clue-{business_id}",
        now=trip.now,
    ).matter_id


def warned(trip: Trip, case: int, conduct: str) -> None:
    """A filed case that ends with a warning: reported, reviewed, told, decided, served, closed."""
    trip.do(case, "report_investigation", "enforcement", REPORT | {"conduct": conduct}, pair=True)
    trip.do(case, "review_pass", "legal", {"opinion": "同意"})
    trip.told(case)
    trip.do(case, "waive_defence", "enforcement", WORD | {"statement_no": "1"})
    warning = {"content": "警告", "to_perform": False}
    trip.approve(trip.do(case, "decide", "enforcement", warning), "bureau_head")
    trip.handed(case, "serve_only")
    trip.approve(trip.do(case, "close_served", "enforcement", WORD), "bureau_head")

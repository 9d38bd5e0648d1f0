"""A report stays as it was issued: its figures count its frozen rows, whatever happens afterwards."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from gridsup.analytics.indicators import catalogue
from gridsup.documents.typesetting import typeset
from gridsup.errors import Invalid, NotFound
from gridsup.offenders import service as offenders
from gridsup.patrols.service import FindingReport, report_finding
from gridsup.people.model import Officer
from gridsup.procedures.acting import Acting
from gridsup.registry.model import Business
from gridsup.reports import service
from gridsup.reports.model import ReportRows
from gridsup.urging import service as urging
from gridsup.urging.queries import Wanted
from gridsup.wiring import wire
from tests.factories import JURISDICTION, bureau, business
from tests.pdf import text_of

NOW = datetime(2026, 6, 20, 4, tzinfo=UTC)


@pytest.fixture
def made(session):
    made = bureau(session)
    business(session, made)
    business(session, made, licence_status="none")
    return made


def issued(session, made, kind="monthly", month="2026-05", remarks=""):
    return service.issue(session, JURISDICTION, kind, month, remarks, made.officers["manager"], now=NOW)


def test_every_figure_counts_its_frozen_rows(session, made) -> None:
    row = issued(session, made)
    lists = [one for one in row.figures if one.get("list")]
    assert [one["id"] for one in row.figures if one not in lists] == list(catalogue())
    assert [one["list"] for one in lists] == list(offenders.LISTS)
    for told in lists:
        rows = service.frozen_rows(session, JURISDICTION, row.id, told["sets"]["numerator"])
        assert len(rows) == told["value"] == offenders.counts(session, now=NOW)[told["list"]]
    for told in row.figures[: len(catalogue())]:
        one = catalogue()[told["id"]]
        for side in ("numerator", "denominator"):
            rows = service.frozen_rows(session, JURISDICTION, row.id, told["sets"][side])
            taken = len(rows) if getattr(one, side).take == "count" else sum(each["value"] for each in rows)
            assert taken == pytest.approx(told[side]), (told["id"], side)


def test_what_happens_afterwards_does_not_change_it(session, made) -> None:
    row = issued(session, made)
    before = service.frozen_rows(session, JURISDICTION, row.id, "households")
    session.execute(update(Business).values(status="closed", name="改名"))
    assert service.frozen_rows(session, JURISDICTION, row.id, "households") == before
    assert len(before) == 2


def test_nobody_changes_frozen_rows(session, made) -> None:
    issued(session, made)
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(update(ReportRows).values(count=0))


def test_rows_that_do_not_match_their_hash_are_not_shown(session, made) -> None:
    row = issued(session, made)
    kept = session.scalars(select(ReportRows).where(ReportRows.row_set == "visits")).one()
    session.add(
        ReportRows(
            jurisdiction_id=JURISDICTION,
            report_id=row.id,
            row_set="forged",
            count=1,
            sha256="0" * 64,
            content=kept.content,
        )
    )
    session.flush()
    with pytest.raises(Invalid) as told:
        service.frozen_rows(session, JURISDICTION, row.id, "forged")
    assert told.value.code == "rows-altered"


def test_a_quarter_is_named_by_its_last_month(session, made) -> None:
    assert service.span("quarterly", "2026-03") == (date(2026, 1, 1), date(2026, 3, 31))
    assert issued(session, made, "quarterly", "2026-03").title == "网格监管季度报告（2026年第一季度）"
    with pytest.raises(Invalid, match="not-a-quarter"):
        issued(session, made, "quarterly", "2026-04")


def test_a_period_that_goes_on_ends_today_and_one_ahead_is_refused(session, made) -> None:
    assert issued(session, made, month="2026-06").until == date(2026, 6, 20)
    with pytest.raises(Invalid, match="period-ahead"):
        issued(session, made, month="2026-07")


def test_a_report_of_nowhere_is_not_found(session, made) -> None:
    with pytest.raises(NotFound):
        service.report(session, JURISDICTION, 99)
    with pytest.raises(NotFound):
        service.frozen_rows(session, JURISDICTION, issued(session, made).id, "fines")


def test_the_meetings_pack_freezes_its_rows_and_is_printed(session, made) -> None:
    wire()
    inspector, manager = made.officers["inspector"], made.officers["manager"]
    found = FindingReport(
        key=uuid.uuid4(),
        found_at=NOW - timedelta(days=60),
        source="patrol",
        business_id=business(session, made),
    )
    _, answer = report_finding(session, Acting(inspector, "inspector"), found, now=found.found_at)
    _, late = urging.watched(session, Wanted(when="late"), limit=50, now=NOW)
    assert {one.matter_id for one in late} == {answer.matter_id}
    urging.urge(session, [(one.matter_id, one.clock) for one in late], "请尽快办理", manager, now=NOW)

    row = issued(session, made, "meeting", "2026-06")
    assert row.title == "网格监管季度例会材料（2026年第二季度）"
    told = {one["id"]: one for one in row.figures}
    frozen = service.frozen_rows(session, JURISDICTION, row.id, "meeting_late")
    days = [(NOW - one.due_at).days for one in late]
    assert [(one["ref"], one["value"]) for one in frozen] == [(answer.matter_id, one) for one in days]
    assert told["meeting_late"]["value"] == pytest.approx(sum(days) / len(days))
    for name in ("meeting_differences", "meeting_done"):
        assert told[name]["value"] is None
        for rows in told[name]["sets"].values():
            assert service.frozen_rows(session, JURISDICTION, row.id, rows) == []

    printed = text_of(typeset("paper", row.paper, made_at=NOW))
    name = session.get_one(Officer, (JURISDICTION, inspector)).name
    for words in (
        "会议议程",
        "四、清零清单（截至发布时）",
        "发现未处理",
        name,
        "本季没有督查抽查结果",
        "没有需要跟踪的议定事项",
        "本次会议议定事项",
    ):
        assert words in printed

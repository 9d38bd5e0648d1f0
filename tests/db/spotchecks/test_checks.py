"""Spot checks: the draw repeats, nobody checks his own house, each step happens once, and rates follow."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError

from gridsup import draws
from gridsup.appraisal import service as appraisal
from gridsup.errors import Conflict, Forbidden, Invalid, Refused
from gridsup.patrols.model import Visit
from gridsup.procedures.model import Attachment
from gridsup.registry.model import Business
from gridsup.spotchecks import drawing, queries, service
from gridsup.spotchecks.compare import Seen
from gridsup.spotchecks.model import SpotCheck, SpotStep
from tests.factories import JURISDICTION, bureau, business, officer

NOW = datetime(2026, 6, 20, 4, tzinfo=UTC)
MAY = drawing.Rule(since=date(2026, 5, 1), until=date(2026, 5, 31))
PHOTO, VOICE = "a" * 64, "c" * 64


def visit(session, made, shop, *, at=datetime(2026, 5, 10, 2, tzinfo=UTC), received_at=None):
    row = Visit(
        jurisdiction_id=JURISDICTION,
        officer_id=made.officers["inspector"],
        business_id=shop,
        cell_id=made.cells["42010301-001"],
        at=at,
        result="normal",
        key=uuid.uuid4(),
        received_at=received_at or at,
    )
    session.add(row)
    session.flush()
    return row.id


@pytest.fixture
def made(session):
    made = bureau(session)
    made.officers["brigade"] = officer(session, "brigade", made.bureau_id)
    shops = [business(session, made, risk=1 + n % 4) for n in range(12)]
    made.visits = {shop: visit(session, made, shop) for shop in shops}
    uploader = made.officers["brigade"]
    session.add_all(
        Attachment(jurisdiction_id=JURISDICTION, sha256=sha256, size=9, mime=mime, uploaded_by=uploader)
        for sha256, mime in ((PHOTO, "image/jpeg"), (VOICE, "audio/webm"))
    )
    session.flush()
    return made


def drawn(session, made, *, rule=MAY, size=5, seed="2026-06-20", supervisors=("brigade",), **more):
    return drawing.draw(
        session,
        rule,
        title="五月督查",
        size=size,
        supervisors=[made.officers[one] for one in supervisors],
        by=made.officers["manager"],
        seed=seed,
        now=NOW,
        **more,
    )


def checks(session, row):
    return [each[0] for each in session.execute(queries.checks(JURISDICTION, draw_id=row.id))]


def told(**more):
    seen = {"place": "there", "open": "open", "licence_shown": True, "visited": True, **more}
    return service.Revisit(
        key=uuid.uuid4(), at=NOW, seen=Seen(**seen), photos=[{"sha256": PHOTO, "caption": "门头"}]
    )


def test_the_sample_is_what_anybody_draws_from_the_seed_and_the_list(session, made) -> None:
    row = drawn(session, made)
    assert row.population == sorted(made.visits.values())
    assert [one.visit_id for one in checks(session, row)] == draws.draw(row.population, 5, "2026-06-20")
    assert [one.place for one in checks(session, row)] == [1, 2, 3, 4, 5]


def test_a_draw_repeats_although_visits_arrive_late_and_says_when_the_register_moved(session, made) -> None:
    row = drawn(session, made, rule=drawing.Rule(since=MAY.since, until=MAY.until, least_risk=3))
    when, shop = datetime(2026, 5, 20, tzinfo=UTC), next(iter(made.visits))
    visit(session, made, shop, at=when, received_at=NOW + timedelta(days=1))
    again = drawing.redraw(session, row.id)
    assert (again.same_population, again.same_sample, again.same_hash) == (True, True, True)
    session.execute(update(Business).values(risk=1))
    again = drawing.redraw(session, row.id)
    assert (again.same_population, again.same_sample) == (False, True)
    assert again.lost == tuple(row.population)


def test_each_shop_counts_with_its_latest_visit_that_meets_the_rule(session, made) -> None:
    shop = next(iter(made.visits))
    last = visit(session, made, shop, at=datetime(2026, 5, 30, tzinfo=UTC))
    visit(session, made, shop, at=datetime(2026, 6, 2, tzinfo=UTC))
    found = drawing.population(session, MAY, now=NOW)
    assert last in found
    assert made.visits[shop] not in found
    assert len(found) == len(made.visits)


def test_nobody_of_the_visitors_station_is_sent(session, made) -> None:
    with pytest.raises(Refused) as refusal:
        drawn(session, made, supervisors=("enforcement", "station_head"))
    assert refusal.value.code == "no-supervisor"
    row = drawn(session, made, supervisors=("enforcement", "brigade", "dispatcher"))
    sent = {one.supervisor_id for one in checks(session, row)}
    assert sent == {made.officers["brigade"], made.officers["dispatcher"]}
    one = checks(session, row)[0]
    with pytest.raises(Refused, match="supervisor-unfit"):
        service.reassign(session, one.id, made.officers["enforcement"], made.officers["manager"], now=NOW)


def test_a_draw_from_nothing_or_of_nobody_is_refused(session, made) -> None:
    empty = drawing.Rule(since=date(2026, 1, 1), until=date(2026, 1, 2))
    for code, rule, who in (
        ("nothing-visited", empty, ("brigade",)),
        ("no-supervisors", MAY, ()),
        ("draw-period", drawing.Rule(since=MAY.until, until=MAY.since), ("brigade",)),
    ):
        with pytest.raises(Invalid, match=code):
            drawn(session, made, rule=rule, supervisors=who)


def test_a_second_visit_is_recorded_once_by_whom_it_was_given_to(session, made) -> None:
    one = checks(session, drawn(session, made))[0]
    visit_again = told()
    with pytest.raises(Forbidden, match="not-your-check"):
        service.revisit(session, one.id, made.officers["inspector"], visit_again, now=NOW)
    first = service.revisit(session, one.id, made.officers["brigade"], visit_again, now=NOW)
    assert service.revisit(session, one.id, made.officers["brigade"], visit_again, now=NOW).id == first.id
    with pytest.raises(Conflict, match="already-checked"):
        service.revisit(session, one.id, made.officers["brigade"], told(), now=NOW)
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(update(SpotStep).values(at=NOW))


def test_a_second_visit_needs_a_photo_that_has_arrived(session, made) -> None:
    one = checks(session, drawn(session, made))[0]
    for code, hashes in (("photo-count", []), ("photo-count", [VOICE]), ("photo-absent", ["b" * 64])):
        photos = [{"sha256": one, "caption": ""} for one in hashes]
        bare = service.Revisit(key=uuid.uuid4(), at=NOW, seen=Seen(place="there"), photos=photos)
        with pytest.raises(Invalid, match=code):
            service.revisit(session, one.id, made.officers["brigade"], bare, now=NOW)


def test_differences_are_explained_before_they_are_ruled_on_and_rates_follow(session, made) -> None:
    rows = checks(session, drawn(session, made))
    brigade, inspector, manager = (made.officers[one] for one in ("brigade", "inspector", "manager"))
    sure, gone, late = rows[:3]
    service.revisit(session, sure.id, brigade, told(), now=NOW)
    for one in (gone, late):
        service.revisit(session, one.id, brigade, told(place="gone", gone_since="2026-01-01"), now=NOW)
    with pytest.raises(Refused, match="nothing-to-explain"):
        service.explain(session, sure.id, inspector, "没有差异", now=NOW)
    with pytest.raises(Refused, match="explanation-awaited"):
        service.rule(session, gone.id, manager, "lifted", "说明成立", now=NOW)
    service.explain(session, gone.id, inspector, "当日已搬至隔壁", now=NOW)
    for person in (inspector, brigade):
        with pytest.raises(Refused, match="ruling-in-own-cause"):
            service.rule(session, gone.id, person, "lifted", "说明成立", now=NOW)
    service.rule(session, gone.id, manager, "lifted", "说明成立", now=NOW)
    after = NOW + timedelta(days=service.EXPLAIN_DAYS)
    service.rule(session, late.id, manager, "upheld", "逾期未说明", now=after)
    with pytest.raises(Conflict, match="already-ruled"):
        service.explain(session, late.id, inspector, "迟到的说明", now=after)
    found = service.accuracy_by_inspector(session, NOW.date(), NOW.date())[inspector]
    assert (found.checked, found.consistent, found.suspected, found.lifted) == (3, 1, 2, 1)
    assert found.rate == pytest.approx(200 / 3)
    assert service.accuracy_by_inspector(session, date(2026, 1, 1), date(2026, 1, 31)) == {}
    june = appraisal.preview(session, JURISDICTION, date(2026, 6, 1), date(2026, 6, 30), now=after)
    (line,) = [one for one in june if one.subject.officer_id == inspector]
    counted = line.tally("patrol_accuracy")
    assert (counted.ok, counted.rows) == (found.consistent + found.lifted, found.checked)


def test_the_record_is_frozen_with_the_draw(session, made) -> None:
    row = drawn(session, made)
    before = {one.id: one.record["name"] for one in checks(session, row)}
    session.execute(update(Business).values(name="改名"))
    session.expire_all()
    assert {one.id: one.record["name"] for one in checks(session, row)} == before
    assert isinstance(checks(session, row)[0], SpotCheck)

"""An appraisal counts what its rows say, stays as issued, is corrected by objections, and knows no money."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from gridsup.appraisal import queries, service
from gridsup.appraisal.catalogue import catalogue
from gridsup.appraisal.model import AppraisalLine
from gridsup.errors import Conflict, Forbidden, Invalid, Refused
from gridsup.patrols.model import Visit
from gridsup.procedures.model import Attachment, Deadline, Event, Matter, PackVersion
from gridsup.reviews.model import CorrectionOrder, CorrectionStep, FileReview, ReviewDraw, ReviewSheet
from tests.factories import JURISDICTION, SIDE, SOUTH, WEST, bureau, business, officer

NOW = datetime(2026, 6, 10, 4, tzinfo=UTC)
MAY = date(2026, 5, 1), date(2026, 5, 31)
VOICE = "1" * 64
"""A voice note that goes with every act below; it counts as no photo."""


def at(day: int, hour: int = 4) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


@pytest.fixture
def made(session):
    return bureau(session)


def matter(session, made, pack="unlicensed_operation", **more) -> Matter:
    version = session.query(PackVersion).filter_by(pack=pack).order_by(PackVersion.version).first()
    row = Matter(
        jurisdiction_id=JURISDICTION,
        **{
            "pack": pack,
            "pack_version": version.version,
            "pack_hash": version.hash,
            "state": "any",
            "title": "样例",
            "cell_id": made.cells["42010301-001"],
            "station_id": made.station_id,
            "opened_at": at(1),
            "root_id": 0,
            "version": 1,
            "head_hash": "0" * 64,
            "lane": "doing",
            **more,
        },
    )
    session.add(row)
    session.flush()
    row.root_id = row.id
    return row


def event(session, row: Matter, seq: int, action: str, person: int | None, when: datetime, photos: int = 0):
    made = Event(
        jurisdiction_id=JURISDICTION,
        matter_id=row.id,
        seq=seq,
        kind="act",
        action=action,
        to_state="any",
        person_id=person,
        post="inspector",
        effective_at=when,
        recorded_at=when,
        pack_hash=row.pack_hash,
        body=b"{}",
        data={"photos": [{"sha256": "0" * 64}] * photos + [{"sha256": VOICE}]},
        prev_hash="0" * 64,
        hash="0" * 64,
    )
    session.add(made)
    session.flush()
    return made


def run(session, row: Matter, clock: str, due: datetime, stopped: datetime | None) -> None:
    session.add(
        Deadline(
            jurisdiction_id=JURISDICTION,
            matter_id=row.id,
            clock=clock,
            run=1,
            started_at=due - timedelta(days=3),
            due_at=due,
            state="stopped" if stopped else "running",
            owner="inspector",
            stopped_at=stopped,
            explanation={},
        )
    )
    session.flush()


def visit(session, made, shop: int, when: datetime, off: float | None = None) -> None:
    """A visit; ``off`` degrees of longitude from the middle of cell 1, None: without a position."""
    point = None if off is None else Point(WEST + 0.5 * SIDE + off, SOUTH + 1.5 * SIDE)
    session.add(
        Visit(
            jurisdiction_id=JURISDICTION,
            officer_id=made.officers["inspector"],
            business_id=shop,
            cell_id=made.cells["42010301-001"],
            at=when,
            result="normal",
            point=from_shape(point, srid=4490) if point else None,
            accuracy_m=10.0,
            key=uuid.uuid4(),
        )
    )
    session.flush()


def furnished(session, made) -> None:
    """One thing in order and one not, of nearly every measure."""
    inspector = made.officers["inspector"]
    session.add(
        Attachment(
            jurisdiction_id=JURISDICTION, sha256=VOICE, size=1, mime="audio/webm", uploaded_by=inspector
        )
    )
    seen, unseen = (business(session, made, risk=4) for _ in range(2))
    visit(session, made, seen, at(20), off=0.0)
    visit(session, made, seen, at(21), off=0.01)
    visit(session, made, unseen, at(1) - timedelta(days=40))
    one = matter(session, made)
    run(session, one, "capture_term", at(5), at(4))
    run(session, one, "receipt_term", at(8), at(7))
    run(session, one, "first_recheck", at(12), None)
    run(session, one, "feedback_term", at(31, 20), None)  # 1 June in Shanghai
    event(session, one, 1, "discover", inspector, at(3), photos=2)
    event(session, one, 2, "receive_order", inspector, at(7))
    event(session, one, 3, "feed_back_order", inspector, at(9))
    event(session, one, 4, "return_order", made.officers["dispatcher"], at(10))
    event(session, one, 5, "feed_back_order", inspector, at(11))
    two = matter(session, made)
    event(session, two, 1, "discover", inspector, at(4), photos=1)
    run(session, two, "capture_term", at(6), at(7))
    run(session, two, "receipt_term", at(8), None)


def line_of(lines, officer_id):
    return next(one for one in lines if one.subject.officer_id == officer_id)


def shares(line) -> dict[str, tuple[float, int]]:
    told = {name: line.tally(name) for name in catalogue().measures}
    return {name: (one.ok, one.rows) for name, one in told.items() if one.rows}


def test_every_measure_counts_the_rows_of_its_stage(session, made) -> None:
    furnished(session, made)
    lines = service.preview(session, JURISDICTION, *MAY, now=NOW)
    own = line_of(lines, made.officers["inspector"])
    assert shares(own) == {
        "patrol_in_time": (1, 2),
        "patrol_on_site": (1, 2),
        "capture_in_time": (1, 2),
        "finding_photos": (1, 2),
        "receipt_in_time": (1, 1),  # nobody has received the other: the station's
        "command_accepted": (1, 2),
        "recheck_in_time": (0, 1),
    }
    station = line_of(lines, None)
    assert shares(station)["receipt_in_time"] == (1, 2)
    assert own.total == pytest.approx(100 * (5 + 2.5 + 5 + 2.5 + 10 + 2.5 + 0) / 55)


def test_a_clock_is_the_cells_inspectors_on_the_day_it_fell_due(session, made) -> None:
    named = officer(session, "inspector", made.station_id)
    run(session, matter(session, made), "capture_term", at(5), at(4))
    run(session, matter(session, made, assigned_officer_id=named), "capture_term", at(5), None)
    lines = service.preview(session, JURISDICTION, *MAY, now=NOW)
    assert shares(line_of(lines, made.officers["inspector"])) == {"capture_in_time": (1, 1)}
    assert shares(line_of(lines, named)) == {"capture_in_time": (0, 1)}


def _judged(session, made, total: float, due: datetime, answered: datetime | None) -> None:
    handler, reviewer = made.officers["inspector"], made.officers["legal"]
    row = matter(session, made, ended_at=at(2))
    drawn = ReviewDraw(
        jurisdiction_id=JURISDICTION, since=MAY[0], until=MAY[1], kinds=["unlicensed_operation"], each="all",
        count=1, seed="0", population={"all": [row.id]}, population_sha256="0", officer_id=reviewer,
    )  # fmt: skip
    session.add(drawn)
    session.flush()
    one = FileReview(
        jurisdiction_id=JURISDICTION, draw_id=drawn.id, matter_id=row.id, rank=1, pack=row.pack,
        station_id=made.station_id, handler_id=handler, handlers=[handler], reviewer_id=reviewer,
    )  # fmt: skip
    session.add(one)
    session.flush()
    session.add(
        ReviewSheet(
            jurisdiction_id=JURISDICTION,
            review_id=one.id,
            checklist_version=1,
            marks=[],
            axes={},
            total=total,
            grade="good",
            findings="",
            officer_id=reviewer,
            at=at(10),
        )
    )
    order = CorrectionOrder(
        jurisdiction_id=JURISDICTION, review_id=one.id, number=f"号{one.id}", handler_id=handler, demand="改",
        due_at=due, explanation={}, officer_id=reviewer, ordered_at=at(10),
    )  # fmt: skip
    session.add(order)
    session.flush()
    if answered:
        session.add(
            CorrectionStep(
                jurisdiction_id=JURISDICTION,
                order_id=order.id,
                seq=1,
                step="answer",
                words="已改",
                officer_id=handler,
                at=answered,
            )
        )
        session.flush()


def test_judged_files_and_their_corrections_come_back_as_quality(session, made) -> None:
    _judged(session, made, 80.0, at(20), at(19))
    _judged(session, made, 60.0, at(20), None)
    _judged(session, made, 100.0, NOW + timedelta(days=1), None)  # not due yet
    own = line_of(service.preview(session, JURISDICTION, *MAY, now=NOW), made.officers["inspector"])
    assert shares(own) == {"file_quality": (pytest.approx(2.4), 3), "corrections_in_time": (1, 2)}


def test_cases_and_fines_change_no_figure(session, made) -> None:
    """行政处罚法 art. 74."""
    furnished(session, made)
    before = [
        (one.subject, one.rows, one.total) for one in service.preview(session, JURISDICTION, *MAY, now=NOW)
    ]
    for pack in ("penalty_case", "simple_penalty", "penalty_execution"):
        case = matter(
            session, made, pack=pack, ended_at=at(20), assigned_officer_id=made.officers["inspector"],
            facts={"fine_amount": 50_000, "fine": 50_000, "illegal_gain": 9_000},
        )  # fmt: skip
        for seq, action in enumerate(("decide", "collect", "pay", "close"), 1):
            event(session, case, seq, action, made.officers["inspector"], at(15), photos=3)
        run(session, case, "decision_term", at(18), at(17))
    after = [
        (one.subject, one.rows, one.total) for one in service.preview(session, JURISDICTION, *MAY, now=NOW)
    ]
    assert after == before


def issued(session, made):
    furnished(session, made)
    row = service.issue(session, JURISDICTION, *MAY, "", officer_id=made.officers["manager"], now=NOW)
    lines = session.scalars(queries.lines(JURISDICTION, row.id)).all()
    return row, next(one for one in lines if one.officer_id == made.officers["inspector"])


def test_what_was_issued_stays(session, made) -> None:
    row, own = issued(session, made)
    frozen, total = service.frozen_rows(own), own.total
    event(session, matter(session, made), 1, "discover", made.officers["inspector"], at(9))
    session.expire_all()
    assert (service.frozen_rows(own), own.total) == (frozen, total)
    assert service.catalogue_of(row) == catalogue()
    for values in ({"total": 100.0}, {"measures": {}}):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(update(AppraisalLine).values(**values))
    with pytest.raises(Conflict, match="appraisal-exists"):
        service.issue(session, JURISDICTION, date(2026, 4, 1), MAY[1], "", officer_id=1, now=NOW)


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (date(2026, 5, 2), date(2026, 5, 31), "appraisal-months"),
        (date(2026, 5, 1), date(2026, 5, 30), "appraisal-months"),
        (date(2026, 5, 1), date(2026, 4, 30), "appraisal-months"),
        (date(2025, 5, 1), date(2026, 5, 31), "appraisal-months"),
        (date(2026, 6, 1), date(2026, 6, 30), "period-running"),
    ],
)
def test_an_appraisal_is_of_whole_months_that_are_over(session, made, since, until, code) -> None:
    with pytest.raises((Invalid, Refused)) as told:
        service.issue(session, JURISDICTION, since, until, "", officer_id=made.officers["manager"], now=NOW)
    assert told.value.code == code


def standing(session, row, own):
    objections = session.scalars(queries.objections(JURISDICTION, [own.id])).all()
    answers = session.scalars(queries.answers(JURISDICTION, [one.id for one in objections])).all()
    return service.standing(row, own, objections, answers)


def test_an_upheld_objection_gives_the_rows_points_back_and_no_more(session, made) -> None:
    row, own = issued(session, made)
    inspector, manager = made.officers["inspector"], made.officers["manager"]
    late = next(i for i, one in enumerate(service.frozen_rows(own)["capture_in_time"]) if one["value"] < 1)

    def objects(who=inspector, rows=(late,), measure="capture_in_time", when=NOW):
        return service.object_to(
            session, JURISDICTION, own.id, measure, rows, "当日网络中断", officer_id=who, now=when
        )

    for act, code in (
        (lambda: objects(who=manager), "not-own-line"),
        (lambda: objects(rows=()), "objection-rows"),
        (lambda: objects(rows=(1 - late,)), "objection-rows"),
        (lambda: objects(rows=(99,)), "objection-rows"),
        (lambda: objects(measure="no_such"), "objection-rows"),
        (lambda: objects(when=row.object_until), "objection-late"),
    ):
        with pytest.raises((Forbidden, Invalid, Refused)) as told:
            act()
        assert told.value.code == code
    made_one = objects()
    with pytest.raises(Conflict, match="objection-twice"):
        objects()
    assert standing(session, row, own).total == own.total
    answer = lambda who, upheld: service.answer(  # noqa: E731
        session, JURISDICTION, made_one.id, upheld, "核实属实", officer_id=who, now=NOW
    )
    with pytest.raises(Forbidden, match="own-objection"):
        answer(inspector, [late])
    with pytest.raises(Invalid, match="objection-rows"):
        answer(manager, [1 - late])
    answer(manager, [late])
    with pytest.raises(Conflict, match="objection-answered"):
        answer(manager, [])
    now_stands = standing(session, row, own)
    assert now_stands.restored == pytest.approx(own.measures["capture_in_time"]["lost"])
    assert now_stands.total == pytest.approx(own.total + now_stands.restored)
    assert session.scalars(select(AppraisalLine.total).where(AppraisalLine.id == own.id)).one() == own.total


def test_a_rejected_objection_changes_nothing(session, made) -> None:
    row, own = issued(session, made)
    found = service.object_to(
        session, JURISDICTION, own.id, "recheck_in_time", [0], "店主外出",
        officer_id=made.officers["inspector"], now=NOW,
    )  # fmt: skip
    assert found.answer_due_at == row.object_until  # both ten working days from the same moment
    service.answer(
        session, JURISDICTION, found.id, [], "理由不成立", officer_id=made.officers["manager"], now=NOW
    )
    assert standing(session, row, own) == service.Standing(own.total, own.grade, 0.0)

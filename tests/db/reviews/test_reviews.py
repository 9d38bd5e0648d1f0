"""Closed files are drawn so that anybody can repeat it, judged by others than their handlers, corrected."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError

from gridsup.draws import draw
from gridsup.errors import Conflict, Forbidden, GridsupError, Invalid, Refused
from gridsup.procedures.model import Event, Matter, PackVersion
from gridsup.reviews import queries, service
from gridsup.reviews.checklist import Mark, checklist
from gridsup.reviews.model import ReviewSheet
from tests.factories import JURISDICTION, bureau, officer

NOW = datetime(2026, 6, 20, 4, tzinfo=UTC)
MAY = {"since": date(2026, 5, 1), "until": date(2026, 5, 31)}


@pytest.fixture
def made(session):
    return bureau(session)


def closed(session, made, *doers: str | int, pack="penalty_case", day=10, post="enforcement") -> int:
    """A file closed in May 2026 in which the officers acted, one event each."""
    version = session.query(PackVersion).filter_by(pack=pack).order_by(PackVersion.version).first()
    at = datetime(2026, 5, day, 4, tzinfo=UTC)
    row = Matter(
        jurisdiction_id=JURISDICTION,
        pack=pack,
        pack_version=version.version,
        pack_hash=version.hash,
        state="closed",
        title=f"{pack} {day}",
        station_id=made.station_id,
        opened_at=at - timedelta(days=5),
        ended_at=at,
        root_id=0,
        version=len(doers),
        head_hash="0" * 64,
        lane="done",
    )
    session.add(row)
    session.flush()
    row.root_id = row.id
    for seq, who in enumerate(doers, 1):
        session.add(
            Event(
                jurisdiction_id=JURISDICTION,
                matter_id=row.id,
                seq=seq,
                kind="act",
                action="step",
                to_state="closed",
                person_id=made.officers[who] if isinstance(who, str) else who,
                post=who if isinstance(who, str) else post,
                effective_at=at,
                recorded_at=at,
                pack_hash=version.hash,
                body=b"{}",
                data={},
                prev_hash="0" * 64,
                hash="0" * 64,
            )
        )
    session.flush()
    return row.id


def drawn(session, made, reviewers=("legal",), **more):
    wanted = {"kinds": ["penalty_case"], "each": "all", "count": 3, **MAY, **more}
    return service.draw_files(
        session,
        JURISDICTION,
        reviewers=[made.officers[one] if isinstance(one, str) else one for one in reviewers],
        officer_id=made.officers["manager"],
        now=NOW,
        **wanted,
    )


def files_of(session, row):
    return session.scalars(queries.reviews(JURISDICTION, draw_ids=[row.id])).all()


def marks(pack="penalty_case", **taken):
    return [
        Mark(name, item.points - taken.get(name, 0), "缺页" if name in taken else "")
        for name, (_, item) in checklist().items(pack).items()
    ]


def refusal(kind, act) -> str:
    with pytest.raises(kind) as told:
        act()
    return told.value.code


def test_the_draw_can_be_repeated_by_anybody(session, made) -> None:
    files = [closed(session, made, "enforcement", day=n) for n in range(1, 9)]
    row = drawn(session, made)
    stored = [one.matter_id for one in files_of(session, row)]
    assert stored == draw(files, 3, row.seed) == service.drawn(row)
    assert service.repeats(session, row)
    again = drawn(session, made, count=9)
    assert sorted([one.matter_id for one in files_of(session, again)] + stored) == files
    assert refusal(Refused, lambda: drawn(session, made)) == "nothing-closed"


def test_only_closed_files_of_the_days_and_kinds_are_drawn(session, made) -> None:
    closed(session, made, "enforcement", pack="rectification")
    inside = closed(session, made, "enforcement", day=31)
    open_one = closed(session, made, "enforcement")
    session.execute(update(Matter).where(Matter.id == open_one).values(ended_at=None))
    (one,) = files_of(session, drawn(session, made))
    assert one.matter_id == inside
    assert refusal(Invalid, lambda: drawn(session, made, kinds=["referral"])) == "kind-not-reviewed"


def test_every_kind_gets_its_share(session, made) -> None:
    for day in range(1, 6):
        closed(session, made, "enforcement", day=day)
    closed(session, made, "inspector", pack="unlicensed_operation")
    row = drawn(session, made, kinds=["penalty_case", "unlicensed_operation"], each="kind", count=2)
    assert [one.pack for one in files_of(session, row)] == ["penalty_case"] * 2 + ["unlicensed_operation"]


def test_nobody_reviews_a_file_in_which_he_acted(session, made) -> None:
    other = officer(session, "legal", made.bureau_id)
    files = [closed(session, made, "enforcement", "legal", day=n) for n in range(1, 4)]
    assert refusal(Refused, lambda: drawn(session, made)) == "no-free-reviewer"
    row = drawn(session, made, reviewers=("legal", other))
    assert {one.reviewer_id for one in files_of(session, row)} == {other}
    one = files_of(session, row)[0]
    assert one.handler_id == made.officers["enforcement"]
    assert set(one.handlers) == {made.officers["enforcement"], made.officers["legal"]}
    assert len(files) == 3
    to = made.officers["legal"]
    assert refusal(Refused, lambda: service.reassign(session, JURISDICTION, one.id, to)) == "reviewer-handled"


def test_a_reviewer_holds_a_post_that_reviews_and_they_take_turns(session, made) -> None:
    other = officer(session, "legal", made.bureau_id)
    for day in range(1, 5):
        closed(session, made, "enforcement", day=day)
    assert refusal(Invalid, lambda: drawn(session, made, reviewers=("inspector",))) == "not-a-reviewer"
    row = drawn(session, made, reviewers=("legal", other), count=4)
    assert [one.reviewer_id for one in files_of(session, row)] == [made.officers["legal"], other] * 2


def judged(session, made, **taken):
    closed(session, made, "enforcement", "enforcement", "dispatcher")
    (one,) = files_of(session, drawn(session, made))
    service.score(
        session, JURISDICTION, one.id, marks(**taken), "", officer_id=made.officers["legal"], now=NOW
    )
    return one


def test_a_file_is_judged_once_by_its_reviewer(session, made) -> None:
    one = judged(session, made, volume=4)
    (sheet,) = session.scalars(queries.sheets(JURISDICTION, [one.id]))
    assert (sheet.axes["filing"], sheet.grade) == ([12.0, 16.0], "excellent")

    def again(who):
        return service.score(session, JURISDICTION, one.id, marks(), "", officer_id=made.officers[who])

    assert refusal(Conflict, lambda: again("legal")) == "already-judged"
    assert refusal(Forbidden, lambda: again("manager")) == "not-the-reviewer"
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(update(ReviewSheet).values(total=100))


def test_the_handler_corrects_within_a_term_and_others_accept(session, made) -> None:
    one = judged(session, made, volume=4)
    handler, manager = made.officers["enforcement"], made.officers["manager"]
    order = service.order_correction(
        session, JURISDICTION, one.id, "补齐正卷目录", officer_id=manager, now=NOW
    )
    assert order.handler_id == handler
    assert order.number == "武江监评改〔2026〕0001号"
    assert order.due_at == datetime(2026, 7, 3, 16, tzinfo=UTC)  # 10 working days from Saturday 20 June

    def answer(who, when=NOW):
        return service.answer(session, JURISDICTION, order.id, "已补", officer_id=who, now=when)

    def check(who, accepted, when=NOW):
        return service.check(
            session, JURISDICTION, order.id, accepted=accepted, words="见卷", officer_id=who, now=when
        )

    assert refusal(Forbidden, lambda: answer(manager)) == "not-the-handler"
    assert refusal(Conflict, lambda: check(manager, True)) == "correction-state"
    answer(handler)
    assert refusal(Conflict, lambda: answer(handler)) == "correction-state"
    assert refusal(Refused, lambda: check(handler, True)) == "reviewer-handled"
    returned = check(manager, False, NOW + timedelta(days=5))
    assert returned.due_at is not None
    assert returned.due_at > order.due_at
    answer(handler, NOW + timedelta(days=6))
    assert check(manager, True, NOW + timedelta(days=7)).due_at is None
    for act in (lambda: answer(handler), lambda: check(manager, False)):
        assert refusal(GridsupError, act) == "correction-state"


def test_nothing_is_ordered_before_the_judgement_or_twice(session, made) -> None:
    closed(session, made, "enforcement")
    (one,) = files_of(session, drawn(session, made))

    def order():
        return service.order_correction(
            session, JURISDICTION, one.id, "改", officer_id=made.officers["manager"]
        )

    assert refusal(Conflict, order) == "not-judged"
    service.score(session, JURISDICTION, one.id, marks(), "", officer_id=made.officers["legal"])
    order()
    assert refusal(Conflict, order) == "already-ordered"

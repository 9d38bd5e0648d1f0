"""Three sentences about any matter: true of its state, its clock and its steps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from gridsup.procedures import sentences, views
from gridsup.procedures.pack import Words
from gridsup.procedures.sentences import Holder, Sentences
from tests.db.procedures.small_bureau import MONDAY, Bureau, do, report, working

DAY = timedelta(days=1)


def told(session: Session, matter: int, days: int = 0, holder: Holder | None = None) -> Sentences:
    family, member = views.read(session, matter, now=MONDAY + days * DAY)
    return sentences.of_matter(family, member, holder or Holder())


def test_a_matter_says_whose_it_is_and_who_holds_it(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau).matter_id
    found = told(session, matter, holder=Holder("李四", Words(zh="一所", en="Station One")))
    assert "由注册股办理" in found.belongs.zh
    assert "；事项分配给一所、李四" in found.belongs.zh
    assert "registration section" in found.belongs.en
    assert "; the matter is assigned to Station One, 李四" in found.belongs.en


def test_the_due_sentence_names_start_limit_days_left_out_and_last_day(
    session: Session, bureau: Bureau
) -> None:
    matter = report(session, bureau).matter_id  # Monday 2 March, five working days
    assert "自“reported”（2026-03-02）起5个工作日" in told(session, matter).due.zh
    assert "除去非工作日2日，至2026-03-09届满" in told(session, matter).due.zh
    assert "已逾期" in told(session, matter, days=8).due.zh
    assert "is overdue" in told(session, matter, days=8).due.en


def test_a_paused_clock_says_so_and_a_matter_without_one_too(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    do(session, matter, "tell_permit", bureau.inspector, {"permit": False})
    do(session, matter, "suspend", bureau.inspector)
    assert "暂停计算" in told(session, matter).due.zh
    do(session, matter, "resume", bureau.inspector)
    do(session, matter, "close", bureau.inspector)
    found = told(session, matter)
    assert "没有正在计算的期限" in found.due.zh
    assert "不再归任何人办理" in found.belongs.zh
    assert "不再允许" in found.next.zh


def test_the_next_sentence_parts_what_may_be_done_from_what_may_not_yet(
    session: Session, bureau: Bureau
) -> None:
    matter = working(session, bureau)
    may, not_yet = told(session, matter).next.zh.split("。尚不可以：")
    assert "begin" not in may
    assert "hold（执法员）" in may
    assert "guarded（须“permit”为“是”）" in not_yet
    do(session, matter, "tell_permit", bureau.inspector, {"permit": True})
    assert (
        "尚不可以" not in told(session, matter).next.zh
        or "guarded" not in told(session, matter).next.zh.split("尚不可以")[1]
    )


@pytest.mark.parametrize("step", ["send", "ask"])
def test_a_matter_that_waits_for_its_child_says_so(session: Session, bureau: Bureau, step: str) -> None:
    matter = working(session, bureau)
    do(session, matter, step, bureau.dispatcher)
    found = told(session, matter)
    if step == "send":
        assert "等待子事项办结：errand（ordered）" in found.belongs.zh
    else:
        assert "先办结子事项" in found.next.zh

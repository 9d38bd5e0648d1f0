"""The calendar says which day is worked, why, and whether that is already published."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gridsup.calendars import Calendar, NoticeDay, default_calendar, read_notices, statutory_days
from gridsup.calendars.notices import english_name
from gridsup.errors import Invalid

OFF_2026 = [
    ("2026-01-01", 3),
    ("2026-02-15", 9),
    ("2026-04-04", 3),
    ("2026-05-01", 5),
    ("2026-06-19", 3),
    ("2026-09-25", 3),
    ("2026-10-01", 7),
]
MAKEUP = ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]
MAKEUP += ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


@pytest.mark.parametrize(("first", "days"), OFF_2026)
def test_holidays_of_2026_are_not_worked(first: str, days: int) -> None:
    calendar, start = default_calendar(), date.fromisoformat(first)
    run = [start + timedelta(days=n) for n in range(days)]
    assert not any(map(calendar.is_working_day, run))
    assert {calendar.reason(day).kind for day in run} == {"holiday"}


@pytest.mark.parametrize("day", MAKEUP)
def test_makeup_weekend_days_are_worked(day: str) -> None:
    reason = default_calendar().reason(date.fromisoformat(day))
    assert reason.kind == "makeup"
    assert reason.working
    assert "调休上班" in reason.zh


def test_2025_and_2026_have_no_other_makeup_days() -> None:
    calendar = default_calendar()
    days = (date(2025, 1, 1) + timedelta(days=n) for n in range(730))
    assert [d.isoformat() for d in days if calendar.reason(d).kind == "makeup"] == MAKEUP


def test_every_day_from_2007_to_2060_agrees_with_its_reason() -> None:
    calendar = default_calendar()
    for n in range((date(2060, 12, 31) - date(2007, 1, 1)).days + 1):
        day = date(2007, 1, 1) + timedelta(days=n)
        assert calendar.is_working_day(day) == calendar.reason(day).working
        assert calendar.provisional(day) == (day.year > 2026)


def test_festival_table_and_decrees_agree_with_twenty_years_of_notices() -> None:
    """Each statutory day that the table and the decree give was off by the notice, under that name."""
    calendar = default_calendar()
    for year in range(2007, 2027):
        for day, name in statutory_days(year).items():
            reason = calendar.reason(day)
            assert reason.kind == "holiday", day
            assert set(english_name(name).split(" / ")) <= set(reason.en.split(" / ")), day


@pytest.mark.parametrize(
    ("year", "count"),
    [(2007, 10), (2008, 11), (2014, 11), (2024, 11), (2025, 13), (2026, 13), (2027, 13)],
)
def test_number_of_statutory_days_by_decree(year: int, count: int) -> None:
    assert len(statutory_days(year)) == count


def test_year_without_notice_is_provisional_with_weekends_and_statutory_days() -> None:
    calendar = default_calendar()
    closed = ["2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-04-05"]
    closed += [
        "2027-05-01",
        "2027-05-02",
        "2027-06-09",
        "2027-09-15",
        "2027-10-01",
        "2027-10-02",
        "2027-10-03",
    ]
    assert sorted(d.isoformat() for d in statutory_days(2027)) == closed
    reason = calendar.reason(date(2027, 2, 8))
    assert reason.kind == "statutory"
    assert "暂定" in reason.zh
    assert "provisional" in reason.en
    assert calendar.reason(date(2027, 2, 13)).kind == "weekend"
    assert calendar.is_working_day(date(2027, 2, 9))
    assert calendar.provisional(date(2027, 2, 9))
    assert not calendar.provisional(date(2026, 12, 31))


def test_newer_notice_gives_a_new_calendar_and_version_and_leaves_the_old_one() -> None:
    old = default_calendar()
    notice = [NoticeDay(date(2027, 2, 9), "春节", True), NoticeDay(date(2027, 2, 20), "春节", False)]
    new = old.with_notice(2027, notice)
    assert new.version != old.version
    assert new.version.startswith("cn-2027-")
    assert (old.is_working_day(date(2027, 2, 9)), new.is_working_day(date(2027, 2, 9))) == (True, False)
    assert (old.is_working_day(date(2027, 2, 20)), new.is_working_day(date(2027, 2, 20))) == (False, True)
    assert not new.provisional(date(2027, 7, 1))
    assert new.with_notice(2027, reversed(notice)) == new


def test_version_depends_on_content_alone() -> None:
    again = Calendar(dict(reversed(list(default_calendar().notices.items()))))
    assert again.version == default_calendar().version
    assert hash(again) == hash(default_calendar())


def test_later_notice_wins_over_december_of_the_year_before() -> None:
    assert default_calendar().reason(date(2018, 12, 29)).kind == "makeup"
    assert not default_calendar().is_working_day(date(2018, 12, 31))


def test_weekday_that_an_amended_notice_gave_back_is_an_ordinary_weekday() -> None:
    assert default_calendar().reason(date(2020, 2, 3)).kind == "weekday"


@pytest.mark.parametrize("day", [date(2006, 12, 29), date(2061, 1, 1)])
def test_dates_beyond_the_table_are_refused(day: date) -> None:
    for question in (default_calendar().is_working_day, default_calendar().reason):
        with pytest.raises(Invalid) as refusal:
            question(day)
        assert refusal.value.code == "calendar-range"


@pytest.mark.parametrize(
    "row",
    [
        "2027,2027-13-01,元旦,True",
        "2027,2027-01-01,元旦,yes",
        "2027,2027-01-01,,True",
        "2027,,元旦,True",
        "x",
    ],
)
def test_unreadable_notice_row_is_refused_by_its_line(row: str) -> None:
    text = "year,date,name,is_off_day\n2027,2027-01-01,元旦,True\n" + row
    with pytest.raises(Invalid) as refusal:
        read_notices(text)
    assert refusal.value.code == "notice-row"
    assert refusal.value.params["line"] == 3

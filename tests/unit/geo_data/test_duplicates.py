"""Who may be the same is suggested, with the reason and the likeness."""

from __future__ import annotations

from typing import Any

from geo_data.duplicates import KnownBusiness, Suggestion, name_key, suggest
from geo_data.records import BusinessRecord

USCC = "91330100799655058B"
LON, LAT = 114.27, 30.60
METRE = 1 / 111_320  # of latitude, near enough


def record(name: str = "老王热干面", **more: Any) -> BusinessRecord:
    return BusinessRecord(name=name, **more)


def found(*records: BusinessRecord, known: tuple[KnownBusiness, ...] = ()) -> dict[int, Suggestion]:
    return suggest(records, known, metric_srid=4547, district="江汉区")


def test_the_same_credit_code() -> None:
    (one,) = found(record("甲", uscc=USCC), record("乙", uscc=USCC)).values()
    assert (one.index, one.because, one.row, one.name) == (1, "uscc", 0, "甲")


def test_a_business_of_the_register_goes_before_a_row_of_the_file() -> None:
    known = KnownBusiness(business_id=7, name="老王热干面馆", uscc=USCC)
    suggestions = found(record(uscc=USCC), record(uscc=USCC), known=(known,))
    assert [(s.business_id, s.row) for s in suggestions.values()] == [(7, None), (7, None)]


def test_the_same_name_at_the_same_address_however_written() -> None:
    one = record("老王（热干面）", address="湖北省武汉市江汉区前进四路１２号")
    two = record("老王(热干面) ", address="前进四路12号")
    assert found(one, two)[1].because == "name_address"
    assert found(one, record("老张热干面", address="前进四路12号")) == {}


def test_two_stalls_of_one_market_are_two() -> None:
    assert found(record(address="前进市场", stall="A1"), record(address="前进市场", stall="A2")) == {}


def test_the_same_name_within_fifty_metres() -> None:
    here = record(lon=LON, lat=LAT)
    near = found(here, record(lon=LON, lat=LAT + 40 * METRE))[1]
    assert near.because == "name_nearby"
    assert near.metres is not None
    assert abs(near.metres - 40) < 0.5
    assert found(here, record(lon=LON, lat=LAT + 60 * METRE)) == {}


def test_the_strongest_reason_is_told() -> None:
    known = KnownBusiness(business_id=7, name="老王热干面", address="前进四路12号", lon=LON, lat=LAT)
    row = record(address="前进四路12号", lon=LON, lat=LAT, registration_no="350503600123454")
    assert found(row, known=(known,))[0].because == "name_address"


def test_names_without_words_do_not_match_each_other() -> None:
    assert found(record("***", lon=LON, lat=LAT), record("???", lon=LON, lat=LAT)) == {}


def test_a_name_is_compared_without_signs() -> None:
    assert name_key("武汉·Ａ店（一）") == name_key("武汉a店(一)")


def test_a_name_is_compared_without_its_district() -> None:
    full = record("武汉市江汉区老王热干面", lon=LON, lat=LAT)
    assert found(full, record("老王热干面", lon=LON, lat=LAT))[1].because == "name_nearby"
    assert name_key("江汉区", district="江汉区") == "江汉区"
    assert name_key("江汉路老王", district="江汉区") == "江汉路老王"

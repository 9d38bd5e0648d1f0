"""English names of a demo city's bodies."""

import pytest

from geo_data.demo.english import name_of
from geo_data.demo.staff import SECTIONS


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("唐家墩市场监管所", "Tangjiadun Station"),
        ("民权市场监管所巡查监管组", "Minquan Station, patrol group"),
        ("民族街街道", "Minzu Street"),
        ("江汉经济开发区", "Jianghan Economic Development Zone"),
        ("长堤社区居委会", "Changdi Community"),
        ("武汉市江汉区市场监督管理局（演示）", "Jianghan District Market Regulation Bureau, Wuhan (demo)"),
        ("市场监管所", None),
        ("卫生局（演示）", None),
    ],
)
def test_a_body_is_its_place_and_its_kind(name: str, english: str | None) -> None:
    assert name_of(name) == english


def test_every_section_has_a_name() -> None:
    assert all(name_of(one.name) for one in SECTIONS)

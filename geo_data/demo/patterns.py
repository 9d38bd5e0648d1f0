"""Typical unlicensed operators of the demo city, with the facts an inspector notes (domain §1.9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pattern:
    """A typical unlicensed operator: what it is called, the facts an inspector notes, and the department
    that the allocation table (P9-C1) leads to for them."""

    weight: float
    lead: str
    words: tuple[str, ...]
    scope: str
    trade: str
    industry: str
    permit: str | None
    facts: dict[str, Any]
    danger: bool = False
    """Whether health or public safety is in danger, so that a case may be filed at once."""


def _food(**facts: Any) -> dict[str, Any]:
    return {
        "food": True,
        "permit_required": True,
        "permit_status": "none",
        "business_licence_status": "none",
    } | facts


_NOTHING = {
    "food": False,
    "permit_required": True,
    "permit_status": "none",
    "business_licence_status": "none",
}
_STALL = {"food_stall": True, "fixed_premises": False, "few_staff": True}

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        9,
        "D21",
        ("烧烤摊", "炒饭摊"),
        "烧烤、炒饭现做现卖",
        "食品摊贩",
        "H6299",
        "食品经营许可证",
        _food(**_STALL, catering=True, occupies_road=True),
    ),
    Pattern(
        6,
        "D21",
        ("水果摊", "熟食摊"),
        "水果、熟食零售",
        "食品摊贩",
        "F5223",
        None,
        _food(**_STALL, catering=False, occupies_road=True),
    ),
    Pattern(
        6,
        "D10",
        ("早点摊", "粉面摊"),
        "早点制售",
        "食品摊贩",
        "H6291",
        "食品经营许可证",
        _food(**_STALL, catering=True, occupies_road=False),
    ),
    Pattern(
        4,
        "D01",
        ("零食摊", "干货摊"),
        "预包装食品、干货零售",
        "食品摊贩",
        "F5229",
        None,
        _food(**_STALL, catering=False, occupies_road=False),
    ),
    Pattern(
        10,
        "D10",
        ("小餐馆", "家常菜馆", "小吃店"),
        "餐饮服务",
        "餐饮",
        "H6210",
        "食品经营许可证",
        _food(
            food_stall=False,
            catering=True,
            occupies_road=False,
            fixed_premises=True,
            made_on_site=False,
            students_dining=False,
        ),
    ),
    Pattern(
        3,
        "D10",
        ("小饭桌", "学生托管点"),
        "学生午餐、托管",
        "学生“小饭桌”",
        "H6299",
        "食品经营许可证",
        _food(
            food_stall=False, catering=True, occupies_road=False, fixed_premises=True, students_dining=True
        ),
    ),
    Pattern(
        3,
        "D01",
        ("馒头作坊", "卤味店"),
        "馒头、卤味现场制售",
        "前店后坊",
        "C1499",
        "食品经营许可证",
        _food(
            food_stall=False,
            catering=False,
            occupies_road=False,
            fixed_premises=True,
            students_dining=False,
            made_on_site=True,
            made_and_sold_on_spot=True,
            sold_in_own_shop=True,
            production_main=False,
        ),
    ),
    Pattern(
        2,
        "D10",
        ("包子铺", "饺子馆"),
        "面点现场制售并供堂食",
        "前店后坊",
        "H6291",
        "食品经营许可证",
        _food(
            food_stall=False,
            catering=True,
            occupies_road=False,
            fixed_premises=True,
            students_dining=False,
            made_on_site=True,
            made_and_sold_on_spot=True,
            sold_in_own_shop=True,
            production_main=False,
        ),
    ),
    Pattern(
        3,
        "D07",
        ("豆制品作坊", "榨油坊"),
        "豆制品、食用油加工",
        "食品生产加工小作坊",
        "C1392",
        "食品生产加工小作坊许可证",
        _food(
            food_stall=False,
            catering=False,
            occupies_road=False,
            fixed_premises=True,
            students_dining=False,
            made_on_site=True,
            made_and_sold_on_spot=False,
            sold_in_own_shop=False,
            production_main=True,
            production_and_sale_places_separated=True,
            traditional_food=True,
            few_staff=True,
            simple_conditions=True,
        ),
    ),
    Pattern(
        9,
        "D01",
        ("服装店", "杂货店", "五金店"),
        "服装、日用品零售",
        "服装零售",
        "F5232",
        None,
        {"food": False, "permit_required": False, "business_licence_status": "none", "occupies_road": False},
    ),
    Pattern(
        4,
        "D01",
        ("快递代收点", "修理店"),
        "快递代收；日用品修理",
        "居民服务",
        "O8199",
        None,
        {"food": False, "permit_required": False, "business_licence_status": "none", "occupies_road": False},
    ),
    Pattern(
        8,
        "D06",
        ("理发店", "美甲店", "美容室"),
        "理发及美容服务",
        "美容美发",
        "O8040",
        "公共场所卫生许可证",
        dict(_NOTHING),
    ),
    Pattern(
        3,
        "D06",
        ("按摩店", "足疗店"),
        "足疗、按摩",
        "保健按摩",
        "O8053",
        "公共场所卫生许可证",
        dict(_NOTHING),
    ),
    Pattern(
        3,
        "D06",
        ("牙科诊室", "中医诊室"),
        "诊疗服务",
        "医疗机构",
        "Q8425",
        "医疗机构执业许可证",
        dict(_NOTHING),
        danger=True,
    ),
    Pattern(
        3,
        "D05",
        ("网吧", "上网服务部"),
        "互联网上网服务",
        "互联网上网服务营业场所",
        "R9013",
        "网络文化经营许可证",
        _NOTHING | {"internet_cafe": True},
    ),
    Pattern(2, "D05", ("歌厅",), "歌舞娱乐", "娱乐场所", "R9011", "娱乐经营许可证", dict(_NOTHING)),
    Pattern(
        6,
        "D02",
        ("旅社", "日租房", "家庭旅馆"),
        "住宿服务",
        "旅馆",
        "H6129",
        "特种行业许可证（旅馆业）",
        dict(_NOTHING),
    ),
    Pattern(
        2, "D02", ("刻章店",), "印章刻制", "印章刻制", "C2419", "特种行业许可证（印章业）", dict(_NOTHING)
    ),
    Pattern(
        4,
        "D16",
        ("烟酒店", "副食店"),
        "卷烟零售",
        "烟草",
        "F5227",
        "烟草专卖零售许可证",
        {
            "food": False,
            "permit_required": True,
            "permit_status": "expired",
            "business_licence_status": "valid",
            "beyond_scope": False,
        },
    ),
    Pattern(
        3,
        "D10",
        ("药店",),
        "药品零售",
        "药品",
        "F5251",
        "药品经营许可证",
        {
            "food": False,
            "permit_required": True,
            "permit_status": "revoked",
            "business_licence_status": "valid",
            "beyond_scope": False,
        },
    ),
    Pattern(
        4,
        "D01",
        ("便民超市", "生活馆"),
        "日用品零售，超出登记范围销售药品",
        "药品",
        "F5212",
        "药品经营许可证",
        {
            "food": False,
            "permit_required": True,
            "permit_status": "none",
            "business_licence_status": "valid",
            "beyond_scope": True,
        },
    ),
    Pattern(
        4,
        "D01",
        ("招待所",),
        "住宿服务（有许可，未办照）",
        "旅馆",
        "H6129",
        "特种行业许可证（旅馆业）",
        {"food": False, "permit_required": True, "permit_status": "valid", "business_licence_status": "none"},
    ),
    Pattern(2, "D09", ("旧书店", "书摊"), "图书零售", "图书", "F5243", "出版物经营许可证", dict(_NOTHING)),
    Pattern(
        2,
        "D15",
        ("职介所", "劳务介绍所"),
        "职业介绍",
        "职业介绍",
        "L7262",
        "人力资源服务许可证",
        dict(_NOTHING),
    ),
    Pattern(1.5, "D18", ("兽药店",), "兽药零售", "兽药", "F5251", "兽药经营许可证", dict(_NOTHING)),
    Pattern(
        1.5,
        "D11",
        ("油漆店", "化工经营部"),
        "油漆、溶剂零售",
        "危险化学品",
        "F5284",
        "危险化学品经营许可证",
        dict(_NOTHING),
        danger=True,
    ),
    Pattern(
        1.5,
        "D20",
        ("旅游咨询部",),
        "旅游招徕、组团",
        "旅游业务",
        "L7291",
        "旅行社业务经营许可证",
        dict(_NOTHING),
    ),
)

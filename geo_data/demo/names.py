"""Names, telephone numbers and codes of the demo city: plausible, never a known person's or firm's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万"
    "钱严覃武戴莫孔向汤"
)
_GIVEN_FIRST = (
    "志建国文明春秋海小晓玉秀桂红丽艳素凤美金银永忠德光新长东正立兴家宏俊少世传大先仁义礼学庆延"
    "振华思雨欣子梓浩宇佳嘉诗雅婉静慧巧云月清素锦翠兰"
)
_GIVEN_SECOND = (
    "强军平勇杰涛斌辉鹏飞波刚伟民生林峰松柏根旺发财宝贵香珍芳英娟敏霞燕玲萍梅莲琴芬蓉洁琳怡涵萱"
    "妍彤瑶轩辰睿阳航博源凯诚毅超群"
)
FAMOUS_NAMES = frozenset(
    ("李小龙", "王建国", "张国强", "刘国梁", "张伟", "王伟", "李嘉欣", "陈小春", "李春平", "郭富城", "刘大伟")
)
"""Combinations that name someone widely known; drawn again."""

_SIGN_FIRST = (
    "福鑫瑞祥泰康盛隆源兴顺和美佳优万百聚汇众同德诚信恒永嘉锦悦乐味香鲜雅丽尚品新汉楚江辰宏达利"
    "亿启明朝晨云山清泉喜吉安乔"
)
_SIGN_SECOND = (
    "满来临旺发财缘乡厨坊轩阁居苑庭园林海川源丰盈泽惠民心意达通捷顺祥和平安康健美颜妍姿采艺风格"
    "派家味珍品鲜汇聚"
)
_SIGN_THIRD = "堂斋记号楼园家坊里轩荟屋匠铺源"
KNOWN_SIGNS = frozenset(
    (
        "同仁堂",
        "周黑鸭",
        "蔡林记",
        "老通城",
        "四季美",
        "五芳斋",
        "德华楼",
        "良品铺子",
        "来伊份",
        "沃尔玛",
        "家乐福",
        "麦当劳",
        "肯德基",
        "必胜客",
        "海底捞",
        "全聚德",
        "狗不理",
        "九芝堂",
        "叶开泰",
        "马应龙",
        "汪玉霞",
        "曹祥泰",
        "老大兴",
        "谈炎记",
        "小桃园",
        "祁万顺",
        "周大福",
        "周生生",
        "老凤祥",
        "百丽",
        "中百",
        "武商",
        "美佳",
        "永辉",
        "盒马",
        "百果园",
        "绝味",
        "美团",
        "万达",
        "万科",
        "恒大",
        "恒隆",
        "龙湖",
        "保利",
        "华为",
        "小米",
        "联想",
        "美的",
        "海尔",
        "格力",
        "苏宁",
        "国美",
        "益丰",
        "老百姓",
        "海王",
        "叮当",
        "喜茶",
        "奈雪",
        "瑞幸",
        "星巴克",
        "库迪",
        "全家",
        "罗森",
        "如家",
        "汉庭",
        "锦江",
        "亚朵",
        "七天",
        "桔子",
        "新东方",
        "好未来",
        "瑞祥",
        "鸿福堂",
        "荣昌",
        "福满楼",
        "味千",
        "小南国",
        "同德堂",
    )
)
"""Marks widely known; no generated mark contains one."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY = "DEM"
"""First letters of every generated organisation body; no registrar has issued such a one."""


def pick(rng: np.random.Generator, among: Sequence[T]) -> T:
    """One of them; far faster than ``rng.choice`` on a short sequence."""
    return among[int(rng.integers(len(among)))]


def person(rng: np.random.Generator) -> str:
    """A Chinese personal name."""
    while True:
        surname = _SURNAMES[min(int(rng.exponential(28)), len(_SURNAMES) - 1)]
        given = pick(rng, _GIVEN_SECOND)
        if rng.random() < 0.82:
            given = pick(rng, _GIVEN_FIRST) + given
        if surname + given not in FAMOUS_NAMES:
            return f"{surname}{given}"


def sign(rng: np.random.Generator) -> str:
    """A mark (字号) of three characters, rarely four."""
    while True:
        mark = pick(rng, _SIGN_FIRST) + pick(rng, _SIGN_SECOND) + pick(rng, _SIGN_THIRD)
        if rng.random() < 0.12:
            mark = pick(rng, _SIGN_FIRST) + mark
        if len(set(mark)) == len(mark) and not any(known in mark for known in KNOWN_SIGNS):
            return mark


def phone(serial: int) -> str:
    """A mobile number of a range that no operator uses (100…), so that nobody can be called."""
    return f"100{serial:08d}"


def uscc(serial: int, *, enterprise: bool, adcode: str = "420103") -> str:
    """A social credit code (统一社会信用代码, GB 32100-2015) with right check digits and a reserved body."""
    body = ""
    for _ in range(5):
        serial, digit = divmod(serial, 31)
        body = _ALPHABET[digit] + body
    body = _BODY + body
    total = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = 11 - total % 11
    code = f"9{1 if enterprise else 2}{adcode}{body}{'X' if check == 10 else 0 if check == 11 else check}"
    rest = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code)) % 31
    return code + _ALPHABET[(31 - rest) % 31]


def registration_no(serial: int, *, adcode: str = "420103") -> str:
    """A 15-digit registration number (注册号, GS15—2006) of an individual household, check digit right."""
    digits = f"{adcode}999{serial:05d}"
    p = 10
    for d in digits:
        s = (p + int(d)) % 10 or 10
        p = s * 2 % 11
    return f"{digits}{(11 - p) % 10}"

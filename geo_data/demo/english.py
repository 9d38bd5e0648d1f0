"""The English names of a demo city's bodies: the place in pinyin, then the kind of body."""

from __future__ import annotations

from pypinyin import lazy_pinyin

KINDS = {
    "市场监管所综合组": "{} Station, general group",
    "市场监管所巡查监管组": "{} Station, patrol group",
    "市场监管所执法组": "{} Station, enforcement group",
    "市场监管所": "{} Station",
    "市市场监督管理局": "{} City Market Regulation Bureau",
    "区市场监督管理局": "{} District Market Regulation Bureau",
    "经济开发区": "{} Economic Development Zone",
    "街街道": "{} Street",
    "街道": "{} Street",
    "社区居委会": "{} Community",
    "社区": "{} Community",
}
"""How a Chinese name ends → the English of it; the longer ending stands first."""
NAMES = {
    "市中心市场监管所": "City centre Station",
    "市中心市场监管所综合组": "City centre Station, general group",
    "市中心市场监管所巡查监管组": "City centre Station, patrol group",
    "市中心市场监管所执法组": "City centre Station, enforcement group",
    "武汉市江汉区市场监督管理局": "Jianghan District Market Regulation Bureau, Wuhan",
    "赫尔辛基市中心市场监督管理局": "Central Helsinki Market Regulation Bureau",
    "练习辖区（练习数据）市场监督管理局": "Market Regulation Bureau of the practice district",
    "武汉中央商务区管理委员会": "Wuhan Central Business District Committee",
    "长堤社区居委会": "Changdi Community",
    "开发区虚拟社区": "Development Zone virtual community",
    "商务区虚拟社区": "Business District virtual community",
    "注册股": "Registration section",
    "法规股": "Legal section",
    "食品药品监督股": "Food and drug section",
    "质量安全监督股": "Quality and safety section",
    "检查大队": "Inspection brigade",
    "效能办": "Efficiency office",
    "监察室": "Supervision office",
    "信息技术股": "Information technology section",
}
"""Names that are no place and a kind."""


def name_of(name: str) -> str | None:
    """The English name of a body of that Chinese name; None where none is known."""
    if name.endswith("（演示）"):
        plain = name_of(name.removesuffix("（演示）"))
        return f"{plain} (demo)" if plain else None
    if name in NAMES:
        return NAMES[name]
    for ending, english in KINDS.items():
        if name.endswith(ending):
            place = "".join(lazy_pinyin(name.removesuffix(ending))).capitalize()
            return english.format(place) if place else None
    return None

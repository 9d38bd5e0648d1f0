"""The posts (岗位) of a bureau and of the bodies it works with: the only names a pack may give as actors."""

from __future__ import annotations

from gridsup.procedures.pack import SYSTEM, Words

POSTS: dict[str, Words] = {
    "inspector": Words(zh="巡查监管员", en="patrol inspector"),
    "enforcement": Words(zh="执法员", en="enforcement officer"),
    "general": Words(zh="综合组", en="station's general group"),
    "station_head": Words(zh="所长", en="station head"),
    "dispatcher": Words(zh="注册股", en="registration section (dispatcher)"),
    "brigade": Words(zh="检查大队", en="inspection brigade"),
    "section": Words(zh="业务股", en="business section"),
    "legal": Words(zh="法制审核", en="legal review"),
    "deputy_head": Words(zh="分管副局长", en="deputy bureau head"),
    "bureau_head": Words(zh="局长", en="bureau head"),
    "liaison": Words(zh="部门联络员", en="department's liaison officer"),
    "efficiency": Words(zh="效能办", en="efficiency office"),
    "supervision": Words(zh="监察室", en="supervision office"),
    "manager": Words(zh="分管负责人", en="manager of the board"),
    "records": Words(zh="档案与物品管理", en="records and property custody"),
    "it": Words(zh="信息技术股", en="IT section"),
    "admin": Words(zh="系统管理员", en="administrator"),
    SYSTEM: Words(zh="系统", en="the system"),
}
"""Post → its title. P10-A1 to P10-A11; ``system`` is the clockwork and never a person."""

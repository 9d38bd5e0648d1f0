"""Trades of the demo city: how common, what they are called, which code and which permits they need."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PermitKind:
    """A kind of permit, the department that issues it (D01…D22), its letters, and its term in years."""

    name: str
    department: str
    letters: str
    years: int | None


FOOD = PermitKind("食品经营许可证", "D10", "SPJY", 5)
FOOD_SALE = PermitKind("食品经营许可证", "D01", "SPXS", 5)
TOBACCO = PermitKind("烟草专卖零售许可证", "D16", "YCLS", 5)
HYGIENE = PermitKind("公共场所卫生许可证", "D06", "GGWS", 4)
HOTEL = PermitKind("特种行业许可证（旅馆业）", "D02", "TZLG", None)
NET = PermitKind("网络文化经营许可证", "D05", "WLWH", 3)
AMUSEMENT = PermitKind("娱乐经营许可证", "D05", "YLJY", 2)
DRUGS = PermitKind("药品经营许可证", "D10", "YPJY", 5)
DEVICES = PermitKind("医疗器械经营许可证", "D10", "QXJY", 5)
CLINIC = PermitKind("医疗机构执业许可证", "D06", "YLJG", 5)
BOOKS = PermitKind("出版物经营许可证", "D09", "CBWJ", 6)
PRINT = PermitKind("印刷经营许可证", "D09", "YSJY", 3)
TRAVEL = PermitKind("旅行社业务经营许可证", "D20", "LXSJ", None)
JOBS = PermitKind("人力资源服务许可证", "D15", "RLZY", 5)
ANIMALS = PermitKind("动物诊疗许可证", "D18", "DWZL", None)
PAWN = PermitKind("特种行业许可证（典当业）", "D02", "TZDD", None)
TRAINING = PermitKind("民办职业培训学校办学许可证", "D15", "ZYPX", 3)


@dataclass(frozen=True, slots=True)
class Trade:
    """``where``: street, food, mall, digital or office, the kinds of place that have it; ``enterprise`` is
    the share of companies among them; ``words`` close a business's name."""

    word: str | None
    industry: str
    weight: float
    words: tuple[str, ...]
    scope: str
    where: tuple[str, ...] = ("street",)
    permits: tuple[PermitKind, ...] = ()
    sometimes: tuple[PermitKind, ...] = ()
    enterprise: float = 0.05
    risk: int = 1


TRADES: tuple[Trade, ...] = (
    Trade(
        "餐饮",
        "H6210",
        9,
        ("餐馆", "饭庄", "酒家", "菜馆"),
        "餐饮服务",
        permits=(FOOD,),
        enterprise=0.15,
        risk=3,
    ),
    Trade("餐饮", "H6220", 6, ("快餐店", "盒饭店"), "餐饮服务（快餐）", ("street", "food"), (FOOD,), risk=3),
    Trade(
        "餐饮",
        "H6291",
        12,
        ("小吃店", "面馆", "早点铺", "米粉店"),
        "小吃服务",
        ("street", "food"),
        (FOOD,),
        risk=3,
    ),
    Trade("餐饮", "H6239", 4, ("奶茶店", "饮品店"), "饮品制售", ("street", "mall"), (FOOD,), risk=2),
    Trade(
        "餐饮",
        "H6231",
        1.5,
        ("茶社", "茶楼"),
        "茶馆服务；棋牌",
        permits=(FOOD,),
        sometimes=(HYGIENE,),
        risk=2,
    ),
    Trade("餐饮", "H6232", 1.2, ("咖啡馆",), "咖啡馆服务", permits=(FOOD,), enterprise=0.3, risk=2),
    Trade("餐饮", "H6233", 0.8, ("酒吧",), "酒吧服务", permits=(FOOD,), enterprise=0.3, risk=3),
    Trade(
        None,
        "F5213",
        8,
        ("便利店", "副食店"),
        "预包装食品、日用品零售",
        permits=(FOOD_SALE,),
        sometimes=(TOBACCO,),
        risk=2,
    ),
    Trade(
        None,
        "F5212",
        2.5,
        ("超市", "生活超市"),
        "预包装食品、散装食品、日用百货零售",
        permits=(FOOD_SALE,),
        sometimes=(TOBACCO,),
        enterprise=0.3,
        risk=2,
    ),
    Trade(
        "烟草",
        "F5227",
        2,
        ("烟酒商行", "烟酒店"),
        "卷烟、雪茄烟、酒类零售",
        permits=(TOBACCO, FOOD_SALE),
        risk=2,
    ),
    Trade(None, "F5221", 2, ("粮油店",), "粮油零售", ("street", "food"), (FOOD_SALE,), risk=2),
    Trade(
        None, "F5222", 2.2, ("糕点店", "面包房"), "糕点、面包零售", ("street", "mall"), (FOOD_SALE,), risk=2
    ),
    Trade(None, "F5223", 6, ("水果店", "蔬菜店", "鲜果行"), "新鲜水果、蔬菜零售", ("street", "food")),
    Trade(None, "F5224", 5, ("水产店", "鲜肉店", "禽蛋店"), "鲜肉、禽、蛋、水产品零售", ("food",), risk=2),
    Trade(
        None, "F5226", 1.5, ("茶叶店", "酒行"), "茶叶、酒类零售", permits=(FOOD_SALE,), sometimes=(TOBACCO,)
    ),
    Trade(None, "F5225", 0.8, ("保健品店",), "保健食品零售", permits=(FOOD_SALE,), risk=3),
    Trade(
        "药品",
        "F5251",
        2.5,
        ("大药房", "药店"),
        "药品零售；医疗器械零售",
        permits=(DRUGS,),
        sometimes=(DEVICES,),
        enterprise=0.9,
        risk=3,
    ),
    Trade(
        "医疗器械", "F5254", 0.7, ("医疗器械店",), "医疗器械零售", permits=(DEVICES,), enterprise=0.5, risk=3
    ),
    Trade(None, "F5232", 9, ("服装店", "服饰店", "女装店"), "服装零售", ("street", "mall")),
    Trade(None, "F5233", 3.5, ("鞋店", "鞋帽店"), "鞋帽零售", ("street", "mall")),
    Trade("化妆品", "F5234", 2, ("化妆品店",), "化妆品零售", ("street", "mall"), risk=2),
    Trade(None, "F5236", 1.5, ("眼镜店", "钟表店"), "眼镜、钟表零售", ("street", "mall")),
    Trade(None, "F5245", 1, ("珠宝店",), "珠宝首饰零售", ("street", "mall"), enterprise=0.3),
    Trade(None, "F5274", 3, ("手机店", "通讯器材店"), "通信设备零售、维修", ("street", "digital")),
    Trade(
        None, "F5273", 2.5, ("电脑经营部",), "计算机及配件零售、维修", ("digital", "office"), enterprise=0.4
    ),
    Trade(None, "F5272", 1.2, ("电器店",), "家用电器零售", ("street", "digital")),
    Trade(None, "F5281", 3, ("五金店", "水暖五金经营部"), "五金零售"),
    Trade(None, "F5282", 1, ("灯饰店",), "灯具零售"),
    Trade(None, "F5241", 1.2, ("文具店",), "文具用品零售", ("street", "mall")),
    Trade("图书", "F5243", 0.7, ("书店", "书社"), "图书、报刊零售", permits=(BOOKS,)),
    Trade(
        "美容美发", "O8040", 8, ("理发店", "美发店", "美容馆"), "理发及美容服务", permits=(HYGIENE,), risk=2
    ),
    Trade(
        "保健按摩", "O8053", 1.5, ("养生馆", "推拿馆"), "养生保健服务（非医疗）", permits=(HYGIENE,), risk=2
    ),
    Trade("保健按摩", "O8052", 1.5, ("足浴店",), "足浴服务", permits=(HYGIENE,), risk=2),
    Trade("公共场所", "O8051", 0.5, ("浴室",), "洗浴服务", permits=(HYGIENE,), risk=3),
    Trade("旅馆", "H6121", 0.9, ("酒店",), "住宿服务", permits=(HOTEL, HYGIENE), enterprise=0.8, risk=3),
    Trade(
        "旅馆", "H6129", 1.4, ("旅馆", "宾馆"), "住宿服务", permits=(HOTEL, HYGIENE), enterprise=0.3, risk=3
    ),
    Trade(
        "互联网上网服务营业场所",
        "R9013",
        0.8,
        ("网吧", "网络会所"),
        "互联网上网服务",
        permits=(NET,),
        enterprise=0.5,
        risk=4,
    ),
    Trade(
        "娱乐场所",
        "R9011",
        0.6,
        ("歌厅", "量贩歌城"),
        "歌舞娱乐",
        permits=(AMUSEMENT, HYGIENE),
        enterprise=0.6,
        risk=4,
    ),
    Trade("电子游戏", "R9012", 0.3, ("电玩城",), "电子游艺", permits=(AMUSEMENT,), enterprise=0.6, risk=4),
    Trade(
        "医疗机构", "Q8425", 1, ("诊所", "口腔门诊部"), "医疗服务", permits=(CLINIC,), enterprise=0.4, risk=3
    ),
    Trade("动物诊疗", "O8222", 0.4, ("宠物医院",), "动物诊疗", permits=(ANIMALS,), enterprise=0.5, risk=2),
    Trade(None, "O8223", 0.7, ("宠物店",), "宠物美容、用品零售"),
    Trade(
        "印刷复制", "C2319", 0.5, ("印务部",), "包装装潢及其他印刷", permits=(PRINT,), enterprise=0.4, risk=2
    ),
    Trade(
        None,
        "L7259",
        2.2,
        ("广告店", "图文店"),
        "广告设计制作；打字复印",
        ("street", "office"),
        enterprise=0.4,
    ),
    Trade(None, "O8111", 1.8, ("汽车维修店", "汽车美容店"), "机动车维修", risk=2),
    Trade(None, "O8114", 1.2, ("电动车修理部",), "助动车修理"),
    Trade(None, "O8132", 1.2, ("家电维修部",), "日用电器修理"),
    Trade(None, "O8030", 1.2, ("洗衣店", "干洗店"), "洗染服务"),
    Trade(None, "O8060", 0.6, ("照相馆",), "摄影扩印服务"),
    Trade(None, "K7030", 2, ("房产经纪部",), "房地产中介服务", enterprise=0.6),
    Trade("物业管理", "K7020", 0.6, ("物业管理有限公司",), "物业管理", ("office",), enterprise=1),
    Trade(
        "职业介绍",
        "L7262",
        0.5,
        ("人力资源有限公司", "劳务服务部"),
        "职业中介",
        ("street", "office"),
        (JOBS,),
        enterprise=0.8,
    ),
    Trade(
        "旅游业务",
        "L7291",
        0.6,
        ("旅行社有限公司",),
        "旅行社服务",
        ("street", "office"),
        (TRAVEL,),
        enterprise=1,
    ),
    Trade(
        "职业技能培训",
        "P8391",
        0.5,
        ("职业培训学校",),
        "职业技能培训",
        ("office",),
        (TRAINING,),
        enterprise=1,
        risk=2,
    ),
    Trade("典当", "J6633", 0.15, ("典当有限公司",), "典当", permits=(PAWN,), enterprise=1, risk=3),
    Trade("会计", "L7241", 0.6, ("会计服务有限公司",), "代理记账；税务咨询", ("office",), enterprise=1),
    Trade(None, "F5174", 1.8, ("五金机电有限公司",), "五金、机电产品批发", ("office",), enterprise=1),
    Trade(None, "F5132", 2, ("服饰商贸有限公司",), "服装批发", ("office", "mall"), enterprise=1),
    Trade(
        None,
        "I6513",
        2.2,
        ("信息技术有限公司", "软件有限公司"),
        "软件开发；信息技术咨询",
        ("office",),
        enterprise=1,
    ),
    Trade(None, "L7249", 1.6, ("企业管理咨询有限公司",), "企业管理咨询", ("office",), enterprise=1),
    Trade(None, "E5012", 1.5, ("装饰工程有限公司",), "住宅装饰和装修", ("street", "office"), enterprise=0.9),
    Trade(None, "R8930", 0.8, ("健身馆",), "健身服务", enterprise=0.6, risk=2),
    Trade(None, "F5191", 0.3, ("再生资源回收站",), "再生资源回收"),
)

"""Which pictures the documents show, in order: every page of the desk's registry, every view of the board,
every tab and main sheet of the phone, and the main states of each. How they are taken: `docs/screenshots.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import BrowserContext, Page, Route, expect

from docs.screenshots import DESKTOP, PHONE, Shot, Size, nothing

Act = Callable[[Page], None]


def click(*selectors: str) -> Act:
    """Press one after the other, each the first of its kind."""

    def act(page: Page) -> None:
        for one in selectors:
            page.locator(one).first.click()

    return act


def story(page: Page) -> None:
    """The queue with one matter's story open and its place on the map."""
    page.get_by_role("tab", name="全部").click()
    page.locator("[data-row]", has_text="无照经营监管").first.click()
    expect(page.locator("aside article h2").first).to_be_visible()


def case_file(page: Page) -> None:
    """A closed case with the contents of its file (一案一卷)."""
    page.locator("[data-row]").first.click()
    page.locator("aside h3", has_text="案卷目录").first.scroll_into_view_if_needed()


def large(page: Page) -> None:
    page.get_by_role("button", name="大字", exact=True).click()


def rows(page: Page) -> None:
    """The rows behind the first figure of the board."""
    page.locator("[data-figure=unlicensed] button.value").click()
    expect(page.locator("dialog tbody tr").first).to_be_visible()


def new_operator(page: Page) -> None:
    """A report of somebody whom the register does not know."""
    page.locator("nav [data-tab=report]").click()
    page.locator("button.new").click()
    page.locator(".fields input").first.fill("老王早点摊")
    page.locator("button.door").first.click()


def visited(page: Page) -> None:
    """A visit of two taps that waits in the outbox, for there is no network."""
    page.context.set_offline(True)
    page.locator("main ul li > button").first.click()
    page.locator("button.normal").click()
    page.locator("nav [data-tab=outbox]").click()
    expect(page.locator("[data-state=waiting]")).to_be_visible()


def practise(page: Page) -> None:
    """A copy of one's own, with the first step of its task in the band."""
    page.locator("header button", has_text="练习").click()
    page.locator("dialog button", has_text="开始练习").first.click()
    expect(page.locator("aside.band")).to_be_visible()


def issue(page: Page) -> None:
    """A bulletin of this month, with the figures that were frozen with it."""
    page.get_by_role("button", name="生成并发布").click()
    expect(page.locator("[data-frozen]").first).to_be_visible()


def english(context: BrowserContext) -> None:
    context.add_init_script(
        "if (location.protocol !== 'about:') localStorage.setItem('gridsup.language', 'en')"
    )


def without_webgl(context: BrowserContext) -> None:
    context.add_init_script(
        "const make = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        "  return /webgl/.test(kind) ? null : make.call(this, kind, ...more); }"
    )


def answering(path: str, answer: Callable[[Route], None]) -> Callable[[BrowserContext], None]:
    """A browser whose questions under a path meet that answer."""
    return lambda context: context.route(f"**/api/{path}", answer)


def empty(route: Route) -> None:
    """The same answer without its rows."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "items": [], "next": None})


def in_trouble(route: Route) -> None:
    problem = {
        "type": "about:blank",
        "title": "unavailable",
        "status": 503,
        "code": "unavailable",
        "detail": "平台暂时不可用，请稍后再试。",
    }
    route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(problem))


def page_of(
    view: str, zh: str, en: str, who: str = "dispatcher-1", *, more: str = "", act: Act = nothing
) -> Shot:
    """A page of the desk by its name in the registry."""
    return Shot(view, who, f"/desk/#view={view}{more}", zh, en, DESKTOP, act)


def board(name: str, at: str, zh: str, en: str, *, act: Act = nothing, size: Size = DESKTOP) -> Shot:
    return Shot(name, "manager", f"/board/#{at}", zh, en, size, act)


def phone(name: str, zh: str, en: str, act: Act = nothing) -> Shot:
    return Shot(name, "inspector-01-1", "/field/", zh, en, PHONE, act)


QUEUE = Shot(
    "desk",
    "dispatcher-1",
    "/desk/",
    "事项队列、地图与一件事项的全过程",
    "The queue, the map and one matter's story",
    DESKTOP,
    story,
)
OVERVIEW = board("board", "", "看板总览", "The board at a glance")
NEARBY = phone(
    "field-nearby", "附近：在哪个网格、周围的商户", "Nearby: the cell I am in, the households around"
)

DESK = [
    QUEUE,
    page_of("unplaced", "未落点的商户", "Households without a place"),
    page_of("offenders", "清零清单", "Lists to be empty"),
    page_of("urging", "预警督办", "Warnings and urging", "manager"),
    page_of("spotchecks", "督查抽查", "Spot checks", "manager"),
    page_of("transfers", "不在我格", "Not in my cell"),
    page_of("duty", "值班表", "The duty roster"),
    page_of("leaves", "请假与代岗", "Leave and who stands in"),
    page_of("ledger", "无照台账", "The unlicensed ledger"),
    page_of("imports", "数据导入", "Imports"),
    page_of("outboxes", "离线发件箱文件", "Outbox files"),
    page_of("skips", "跳过的走访点", "Stops passed over"),
    page_of("referrals", "抄告", "Referrals"),
    page_of("escalation", "通报督办", "Escalation"),
    page_of("campaigns", "联合整治", "Joint action"),
    page_of("conference", "联席会议", "The joint conference"),
    page_of(
        "approvals", "待批：文书、意见与法律依据", "To sign: the paper, the opinions, the law", "bureau_head"
    ),
    page_of("publicity", "处罚公示", "Publicity of penalties", "enforcement-01-1"),
    page_of("prints", "打印登记", "The printing log"),
    page_of("reviews", "案卷评查", "Review of closed files", "manager"),
    page_of("law", "法规依据", "Law by date"),
    page_of("delegations", "行政委托", "Delegation"),
    page_of("division", "网格划分", "Division into cells"),
    page_of("handovers", "轮岗交接", "Rotation"),
    page_of("workload", "工作量推演", "What if: workload", "manager"),
    page_of("assign", "责任区", "Assignments"),
    page_of("people", "人员与岗位", "People and posts", "admin"),
    page_of("appraisal", "我的考核", "My appraisal", "inspector-01-1"),
    page_of("departments", "部门与机构", "Departments and bodies"),
    page_of("audit", "审计", "Audit", "admin"),
    page_of("procedures", "流程图解", "Procedures drawn"),
    page_of("glossary", "术语", "The glossary"),
    page_of("limits", "环节期限", "Limits of the links", "manager"),
    page_of("calendar", "工作日历", "The working calendar", "admin"),
    page_of("connect", "接口与令牌", "Interfaces and tokens", "admin"),
]

STATES = [
    Shot(
        "case-file",
        "enforcement-01-1",
        "/desk/#tab=ended&pack=penalty_case",
        "一案一卷：案卷目录",
        "The file of a case",
        DESKTOP,
        case_file,
    ),
    Shot("business", "dispatcher-1", "/desk/#business=1", "一户一档", "One file per operator"),
    Shot("department", "liaison-d02", "/desk/", "部门联络员看到的抄告", "What a department's liaison sees"),
    replace(
        QUEUE,
        name="desk-english",
        zh="英文界面",
        en="In English",
        prepare=click("[role=tab] >> nth=2", "[data-row]"),
        browser=english,
    ),
    replace(QUEUE, name="desk-large-type", zh="大字（适老化）", en="Large type", prepare=large),
    replace(
        QUEUE, name="desk-phone", zh="手机上的指挥台", en="The desk on a phone", size=PHONE, prepare=nothing
    ),
    replace(
        QUEUE,
        name="desk-list",
        zh="没有 WebGL 的浏览器：列表代替地图",
        en="Without WebGL: lists stand in for the map",
        prepare=nothing,
        browser=without_webgl,
    ),
    replace(
        QUEUE,
        name="desk-practice",
        who="dispatcher-2",
        zh="练习模式：自己的一份数据，十五分钟的任务",
        en="Practice: a copy of one's own, a task of fifteen minutes",
        prepare=practise,
    ),
    Shot(
        "desk-empty",
        "dispatcher-1",
        "/desk/",
        "空的列表说明会有什么、怎么做",
        "An empty list says what it would hold and what to do",
        browser=answering("matters?*", empty),
    ),
    Shot(
        "desk-trouble",
        "dispatcher-1",
        "/desk/",
        "平台出错：说明并可重试",
        "Trouble at the server: told, and asked once more by a press",
        browser=answering("matters?*", in_trouble),
    ),
    Shot("door", "", "/", "登录", "The door"),
]

BOARD = [
    OVERVIEW,
    board(
        "board-hotspots",
        "measure=hotspots&side=250",
        "发现的热点（Getis-Ord Gi*），六边形",
        "Hotspots of findings (Getis-Ord Gi*), hexagons",
    ),
    board("board-rows", "", "每个数字都打开它的明细", "Every figure opens its rows", act=rows),
    board(
        "board-indicators",
        "view=indicators",
        "评价指标：公式、环比、同比、分组",
        "Indicators: formula, before, last year, by group",
    ),
    board("board-reports", "view=reports", "报告与上级报表", "Reports and the superior's tables"),
    board(
        "board-report",
        "view=reports",
        "月通报：发布时的数字，点开看当时的明细",
        "A bulletin: the figures as issued, each with the rows of that day",
        act=issue,
    ),
    board("board-appraisals", "view=appraisals", "考核", "Appraisal"),
    board("board-phone", "", "手机上的看板", "The board on a phone", size=PHONE),
    replace(OVERVIEW, name="board-english", zh="英文看板", en="The board in English", browser=english),
    replace(
        OVERVIEW,
        name="board-list",
        zh="没有 WebGL：排行代替地图",
        en="Without WebGL: the ranking stands in",
        browser=without_webgl,
    ),
    replace(
        OVERVIEW,
        name="board-trouble",
        zh="平台出错时的看板",
        en="The board while the server is in trouble",
        browser=answering("board/**", in_trouble),
    ),
]

FIELD = [
    NEARBY,
    phone(
        "field-round",
        "今日应巡：按顺序的路线和下一站",
        "Today's round: the stops in order",
        click(".filters .chip >> nth=1"),
    ),
    phone("field-colleagues", "同事在哪里", "Who is around", click(".filters .chip >> nth=3")),
    phone(
        "field-door", "我在门口 → 正常，两下", "At the door → normal: two taps", click("main ul li > button")
    ),
    phone(
        "field-report",
        "上报：照片、语音、行业、情况",
        "A report: photos, voice, trade, facts",
        click("nav [data-tab=report]"),
    ),
    phone(
        "field-new",
        "新发现的经营者，附近地址一点即填",
        "A new operator; an address nearby is a tap",
        new_operator,
    ),
    phone(
        "field-trades",
        "行业：按分工能识别的名称",
        "Trades, by the names that allocation knows",
        click("nav [data-tab=report]", "button:has-text('其他行业')"),
    ),
    phone("field-matters", "待办", "To do", click("nav [data-tab=matters]")),
    replace(
        phone(
            "field-matter",
            "一件待办：能办什么、文书、经过",
            "A matter: what can be done, papers, history",
            click("nav [data-tab=matters]", "main > ul button"),
        ),
        who="enforcement-01-1",
    ),
    phone(
        "field-menu",
        "菜单：大字、语言、练习、锁定",
        "The menu: large type, language, practice, lock",
        click("header .menu"),
    ),
    phone(
        "field-outbox", "没有网络：记录在发件箱里等着", "Without a network: it waits in the outbox", visited
    ),
    replace(NEARBY, name="field-english", zh="英文手机页", en="The phone in English", browser=english),
    replace(
        NEARBY,
        name="field-list",
        zh="没有 WebGL 的手机：名单照用",
        en="A phone without WebGL: the list is there",
        browser=without_webgl,
    ),
    replace(
        NEARBY,
        name="field-trouble",
        zh="平台出错时的手机页",
        en="The phone while the server is in trouble",
        browser=answering("field/**", in_trouble),
    ),
]

SECTIONS = [
    ("指挥台", "Desk", DESK),
    ("指挥台的主要状态", "States of the desk", STATES),
    ("看板", "Board", BOARD),
    ("手机", "Phone", FIELD),
]
SHOTS = {shot.name: shot for _, _, shots in SECTIONS for shot in shots}

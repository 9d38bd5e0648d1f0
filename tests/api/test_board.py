"""The ledger with its workbook, and the manager's board with its map to mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from gridsup.people.deputies import day_of
from tests.api.streets import CAPTURED, CLASSIFIED, Streets, furnish


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


# -------------------------------------------------------------------- the ledger


def test_the_ledger_has_the_six_columns_and_follows_the_matter(streets):
    matter_id = streets.report()["matter"]["matter_id"]
    (row,) = streets.as_("dispatcher").get("/api/ledger").json()["items"]
    seed = ("operator_name", "scope", "address", "opened_on", "pre_approval")
    assert {name: row[name] for name in seed} == {
        **{name: CAPTURED[name] for name in seed if name != "address"},
        "address": "测试街道 5 号门前",
    }
    assert row["disposal_title"] == {"zh": "已采集录入", "en": "Captured"}
    assert row["code"].startswith(row["cell_code"])
    streets.done("dispatcher", matter_id, "dismiss", {"reason": "重复登记"})
    reader = streets.as_("dispatcher")
    assert reader.get("/api/ledger?open=true").json()["items"] == []
    assert reader.get("/api/ledger?open=false").json()["items"][0]["disposal"] == "closed"


def test_each_filter_of_the_ledger_narrows_it(streets):
    streets.report()
    today = day_of(datetime.now(UTC))
    cases = {
        f"cell_id={streets.cells['42010301-001']}": 1,
        f"cell_id={streets.cells['42010301-002']}": 0,
        "disposal=captured": 1,
        "disposal=closed": 0,
        "source=patrol": 1,
        "source=call": 0,
        "q=早点": 1,
        "q=%25": 0,
        f"since={today}": 1,
        f"until={today - timedelta(days=1)}": 0,
    }
    reader = streets.as_("dispatcher")
    assert {query: len(reader.get(f"/api/ledger?{query}").json()["items"]) for query in cases} == cases


def test_the_workbook_begins_with_the_six_columns_and_marks_demo_data(streets):
    streets.report(facts={**CAPTURED, "scope": "=1+1", "operator_name": "王\u000b某"})
    answer = streets.as_("dispatcher").get("/api/ledger.xlsx")
    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet["A1"].value.endswith("无照经营电子监管台账")
    assert "演示数据" in sheet["A2"].value
    assert [cell.value for cell in sheet[3]][:6] == [
        "经营者姓名",
        "经营范围",
        "经营地址",
        "开业日期",
        "前置情况",
        "处置情况",
    ]
    row = [cell.value for cell in sheet[4]]
    assert (row[0], row[1], row[5]) == ("王某", "=1+1", "已采集录入")
    assert sheet["B4"].data_type == "s"  # a text, never a formula
    assert row[3].date().isoformat() == "2026-01-05"


def test_an_export_leaves_an_audit_entry(streets):
    streets.as_("dispatcher").get("/api/ledger.xlsx")
    entries = streets.as_("supervision").get("/api/audit?act=export").json()["items"]
    assert [one["subject"] for one in entries] == ["ledger.xlsx"]


def test_an_inspector_exports_nothing(streets):
    assert streets.as_("inspector").get("/api/ledger.xlsx").status_code == 403
    assert streets.as_("inspector").get("/api/board/heatmap.html").status_code == 403


# -------------------------------------------------------------------- the board


def visit(streets: Streets, business_id: int) -> None:
    form = {"key": str(uuid4()), "at": datetime.now(UTC).isoformat(), "result": "normal"}
    answer = streets.as_("inspector").post("/api/visits", json={**form, "business_id": business_id})
    assert answer.status_code == 201


def test_a_visit_changes_the_coverage_of_its_cell(streets):
    business = streets.report()["business_id"]
    manager = streets.as_("manager")

    def cell() -> dict:
        rows = manager.get("/api/board/coverage").json()["cells"]
        return next(one for one in rows if one["code"] == "42010301-001")

    before = cell()
    assert (before["households"], before["visited"], before["due"], before["debt"]) == (1, 0, 1, 1.0)
    visit(streets, business)
    after = cell()
    assert (after["visited"], after["due"], after["debt"], after["coverage"]) == (1, 0, 0.0, 1.0)
    assert manager.get("/api/board/coverage").json()["visited"] == 1


def test_the_states_change_as_a_matter_moves(streets):
    matter_id = streets.report()["matter"]["matter_id"]
    manager = streets.as_("manager")

    def states() -> dict[str, int]:
        return {one["state"]: one["count"] for one in manager.get("/api/board/states").json()}

    assert states() == {"captured": 1}
    streets.done("dispatcher", matter_id, "classify", CLASSIFIED)
    assert states() == {"classified": 1}
    (row,) = manager.get("/api/board/states").json()
    assert (row["state_title"]["zh"], row["pack_title"]["zh"]) == ("待处置", "无照经营监管")


def test_the_board_lists_what_is_overdue_with_titles(streets):
    long_ago = (datetime.now(UTC) - timedelta(days=90)).isoformat()
    matter_id = streets.report(found_at=long_ago)["matter"]["matter_id"]
    rows = streets.as_("manager").get("/api/board/overdue").json()
    assert {one["matter_id"] for one in rows} == {matter_id}
    assert all(one["clock_title"]["zh"] and one["days_over"] > 0 for one in rows)
    assert rows == sorted(rows, key=lambda one: one["due_at"])


def test_trend_and_workload_count_the_period(streets):
    business = streets.report()["business_id"]
    visit(streets, business)
    manager = streets.as_("manager")
    month = day_of(datetime.now(UTC)).strftime("%Y-%m")
    today = day_of(datetime.now(UTC))
    told = manager.get("/api/board/trend").json()[-1]
    assert (told["month"], told["until"]) == (month, f"{today}")
    assert (told["findings"], told["closed"], told["visits"]) == (1, 0, 1)
    days = {"since": told["since"], "until": told["until"]}
    sets = {"findings": "findings", "closed": "matters_ended", "visits": "visits"}
    for column, name in sets.items():
        assert manager.get(f"/api/board/rows/{name}", params=days).json()["total"] == told[column]
    (load,) = manager.get("/api/board/workload").json()
    assert (load["cells"], load["households"], load["open_matters"]) == (4, 1, 1)
    assert (load["visits"], load["findings"]) == (1, 1)
    of = {"by": "inspector", "key": load["officer_id"]}
    sets = {name: name for name in ("cells", "households", "visits", "findings")} | {
        "open_matters": "matters_open"
    }
    for column, name in sets.items():
        opened = manager.get(f"/api/board/rows/{name}", params=of).json()
        assert opened["total"] == len(opened["rows"]) == load[column]
        assert all(one["place"] for one in opened["rows"])


def test_a_period_turned_round_or_too_long_is_refused(streets):
    manager = streets.as_("manager")
    turned = manager.get("/api/board/coverage?since=2026-03-01&until=2026-02-01")
    assert (turned.status_code, turned.json()["code"]) == (422, "period-reversed")
    long = manager.get("/api/board/trend?since=1995-01-01&until=2026-02-01")
    assert (long.status_code, long.json()["code"]) == (422, "period-too-long")
    assert manager.get("/api/board/trend?since=0001-01-01").status_code == 422


def test_the_map_to_mail_needs_nothing_from_outside(streets):
    streets.report(name="<script>alert(1)</script>")
    answer = streets.as_("manager").get("/api/board/heatmap.html")
    assert answer.status_code == 200
    page = answer.text
    found = set(re.findall(r"https?://[^\s\"'<>)]+", page))
    assert found <= {"http://www.w3.org/2000/svg"}, found
    assert not re.search(
        r"<(?:script|img|iframe)[^>]+src=|<link|@import|url\((?!#)", page.split("<script>", 1)[0]
    )
    assert not re.search(r"<script[^>]+src=", page)
    assert "应巡未巡" in page
    assert "演示数据" in page
    assert page.count('"code": "42010301-00') == 4
    assert "L.geoJson" in page
    few = streets.as_("manager").get("/api/board/heatmap.html?side=5000").text
    assert "未分析" in few, "fewer hexagons than a statistic needs are said to be so"
    assert "L.control.layers(" not in few
    page = streets.as_("manager").get("/api/board/heatmap.html?side=100").text
    assert re.search(r"Hotspots\S+100 m", page), "the layer to choose"
    assert page.count('"findings": 1,') == 2, "a cell's and a hexagon's"
    assert "发现 1 起 findings" in page


def test_a_name_cannot_break_out_of_the_map(streets):
    with streets.bureau.clone.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE cells SET name = '</script><img src=x onerror=alert(1)>'")
    page = streets.as_("manager").get("/api/board/heatmap.html").text
    assert "<img src=x" not in page
    assert page.count("</script>") == page.count("<script>")

"""The board counts what the database holds; the map file needs nothing from outside."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from gridsup.analytics import coverage
from gridsup.cells.locate import today
from gridsup.procedures.family import clock
from tests.api.streets import Streets, furnish


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def cell(streets: Streets, code: str = "42010301-001", **period: str) -> dict:
    rows = streets.as_("manager").get("/api/board/coverage", params=period).json()["cells"]
    assert [one["code"] for one in rows] == sorted(streets.cells)
    return next(one for one in rows if one["code"] == code)


def test_a_finding_counts_in_its_cell_and_its_matter_stands_open(streets):
    assert (cell(streets)["findings"], cell(streets)["open_matters"]) == (0, 0)
    streets.report()
    found = cell(streets)
    assert (found["findings"], found["open_matters"], found["overdue"]) == (1, 1, 0)
    assert found["density"] == pytest.approx(1 / 1.06)
    assert cell(streets, "42010301-002")["findings"] == 0


def test_a_past_period_has_its_own_findings_but_todays_open_matters(streets):
    streets.report()
    yesterday = (today() - timedelta(days=1)).isoformat()
    past = cell(streets, since="2026-01-01", until=yesterday)
    assert (past["findings"], past["density"], past["open_matters"]) == (0, 0, 1)


def test_a_cells_overdue_matters_are_those_of_the_states_and_of_the_list(streets):
    matter = streets.report()["matter"]["matter_id"]
    due = streets.matter(matter)["clock"]["due_at"]
    manager = streets.as_("manager")
    assert sum(one["overdue"] for one in manager.get("/api/board/states").json()) == 0
    assert manager.get("/api/board/overdue").json() == []
    with streets.bureau.session() as session:
        later = clock() + timedelta(days=365)
        rows = coverage.by_cell(session, streets.bureau.id, today(), today(), now=later)
        assert {one.code: one.overdue for one in rows if one.overdue} == {"42010301-001": 1}
        assert due < later.isoformat()


def test_a_period_that_ends_before_it_begins_is_refused(streets):
    answer = streets.as_("manager").get(
        "/api/board/coverage", params={"since": "2026-05-02", "until": "2026-05-01"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "period-reversed")


def test_the_map_file_needs_nothing_from_outside(streets):
    answer = streets.as_("manager").get("/api/board/heatmap.html")
    assert answer.status_code == 200
    assert "42010301-001" in answer.text
    named = set(re.findall(r"https?://[\w.-]+", answer.text))
    assert named <= {"http://www.w3.org"}, "names of XML namespaces alone"


def test_who_may_not_read_the_board_is_refused(streets):
    assert streets.as_("inspector").get("/api/board/coverage").status_code == 403


def test_the_superiors_table_is_kept_filled_and_refused_by_cell(streets):
    streets.report()
    manager = streets.as_("manager")

    def sheet(**cells: str) -> bytes:
        made = Workbook()
        for name, value in cells.items():
            made.active[name] = value
        out = BytesIO()
        made.save(out)
        return out.getvalue()

    def save(content: bytes) -> Any:
        return manager.post("/api/board/forms", files={"file": ("市局月报.xlsx", content)})

    wrong = save(sheet(B2="{{按期率}}"))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "template-marks")
    assert "B2" in wrong.json()["faults"][0]["detail"]
    known = manager.get("/api/board/forms").json()
    every = {f"A{n}": f"{{{{{name}}}}}" for n, name in enumerate(known["names"], start=1)}
    row = [f"{{{{网格.{column}}}}}" for column in ("序号", "编码", "发现数")]
    cells = {f"{letter}90": text for letter, text in zip("ABC", row, strict=True)}
    content = sheet(**every, **cells)
    kept = save(content)
    assert kept.status_code == 201, kept.text
    assert save(content).json()["sha256"] == kept.json()["sha256"]
    assert len(manager.get("/api/board/forms").json()["forms"]) == 1
    assert streets.as_("inspector").get("/api/board/forms").status_code == 403

    filled = manager.get(f"/api/board/forms/{kept.json()['sha256']}/file.xlsx")
    assert filled.status_code == 200
    made = load_workbook(BytesIO(filled.content)).active
    assert made["A1"].value is not None
    rows = [[one.value for one in line] for line in made["A90:C93"]]
    assert rows == [[n, code, int(n == 1)] for n, code in enumerate(sorted(streets.cells), start=1)]
    assert "演示" in made.oddHeader.center.text
    assert manager.delete(f"/api/board/forms/{kept.json()['sha256']}").status_code == 204
    assert manager.get("/api/board/forms").json()["forms"] == []

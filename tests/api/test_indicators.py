"""The board's indicators, hotspots, clocks and reports over HTTP."""

from __future__ import annotations

import io

import numpy as np
import pytest
from docx import Document

from gridsup.analytics.hexagons import at
from gridsup.analytics.indicators import catalogue
from gridsup.cells.locate import today
from gridsup.spatial import transformer
from tests.api.streets import IN_CELL_1, Streets, furnish


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def test_an_indicator_its_groups_and_its_rows_agree(streets):
    streets.report()
    manager = streets.as_("manager")
    rows = {one["id"]: one for one in manager.get("/api/board/indicators").json()}
    assert list(rows) == list(catalogue())
    density = rows["finding_density"]
    assert (density["numerator"], density["denominator"]) == (1, pytest.approx(4 * 1.06))
    groups = manager.get("/api/board/indicators/finding_density/groups", params={"by": "cell"}).json()
    mine = next(one for one in groups if one["numerator"])
    assert mine["label"] == "42010301-001"
    opened = manager.get(
        f"/api/board/rows/{density['numerator_set']}", params={"by": "cell", "key": mine["key"]}
    ).json()
    assert (opened["total"], len(opened["rows"])) == (1, 1)
    assert opened["rows"][0]["kind"] == "matter"
    assert opened["rows"][0]["place"] == pytest.approx([IN_CELL_1["lon"], IN_CELL_1["lat"]])
    assert manager.get(f"/api/matters/{opened['rows'][0]['ref']}").status_code == 200


def test_what_cannot_be_asked_is_told(streets):
    manager = streets.as_("manager")
    assert manager.get("/api/board/indicators/none/groups", params={"by": "cell"}).status_code == 404
    answer = manager.get("/api/board/indicators/coverage_rate/groups", params={"by": "department"})
    assert (answer.status_code, answer.json()["code"]) == (400, "indicator-group")
    assert manager.get("/api/board/rows/visits", params={"by": "cell", "key": "x"}).json()["total"] == 0
    assert manager.get("/api/board/rows/none").json()["code"] == "row-set"
    assert manager.get("/api/board/hotspots").json()["cells"] == []
    assert manager.get("/api/board/clocks").json() == []
    for by in ("department", "station"):
        assert manager.get("/api/board/clocks/rows", params={"by": by, "key": "x"}).json() == []


def test_a_hexagon_opens_the_findings_that_lie_in_it(streets):
    streets.report()
    manager = streets.as_("manager")
    grid = manager.get("/api/board/hexagons", params={"side": 5000}).json()
    told = (grid["side"], grid["findings"], grid["unplaced"], grid["hexagons"])
    assert told == (5000, 1, 0, []), "fewer hexagons than a statistic needs"
    assert manager.get("/api/board/hexagons", params={"side": 300}).json()["code"] == "side-unknown"
    place = transformer(4490, 4547).transform(IN_CELL_1["lon"], IN_CELL_1["lat"])
    (here,) = at(np.array([place]), 250)
    for step in (0, 1):
        asked = {"side": 250, "q": here.q + step, "r": here.r}
        rows = manager.get("/api/board/hexagons/rows", params=asked).json()
        assert rows["total"] == len(rows["rows"]) == 1 - step
        assert all((one["kind"], one["title"]) == ("matter", "王记早点摊") for one in rows["rows"])


def test_a_report_is_issued_listed_and_opened_to_its_frozen_rows(streets):
    streets.report()
    manager = streets.as_("manager")
    form = {"kind": "monthly", "month": f"{today():%Y-%m}", "remarks": "请各所加紧复查。"}
    answer = manager.post("/api/board/reports", json=form)
    assert answer.status_code == 201, answer.text
    report = answer.json()
    assert [one["id"] for one in manager.get("/api/board/reports").json()] == [report["id"]]
    density = next(one for one in report["figures"] if one["id"] == "finding_density")
    here = f"/api/board/reports/{report['id']}"
    rows = manager.get(f"{here}/rows", params={"row_set": density["sets"]["numerator"]}).json()
    assert rows["total"] == density["numerator"] == 1
    assert manager.get(f"{here}/paper.pdf").content.startswith(b"%PDF")
    paper = Document(io.BytesIO(manager.get(f"{here}/paper.docx").content))
    said = "\n".join(one.text for one in paper.paragraphs)
    assert report["title"] in said
    assert "请各所加紧复查。" in said
    assert "发现密度（起/平方千米）" in {cell.text for row in paper.tables[0].rows for cell in row.cells}


def test_who_may_not_read_the_board_sees_none_of_it(streets):
    inspector = streets.as_("inspector")
    for path in (
        "indicators",
        "hotspots",
        "hexagons",
        "hexagons/rows?q=0&r=0",
        "clocks",
        "clocks/rows",
        "reports",
    ):
        assert inspector.get(f"/api/board/{path}").status_code == 403

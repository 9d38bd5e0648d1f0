"""The dated tables of law over HTTP: every table in words, narrowed to a day."""

from __future__ import annotations

from starlette.testclient import TestClient

from api.law_tables import law_tables
from gridsup.procedures.rules import load_tables
from tests.api.streets import furnish


def test_every_dated_row_is_told_in_both_languages() -> None:
    told = {table.table: table for table in law_tables(None)}
    shipped = {table.table: table for table in load_tables() if table.kind != "allocation"}
    assert told.keys() == shipped.keys()
    for name, table in told.items():
        assert [(row.id, row.source.zh, row.verified) for row in table.rows] == [
            (row.id, row.source, row.verified) for row in shipped[name].rows
        ]
        assert all(row.told.zh and row.told.en for row in table.rows)
        assert all(row.texts for row in table.rows if row.verified and not row.id.startswith("P9-")), name
        assert not any(row.texts for row in table.rows if row.own or "（1996）" in row.source.zh), name
    (fine,) = (row for row in told["ceilings_simple_fine"].rows if row.verified)
    assert [one.article for one in fine.texts] == ["第五十一条", "第六十六条"]
    assert "二百元以下" in fine.texts[0].text


def test_a_day_shows_the_law_of_that_day(bureau) -> None:
    desk: TestClient = furnish(bureau).as_("dispatcher")

    def ceiling(day: str) -> str:
        tables = desk.get("/api/law/tables", params={"on": day}).json()
        (row,) = next(one for one in tables if one["table"] == "ceilings_simple_fine")["rows"]
        return str(row["told"]["zh"])

    assert ceiling("2021-07-14") == "公民 50 元，法人或其他组织 1,000 元"
    assert ceiling("2021-07-15") == "公民 200 元，法人或其他组织 3,000 元"
    assert desk.get("/api/law/tables", params={"on": "2021-7-15"}).status_code == 422

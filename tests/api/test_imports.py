"""A bureau's own tables and layers over HTTP: staged, seen, mended, landed once, or refused by name."""

from __future__ import annotations

import io
import json
import random
from itertools import product
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.uploads import MAX_FILE
from gridsup.codes.persons import mask_id
from gridsup.people.model import AuditEntry
from gridsup.registry.model import Business, HouseholdCode
from tests.api.streets import SIDE, SOUTH, WEST, Streets, furnish

USCC, OTHER = "91330100799655058B", "9144030071526726XG"
PERSON = "11010519491231002X"
HEADER = ["字号名称", "统一社会信用代码", "经营者", "身份证号", "联系电话", "经营地址", "经度", "纬度"]
X, Y = WEST + 0.3 * SIDE, SOUTH + 1.6 * SIDE
WANG = ["老王热干面", USCC, "王强", PERSON, 13800138000, "前进四路12号", X, Y]
LI = ["小李水果店", None, "李明", None, None, "前进四路14号", None, None]
SPOILT = ["张记粮油", "9.13E+17", "张三", PERSON, 13800138000, "前进四路16号", X, Y]


@pytest.fixture
def streets(bureau: Any) -> Streets:
    return furnish(bureau)


def book(*rows: list[Any]) -> bytes:
    """A workbook as bureaux keep it: a title over all columns, the header below it, a total at the end."""
    made = openpyxl.Workbook()
    page = made.active
    page.title = "第一监管所"
    page.append(["市场主体台账"])
    page.merge_cells("A1:H1")
    page.append(HEADER)
    for row in rows:
        page.append(row)
    page.append(["合计", len(rows)])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def upload(client: Any, content: bytes, name: str = "台账.xlsx", **form: Any) -> Any:
    form = {"datum": "CGCS2000", **form}
    return client.post("/api/imports/businesses", files={"file": (name, content)}, data=form)


def staged(client: Any, content: bytes, name: str = "台账.xlsx", **form: Any) -> dict[str, Any]:
    answer = upload(client, content, name, **form)
    assert answer.status_code == 201, answer.text
    return answer.json()


def rows(client: Any, batch: dict[str, Any], show: str = "all") -> list[dict[str, Any]]:
    return client.get(f"/api/imports/{batch['id']}/rows", params={"show": show}).json()["items"]


def confirmed(client: Any, batch: dict[str, Any], **form: Any) -> dict[str, Any]:
    answer = client.post(f"/api/imports/{batch['id']}/confirm", json=form)
    assert answer.status_code == 200, answer.text
    return answer.json()


def register(streets: Streets, what: Any = Business) -> int:
    with streets.bureau.session() as session:
        return session.scalar(
            select(func.count()).select_from(what).where(what.jurisdiction_id == streets.bureau.id)
        )


# ------------------------------------------------------------------ from the file to the register


def test_an_ugly_table_is_staged_seen_and_confirmed(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    batch = staged(client, book(WANG, LI, SPOILT))
    assert (batch["state"], batch["good"], batch["bad"], batch["unplaced"]) == ("staged", 2, 1, 1)
    assert [one["field"] for one in batch["columns"]] == [
        *("name", "uscc", "operator_name", "operator_id_no", "phone", "address", "x", "y")
    ]
    assert batch["titles"] == ["市场主体台账"]
    assert [one["code"] for one in batch["dropped"]] == ["row-total"]
    fault = batch["found"][0]
    assert (fault["code"], fault["level"], fault["count"], fault["row_no"]) == (
        *("code-became-number", "fault", 1, 5),
    )
    assert register(streets) == 0
    done = confirmed(client, batch)
    assert (done["state"], done["result"]["landed"], done["result"]["placed"]) == ("confirmed", 2, 1)
    assert (register(streets), register(streets, HouseholdCode)) == (2, 1)
    landed = client.get(f"/api/businesses/{rows(client, done, 'good')[0]['business_id']}").json()
    assert (landed["name"], landed["code"]) == ("老王热干面", "42010301-001-00001")


def test_a_code_that_became_a_number_is_refused_by_name(streets: Streets) -> None:
    client = streets.as_("general")
    (bad,) = rows(client, staged(client, book(WANG, SPOILT)), "bad")
    assert (bad["row_no"], bad["good"], bad["values"]["字号名称"]) == (4, False, "张记粮油")
    (why,) = bad["reasons"]
    assert (why["field"], why["column"]) == ("uscc", "统一社会信用代码")
    assert "9.13E+17" in why["zh"]
    assert "9.13E+17" in why["en"]


def test_rejected_rows_come_back_mended(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    batch = staged(client, book(WANG, SPOILT))
    confirmed(client, batch)
    answer = client.get(f"/api/imports/{batch['id']}/rejected.xlsx")
    assert answer.status_code == 200
    assert "%E5%8F%B0%E8%B4%A6-%E9%80%80%E5%9B%9E.xlsx" in answer.headers["content-disposition"]
    page = (made := openpyxl.load_workbook(io.BytesIO(answer.content)))["第一监管所"]
    assert page["A1"].value == "原因"
    assert [cell.value for cell in page[2]][3:7] == ["9.13E+17", "张三", PERSON, "13800138000"]
    page["D2"].value = OTHER
    file = io.BytesIO()
    made.save(file)
    again = staged(client, file.getvalue(), "台账-退回.xlsx")
    assert (again["good"], again["bad"]) == (1, 0)
    assert confirmed(client, again)["result"]["landed"] == 1
    assert register(streets) == 2


def test_another_person_gets_the_rejected_rows_masked_and_each_export_is_on_record(streets: Streets) -> None:
    batch = staged(streets.as_("dispatcher"), book(SPOILT))
    answer = streets.as_("general").get(f"/api/imports/{batch['id']}/rejected.xlsx")
    cells = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(answer.content)).active[2]]
    assert mask_id(PERSON) in cells
    assert PERSON not in cells
    with streets.bureau.session() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "import-rejects-exported")).all()
    assert [entry.detail["whole"] for entry in entries] == [False]


def test_lists_show_no_whole_personal_number_to_anybody(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    batch = staged(client, book(WANG, LI, SPOILT))
    shown = json.dumps([batch, rows(client, batch)], ensure_ascii=False)
    assert mask_id(PERSON) in shown
    assert PERSON not in shown
    assert "13800138000" not in shown


# ------------------------------------------------------------------ again and again


def test_the_same_file_does_not_land_twice(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    content = book(WANG, LI)
    confirmed(client, staged(client, content))
    again = upload(client, content, "副本.xlsx")
    assert (again.status_code, again.json()["code"]) == (409, "import-same-file")
    assert register(streets) == 2


def test_confirming_again_answers_what_landed_and_lands_nothing(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    batch = staged(client, book(WANG, LI))
    first, second = confirmed(client, batch), confirmed(client, batch)
    assert first == second
    assert register(streets) == 2
    dropped = client.post(f"/api/imports/{batch['id']}/drop")
    assert (dropped.status_code, dropped.json()["code"]) == (409, "import-not-staged")


def test_a_dropped_file_lands_nothing_and_may_come_again(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    batch = staged(client, book(WANG))
    for _ in range(2):
        answer = client.post(f"/api/imports/{batch['id']}/drop")
        assert (answer.status_code, answer.json()["state"]) == (200, "dropped")
    refused = client.post(f"/api/imports/{batch['id']}/confirm", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "import-not-staged")
    assert confirmed(client, staged(client, book(WANG)))["result"]["landed"] == 1


def test_rows_of_the_register_are_known_and_a_person_decides_otherwise(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    confirmed(client, staged(client, book(WANG, LI)))
    fresh = ["新开的店", None, "赵六", None, None, "前进五路1号", None, None]
    second = staged(client, book(WANG, LI, fresh), "六月.xlsx")
    assert (second["suggested"], second["known"]) == (2, 2)
    wang, li = rows(client, second, "suggested")
    assert (wang["suggestion"]["because"], li["suggestion"]["because"]) == ("uscc", "name_address")
    assert wang["suggestion"]["known"]
    left = rows(client, second)[2]
    done = confirmed(client, second, take=[li["id"]], leave=[left["id"]])
    assert {k: done["result"][k] for k in ("landed", "known", "left")} == {"landed": 1, "known": 1, "left": 1}


# ------------------------------------------------------------------ what columns mean


def test_columns_that_say_nothing_wait_for_a_person(streets: Streets) -> None:
    client = streets.as_("general")
    csv = "招牌,在哪,电话号\n老王热干面,前进四路12号,13800138000\n小李水果店,前进四路14号,\n"
    batch = staged(client, csv.encode("gb18030"), "街道.csv")
    assert (batch["good"], batch["bad"]) == (0, 2)
    assert [one["code"] for one in batch["found"]] == ["mapping-no-name"]
    assert batch["columns"][0] == {
        "name": "招牌",
        "field": None,
        "confidence": None,
        "samples": ["老王热干面", "小李水果店"],
    }
    form = {"columns": {"招牌": "name", "在哪": "address", "电话号": "phone"}}
    judged = client.put(f"/api/imports/{batch['id']}/mapping", json=form).json()
    assert (judged["id"], judged["good"], judged["bad"]) == (batch["id"], 2, 0)
    assert "13800138000" not in json.dumps(rows(client, judged))
    form = {"name": "街道报表", "batch_id": batch["id"]}
    assert client.post("/api/imports/mappings", json=form).status_code == 201
    (saved,) = client.get("/api/imports/mappings").json()
    assert (saved["name"], saved["columns"]["招牌"]) == ("街道报表", "name")
    assert confirmed(client, batch)["result"]["landed"] == 2
    other = staged(client, "在哪,招牌\n前进九路1号,老张\n".encode(), "a.csv", mapping="街道报表")
    assert (other["good"], [one["field"] for one in other["columns"]]) == (1, ["address", "name"])


def test_a_wrong_datum_is_mended_without_the_file(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    batch = staged(client, book([*WANG[:6], 114.26848, 30.61365]), datum="WGS84")
    judged = client.put(f"/api/imports/{batch['id']}/mapping", json={"datum": "GCJ-02"}).json()
    assert judged["datum"] == "GCJ-02"
    landed = confirmed(client, judged)
    row = client.get(f"/api/businesses/{rows(client, landed)[0]['business_id']}").json()
    assert (row["lon"], row["lat"]) == pytest.approx((X, Y), abs=3e-4)


MAPPING_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"columns": {"没有的列": "name"}}, "/columns/没有的列"),
    ({"columns": {"经营者": "nonsense"}}, "/columns/经营者"),
    ({"columns": {"经营者": "name", "字号名称": "name"}}, "/columns/经营者"),
    ({"columns": {}, "constants": {"nonsense": "x"}}, "/constants/nonsense"),
    ({"columns": {}, "datum": "火星"}, "/datum"),
    ({"columns": {}, "else": 1}, "/else"),
]


def test_faults_of_a_mapping_point_at_it_and_change_nothing(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    batch = staged(client, book(WANG))
    for form, pointer in MAPPING_FAULTS:
        answer = client.put(f"/api/imports/{batch['id']}/mapping", json=form)
        assert answer.status_code == 422, form
        assert [one["pointer"] for one in answer.json()["faults"]] == [pointer]
        assert client.get(f"/api/imports/{batch['id']}").json() == batch


UPLOAD_FAULTS: list[tuple[dict[str, str], str]] = [
    ({"mapping": '{"columns": {"没有": "name"}}'}, "/mapping/columns/没有"),
    ({"mapping": '{"columns": 5}'}, "/mapping/columns"),
    ({"mapping": "{"}, "/mapping"),
    ({"mapping": '{"columns": {"a\\u0000": null}}'}, "/mapping/columns"),
    ({"datum": "火星"}, "/datum"),
    ({"datum": ""}, "/datum"),
]


def test_faults_of_an_upload_point_at_the_part(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    for form, pointer in UPLOAD_FAULTS:
        answer = upload(client, book(WANG), **form)
        assert answer.status_code == 422, form
        assert [one["pointer"] for one in answer.json()["faults"]] == [pointer]
    unknown = upload(client, book(WANG), mapping="没有存过")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "mapping-unknown")


# ------------------------------------------------------------------ what cannot be read


NAMES = ("a.xlsx", "a.csv", "a.geojson", "a.zip", "a.gpkg", "a.pbf", "a", "..", "a/b\n.xls")
BROKEN = (b"", b"\xff\x00\xfe" * 40, b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken")


def test_what_cannot_be_read_is_refused_in_both_languages(streets: Streets) -> None:
    client = streets.as_("dispatcher")
    for name, content in product(NAMES, BROKEN):
        said = set()
        for language in ("zh", "en"):
            client.headers["Accept-Language"] = language
            answer = upload(client, content, name, datum="WGS84")
            assert answer.status_code == 422, (name, content, answer.text)
            assert [one["pointer"] for one in answer.json()["faults"]] == ["/file"]
            said.add(answer.json()["detail"])
        assert len(said) == 2


def _layers(folder: Any) -> dict[str, bytes]:
    frame = gpd.GeoDataFrame({"name": ["甲", "乙"]}, geometry=[shapely.Point(X, Y)] * 2, crs=4326)
    made = {"a.xlsx": book(WANG, LI), "a.csv": ",".join(HEADER).encode() + b"\n\xe7\x94\xb2,,,,,b,1,2\n"}
    made["a.xls"] = "<table><tr><th>字号名称<th>经营地址<tr><td rowspan=2>a<td>b<tr><td>c</table>".encode()
    for name in ("a.gpkg", "a.geojson", "a.fgb"):
        frame.to_file(folder / name)
        made[name] = (folder / name).read_bytes()
    frame.to_parquet(folder / "a.parquet")
    return {**made, "a.parquet": (folder / "a.parquet").read_bytes()}


def test_no_damage_to_a_file_is_an_error_of_the_server(streets: Streets, tmp_path: Any) -> None:
    client = streets.as_("dispatcher")
    sound = _layers(tmp_path)

    @given(st.sampled_from(sorted(sound)), st.integers(0, 2**32))
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    def damage(name: str, seed: int) -> None:
        chance = random.Random(seed)
        content = bytearray(sound[name])
        for _ in range(chance.choice([1, 4, 30])):
            at = chance.randrange(len(content) + 1)
            cut = chance.choice([0, 0, 1, 90])
            content[at : at + cut] = chance.randbytes(chance.choice([1, 8]))
        assert upload(client, bytes(content), name).status_code in (201, 409, 422)

    damage()


def test_one_cell_in_the_last_corner_does_not_take_the_servers_memory(streets: Streets) -> None:
    made = openpyxl.load_workbook(io.BytesIO(book(WANG)))
    made.active["XFD1048576"] = "x"
    file = io.BytesIO()
    made.save(file)
    answer = upload(streets.as_("dispatcher"), file.getvalue())
    assert (answer.status_code, answer.json()["code"]) == (422, "table-sprawls")
    assert "XFD1048576" in answer.json()["detail"]


def test_a_file_too_large_is_refused_before_it_is_kept(streets: Streets) -> None:
    answer = upload(streets.as_("dispatcher"), b"\0" * (MAX_FILE + 512 * 1024), "a.csv")
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")
    assert "60 MB" in answer.json()["detail"]


# ------------------------------------------------------------------ who, and which


def test_only_who_imports_may_and_another_bureau_sees_nothing(streets: Streets, another_bureau: Any) -> None:
    batch = staged(streets.as_("dispatcher"), book(WANG))
    for path in ("", f"/{batch['id']}", f"/{batch['id']}/rows", f"/{batch['id']}/rejected.xlsx"):
        assert streets.as_("inspector").get(f"/api/imports{path}").status_code == 403
    stranger = another_bureau().client("dispatcher")
    assert stranger.get("/api/imports").json()["items"] == []
    for answer in (
        stranger.get(f"/api/imports/{batch['id']}"),
        stranger.get(f"/api/imports/{batch['id']}/rows"),
        stranger.get(f"/api/imports/{batch['id']}/rejected.xlsx"),
        stranger.put(f"/api/imports/{batch['id']}/mapping", json={"columns": {}}),
        stranger.post(f"/api/imports/{batch['id']}/confirm", json={}),
        stranger.post(f"/api/imports/{batch['id']}/drop"),
        stranger.post("/api/imports/mappings", json={"name": "x", "batch_id": batch["id"]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "import-unknown")


def test_files_are_listed_by_pages_with_who_brought_them(streets: Streets) -> None:
    client = streets.as_("dispatcher", name="周调度")
    for n in range(3):
        staged(client, book(WANG, [f"店{n}", *LI[1:]]), f"{n}.xlsx")
    first = client.get("/api/imports", params={"limit": 2}).json()
    last = client.get("/api/imports", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["filename"] for one in first["items"] + last["items"]] == ["2.xlsx", "1.xlsx", "0.xlsx"]
    assert {one["officer"] for one in first["items"]} == {"周调度"}
    assert last["next"] is None

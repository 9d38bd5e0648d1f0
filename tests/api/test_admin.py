"""What administrators and the supervision office do: lists of officers, locks, the trail, the chains."""

from __future__ import annotations

import ast
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from api.audit_words import ACTS, DETAILS
from geo_data.staff import COLUMNS
from gridsup.people.accounts import TRIES
from tests.api.streets import furnish

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"staff_no": "8001", "name": "周新", "body": "巡查组", "post": "巡查监管员", "username": "Zhou"}


def upload(client, *rows, columns=tuple(COLUMNS)):
    book = Workbook()
    book.active.append([COLUMNS[name] for name in columns])
    for row in rows:
        book.active.append([row.get(name) for name in columns])
    out = BytesIO()
    book.save(out)
    return client.post("/api/officers/import", files={"file": ("名册.xlsx", out.getvalue())})


def numbers(client):
    return {one["staff_no"] for one in client.get("/api/officers", params={"limit": 200}).json()["items"]}


def test_a_list_of_officers_comes_in_with_posts_deputies_and_accounts_that_sign_in(bureau):
    admin = bureau.client("admin")
    second = {"staff_no": "8002", "name": "钱新", "body": "01X", "post": "inspector", "deputy": "8001"}
    landed = upload(admin, {**GOOD, "deputy": "8002", "certificate": "鄂A-1"}, second)
    assert landed.status_code == 201, landed.text
    assert landed.json()["officers"] == 2
    (account,) = landed.json()["accounts"]
    assert account["username"] == "zhou"
    assert bureau.anonymous().post("/api/session", json=account).json()["must_change"] is True
    shown = {one["staff_no"]: one for one in admin.get("/api/officers").json()["items"]}
    first, other = shown["8001"], shown["8002"]
    assert first["posts"][0]["deputy_id"] == other["id"]
    assert other["posts"][0]["deputy_id"] == first["id"]
    assert first["qualifications"][0]["number"] == "鄂A-1"


WRONG = [
    ({"staff_no": ""}, "staff_no"),
    ({"staff_no": "0001"}, "staff_no"),
    ({"staff_no": "8009"}, "staff_no"),
    ({"name": None}, "name"),
    ({"name": "长" * 201}, "name"),
    ({"body": ""}, "body"),
    ({"body": "无此机构"}, "body"),
    ({"phone": "见通讯录"}, "phone"),
    ({"phone": "+86 1380-000"}, "phone"),
    ({"post": "巡查员"}, "post"),
    ({"post": "system"}, "post"),
    ({"deputy": "9999"}, "deputy"),
    ({"deputy": "8001"}, "deputy"),
    ({"deputy": "8009", "post": None}, "deputy"),
    ({"username": "a b"}, "username"),
    ({"username": "admin"}, "username"),
    ({"username": "TWICE"}, "username"),
]


def test_one_wrong_row_keeps_everybody_out_and_every_wrong_cell_is_named(bureau):
    admin = bureau.client("admin")
    before = numbers(admin)
    beside = {"staff_no": "8009", "name": "旁人", "body": "01X", "username": "twice"}
    for change, column in WRONG:
        answer = upload(admin, beside, GOOD | change)
        assert answer.status_code == 422, (change, answer.text)
        found = {fault["pointer"] for fault in answer.json()["faults"]}
        assert f"/rows/3/{column}" in found, (change, found)
        assert numbers(admin) == before
    all_wrong = upload(admin, *(GOOD | change for change, _ in WRONG)).json()
    assert {fault["pointer"].split("/")[2] for fault in all_wrong["faults"]} >= {
        str(n) for n in range(2, len(WRONG) + 2)
    }


def test_a_list_without_the_needed_columns_or_rows_is_refused(bureau):
    admin = bureau.client("admin")
    assert upload(admin, GOOD, columns=("staff_no", "name")).json()["code"] == "staff-no-header"
    assert upload(admin).json()["code"] == "staff-empty"


def test_the_template_has_the_columns_and_names_bodies_and_posts(bureau):
    book = load_workbook(BytesIO(bureau.client("admin").get("/api/officers/template.xlsx").content))
    assert [cell.value.removesuffix("*") for cell in book["人员"][1]] == list(COLUMNS.values())
    said = {cell for row in book["可填内容"].values for cell in row}
    assert {"巡查组", "01X", "巡查监管员"} <= said
    assert "系统" not in said


def test_officers_are_listed_by_a_body_and_all_below_it(bureau):
    admin = bureau.client("admin")
    inside = bureau.officer("inspector"), bureau.officer("station_head")
    query = {"under": bureau.organisations["station"]}
    found = {one["id"] for one in admin.get("/api/officers", params=query).json()["items"]}
    assert found == {one.id for one in inside}


def test_officers_are_listed_by_the_post_that_they_hold_today(bureau):
    reviewer = bureau.officer("legal")
    bureau.officer("inspector")
    admin = bureau.client("admin")
    found = admin.get("/api/officers", params={"post": "legal"}).json()["items"]
    assert [one["id"] for one in found] == [reviewer.id]
    assert admin.get("/api/officers", params={"post": "legal", "text": "无此人"}).json()["items"] == []


def test_a_locked_account_shows_and_unlocking_keeps_its_password(bureau):
    admin, who = bureau.client("admin"), bureau.officer("inspector")
    door = bureau.anonymous()
    for _ in range(TRIES):
        door.post("/api/session", json={"username": who.username, "password": "not the password"})
    (shown,) = admin.get("/api/officers", params={"text": who.username[1:]}).json()["items"]
    assert shown["locked_until"] is not None
    assert admin.post(f"/api/officers/{who.id}/account/unlock").status_code == 204
    (shown,) = admin.get("/api/officers", params={"text": who.username[1:]}).json()["items"]
    assert shown["locked_until"] is None
    good = {"username": who.username, "password": bureau.password}
    assert door.post("/api/session", json=good).status_code == 201


def test_every_act_that_the_code_records_and_every_detail_of_it_has_a_title():
    """The literal names and keywords in calls of ``record`` and of the packages' own notes on it."""
    said, noted = set(), set()
    for path in (path for room in ("gridsup", "api", "geo_data") for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = isinstance(node, ast.Call) and (
                getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            )
            if name in ("record", "_note", "_noted") and len(node.args) > 2:
                act = node.args[2]
                if isinstance(act, ast.Constant) and isinstance(act.value, str):
                    said.add(act.value)
                    noted |= {one.arg for one in node.keywords if one.arg} - {
                        "officer_id",
                        "subject",
                        "reason",
                    }
    assert len(said) > 40
    assert said <= set(ACTS)
    assert noted <= set(DETAILS)


def test_the_trail_is_searched_by_act_person_subject_and_days_and_taken_along(bureau):
    admin, who = bureau.client("admin"), bureau.officer("inspector")
    admin.patch(f"/api/officers/{who.id}", json={"phone": "13812345678"})
    admin.post(f"/api/officers/{who.id}/account/reset")

    def found(**query):
        return admin.get("/api/audit", params=query).json()["items"]

    (changed,) = found(subject=f"officer:{who.id}", act="officer-changed")
    assert (changed["title"]["zh"], changed["officer_id"]) == ("修改人员", admin.officer.id)
    assert changed["subject_name"] == f"人员{who.username[1:]}"
    assert "13812345678" not in str(changed)
    (reset,) = found(act="password-reset")
    assert reset["subject_name"] == changed["subject_name"]
    assert {one["subject"].split(":")[0] for one in found(subject="account")} == {"account"}
    assert found(subject="off") == []
    assert {one["officer_id"] for one in found(officer_id=admin.officer.id)} == {admin.officer.id}
    day = changed["at"][:10]
    assert found(**{"from": day})
    assert found(to="2020-01-01") == []
    book = load_workbook(
        BytesIO(admin.get("/api/audit/export.xlsx", params={"act": "officer-changed"}).content)
    )
    assert [row[2] for row in book.active.values][2:] == ["修改人员"]
    assert found(act="export")[0]["subject"] == "audit.xlsx"


@pytest.mark.parametrize("path", ["audit", "audit/acts", "audit/export.xlsx", "audit/chains", "audit/roots"])
def test_the_trail_and_the_check_are_for_auditors(bureau, path):
    assert bureau.client("dispatcher").get(f"/api/{path}").status_code == 403


def test_a_check_goes_over_every_chain_in_parts(bureau):
    streets = furnish(bureau)
    matters = {streets.report()["matter"]["matter_id"] for _ in range(3)}
    auditor = bureau.client("admin")
    checked, after = [], 0
    while after is not None:
        part = auditor.get("/api/audit/chains", params={"after": after, "limit": 2}).json()
        assert part["faults"] == []
        checked, after = [*checked, part["checked"]], part["next"]
    assert checked == [2, 1]
    one = auditor.get("/api/audit/chains", params={"matter_id": max(matters)}).json()
    assert one == {"checked": 1, "faults": [], "next": None}
    assert auditor.get("/api/audit/chains", params={"matter_id": 2**40}).status_code == 404
    assert auditor.get("/api/audit/roots").json() == {"faults": []}

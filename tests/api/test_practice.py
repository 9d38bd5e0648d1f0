"""The practice mode: a copy of one's own, whose acts never reach the bureau, and tasks that can be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from docx import Document
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from api.auth import COOKIE, CSRF_HEADER
from api.middleware import PLACE
from gridsup.calendars import SHANGHAI
from gridsup.cli.practice import clear_old
from gridsup.db import transaction
from gridsup.people.model import PRACTICE_FROM
from tests.api.conftest import Bureau
from tests.api.streets import CLASSIFIED, Streets, furnish, photo, report
from tests.conftest import Clone, cloned


@pytest.fixture(scope="module")
def town(cluster, template: str) -> Iterator[Streets]:  # type: ignore[no-untyped-def]
    with cloned(cluster, template) as clone:
        yield furnish(Bureau(clone, create_app(clone.engine)))


TENANTS = text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    " AND a.attname = 'jurisdiction_id' ORDER BY 1"
)


def counts(clone: Clone, jurisdiction_id: int) -> dict[str, int]:
    """Rows of a jurisdiction in every table."""
    with transaction(clone.owner, jurisdiction_id) as session:
        tables = session.scalars(TENANTS).all()
        each = (f"SELECT '{one}', count(*) FROM \"{one}\" WHERE jurisdiction_id = :j" for one in tables)
        rows = session.execute(text(" UNION ALL ".join(each)), {"j": jurisdiction_id})
        return {str(table): int(number) for table, number in rows}


def enter(client: TestClient, task: str) -> dict[str, Any]:
    for one in [one for one in client.cookies.jar if not one.domain]:  # as if the server had set it
        client.cookies.delete(one.name)
        client.cookies.set(one.name, one.value or "", domain="testserver.local")
    answer = client.post("/api/practice", json={"task": task})
    assert answer.status_code == 201, answer.text
    client.headers[CSRF_HEADER] = client.get("/api/session").json()["csrf"]
    return dict(answer.json())


def leave(client: TestClient) -> None:
    assert client.delete("/api/practice").status_code == 204
    client.headers[CSRF_HEADER] = client.get("/api/session").json()["csrf"]


def ticks(client: TestClient) -> dict[str, bool]:
    turn = client.get("/api/practice").json()["turn"]
    return {one["key"]: one["done_at"] is not None for one in turn["steps"]}


def waiting(client: TestClient, state: str) -> list[int]:
    """The matters in a state that my queue shows."""
    answer = client.get("/api/matters", params={"limit": 100})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"] if one["state"] == state]


def act(client: TestClient, matter: int, action: str, form: dict[str, Any] | None = None, **more: Any) -> Any:
    version = client.get(f"/api/matters/{matter}").json()["version"]
    answer = client.post(
        f"/api/matters/{matter}/actions/{action}",
        json={"form": form or {}, "expected_version": version, **more},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def text_of(content: bytes) -> str:
    return "\n".join(one.text for one in Document(BytesIO(content)).paragraphs)


def here(client: TestClient) -> dict[str, float]:
    """A place inside the copy's first cell."""
    shape = client.get("/api/businesses", params={"limit": 1}).json()["items"][0]
    return {"lon": shape["lon"], "lat": shape["lat"], "accuracy_m": 6.0}


def test_the_dispatchers_task_is_done_by_what_was_recorded_and_none_of_it_reaches_the_bureau(
    town: Streets,
) -> None:
    clone, home = town.bureau.clone, town.bureau.id
    client, colleague = town.bureau.client("dispatcher"), town.bureau.client("dispatcher")
    me = client.get("/api/session").json()
    before = counts(clone, home)

    turn = enter(client, "dispatcher")
    inside = client.get("/api/session")
    place = inside.json()["jurisdiction"]
    assert place["id"] > PRACTICE_FROM
    assert place["practice"]
    assert inside.json()["name"] == me["name"]
    assert inside.headers[PLACE] == str(place["id"])
    assert not any(one["done_at"] for one in turn["steps"])
    listed = town.bureau.anonymous().get("/api/jurisdictions").json()
    assert [one["code"] for one in listed] == [town.bureau.code]
    form = {"jurisdiction": place["code"], "username": "admin", "password": "x"}
    assert town.bureau.anonymous().post("/api/session", json=form).json()["code"] == "jurisdiction-unknown"

    said = report(position=here(client), outside_number="12345-7")
    said["called_at"] = said.pop("found_at")
    answer = client.post("/api/calls", json=said)
    assert answer.status_code == 201, answer.text
    captured = waiting(client, "captured")[0]
    assert colleague.get(f"/api/matters/{captured}").status_code == 404
    act(client, captured, "classify", CLASSIFIED)
    assert [key for key, done in ticks(client).items() if done] == ["call", "classify"]
    first, second, *_ = waiting(client, "classified")
    act(client, first, "guide", {"command": "urge", "requirement": "三十日内办理登记"})
    refer = {"department": "D06", "basis": "《无证无照经营查处办法》"}
    referral = act(client, second, "refer", refer)["children"][0]
    act(client, referral, "send")
    act(client, waiting(client, "fed_back")[0], "accept_licensed")
    assert all(ticks(client).values()), ticks(client)

    paper = client.get(f"/api/matters/{referral}/documents").json()["documents"][0]
    assert "练习" in text_of(client.get(f"/api/documents/{paper['id']}/file.docx").content)

    enter(client, "dispatcher")
    assert client.get("/api/session").json()["jurisdiction"]["id"] != place["id"]
    assert not any(ticks(client).values())
    assert client.delete("/api/practice").status_code == 204
    back = client.get("/api/session")
    assert back.json()["officer_id"] == me["officer_id"]
    assert back.headers[PLACE] == str(home)
    now = datetime.now(UTC)
    assert clear_old(clone.owner, now + timedelta(hours=23)) == 0
    assert clear_old(clone.owner, now + timedelta(hours=25)) == 2
    assert not any(counts(clone, place["id"]).values())
    after = counts(clone, home)
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= {"practice_runs", "sign_ins", "audit_entries"}, changed


def test_the_inspectors_task_can_be_done_and_signing_out_ends_both_sessions(town: Streets) -> None:
    client = town.bureau.client("inspector")
    cookie = client.cookies[COOKIE]
    enter(client, "inspector")
    inside = client.cookies[COOKIE]
    shop = client.get("/api/businesses", params={"limit": 1}).json()["items"][0]
    visit = {"key": str(uuid4()), "at": report()["found_at"], "result": "normal", "business_id": shop["id"]}
    assert client.post("/api/visits", json=visit).status_code == 201
    assert client.post("/api/findings", json=report(position=here(client))).status_code == 201
    digest, content = photo()
    assert (
        client.put(
            f"/api/attachments/{digest}",
            content=content,
            headers={"Content-Type": "application/octet-stream"},
        ).status_code
        == 201
    )
    matter = waiting(client, "guiding")[0]
    seen = {"result": "ceased", "note": "已停业"}
    act(client, matter, "recheck_ceased", seen, photos=[{"sha256": digest, "caption": "现场"}])
    act(client, matter, "feed_back", {"content": "已按要求落实"})
    assert all(ticks(client).values()), ticks(client)
    assert client.delete("/api/session").status_code == 204
    for one in (cookie, inside):
        other = town.bureau.anonymous()
        other.cookies.set(COOKIE, one)
        assert other.get("/api/session").status_code == 401


def test_the_station_heads_task_can_be_done(town: Streets) -> None:
    client = town.bureau.client("station_head")
    enter(client, "station_head")
    act(client, waiting(client, "guide_issued")[0], "receive_guide")
    order = waiting(client, "order_issued")[0]
    act(client, order, "receive_order")
    act(client, order, "feed_back_order", {"order_result": "done", "content": "当事人已办理变更登记"})
    act(client, waiting(client, "captured")[0], "classify", CLASSIFIED)
    assert [key for key, done in ticks(client).items() if not done] == ["sign"]
    (asked,) = client.get("/api/approvals").json()["items"]
    signed = client.post(
        f"/api/matters/{asked['matter_id']}/proposals/{asked['proposal']}/sign",
        json={"agreed": True, "opinion": "同意立案", "expected_version": asked["version"]},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert signed.status_code == 200, signed.text
    assert all(ticks(client).values()), ticks(client)


def test_the_liaisons_task_can_be_done(town: Streets) -> None:
    client = town.bureau.client("liaison")
    enter(client, "liaison")
    first, second, *_ = waiting(client, "sent")
    act(client, first, "receive")
    act(client, first, "feed_back", {"result": "ceased", "content": "已停业"})
    act(client, second, "return_referral", {"reason": "不属于本部门职责"})
    assert all(ticks(client).values()), ticks(client)


def test_the_managers_task_can_be_done(town: Streets) -> None:
    client = town.bureau.client("manager")
    enter(client, "manager")
    assert client.get("/api/board/heatmap.html").status_code == 200
    assert client.get("/api/ledger.xlsx").status_code == 200  # an export, but no bulletin
    assert [key for key, done in ticks(client).items() if done] == ["map"]
    last_month = datetime.now(SHANGHAI).date().replace(day=1) - timedelta(days=1)
    bulletin = {"kind": "monthly", "month": f"{last_month:%Y-%m}", "remarks": "总体平稳"}
    issued = client.post("/api/board/reports", json=bulletin)
    assert issued.status_code == 201, issued.text
    assert client.get(f"/api/board/reports/{issued.json()['id']}/paper.pdf").status_code == 200
    limit = {"n": 4, "unit": "WD", "reason": "局务会纪要", "version": 0, "warn_days": 1, "content": "录入"}
    assert client.put("/api/link-limits/clocks_p10/P10-L3", json=limit).status_code == 200
    assert all(ticks(client).values()), ticks(client)


def test_the_administrator_switches_it_off_and_a_task_is_ones_own_posts(town: Streets) -> None:
    admin, dispatcher = town.bureau.client("admin"), town.bureau.client("dispatcher")
    assert dispatcher.put("/api/practice/allowed", json={"on": False}).status_code == 403
    assert admin.put("/api/practice/allowed", json={"on": False}).status_code == 204
    assert dispatcher.get("/api/practice").json()["allowed"] is False
    assert dispatcher.post("/api/practice", json={"task": "dispatcher"}).json()["code"] == "practice-off"
    assert admin.put("/api/practice/allowed", json={"on": True}).status_code == 204
    assert dispatcher.post("/api/practice", json={"task": "inspector"}).json()["code"] == "practice-task"
    assert dispatcher.delete("/api/practice").json()["code"] == "not-practising"

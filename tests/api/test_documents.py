"""Documents over HTTP: who sees, issues, seals, serves, voids and prints; the log and its workbook."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from PIL import Image

from gridsup.cells.locate import today
from tests.api.conftest import Bureau
from tests.api.streets import CLASSIFIED, furnish

ORDER = {
    "found": "未经登记从事经营活动",
    "basis": "《市场主体登记管理条例》第四十三条",
    "requirement": "立即改正",
    "term_end": (today() + timedelta(days=14)).isoformat(),
}
GENERAL = CLASSIFIED | {"operation_kind": "general"}


@pytest.fixture
def matter(bureau: Bureau) -> int:
    """A household that was ordered to correct."""
    streets = furnish(bureau)
    made: int = streets.report()["matter"]["matter_id"]
    streets.done("dispatcher", made, "classify", GENERAL)
    began = streets.done("dispatcher", made, "begin_correction", {"conduct": "unlicensed"})
    order: int = began["children"][0]
    streets.done("enforcement", order, "write_order", ORDER)
    return order


@pytest.fixture
def urged(bureau: Bureau) -> int:
    """A household that was urged to obtain a licence, and has the notice of it."""
    streets = furnish(bureau)
    made: int = streets.report()["matter"]["matter_id"]
    streets.done("dispatcher", made, "classify", GENERAL)
    streets.done("dispatcher", made, "guide", {})
    issued = bureau.client("general").post(f"/api/matters/{made}/documents", json={"kind": "licensing_urge"})
    assert issued.status_code == 201, issued.text
    return made


def uploaded(client: TestClient, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    answer = client.put(
        f"/api/attachments/{digest}", content=content, headers={"Content-Type": "application/octet-stream"}
    )
    assert answer.status_code in (200, 201), answer.text
    return digest


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (200, 0, 0, 90)).save(out, "PNG")
    return out.getvalue()


def test_a_document_is_previewed_sealed_printed_served_and_amended(bureau: Bureau, urged: int) -> None:
    general, enforcement = bureau.client("general"), bureau.client("enforcement")
    listed = general.get(f"/api/matters/{urged}/documents").json()
    (order,) = [one for one in listed["documents"] if one["kind"] == "licensing_urge"]
    assert (order["status"], order["seal"], order["served"], order["prints"]) == (
        "numbered",
        "image",
        "receipt",
        0,
    )
    assert {"kind": "registration_form", "numbered": "issue"}.items() <= listed["drafts"][0].items()
    draft = general.get(f"/api/matters/{urged}/documents/preview", params={"kind": "registration_form"})
    assert (draft.headers["content-type"], draft.content[:5]) == ("application/pdf", b"%PDF-")
    issued = general.post(f"/api/matters/{urged}/documents", json={"kind": "registration_form"})
    assert (issued.status_code, issued.json()["status"]) == (201, "numbered")
    path = f"/api/documents/{order['id']}"
    first = general.get(f"{path}/file").content
    assert general.get(f"{path}/file.docx").content[:2] == b"PK"
    png = uploaded(general, picture())
    seal = general.post("/api/seal-images", json={"name": "公章", "sha256": png}).json()
    assert [one["id"] for one in general.get("/api/seal-images").json()] == [seal["id"]]
    sealed = general.post(f"{path}/seal", json={"seal_id": seal["id"]}).json()
    assert (sealed["status"], sealed["sealed_by"]) == ("sealed", "image")
    assert general.get(f"{path}/file").content != first
    assert general.get(f"{path}/file", params={"original": True}).content == first
    notice = enforcement.post(f"{path}/public-notice", json={"tried": "查无下落"}).json()
    assert notice["notifies"] == {"id": order["id"], "number": order["number"]}
    web, again = {"where": "本局网站"}, f"/api/documents/{notice['id']}"
    assert enforcement.post(f"{again}/publication", json=web).json()["code"] == "not-sealed"
    assert general.post(f"{again}/seal", json={"seal_id": seal["id"]}).json()["publish"] is True
    assert enforcement.post(f"{again}/publication", json=web).json()["publish"] is False
    running = general.get(path).json()
    assert (running["status"], running["notice"]["number"]) == ("sealed", notice["number"])
    told = {"way": "direct", "at": "2026-01-01T09:00:00+08:00", "place": "店内"}
    lacking = enforcement.post(f"{path}/services", json=told)
    assert lacking.status_code == 422
    assert {one["pointer"] for one in lacking.json()["faults"]} == {"/receiver", "/signature_sha256", "/at"}
    now = general.get(path).json()["sealed_at"]
    signed = told | {"at": now, "receiver": "张三", "signature_sha256": uploaded(enforcement, picture())}
    served = enforcement.post(f"{path}/services", json=signed)
    assert served.status_code == 201, served.text
    (service,) = served.json()["services"]
    assert (served.json()["status"], service["receiver"]) == ("served", "张三")
    assert service["receipt_number"]
    words = {"was": "1号", "now": "2号", "reason": "笔误"}
    amended = enforcement.post(f"{path}/amendments", json=words).json()
    assert amended["amends"]["number"] == order["number"]
    assert general.get(path).json()["amended_by"][0]["number"] == amended["number"]
    history = general.get(f"/api/matters/{urged}").json()["history"]
    assert [one["title"]["zh"] for one in history if one["kind"] == "document"] == [
        "制发文书",
        "制发文书",
        "文书用印",
        "制发文书",
        "文书用印",
        "发布送达公告",
        "文书送达",
        "文书更正",
    ]


def test_the_printing_log_is_filtered_and_taken_along(bureau: Bureau, matter: int) -> None:
    general = bureau.client("general")
    order = general.get(f"/api/matters/{matter}/documents").json()["documents"][0]
    path = f"/api/documents/{order['id']}/prints"
    assert general.post(path, json={"copies": 2}).status_code == 201
    again = general.post(path, json={})
    assert (again.status_code, again.json()["code"]) == (422, "reprint-reason")
    assert general.post(path, json={"reason": "首份污损"}).status_code == 201
    rows = general.get("/api/document-prints").json()["items"]
    assert [(one["copies"], one["reason"], one["number"]) for one in rows] == [
        (1, "首份污损", order["number"]),
        (2, None, order["number"]),
    ]
    asked = {"again": True, "text": order["number"], "officer_id": rows[0]["officer_id"]}
    assert len(general.get("/api/document-prints", params=asked).json()["items"]) == 1
    for other in ({"to": "2020-01-01"}, {"text": "没有"}, {"kind": "command"}):
        assert general.get("/api/document-prints", params=other).json()["items"] == []
    book = load_workbook(io.BytesIO(general.get("/api/document-prints/export.xlsx").content))
    assert [row[6] for row in book.active.iter_rows(min_row=3, values_only=True)] == ["首份污损", None]


REFUSED: list[tuple[str, str, str, Any]] = [
    ("liaison", "post", "/api/matters/{matter}/documents", {"kind": "registration_form"}),
    ("inspector", "post", "/api/documents/{document}/seal", {"seal_id": 1}),
    ("inspector", "post", "/api/documents/{document}/scan", {"sha256": "0" * 64}),
    ("inspector", "post", "/api/documents/{document}/void", {"reason": "错"}),
    ("general", "post", "/api/documents/{document}/void", {"reason": "错"}),
    ("inspector", "get", "/api/document-prints", None),
    ("inspector", "get", "/api/seal-images", None),
    ("inspector", "get", "/api/seal-ways", None),
    ("general", "put", "/api/seal-ways/penalty_decision", {"way": "wet"}),
    ("legal", "put", "/api/seal-ways/penalty_decision", {"way": "wet"}),
    ("admin", "get", "/api/documents/{document}/file", None),
]


def test_who_may_not_and_who_does_not_see(bureau: Bureau, matter: int) -> None:
    clients = {post: bureau.client(post) for post in {row[0] for row in REFUSED}}
    order = bureau.client("general").get(f"/api/matters/{matter}/documents").json()["documents"][0]
    for post, method, path, body in REFUSED:
        answer = clients[post].request(method, path.format(matter=matter, document=order["id"]), json=body)
        assert answer.status_code == 403, (post, path)
    for path in (f"/api/documents/{order['id']}", f"/api/documents/{order['id']}/file"):
        assert clients["liaison"].get(path).json()["code"] == "no-document"
    assert clients["liaison"].get(f"/api/matters/{matter}/documents").status_code == 404


def test_a_void_is_for_heads_and_gives_a_reason(bureau: Bureau, matter: int) -> None:
    head = bureau.client("station_head")
    order = head.get(f"/api/matters/{matter}/documents").json()["documents"][0]
    assert head.post(f"/api/documents/{order['id']}/void", json={"reason": " "}).status_code == 422
    gone = head.post(f"/api/documents/{order['id']}/void", json={"reason": "地址打错"}).json()
    assert (gone["status"], gone["number"]) == ("void", order["number"])
    again = head.post(f"/api/matters/{matter}/documents", json={"kind": "correction_order"}).json()
    assert again["number"] != order["number"]


def test_how_a_kind_is_sealed_is_the_bureaus_choice_and_audited(bureau: Bureau, matter: int) -> None:
    head, general = bureau.client("bureau_head"), bureau.client("general")
    ways = {one["kind"]: one for one in general.get("/api/seal-ways").json()}
    assert (ways["correction_order"]["way"], ways["on_spot_decision"]["usual"]) == ("image", "wet")
    assert "filing_form" not in ways, "an inner form bears no seal"
    chosen = head.put("/api/seal-ways/correction_order", json={"way": "wet"}).json()
    assert (chosen["way"], chosen["usual"]) == ("wet", "image")
    (order,) = general.get(f"/api/matters/{matter}/documents").json()["documents"]
    assert order["seal"] == "wet"
    for kind, way, status, code in (
        ("filing_form", "wet", 422, "seal-way"),
        ("nothing", "wet", 404, "no-document-kind"),
        ("correction_order", "none", 422, None),
    ):
        answer = head.put(f"/api/seal-ways/{kind}", json={"way": way})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert code is None or answer.json()["code"] == code
    told = bureau.client("admin").get("/api/audit", params={"act": "seal_way"}).json()["items"]
    (entry,) = told
    assert (entry["subject"], entry["subject_name"]) == ("correction_order", "责令改正通知书")
    assert entry["officer"]
    assert entry["detail"]["zh"] == "方式：打印盖章后扫描；改前：电子印章"

"""A phone that never reaches the network: its outbox as an encrypted file, and the receipt that clears it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select

from api.carried import KINDS
from gridsup.documents.model import DocumentService
from gridsup.patrols import carried
from gridsup.patrols.model import FieldDevice, Finding, OutboxFile, Visit
from gridsup.people.deputies import day_of
from gridsup.procedures import attachments
from tests.api.streets import CAPTURED, IN_CELL_1, SIDE, Streets, furnish, photo, report
from tests.api.test_starting import INSPECTED, qualify, start


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


@dataclass
class Phone:
    """A phone that has agreed keys, as the page does it."""

    key: bytes
    device: int
    jurisdiction: int

    def file(self, items: list[Any], photos: dict[str, bytes] | None = None, **more: Any) -> bytes:
        told = [
            {"sha256": h, "size": len(c), "kind": "scene", "takenAt": None} for h, c in (photos or {}).items()
        ]
        manifest = json.dumps({"items": items, "photos": told}).encode()
        head = carried.Head(
            **{
                "kind": "outbox",
                "jurisdiction": self.jurisdiction,
                "device": self.device,
                "file": uuid4(),
                "made_at": datetime.now(UTC),
                **more,
            }
        )
        plain = len(manifest).to_bytes(4, "big") + manifest + b"".join((photos or {}).values())
        return carried.seal(self.key, head, plain)

    def read(self, content: bytes) -> tuple[carried.Head, list[Any]]:
        head, at = carried.head_of(content)
        plain = AESGCM(self.key).decrypt(content[at : at + 12], content[at + 12 :], content[:at])
        return head, json.loads(plain)["outcomes"]


def phone_of(streets: Streets, post: str = "inspector") -> Phone:
    own = ec.generate_private_key(ec.SECP256R1())
    public = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()
    answer = streets.as_(post).post("/api/field/devices", json={"public_key": public})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert streets.as_(post).post("/api/field/devices", json={"public_key": public}).json() == told
    server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(told["public_key"]))
    return Phone(
        carried.stretched(own.exchange(ec.ECDH(), server)), told["device_id"], told["jurisdiction_id"]
    )


def finding(*photos: str, **more: Any) -> dict[str, Any]:
    body = report(**more)
    named = [{"sha256": one, "caption": "门头"} for one in photos]
    return {
        "key": body["key"],
        "kind": "finding",
        "title": body["name"],
        "path": {},
        "body": body,
        "photos": named,
    }


def visit(business_id: int) -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()
    key = str(uuid4())
    body = {"key": key, "at": at, "result": "normal", "business_id": business_id}
    return {"key": key, "kind": "visit", "title": "走访", "path": {}, "body": body, "photos": []}


def hand_in(streets: Streets, content: bytes) -> Any:
    return streets.as_("dispatcher").post(
        "/api/field/outbox-files", content=content, headers={"Content-Type": "application/octet-stream"}
    )


def count(streets: Streets, table: Any) -> int:
    with streets.bureau.session() as session:
        query = select(func.count()).select_from(table).where(table.jurisdiction_id == streets.bureau.id)
        return session.scalar(query) or 0


def test_what_the_file_holds_is_entered_once_in_the_officers_name_and_the_receipt_says_so(streets):
    phone = phone_of(streets)
    sha256, content = photo()
    sent = finding(name="先到的摊点", address="测试街道 9 号")
    assert streets.as_("inspector").post("/api/findings", json=sent["body"]).status_code == 201
    carried_there = finding(sha256)
    file = phone.file([sent, carried_there], {sha256: content})
    answer = hand_in(streets, file)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["received"], told["late"], told["refused"], told["photos"]) == (2, 0, 0, 1)
    assert count(streets, Finding) == 2  # the one that had arrived by the network is the same
    with streets.bureau.session() as session:
        officers = set(
            session.scalars(select(Finding.officer_id).where(Finding.jurisdiction_id == streets.bureau.id))
        )
        assert officers == {streets.as_("inspector").officer.id}
        stored = attachments.find(session, sha256)
        assert stored.uploaded_by == streets.as_("inspector").officer.id
    assert hashlib.sha256(attachments.path_of(streets.bureau.id, sha256).read_bytes()).hexdigest() == sha256
    receipt = streets.as_("dispatcher").get(f"/api/field/outbox-files/{told['id']}/receipt")
    head, outcomes = phone.read(receipt.content)
    assert (head.kind, head.device, head.file) == ("receipt", phone.device, carried.head_of(file)[0].file)
    assert [(one["key"], one["state"]) for one in outcomes] == [
        (sent["key"], "received"),
        (carried_there["key"], "received"),
    ]
    with pytest.raises(InvalidTag):
        phone_of(streets).read(receipt.content)  # another phone opens nothing


def test_a_file_comes_in_once_and_its_receipt_stays_to_be_had(streets):
    phone = phone_of(streets)
    file = phone.file([finding()])
    first = hand_in(streets, file).json()
    again = hand_in(streets, file)
    assert (again.status_code, again.json()["code"]) == (409, "outbox-file-imported")
    assert again.json()["params"]["file_id"] == first["id"]
    assert (count(streets, Finding), count(streets, OutboxFile)) == (1, 1)
    listed = streets.as_("dispatcher").get("/api/field/outbox-files").json()["items"]
    assert [one["id"] for one in listed] == [first["id"]]


def test_the_same_items_in_another_file_are_entered_once(streets):
    phone, one = phone_of(streets), finding()
    assert hand_in(streets, phone.file([one])).json()["received"] == 1
    assert hand_in(streets, phone.file([one, finding(name="另一家")])).json()["received"] == 2
    assert count(streets, Finding) == 2


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda file: flipped(file, len(file) - 1), "outbox-file-damaged"),
        (lambda file: flipped(file, len(file) // 2), "outbox-file-damaged"),
        (lambda file: file[:-200], "outbox-file-damaged"),
        (lambda file: file.replace(b'"made_at": "20', b'"made_at": "19'), "outbox-file-damaged"),
        (lambda file: file[:20], "outbox-file-unreadable"),
        (lambda file: b"PK" + file, "outbox-file-unreadable"),
        (lambda file: b"\0", "outbox-file-unreadable"),
    ],
)
def test_a_file_that_was_changed_or_cut_enters_nothing(streets, spoil, code):
    phone = phone_of(streets)
    file = phone.file([finding()])
    answer = hand_in(streets, spoil(file))
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert count(streets, Finding) == count(streets, OutboxFile) == 0
    assert hand_in(streets, file).json()["received"] == 1  # nothing was lost by the bad copy


def test_a_receipt_is_not_taken_for_an_outbox(streets):
    phone = phone_of(streets)
    file_id = hand_in(streets, phone.file([finding()])).json()["id"]
    receipt = streets.as_("dispatcher").get(f"/api/field/outbox-files/{file_id}/receipt").content
    assert hand_in(streets, receipt).json()["code"] == "outbox-file-kind"
    assert count(streets, OutboxFile) == 1


def test_a_strange_phone_or_anothers_key_enters_nothing(streets):
    phone = phone_of(streets)
    strange = hand_in(streets, phone.file([finding()], device=phone.device + 1000))
    assert (strange.status_code, strange.json()["code"]) == (404, "outbox-device-unknown")
    elsewhere = hand_in(streets, phone.file([finding()], jurisdiction=phone.jurisdiction + 1))
    assert elsewhere.json()["code"] == "outbox-device-unknown"
    posing = Phone(phone_of(streets, "enforcement").key, phone.device, phone.jurisdiction)
    assert hand_in(streets, posing.file([finding()])).json()["code"] == "outbox-file-damaged"
    assert count(streets, Finding) == 0


def test_each_item_stands_or_falls_by_itself(streets):
    phone = phone_of(streets)
    known = streets.report()["business_id"]
    bad = visit(known)
    bad["body"]["at"] = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    lost_photo = finding("0" * 64, name="丢照片的摊点")
    nonsense: list[Any] = [
        {"key": "x", "kind": "party", "body": {}},
        {"key": "y", "kind": "act", "path": {"matter_id": "?"}, "body": {"expected_version": 1}},
        {"key": "z\u0000", "kind": "visit", "title": "\ud800", "body": {}},
    ]
    good = visit(known)
    told = hand_in(streets, phone.file([bad, lost_photo, *nonsense, good])).json()
    assert [one["state"] for one in told["items"]] == ["refused"] * 5 + ["received"]
    assert all(one["reason"]["zh"] and one["reason"]["en"] for one in told["items"][:5])
    assert count(streets, Visit) == 1


def test_a_paper_served_at_the_door_is_entered_once(streets):
    """The service, its signature and photo come by file as they come by the network."""
    phone, who = phone_of(streets), streets.as_("inspector")
    begun = start(streets, "inspector", pack="rectification", form=INSPECTED)
    matter = begun.json()["matter_id"]
    issued = who.post(f"/api/matters/{matter}/documents", json={"kind": "site_record"})
    sha256, content = photo()
    document = issued.json()["id"]
    body = {
        "way": "direct",
        "at": datetime.now(UTC).isoformat(),
        "place": "当事人经营场所",
        "receiver": "张三",
        "photos": [sha256],
    }
    served = {
        "key": str(uuid4()),
        "kind": "service",
        "title": "现场检查笔录",
        "path": {"document_id": document},
        "body": body,
        "photos": [{"sha256": sha256, "caption": "送达现场"}],
    }
    for _ in range(2):
        told = hand_in(streets, phone.file([served], {sha256: content})).json()
        assert [one["state"] for one in told["items"]] == ["received"], told
    assert count(streets, DocumentService) == 1


def test_an_act_that_the_matter_has_outrun_comes_back_as_late(streets):
    phone = phone_of(streets)
    reported = streets.report(facts={"food": True})["matter"]
    form = {
        name: value for name, value in CAPTURED.items() if name not in ("food", "opened_on", "pre_approval")
    }
    streets.done("inspector", reported["matter_id"], "capture", {**form, "address": "测试街道 5 号"})
    act = {
        "key": str(uuid4()),
        "kind": "act",
        "title": "采集",
        "path": {"matter_id": reported["matter_id"], "action": "capture"},
        "body": {"form": form, "expected_version": reported["version"]},
        "photos": [],
    }
    (one,) = hand_in(streets, phone.file([act])).json()["items"]
    assert one["state"] == "late"
    assert one["reason"]["zh"]
    assert one["reason"]["en"]


def test_a_key_that_is_no_point_is_refused_and_the_servers_half_is_stored_sealed(streets):
    answer = streets.as_("inspector").post("/api/field/devices", json={"public_key": "04" + "1" * 128})
    assert (answer.status_code, answer.json()["code"]) == (422, "device-key")
    phone = phone_of(streets)
    with streets.bureau.session() as session:
        device = session.get_one(FieldDevice, (streets.bureau.id, phone.device))
        raw = session.connection().exec_driver_sql("SELECT server_key FROM field_devices").scalar()
        assert bytes.fromhex(device.server_key) not in bytes(raw)
        assert device.server_key.encode() not in bytes(raw)


def test_only_who_may_import_hands_files_in(streets):
    answer = streets.as_("inspector").post(
        "/api/field/outbox-files", content=b"x", headers={"Content-Type": "application/octet-stream"}
    )
    assert answer.status_code == 403


def test_an_id_of_a_file_is_its_own(streets):
    assert (
        streets.as_("dispatcher").get("/api/field/outbox-files/999/receipt").json()["code"]
        == "no-outbox-file"
    )
    assert isinstance(carried.head_of(phone_of(streets).file([]))[0].file, UUID)


def item(kind: str, body: dict[str, Any], *photos: str, **path: Any) -> dict[str, Any]:
    """An item of the outbox as the phone keeps it."""
    named = [{"sha256": one, "caption": "现场"} for one in photos]
    key = body.get("key") or str(uuid4())
    return {"key": key, "kind": kind, "title": "王记", "path": path, "body": body, "photos": named}


def test_every_kind_that_a_phone_keeps_comes_in_by_file(streets):
    """Over the whole table of kinds; one that is added without a line here fails."""
    who, desk = streets.as_("inspector"), streets.as_("dispatcher")
    made = streets.report(facts={"food": True})
    matter, shop = made["matter"]["matter_id"], made["business_id"]
    unplaced = streets.report(name="李记", address="测试街道 7 号", position=None)
    handed = streets.report(name="格外摊点", address="测试街道 8 号")["matter"]["matter_id"]
    qualify(streets, who.officer.id)
    begun = start(streets, "inspector", pack="rectification", form=INSPECTED).json()["matter_id"]
    paper = who.post(f"/api/matters/{begun}/documents", json={"kind": "site_record"}).json()["id"]
    assert who.post("/api/visits", json=visit(shop)["body"]).status_code == 201
    check = given_check(streets, streets.as_("brigade").officer.id)
    shot, content = photo()
    now = datetime.now(UTC).isoformat()
    said = {name: CAPTURED[name] for name in CAPTURED if name not in ("food", "opened_on", "pre_approval")}
    capture = {"form": {**said, "address": "测试街道 5 号"}, "expected_version": made["matter"]["version"]}
    begin = {"pack": "rectification", "form": {**INSPECTED, "operator_name": "赵某"}, "position": IN_CELL_1}
    served = {"way": "direct", "at": now, "place": "经营场所", "receiver": "张三", "photos": [shot]}
    odd = {"speed_ms": 20, "jumped": {"metres": 900, "seconds": 2}}
    far = {**IN_CELL_1, "lat": IN_CELL_1["lat"] - SIDE, "accuracy_m": 150}
    skip = {"key": str(uuid4()), "business_id": shop, "at": now, "reason": "修路", "position": far}
    told = {"place": "there", "name": "换了门头"}
    second = {"key": str(uuid4()), "at": now, "seen": told, "device": odd}
    carried_by = {
        "inspector": [
            item("visit", visit(shop)["body"]),
            item("finding", report(name="新摊点"), shot),
            item("act", capture, matter_id=matter, action="capture"),
            item("start", begin),
            item("place", IN_CELL_1, business_id=unplaced["business_id"]),
            item("transfer", {"key": str(uuid4()), "reason": "在路对面"}, matter_id=handed),
            item("skip", {**skip, "device": odd}),
            item("service", {**served, "device": odd}, shot, document_id=paper),
        ],
        "brigade": [item("revisit", second, shot, check_id=check)],
    }
    assert {one["kind"] for items in carried_by.values() for one in items} == KINDS.keys()
    for post, items in carried_by.items():
        phone = phone_of(streets, post)
        for _ in range(2):  # the same items in another file change nothing
            entered = hand_in(streets, phone.file(items, {shot: content})).json()["items"]
            expected = [(one["kind"], "received") for one in items]
            assert [(one["kind"], one["state"]) for one in entered] == expected, entered
    assert (count(streets, Visit), count(streets, Finding), count(streets, DocumentService)) == (2, 4, 1)
    assert streets.matter(matter)["state"] == "captured"
    (again,) = streets.as_("manager").get("/api/spot-checks").json()
    assert (again["id"], again["state"]) == (check, "asks")
    assert [one["reason"] for one in desk.get("/api/transfers").json()["items"]] == ["在路对面"]
    (passed,) = desk.get("/api/field/skips").json()["items"]
    assert (passed["reason"], round(passed["metres"])) == ("修路", 1109)
    moving = ["移动速度约 72 公里/小时", "位置 2 秒内跳变约 900 米"]
    assert [one["zh"] for one in passed["remarks"]][:3] == ["定位误差约 150 米", *moving]
    assert [one["zh"] for one in again["result"]["remarks"]] == moving
    service = next(one for one in streets.matter(begun)["history"] if one["action"] == "document_serve")
    assert [one["zh"] for one in service["remarks"]] == moving
    file = desk.get(f"/api/businesses/{unplaced['business_id']}").json()
    assert (file["lon"], file["lat"]) == (IN_CELL_1["lon"], IN_CELL_1["lat"])


def given_check(streets: Streets, supervisor: int) -> int:
    """A spot check of the inspector's visit that is given to a supervisor; its number."""
    today = day_of(datetime.now(UTC))
    form = {"title": "督查", "since": str(today - timedelta(days=1)), "until": str(today), "size": 1}
    drawn = streets.as_("manager").post("/api/spot-draws", json={**form, "supervisors": [supervisor]})
    assert drawn.status_code == 201, drawn.text
    (check,) = drawn.json()["checks"]
    return int(check["id"])

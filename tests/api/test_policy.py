"""Deny by default: every route names its permission, and only who holds it gets through."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import APIRouter

from api import policy
from api.app import create_app
from api.permissions import ROLES, Permission, permissions_of
from gridsup.procedures.pack import SYSTEM
from gridsup.procedures.posts import POSTS

PUBLIC = {
    "GET /api/health",
    "GET /api/jurisdictions",
    "GET,HEAD /api/openapi.json",
    "POST /api/session",
    "GET,HEAD /",
    "GET,HEAD /{path:path}",
}
"""Everything that may be called by nobody in particular. A new line here is a decision."""
SIGNED_IN = {
    "GET,HEAD /ogc",
    "GET,HEAD /ogc/",
    "GET,HEAD /ogc/api",
    "GET,HEAD /ogc/conformance",
    "GET,HEAD /ogc/collections",
    "GET,HEAD /ogc/collections/{name}",
    "GET /api/tiles/{layer}.json",
    "GET,HEAD /api/tiles/basemap/{z:int}/{x:int}/{y:int}.mvt",
}
"""Everything that any session or token may call, whatever the token lists. So is a new line here."""


def test_every_route_names_a_permission_or_is_in_the_list_of_public_ones(bureau):
    found = policy.routes_and_permissions(bureau.app)
    assert len(found) > 20
    assert [path for _, path, named in found if named is None] == []
    assert {f"{methods} {path}" for methods, path, named in found if named == policy.PUBLIC} <= PUBLIC
    known = {f"{methods} {path}" for methods, path, named in found if named == policy.SIGNED_IN}
    assert known == SIGNED_IN
    named = {one for _, _, one in found} - {policy.PUBLIC, policy.SIGNED_IN}
    assert named <= {one.value for one in Permission}


def test_an_app_with_an_unmarked_route_does_not_start(engine):
    app = create_app(engine)
    router = APIRouter()

    @router.get("/forgotten")
    def forgotten() -> str:
        return "open to everybody"

    app.include_router(router, prefix="/api")
    with pytest.raises(RuntimeError, match="/api/forgotten"):
        policy.refuse_unmarked(app)


def test_every_route_that_is_not_public_refuses_nobody(bureau):
    client = bureau.anonymous()
    for methods, path, named in policy.routes_and_permissions(bureau.app):
        if named == policy.PUBLIC:
            continue
        url = re.sub(r"\{[^}]*\}", "1", path)
        for method in methods.split(","):
            if method == "HEAD":
                continue
            answer = client.request(method, url, json={} if method in ("POST", "PUT", "PATCH") else None)
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"


def test_every_post_has_permissions_and_only_posts_have(bureau):
    assert set(ROLES) == set(POSTS) - {SYSTEM}


def test_a_liaison_sees_nothing_of_the_register():
    assert permissions_of(["liaison"]).isdisjoint(
        {
            Permission.BUSINESSES_READ,
            Permission.CELLS_READ,
            Permission.MATTERS_READ_ALL,
            Permission.PEOPLE_READ,
        }
    )


def test_no_post_at_all_leaves_one_with_oneself():
    assert permissions_of([]) == permissions_of(["something unknown"]) == {Permission.SELF}


def test_the_permission_decides(bureau):
    body = {"kind": "station", "code": "02", "name": "第二监管所"}
    assert bureau.client("inspector").post("/api/organisations", json=body).status_code == 403
    assert bureau.client("liaison").get("/api/officers").json()["code"] == "no-permission"
    assert bureau.client("admin").post("/api/organisations", json=body).status_code == 201


def _token(client, *permissions, days=30):
    return client.post(
        "/api/tokens",
        json={
            "name": "程序",
            "permissions": list(permissions),
            "expires_at": (datetime.now(UTC) + timedelta(days=days)).isoformat(),
        },
    )


def _program(bureau, made):
    program = bureau.anonymous()
    program.headers["Authorization"] = f"Bearer {made.json()['secret']}"
    return program


def test_a_token_carries_no_more_than_was_asked_and_no_more_than_its_owner(bureau):
    owner = bureau.client("inspector")
    refused = _token(owner, "people:read", "people:edit")
    assert (refused.status_code, refused.json()["code"]) == (422, "token-permissions")
    assert [fault["pointer"] for fault in refused.json()["faults"]] == ["/permissions/1"]
    made = _token(owner, "people:read")
    assert made.status_code == 201, made.text
    program = _program(bureau, made)
    assert program.get("/api/officers").status_code == 200
    assert program.get("/api/tokens").status_code == 403
    assert program.get("/api/session").status_code == 403
    introspective = _program(bureau, _token(owner, "people:read", "self"))
    assert introspective.get("/api/session").json()["permissions"] == ["people:read", "self"]


def test_a_token_loses_what_its_owner_loses(bureau):
    owner, admin = bureau.client("station_head"), bureau.client("admin")
    program = _program(bureau, _token(owner, "people:read"))
    assert program.get("/api/officers").status_code == 200
    ended = admin.patch(f"/api/postings/{owner.officer.posting_ids[0]}", json={"last_day": "2020-01-02"})
    assert ended.status_code == 200, ended.text
    assert program.get("/api/officers").status_code == 403


def test_a_token_needs_no_anti_forgery_header_but_makes_no_tokens_and_no_passwords(bureau):
    owner = bureau.client("admin")
    program = _program(bureau, _token(owner, "people:edit", "self"))
    body = {"kind": "street", "code": "X1", "name": "新街道"}
    assert program.post("/api/organisations", json=body).status_code == 201
    assert _token(program, "self").json()["code"] == "browser-only"
    new = {"current": bureau.password, "new": "another plain sentence"}
    assert program.put("/api/session/password", json=new).json()["code"] == "browser-only"


def test_a_revoked_or_expired_token_is_nobody(bureau):
    owner = bureau.client("inspector")
    made = _token(owner, "people:read")
    program = _program(bureau, made)
    assert owner.delete(f"/api/tokens/{made.json()['id']}").status_code == 204
    told = program.get("/api/officers")
    assert (told.status_code, told.json()["code"]) == (401, "token-revoked")
    cut = bureau.anonymous()
    cut.headers["Authorization"] = program.headers["Authorization"][:-4]
    assert cut.get("/api/officers").json()["code"] == "token-unknown"
    assert _token(owner, "self", days=-1).json()["code"] == "token-expiry"
    assert _token(owner, "self", days=400).json()["code"] == "token-expiry"
    assert "secret" not in str(owner.get("/api/tokens").json())


def test_nobody_revokes_anothers_token(bureau):
    made = _token(bureau.client("inspector"), "self")
    assert bureau.client("inspector").delete(f"/api/tokens/{made.json()['id']}").status_code == 404

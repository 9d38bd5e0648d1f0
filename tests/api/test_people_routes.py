"""Administering people over the API, and the wall between jurisdictions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gridsup.people.deputies import day_of

TODAY = day_of(datetime.now(UTC))


def test_an_administrator_brings_a_new_officer_to_the_first_sign_in(bureau):
    admin = bureau.client("admin")
    seat = bureau.organisations["patrol"]
    made = admin.post(
        "/api/officers",
        json={
            "staff_no": "7001",
            "name": "陈巡查",
            "organisation_id": seat,
            "phone": "13812345678",
            "qualifications": [{"name": "enforcement", "number": "鄂A-1", "valid_to": "2030-01-01"}],
        },
    )
    assert made.status_code == 201, made.text
    officer = made.json()
    assert officer["phone"] == "138****5678"
    post = {
        "officer_id": officer["id"],
        "organisation_id": seat,
        "post": "inspector",
        "valid_from": str(TODAY),
    }
    assert admin.post("/api/postings", json=post).status_code == 201
    assert admin.post("/api/postings", json=post).json()["code"] == "posting-held"
    assert admin.post("/api/postings", json={**post, "post": "system"}).json()["code"] == "unknown-post"
    account = admin.post(f"/api/officers/{officer['id']}/account", json={"username": "Chen.X"}).json()
    assert account["username"] == "chen.x"
    newcomer = bureau.anonymous()
    me = newcomer.post("/api/session", json=account).json()
    assert (me["must_change"], me["permissions"]) == (True, ["self"])
    assert [one["post"] for one in me["capacities"]] == ["inspector"]
    shown = admin.get("/api/officers", params={"text": "陈巡"}).json()["items"]
    assert [(one["username"], [p["post"] for p in one["posts"]]) for one in shown] == [
        ("chen.x", ["inspector"])
    ]
    assert (
        bureau.client("inspector")
        .get("/api/officers", params={"text": "陈巡"})
        .json()["items"][0]["username"]
        is None
    )


def test_officers_come_in_pages_without_gap_or_double(bureau):
    admin = bureau.client("admin")
    for n in range(7):
        body = {"staff_no": f"9{n:03}", "name": f"页{n}", "organisation_id": bureau.organisations["bureau"]}
        assert admin.post("/api/officers", json=body).status_code == 201
    seen, cursor = [], None
    while True:
        page = admin.get(
            "/api/officers", params={"limit": 3, **({"cursor": cursor} if cursor else {})}
        ).json()
        seen += [one["staff_no"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 9  # seven, this administrator, and the first one
    assert seen == sorted(seen)


def test_while_a_is_on_leave_b_acts_for_a_and_has_what_that_needs(bureau):
    deputy = bureau.client("inspector")
    holder = bureau.officer("dispatcher", name="甲", deputy_id=deputy.officer.id)
    admin = bureau.client("admin")
    assert deputy.get("/api/session").json()["capacities"][0]["deputy_of"] is None
    leave = admin.post(
        "/api/leaves",
        json={"officer_id": holder.id, "first_day": str(TODAY), "last_day": str(TODAY), "reason": "年休假"},
    )
    assert leave.status_code == 201
    me = deputy.get("/api/session").json()
    stands_in = [(one["post"], one["deputy_of"], one["deputy_of_name"]) for one in me["capacities"]]
    assert ("dispatcher", holder.id, "甲") in stands_in
    assert "imports:run" in me["permissions"]
    back = admin.post(f"/api/leaves/{leave.json()['id']}/return", json={"back_on": str(TODAY)})
    assert back.status_code == 204
    assert "imports:run" not in deputy.get("/api/session").json()["permissions"]


def test_a_stations_head_enters_leave_for_the_stations_people_from_today_on(bureau):
    head, inspector = bureau.client("station_head"), bureau.client("inspector")
    stranger = bureau.officer("dispatcher")
    days = {"first_day": str(TODAY), "last_day": str(TODAY + timedelta(days=1)), "reason": "病假"}
    mine = {"officer_id": inspector.officer.id, **days}
    leave = head.post("/api/leaves", json=mine).json()
    (part,) = leave["received"]
    assert (part["post"], part["officer_id"]) == ("inspector", head.officer.id)
    assert head.post("/api/leaves", json=mine).json()["code"] == "leave-overlaps"
    past = {"first_day": str(TODAY - timedelta(days=9)), "last_day": str(TODAY - timedelta(days=1))}
    assert head.post("/api/leaves", json={**mine, **past}).json()["code"] == "leave-past"
    assert (
        head.post("/api/leaves", json={**mine, "officer_id": stranger.id}).json()["code"] == "leave-elsewhere"
    )
    assert inspector.post("/api/leaves", json=mine).status_code == 403
    back = f"/api/leaves/{leave['id']}/return"
    assert head.post(back, json={"back_on": str(TODAY - timedelta(days=1))}).json()["code"] == "leave-past"
    assert head.post(back, json={"back_on": str(TODAY)}).status_code == 204
    assert inspector.get("/api/leaves").json() == []


def test_a_community_gets_an_owner_and_the_owner_sees_it(bureau):
    head, inspector = bureau.client("station_head"), bureau.client("inspector")
    place = bureau.organisations["community"]
    body = {"officer_id": inspector.officer.id, "community_id": place, "from_day": str(TODAY)}
    assert head.post("/api/assignments", json=body).status_code == 201
    assert inspector.get("/api/session").json()["community_ids"] == [place]
    assert head.get("/api/assignments", params={"community_id": place}).json()[0]["until_day"] is None
    assert inspector.post("/api/assignments", json=body).status_code == 403
    assert head.post("/api/assignments", json={**body, "cell_id": 1}).json()["code"] == "cell"
    neither = {**body, "community_id": None}
    assert head.post("/api/assignments", json=neither).json()["code"] == "one-place"
    earlier = {**body, "from_day": str(TODAY - timedelta(days=9)), "officer_id": head.officer.id}
    assert head.post("/api/assignments", json=earlier).json()["code"] == "already-assigned"
    nowhere = {**body, "community_id": 999_999}
    assert head.post("/api/assignments", json=nowhere).json()["code"] == "organisation"


def test_one_jurisdiction_neither_sees_nor_changes_anothers_people(bureau, another_bureau):
    other = another_bureau()
    stranger = other.officer("inspector", name="外区人")
    admin = bureau.client("admin")
    names = [one["name"] for one in admin.get("/api/officers", params={"limit": 200}).json()["items"]]
    assert "外区人" not in names
    assert admin.patch(f"/api/officers/{stranger.id}", json={"name": "改名"}).status_code == 404
    theirs = other.client("admin").get("/api/officers", params={"text": "外区人"}).json()["items"]
    assert [one["name"] for one in theirs] == ["外区人"]
    assert {one["code"] for one in admin.get("/api/organisations", params={"kind": "bureau"}).json()} == {
        "420103"
    }


def test_a_reset_password_ends_sessions_and_tokens(bureau):
    inspector, admin = bureau.client("inspector"), bureau.client("admin")
    answer = admin.post(f"/api/officers/{inspector.officer.id}/account/reset")
    assert answer.status_code == 200
    assert inspector.get("/api/session").status_code == 401
    assert bureau.anonymous().post("/api/session", json=answer.json()).json()["must_change"] is True


def test_the_audit_trail_is_read_in_pages_by_whoever_may(bureau):
    watcher = bureau.client("supervision")
    first = watcher.get("/api/audit", params={"limit": 4}).json()
    second = watcher.get("/api/audit", params={"limit": 4, "cursor": first["next"]}).json()
    ids = [one["id"] for one in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 8
    made = watcher.get("/api/audit", params={"act": "officer-added"}).json()["items"]
    assert {one["act"] for one in made} == {"officer-added"}
    assert bureau.client("dispatcher").get("/api/audit").status_code == 403


def test_a_station_s_exemption_is_put_on_record_shown_and_ended(bureau):
    admin = bureau.client("admin")
    form = {
        "station_id": bureau.organisations["station"],
        "decision_number": "监决〔2026〕7号",
        "decided_on": "2026-01-05",
        "valid_from": "2026-01-06",
        "valid_to": "2026-12-31",
        "reason": "全所仅三人",
    }
    made = admin.post("/api/separation-waivers", json=form)
    assert made.status_code == 201
    ended = admin.post(f"/api/separation-waivers/{made.json()['id']}/end", json={"last_day": "2026-02-01"})
    assert ended.json()["valid_to"] == "2026-02-01"
    assert admin.get("/api/separation-waivers").json() == [ended.json()]
    assert bureau.client("inspector").post("/api/separation-waivers", json=form).status_code == 403

"""Matters over HTTP: the queue, what one may do, acts that repeat, collide, fail, come late or in bundles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gridsup.people import service
from tests.api.streets import CAPTURED, CLASSIFIED, IN_CELL_1, SIDE, SOUTH, WEST, Streets, furnish


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def open_matter(streets: Streets, **more) -> int:
    return streets.report(**more)["matter"]["matter_id"]


def queue(streets: Streets, query: str = "", post: str = "dispatcher") -> list[int]:
    answer = streets.as_(post).get(f"/api/matters?{query}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


# -------------------------------------------------------------------- the queue


def test_a_limit_that_the_text_leaves_open_is_told_as_a_default(streets):
    """The limits of the links (P10-S1) stand in no text: shown as defaults that the bureau may set."""
    matter = open_matter(streets)
    (row,) = streets.as_("dispatcher").get("/api/matters").json()["items"]
    assert (row["id"], row["clock"]["name"], row["clock"]["standing"]) == (matter, "classify_term", "default")


def test_the_queue_is_ordered_by_clock_and_pages_without_loss(streets):
    started = datetime.now(UTC)
    made = {
        open_matter(streets, found_at=(started - timedelta(days=days, minutes=1)).isoformat()): days
        for days in (10, 30, 20, 0, 40)
    }
    by_due = sorted(made, key=lambda number: -made[number])
    seen, cursor = [], ""
    while cursor is not None:
        page = streets.as_("dispatcher").get(f"/api/matters?limit=2{cursor and '&cursor=' + cursor}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == by_due == queue(streets)


def test_each_filter_of_the_queue_narrows_it(streets):
    raw = open_matter(streets, facts={"food": True}, name="甲摊")
    full = open_matter(streets, name="乙摊")
    elsewhere = {"lon": WEST + 1.5 * SIDE, "lat": SOUTH + 0.5 * SIDE}
    other = open_matter(streets, position=elsewhere, name="丙摊")
    box = f"{IN_CELL_1['lon'] - 0.001},{SOUTH + SIDE},{IN_CELL_1['lon'] + 0.001},{SOUTH + 2 * SIDE}"
    cases = {
        "state=discovered": {raw},
        "pack=referral": set(),
        "lane=new": {raw, full, other},
        f"cell_id={streets.cells['42010301-004']}": {other},
        f"bbox={box}": {raw, full},
        "q=乙": {full},
        "waits_for=dispatcher": {full, other},
        "waits_for=me": {full, other},
        "overdue=true": set(),
        "ended=yes": set(),
        "due_within=3650": {raw, full, other},
        "due_within=0": set(),
        "assigned=me": set(),
        f"station_id={streets.bureau.organisations['station']}": {raw, full, other},
    }
    assert {query: set(queue(streets, query)) for query in cases} == cases
    assert set(queue(streets, "waits_for=me", "inspector")) == {raw}
    assert set(queue(streets, "assigned=me", "inspector")) == {raw, full, other}


def test_the_pins_are_geojson_of_the_same_selection(streets):
    matter_id = open_matter(streets)
    pins = streets.as_("dispatcher").get("/api/matters.geojson?state=captured").json()
    (pin,) = pins["features"]
    assert pin["id"] == pin["properties"]["id"] == matter_id
    assert pin["geometry"]["coordinates"] == [IN_CELL_1["lon"], IN_CELL_1["lat"]]
    assert streets.as_("dispatcher").get("/api/matters.geojson?state=closed").json()["features"] == []


def test_an_overdue_clock_puts_the_matter_on_top_and_on_the_overdue_list(streets):
    late = open_matter(streets, found_at=(datetime.now(UTC) - timedelta(days=90)).isoformat())
    open_matter(streets)
    assert queue(streets)[0] == late
    assert queue(streets, "overdue=true") == [late]
    (row,) = streets.as_("dispatcher").get("/api/matters?overdue=true").json()["items"]
    assert row["overdue"]
    assert row["clock"]["overdue"]
    assert row["clock"]["title"]["zh"]


# -------------------------------------------------------------------- one matter


def test_a_matter_lists_the_actions_of_its_state_with_forms_and_reasons(streets):
    matter_id = open_matter(streets)
    told = streets.matter(matter_id, "dispatcher")
    actions = {one["action"]: one for one in told["actions"]}
    classify = actions["classify"]
    assert classify["allowed"]
    assert classify["acting"]["post"] == "dispatcher"
    assert set(classify["form"]["required"]) == {"violation_basis", "operation_kind", "public_danger"}
    seen = {one["action"]: one for one in streets.matter(matter_id, "inspector")["actions"]}
    assert not seen["classify"]["allowed"]
    assert seen["classify"]["reasons"][0]["code"] == "post-not-allowed"
    assert seen["classify"]["reasons"][0]["zh"]


def test_a_matter_explains_its_deadlines_and_tells_its_history(streets):
    matter_id = open_matter(streets)
    told = streets.matter(matter_id)
    n1 = next(one for one in told["deadlines"] if one["clock"] == "p9_n1")
    assert n1["explanation"]["lines"]["zh"]
    assert n1["explanation"]["lines"]["en"]
    assert n1["rule_row"] == "P9-N1"
    assert [one["action"] for one in told["history"]] == ["discover", "capture"]
    first = told["history"][0]
    assert (first["title"]["zh"], first["person"]["name"]) == ("发现登记", told["assigned_officer_name"])
    assert first["post_title"] == {"zh": "巡查监管员", "en": "patrol inspector"}
    assert {one["name"]: one["text"] for one in told["fact_list"]}["permit_required"]["zh"] == "是"
    assert told["subject"]["name"] == "王记早点摊"


def test_a_secret_of_a_form_shows_nowhere(streets):
    matter_id = open_matter(streets, facts={"food": True})
    streets.done(
        "inspector",
        matter_id,
        "capture",
        {
            **CAPTURED,
            "address": "测试街道 5 号门前",
            "operator_id_no": "420103199001011237",
            "phone": "13900001234",
        },
    )
    answer = streets.as_("dispatcher").get(f"/api/matters/{matter_id}")
    assert "420103199001011237" not in answer.text
    assert "13900001234" not in answer.text
    capture = answer.json()["history"][-1]
    assert capture["form"]["phone"] == {"sealed": True}


def test_there_is_no_matter_of_a_number_that_nobody_gave(streets):
    answer = streets.as_("dispatcher").get("/api/matters/999999")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-matter")


# -------------------------------------------------------------------- who sees what


def refer(streets: Streets) -> tuple[int, int]:
    """A matter and its referral, sent to D07."""
    matter_id = open_matter(streets)
    streets.done("dispatcher", matter_id, "classify", CLASSIFIED)
    (referral,) = streets.done("dispatcher", matter_id, "refer", {"department": "D07", "basis": "第六条"})[
        "children"
    ]
    streets.done("dispatcher", referral, "send")
    return matter_id, referral


def test_a_liaison_sees_the_matters_of_the_own_department_alone(streets):
    matter_id, referral = refer(streets)
    assert queue(streets, "", "liaison") == [referral]
    liaison = streets.as_("liaison")
    assert liaison.get(f"/api/matters/{matter_id}").status_code == 404
    assert liaison.get(f"/api/matters/{matter_id}/verify").status_code == 404
    told = streets.matter(referral, "liaison")
    assert told["parent"] is None
    assert told["subject"] is None
    assert streets.matter(referral, "dispatcher")["parent"]["id"] == matter_id
    assert [one["properties"]["id"] for one in liaison.get("/api/matters.geojson").json()["features"]] == [
        referral
    ]
    answer = liaison.post(
        f"/api/matters/{matter_id}/actions/classify",
        json={"form": CLASSIFIED, "expected_version": 3},
        headers={"Idempotency-Key": "x"},
    )
    assert answer.status_code == 404


def test_another_departments_liaison_sees_none_of_it(streets):
    _, referral = refer(streets)
    with streets.bureau.session() as session:
        body = service.add_organisation(
            session, streets.bureau.id, kind="department", code="D05", name="区教育局"
        ).id
    streets.bureau.organisations["other"] = body
    other = streets.bureau.client("liaison", place="other")
    assert other.get("/api/matters").json()["items"] == []
    assert other.get("/api/referrals").json()["items"] == []
    assert other.get(f"/api/matters/{referral}").status_code == 404


def test_a_liaison_has_no_way_into_the_register_the_ledger_or_the_board(streets):
    refer(streets)
    paths = ("findings", "visits", "ledger", "ledger.xlsx", "board/coverage", "board/states", "field/today")
    liaison = streets.as_("liaison")
    assert {path: liaison.get(f"/api/{path}").status_code for path in paths} == dict.fromkeys(paths, 403)


def test_another_jurisdiction_sees_nothing(streets, another_bureau):
    matter_id, _ = refer(streets)
    stranger = another_bureau().client("dispatcher")
    assert stranger.get("/api/matters").json()["items"] == []
    assert stranger.get(f"/api/matters/{matter_id}").status_code == 404

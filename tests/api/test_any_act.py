"""Acts on matters that there are: whatever the form holds, the door answers and never breaks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridsup.procedures.loader import load_packs
from tests.api.streets import CAPTURED, CLASSIFIED, IN_CELL_1, Streets, furnish, report

PACK = load_packs().get("unlicensed_operation", 2)
ACTIONS = sorted(name for name, one in PACK.actions.items() if name != PACK.opening)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
QUIET = settings(
    max_examples=100,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def values(field: dict[str, Any]) -> st.SearchStrategy:
    """What fits a field of the packs' forms."""
    if "const" in field:
        return st.just(field["const"])
    if chosen := [one["const"] for one in field.get("oneOf", ())] or field.get("enum"):
        return st.sampled_from(chosen)
    if field["type"] == "boolean":
        return st.booleans()
    if field.get("format") == "date":
        return st.dates(date(2000, 1, 1), date(2026, 1, 1)).map(date.isoformat)
    if "pattern" in field:
        return st.from_regex(field["pattern"], fullmatch=True)
    return st.text(min_size=field.get("minLength", 0), max_size=min(field.get("maxLength", 30), 30))


def forms(name: str) -> st.SearchStrategy:
    """Forms that fit an action's schema, forms with its fields wrongly filled, and anything at all."""
    fields = PACK.actions[name].form.get("properties", {})
    required = set(PACK.actions[name].form.get("required", ()))
    fitting = st.fixed_dictionaries(
        {field: values(one) for field, one in fields.items() if field in required},
        optional={field: values(one) for field, one in fields.items() if field not in required},
    )
    wrong = st.fixed_dictionaries({}, optional=dict.fromkeys(fields, JSON))
    return fitting | wrong | st.dictionaries(st.text(max_size=10), JSON, max_size=3)


ACTS = st.sampled_from(ACTIONS).flatmap(lambda name: st.tuples(st.just(name), forms(name)))


def test_any_form_on_any_action_is_answered(streets):
    waiting = [
        streets.report(facts={"food": True})["matter"]["matter_id"],
        streets.report()["matter"]["matter_id"],
        streets.report()["matter"]["matter_id"],
    ]
    streets.done("dispatcher", waiting[2], "classify", CLASSIFIED)
    everybody = streets.bureau.client(*streets_posts())
    statuses: set[int] = set()

    @QUIET
    @given(
        act=ACTS,
        which=st.sampled_from(waiting),
        version=st.none() | st.integers(1, 9),
        offline=st.booleans(),
        photos=st.just([]) | st.lists(st.fixed_dictionaries({"sha256": st.just("0" * 64)}), max_size=2),
        crew=st.just([]) | st.lists(st.integers(1, 9), max_size=3),
    )
    def run(act, which, version, offline, photos, crew):
        name, form = act
        version = version or everybody.get(f"/api/matters/{which}").json()["version"]
        answer = everybody.post(
            f"/api/matters/{which}/actions/{name}",
            json={
                "form": form,
                "expected_version": version,
                "offline": offline,
                "photos": photos,
                "crew": crew,
            },
            headers={"Idempotency-Key": str(uuid4())},
        )
        statuses.add(answer.status_code)
        assert answer.status_code < 500, answer.text
        assert answer.status_code == 200 or answer.json()["code"]

    run()
    assert {200, 409, 422} <= statuses
    for one in waiting:
        assert everybody.get(f"/api/matters/{one}/verify").json()["holds"]


def streets_posts() -> tuple[str, ...]:
    return tuple(sorted({post for one in PACK.actions.values() for post in one.posts} - {"system"}))


def test_any_facts_in_a_report_are_answered(streets):
    facts = st.fixed_dictionaries({}, optional=dict.fromkeys([*PACK.facts, "nonsense"], JSON))
    real = st.fixed_dictionaries({}, optional={k: st.just(v) | JSON for k, v in CAPTURED.items()})
    statuses: set[int] = set()

    @QUIET
    @given(
        facts=facts | real,
        source=st.sampled_from(["patrol", "report", "referral"]),
        place=st.just((IN_CELL_1["lon"], IN_CELL_1["lat"]))
        | st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
        name=st.just("某摊") | st.text(max_size=30),
    )
    def run(facts, source, place, name):
        position = dict(zip(("lon", "lat"), place, strict=True))
        form = report(facts=facts, source=source, position=position, name=name)
        form["found_at"] = datetime.now(UTC).isoformat()
        answer = streets.as_("inspector").post("/api/findings", json=form)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, answer.text

    run()
    assert {201, 422} <= statuses

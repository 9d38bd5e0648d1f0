"""Things of a seizure or preservation: each has its chain of hands, and the list comes out even."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from gridsup.enforcement import chains, custody, things, volumes
from gridsup.enforcement.custody import Item
from gridsup.errors import Conflict, GridsupError
from gridsup.procedures.hashing import GENESIS
from gridsup.procedures.model import Event
from tests.db.enforcement.steps import LIST, THINGS
from tests.db.procedures.trips import DAY, HANDED, KEPT, WORD, Trip, investigated, refused

STOVE = {"name": "电热炉具", "spec": "DRL-2", "quantity": "1", "unit": "台", "condition": "八成新"}
GOODS = {
    "list": [
        STOVE,
        {"name": "冷藏展示柜", "quantity": "1", "unit": "台"},
        {"name": "预包装食品", "quantity": "60", "unit": "件"},
    ]
}
TO_STORE = {
    "no": 2,
    "what": "handed",
    "giver": "李办案",
    "holder": "安运仓储有限公司",
    "kept_at": "江岸区仓库3号",
    "keeping": "entrusted",
    "purpose": "柜体大，委托第三人保管",
}
SOLD = {
    "nos": "3",
    "way": "auctioned",
    "receiver": "公物拍卖行",
    "receipt": "signed",
    "reason": "食品不易保存",
}


def held(trip: Trip, *, kind: str = "seizure") -> tuple[int, int]:
    """A case, and a measure of it that holds three things."""
    _, case = investigated(trip)
    verb = "apply_seizure" if kind == "seizure" else "preserve_evidence"
    (measure,) = trip.do(case, verb, "enforcement", THINGS).children
    act, form = ("seize", LIST | GOODS) if kind == "seizure" else ("preserve", KEPT | GOODS)
    trip.approve(trip.do(measure, act, "enforcement", form, pair=True), "bureau_head")
    return case, measure


def listed(trip: Trip, measure: int) -> list[Item]:
    return things.of_matter(trip.session, measure)


def told(trip: Trip, measure: int, action: str, form: dict[str, Any], *, pair: bool = False) -> GridsupError:
    with pytest.raises(GridsupError) as raised:
        trip.do(measure, action, "enforcement", form, pair=pair)
    return raised.value


def test_every_line_of_the_list_is_a_thing_with_who_keeps_it(trip: Trip) -> None:
    """AEL-24, AEL-26: from the approval on, by both officers."""
    _, measure = held(trip)
    found = listed(trip, measure)
    assert [(one.no, one.name, things.quantity(one)) for one in found] == [
        (1, "电热炉具", "1"),
        (2, "冷藏展示柜", "1"),
        (3, "预包装食品", "60"),
    ]
    first = found[0].last
    assert {name: first[name] for name in STOVE} == STOVE
    assert (first["holder"], first["kept_at"], first["keeping"]) == ("李办案", "所内物证室", "own")
    assert (first["previous"], len(first["by"])) == (GENESIS, 2)
    assert refused(trip, measure, "seize_urgent", "enforcement", LIST) == "wrong-state"


@pytest.mark.parametrize(
    "listed", ["炉具一台", [], [{"name": "炉具", "unit": "台"}], [STOVE | {"quantity": "0.0"}]]
)
def test_a_list_without_a_counted_thing_is_refused(trip: Trip, listed: Any) -> None:
    _, case = investigated(trip)
    (measure,) = trip.do(case, "apply_seizure", "enforcement", THINGS).children
    wrong = LIST | {"list": listed}
    assert refused(trip, measure, "seize", "enforcement", wrong, pair=True) == "form-invalid"


def test_what_a_sample_uses_is_no_longer_there(trip: Trip) -> None:
    _, measure = held(trip)
    sampled = TO_STORE | {"no": 3, "what": "sampled", "holder": "李办案", "purpose": "抽样送检"}
    told = [trip.do(measure, "move_thing", "enforcement", sampled | {"used": each}) for each in ("2", "0.5")]
    assert (len(told), things.quantity(listed(trip, measure)[2])) == (2, "57.5")
    over = sampled | {"used": "57.6"}
    assert refused(trip, measure, "move_thing", "enforcement", over) == "too-much-used"


def test_a_thing_goes_from_hand_to_hand_and_only_from_who_has_it(trip: Trip) -> None:
    case, measure = held(trip)
    trip.do(measure, "move_thing", "enforcement", TO_STORE)
    assert refused(trip, measure, "move_thing", "enforcement", TO_STORE) == "not-the-holder"
    assert refused(trip, measure, "move_thing", "enforcement", TO_STORE | {"no": 4}) == "no-thing"
    sampled = TO_STORE | {"what": "sampled", "giver": "安运仓储有限公司", "purpose": "抽样两份送检"}
    trip.do(measure, "move_thing", "enforcement", sampled)
    second = listed(trip, measure)[1]
    assert [entry["what"] for entry in second.custody] == ["taken", "handed", "sampled"]
    assert (second.holder, second.last["previous"]) == ("安运仓储有限公司", second.custody[1]["digest"])
    filed = volumes.of_case(trip.session, case)
    assert [one.title.zh for one in filed["sub"]].count("查封扣押物品流转单") == 2
    trip.sound()


def test_what_does_not_keep_is_sold_first_and_the_rest_ends_the_measure(trip: Trip) -> None:
    """AEL-27, AEL-28: what leaves has a receipt and the head's approval; what is gone does not move again."""
    _, measure = held(trip)
    every = SOLD | {"nos": "1-3"}
    assert refused(trip, measure, "settle_things", "enforcement", every, pair=True) == "last-things"
    unsigned = SOLD | {"receipt": "none"}
    assert refused(trip, measure, "settle_things", "enforcement", unsigned, pair=True) == "no-receipt"
    trip.approve(trip.do(measure, "settle_things", "enforcement", SOLD, pair=True), "bureau_head")
    gone = TO_STORE | {"no": 3, "giver": "公物拍卖行"}
    assert refused(trip, measure, "move_thing", "enforcement", gone) == "thing-gone"
    assert [one.no for one in things.left(listed(trip, measure))] == [1, 2]
    back = HANDED | {"ground": "decided", "content": "当面清点返还", "nos": "第1、2号"}
    assert trip.do(measure, "release", "enforcement", back, pair=True).ended
    ways = [(one.last["way"], one.holder, one.last["receipt"]) for one in listed(trip, measure)]
    assert ways == [("returned", "张三", "signed")] * 2 + [("auctioned", "公物拍卖行", "signed")]
    trip.sound()


@pytest.mark.parametrize(
    ("act", "form", "pair"),
    [
        ("release", {"ground": "innocent", "content": "已返还"}, True),
        ("confiscate", WORD, False),
        ("transfer", WORD, False),
    ],
)
def test_a_measure_does_not_end_over_things_unaccounted_for(
    trip: Trip, act: str, form: dict[str, Any], pair: bool
) -> None:
    _, measure = held(trip)
    refusal = told(trip, measure, act, HANDED | form | {"nos": "1"}, pair=pair)
    assert refusal.code == "inventory-uneven"
    assert "第 2 号（冷藏展示柜）、第 3 号（预包装食品）" in refusal.text("zh")
    assert "no. 2 (冷藏展示柜), no. 3" in refusal.text("en")
    for wrong, code in (("一到三", "thing-numbers"), ("1、7", "no-thing"), ("3-1", "no-thing-chosen")):
        assert told(trip, measure, act, HANDED | form | {"nos": wrong}, pair=pair).code == code


def test_when_the_term_is_over_things_are_kept_until_they_are_given_back(trip: Trip) -> None:
    """AEL-28, PROC-35: nothing is sold any more; a preservation that lapsed still returns its things."""
    _, kept = held(trip, kind="preserved")
    trip.now = trip.due(kept, "disposal")
    assert (trip.state(kept), [one.no for one in things.left(listed(trip, kept))]) == ("lapsed", [1, 2, 3])
    assert trip.due(kept, "returning") > trip.now
    assert refused(trip, kept, "settle_things", "enforcement", SOLD, pair=True) == "wrong-state"
    trip.do(kept, "move_thing", "enforcement", TO_STORE)
    assert trip.do(kept, "release", "enforcement", HANDED | {"decision": "返还"}, pair=True).ended


def test_preserved_things_that_are_seized_stay_where_they_are(trip: Trip) -> None:
    case, kept = held(trip, kind="preserved")
    trip.now += DAY
    trip.approve(trip.do(kept, "seize", "enforcement", {"decision": "转扣押"}), "bureau_head")
    assert {(one.holder, one.last["way"]) for one in listed(trip, kept)} == {("李办案", "seized")}
    packs = [one.pack for one in things.measures(trip.session, case)]
    assert packs == ["evidence_preservation", "seizure"]


def carried(trip: Trip) -> tuple[int, int]:
    """A preservation, and the seizure that its three things go into."""
    _, kept = held(trip, kind="preserved")
    trip.now += DAY
    proposed = trip.do(kept, "seize", "enforcement", {"decision": "转扣押"})
    (seizure,) = trip.approve(proposed, "bureau_head").children
    return kept, seizure


FROM = {"list": [each | {"from_no": no} for no, each in reversed(list(enumerate(GOODS["list"], 1)))]}


def test_the_chain_of_a_preserved_thing_goes_on_in_the_seizure(trip: Trip) -> None:
    """PROC-35: each thing by the digest of its last entry, whatever its new number; none is left out."""
    kept, seizure = carried(trip)
    row = things.queries.matter(trip.bureau.jurisdiction_id, seizure)
    waiting = things.coming(trip.session, trip.session.scalars(row).one())
    assert [one.item.no for one in waiting] == [1, 2, 3]
    for wrong, code in (
        (GOODS["list"], "preserved-left-out"),
        (FROM["list"][:2], "preserved-left-out"),
        ([*FROM["list"], FROM["list"][0]], "not-preserved"),
        ([*FROM["list"], STOVE | {"from_no": 4}], "not-preserved"),
    ):
        form = LIST | {"list": wrong}
        assert refused(trip, seizure, "seize", "enforcement", form, pair=True) == code
    assert refused(trip, seizure, "drop", "enforcement", {"reason": "不再需要"}) == "preserved-waits"
    form = LIST | {"list": [*FROM["list"], {"name": "账本", "quantity": "2", "unit": "册"}]}
    trip.approve(trip.do(seizure, "seize", "enforcement", form, pair=True), "bureau_head")
    found = listed(trip, seizure)
    ends = {one.no: one.digest for one in listed(trip, kept)}
    assert [one.first["previous"] for one in found] == [ends[3], ends[2], ends[1], GENESIS]
    assert [one.first.get("from") for one in found][:2] == [
        {"matter": kept, "no": 3},
        {"matter": kept, "no": 2},
    ]
    assert list(chains.faults(trip.session)) == []
    trip.sound()


def test_a_broken_link_to_the_preservation_is_told(trip: Trip) -> None:
    """Each chain may hold in itself: what the two do not share is told by the verification."""
    kept, seizure = carried(trip)
    trip.do(seizure, "seize_urgent", "enforcement", LIST | FROM, pair=True)
    event = trip.session.scalars(
        select(Event).where(Event.matter_id == kept, Event.action == "seize", Event.kind == "act")
    ).one()
    results = {**event.data["results"]}
    entries = [{k: v for k, v in one.items() if k != "digest"} for one in results[things.SEIZED]["things"]]
    forged = [custody.sealed({**one, "holder": "别人"}, one["previous"]) for one in entries]
    event.data = event.data | {"results": results | {things.SEIZED: {"things": forged}}}
    with trip.session.no_autoflush:
        assert [one.holder for one in listed(trip, kept)] == ["别人"] * 3
        broken = list(chains.faults(trip.session, [kept, seizure]))
    trip.session.expire(event)
    assert [(one.matter_id, one.why.code) for one in broken] == [(seizure, "things-link-broken")]
    assert "第 1 号的流转记录与先行登记保存清单第 3 号接不上" in broken[0].why.text("zh")


def test_a_changed_entry_breaks_the_chain_of_its_thing(trip: Trip) -> None:
    _, measure = held(trip)
    trip.do(measure, "move_thing", "enforcement", TO_STORE)
    (event,) = trip.session.scalars(select(Event).where(Event.action == "move_thing")).all()
    results = {**event.data["results"]}
    results[things.MOVED] = results[things.MOVED] | {"holder": "别人"}
    event.data = event.data | {"results": results}
    with trip.session.no_autoflush, pytest.raises(Conflict, match="evidence-chain-broken"):
        things.items([*_before(trip, measure, event.id), event])


def _before(trip: Trip, measure: int, event_id: int) -> list[Event]:
    query = select(Event).where(Event.matter_id == measure, Event.id < event_id, Event.kind == "act")
    return list(trip.session.scalars(query.order_by(Event.id)))


def test_a_list_of_before_has_its_things_too_once_its_matter_takes_the_new_steps(trip: Trip) -> None:
    """A list taken when things had no chain does not say who keeps them: the first hand-over does."""
    _, measure = held(trip)
    event = trip.session.scalars(select(Event).where(Event.matter_id == measure, Event.action == "seize"))
    taken = next(one for one in event if one.kind == "act")
    old = {k: v for k, v in taken.data["form"].items() if k not in ("holder", "kept_at", "keeping")}
    old["list"] = "一、电热炉具，DRL-2，一台；\n\n2. 冷藏展示柜，一台\n（三）预包装食品，六十件，一批。"
    copy = Event(
        action="seize",
        kind="act",
        person_id=taken.person_id,
        crew=taken.crew,
        effective_at=taken.effective_at,
        data={"results": {}, "form": old, "photos": []},
    )
    found = things.items([copy])
    assert [(one.no, one.holder, things.quantity(one)) for one in found] == [
        (no, "", None) for no in (1, 2, 3)
    ]
    assert [one.name for one in found] == [
        "电热炉具，DRL-2，一台",
        "冷藏展示柜，一台",
        "预包装食品，六十件，一批",
    ]

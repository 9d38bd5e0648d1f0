"""Proposals and their signatures: chains, quorums, who may not sign, what lapses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Forbidden, Invalid, Refused
from gridsup.procedures import engine, store, views
from tests.db.procedures.checks import sound
from tests.db.procedures.small_bureau import (
    JURISDICTION,
    MONDAY,
    Bureau,
    deputise,
    do,
    fresh,
    working,
)

DAY = timedelta(days=1)


def sign(session: Session, matter: int, seq: int, who: Any, agreed: bool = True, **more: Any) -> Any:
    return engine.sign(
        session,
        matter,
        seq,
        who,
        agreed=agreed,
        key=fresh(),
        expected_version=None,
        now=MONDAY,
        **more,
    )


def test_a_chain_is_signed_in_its_order_and_takes_effect_once(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    proposed = do(session, matter, "close_by_chain", bureau.inspector)
    seq = proposed.proposal or 0
    assert (proposed.kind, proposed.state) == ("proposed", "working")
    with pytest.raises(Forbidden, match="post-not-allowed"):
        sign(session, matter, seq, bureau.bureau_head)
    assert sign(session, matter, seq, bureau.station_head).kind == "signed"
    done = sign(session, matter, seq, bureau.bureau_head)
    assert (done.kind, done.ended) == ("act", True)
    with pytest.raises(Conflict, match="proposal-settled"):
        sign(session, matter, seq, bureau.bureau_head)
    last = store.events_of(session, JURISDICTION, matter)[-1]
    assert (last.action, last.person_id) == ("close_by_chain", bureau.inspector.person_id)
    sound(session)


def test_a_quorum_takes_effect_with_enough_and_falls_without(session: Session, bureau: Bureau) -> None:
    first, second = working(session, bureau), working(session, bureau)
    seq = do(session, first, "close_by_two", bureau.inspector).proposal or 0
    with pytest.raises(Invalid, match="opinion-missing"):
        sign(session, first, seq, bureau.deputy_head, agreed=False)
    sign(session, first, seq, bureau.deputy_head, agreed=False, opinion="证据不足")
    sign(session, first, seq, bureau.bureau_head)
    assert sign(session, first, seq, bureau.station_head).ended
    seq = do(session, second, "close_by_two", bureau.inspector).proposal or 0
    sign(session, second, seq, bureau.deputy_head, agreed=False, opinion="证据不足")
    sign(session, second, seq, bureau.bureau_head, agreed=False, opinion="同上")
    assert views.available_actions(session, second, [], now=MONDAY)["proposals"] == []
    assert views.current(session, second, now=MONDAY)["state"] == "working"
    sound(session)


def test_nobody_signs_twice_or_their_own(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    stand_in = deputise(session, bureau.station_head, bureau.inspector, date(2026, 3, 1), date(2026, 3, 3))
    seq = do(session, matter, "close_by_two", bureau.inspector).proposal or 0
    with pytest.raises(Forbidden, match="own-proposal"):
        sign(session, matter, seq, stand_in)
    other = deputise(session, bureau.deputy_head, bureau.bureau_head, date(2026, 3, 1), date(2026, 3, 3))
    sign(session, matter, seq, bureau.bureau_head)
    with pytest.raises(Refused, match="signed-already"):
        sign(session, matter, seq, other)


def test_a_proposal_lapses_when_the_matter_moves_on(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    seq = do(session, matter, "close_by_chain", bureau.inspector).proposal or 0
    with pytest.raises(Conflict, match="already-proposed"):
        do(session, matter, "close_by_chain", bureau.second_inspector)
    do(session, matter, "close", bureau.inspector)
    with pytest.raises(Conflict, match="proposal-settled"):
        sign(session, matter, seq, bureau.station_head)
    sound(session)

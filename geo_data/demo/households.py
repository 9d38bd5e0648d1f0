"""Businesses of the demo city with their licences, permits and operators; and the unlicensed operators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from geo_data.demo import names
from geo_data.demo.names import pick
from geo_data.demo.patterns import PATTERNS, Pattern
from geo_data.demo.shapes import Business, Permit, Premises
from geo_data.demo.trades import TRADES, PermitKind, Trade

FIRST_USCC = date(2015, 10, 1)
"""From this day on a licence carries a social credit code; some older households still have none."""


def licensed(
    premises: Sequence[Premises], where: Sequence[str], today: date, rng: np.random.Generator
) -> list[Business]:
    """One licensed business per entry of ``premises``; ``where`` is the kind of place of each."""
    chosen = {
        kind: (those, np.array([t.weight for t in those]) / sum(t.weight for t in those))
        for kind in set(where)
        for those in [[t for t in TRADES if kind in t.where]]
    }
    made = []
    for i, (place, kind) in enumerate(zip(premises, where, strict=True)):
        trades, share = chosen[kind]
        made.append(_business(i + 1, place, trades[int(rng.choice(len(trades), p=share))], today, rng))
    return made


def _business(serial: int, place: Premises, trade: Trade, today: date, rng: np.random.Generator) -> Business:
    enterprise = rng.random() < trade.enterprise
    opened = _opening(today, rng)
    old = not enterprise and opened < FIRST_USCC and rng.random() < 0.25
    status, closed_on = _status(opened, today, rng)
    permits = [p for p in trade.permits if rng.random() < 0.985]
    permits += [p for p in trade.sometimes if rng.random() < 0.45]
    return Business(
        f"B{serial:05d}",
        place.key,
        _name(trade, enterprise, rng),
        "enterprise" if enterprise else "individual",
        None if old else names.uscc(serial, enterprise=enterprise),
        names.registration_no(serial) if old else None,
        names.person(rng),
        names.phone(serial) if rng.random() < 0.93 else None,
        trade.scope,
        trade.industry,
        trade.word,
        status,
        "cancelled" if status == "closed" else "valid",
        min(4, max(1, trade.risk + int(rng.random() < 0.08) - int(rng.random() < 0.1))),
        opened,
        closed_on,
        tuple(_permit(p, serial, opened, today, rng) for p in permits),
    )


def _name(trade: Trade, enterprise: bool, rng: np.random.Generator) -> str:
    word = pick(rng, trade.words)
    if enterprise:
        return f"武汉{names.sign(rng)}{word if word.endswith('公司') else word + '有限公司'}"
    return f"武汉市江汉区{names.sign(rng)}{word}"


def _opening(today: date, rng: np.random.Generator) -> date:
    """Most households are young: half of them opened within the last five years."""
    return today - timedelta(days=20 + min(int(rng.exponential(2_600)), 11_000))


def _status(opened: date, today: date, rng: np.random.Generator) -> tuple[str, date | None]:
    chance = rng.random()
    if chance < 0.03:
        ended = today - timedelta(days=int(rng.integers(1, 400)))
        return ("closed", ended) if ended > opened else ("operating", None)
    return ("not_found", None) if chance < 0.042 else ("operating", None)


def _permit(kind: PermitKind, serial: int, opened: date, today: date, rng: np.random.Generator) -> Permit:
    """A permit renewed in time, but for one in thirty that ran out, and a few that were revoked."""
    number = f"演示{kind.letters}420103{serial:06d}"
    if kind.years is None:
        return Permit(kind.name, number, kind.department, opened, None, "valid", None)
    term = kind.years * 365
    chance = rng.random()
    if chance < 0.033 and (today - opened).days > term + 240:
        expired = today - timedelta(days=int(rng.integers(1, 240)))
        issued = expired - timedelta(days=term)
        return Permit(kind.name, number, kind.department, issued, expired, "expired", expired)
    issued = max(opened, today - timedelta(days=int(rng.integers(0, term - 1))))
    expires = issued + timedelta(days=term)
    if chance > 0.997:
        lost = issued + (today - issued) // 2
        return Permit(kind.name, number, kind.department, issued, expires, "revoked", lost)
    return Permit(kind.name, number, kind.department, issued, expires, "valid", None)


def unlicensed(
    premises: Sequence[Premises], first_serial: int, today: date, rng: np.random.Generator
) -> list[tuple[Business, Pattern]]:
    """One unlicensed operator per entry of ``premises``, with the pattern it was made after."""
    share = np.array([p.weight for p in PATTERNS])
    chosen = rng.choice(len(PATTERNS), size=len(premises), p=share / share.sum())
    made = []
    for i, place in enumerate(premises):
        pattern = PATTERNS[int(chosen[i])]
        serial = first_serial + i
        licence = str(pattern.facts["business_licence_status"])
        operator = names.person(rng)
        titled = rng.random() < 0.6
        name = (
            f"{names.sign(rng)}{pick(rng, pattern.words)}"
            if titled
            else f"{operator}（{pick(rng, pattern.words)}）"
        )
        opened = today - timedelta(days=200 + int(rng.exponential(300)))
        business = Business(
            f"B{serial:05d}",
            place.key,
            name,
            "individual" if licence == "valid" else "unregistered",
            names.uscc(serial, enterprise=False) if licence == "valid" else None,
            None,
            operator,
            names.phone(serial) if rng.random() < 0.6 else None,
            pattern.scope,
            pattern.industry,
            pattern.trade,
            "operating",
            licence,
            3,
            opened,
            None,
            _lost_permits(pattern, serial, opened, today),
        )
        made.append((business, pattern))
    return made


def _lost_permits(pattern: Pattern, serial: int, opened: date, today: date) -> tuple[Permit, ...]:
    """The permit that a pattern's facts speak of: held, run out or revoked before anyone came by."""
    status = pattern.facts.get("permit_status", "none")
    if pattern.permit is None or status == "none":
        return ()
    number, lost = f"演示XK420103{serial:06d}", today - timedelta(days=190)
    expires = lost if status == "expired" else today + timedelta(days=500)
    valid = status == "valid"
    # a permit lost 190 days ago must have been issued before, and the business opened 200 or more ago
    department = next((t.department for tr in TRADES for t in tr.permits if t.name == pattern.permit), "D22")
    return (Permit(pattern.permit, number, department, opened, expires, status, None if valid else lost),)

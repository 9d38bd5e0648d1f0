"""What a trade must bring for its licence and permit (办照一次性告知): one entry per trade, as data."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from pydantic import TypeAdapter

from gridsup.procedures.loader import read_yaml
from gridsup.procedures.pack import Strict


class Material(Strict):
    name: str
    asked: str


class Entry(Strict):
    """As ``trades.yaml`` says it: the first entry is the licence alone, which every trade needs."""

    trades: list[str]
    authority: str
    papers: str
    law: str
    how: str
    time: str
    fee: str = "不收费"
    note: str = ""
    materials: list[Material] = []
    verified: bool = False


class Notice(Strict):
    """The notice for one trade, the materials of the licence among them."""

    trade: str
    authority: str
    papers: str
    law: str
    how: str
    time: str
    fee: str
    note: str
    unverified: str
    materials: list[Material]


@lru_cache
def entries() -> list[Entry]:
    text = (files(__package__) / "trades.yaml").read_text(encoding="utf-8")
    return TypeAdapter(list[Entry]).validate_python(read_yaml(text, "trades.yaml"))


def listed(trade: str | None) -> bool:
    """Whether an entry of its own names the trade."""
    return any(trade in one.trades for one in entries()[1:])


@lru_cache
def notice_for(trade: str | None) -> Notice:
    """The notice for a trade by its name; the licence alone where no entry names the trade."""
    licence, *permits = entries()
    found = next((one for one in permits if trade and trade in one.trades), licence)
    return Notice(
        trade=trade or licence.trades[0],
        **{
            name: getattr(found, name)
            for name in ("authority", "papers", "law", "how", "time", "fee", "note")
        },
        unverified="" if found.verified else "本单内容未经许可机关核对，以其公布的办事指南为准。",
        materials=licence.materials if found is licence else [*licence.materials, *found.materials],
    )

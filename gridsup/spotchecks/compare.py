"""A second visit held against the record of the first, field by field. Pure: two records in, a verdict out.

The verdict accuses nobody: 未到现场嫌疑 is a question that the inspector answers and a manager decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from gridsup.procedures.pack import Words

FAR_M = 300.0
"""A visit recorded farther from the shop than this, its own accuracy allowed for, raises a question."""
WAS_THERE = frozenset({"normal", "finding", "rectified", "closed_door"})
"""Results of a visit that say: the shop is there, and the inspector stood before it."""
WAS_OPEN = frozenset({"normal", "finding", "rectified"})

Verdict = Literal["consistent", "differs", "suspected"]
VERDICTS: dict[Verdict, Words] = {
    "consistent": Words(zh="一致", en="consistent"),
    "differs": Words(zh="有差异", en="differs"),
    "suspected": Words(zh="未到现场嫌疑", en="doubt whether the visit was made"),
}
FIELDS: dict[str, Words] = {
    "exists": Words(zh="商户是否存在", en="Is the shop there"),
    "open": Words(zh="营业状态", en="Open or closed"),
    "name": Words(zh="门头名称", en="Name on the shopfront"),
    "licence": Words(zh="亮照情况", en="Licence on display"),
    "trade": Words(zh="实际行业", en="Trade carried on"),
    "missed": Words(zh="漏报问题", en="Problem not reported"),
    "visited": Words(zh="经营者所述巡查", en="Visit as the operator tells it"),
    "position": Words(zh="巡查定位", en="Position of the visit"),
}
"""What is compared, in the order of the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the supervisor found. None: not seen, not said. ``gone_since``: ISO day, when it is known.

    ``place``: ``there``, ``other`` (another operator there), ``gone``. ``open``: ``open``, ``shut`` (for the
    day), ``ended`` (out of business). ``visited``: whether the operator says that the inspector came.
    """

    place: Literal["there", "other", "gone"]
    gone_since: str | None = None
    open: Literal["open", "shut", "ended"] | None = None
    name: str | None = None
    licence_shown: bool | None = None
    trade: str | None = None
    missed: bool | None = None
    missed_what: str | None = None
    visited: bool | None = None
    note: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that does not agree. ``doubt``: it bears on whether the visit was made at all."""

    field: str
    recorded: str
    seen: str
    doubt: bool = False


def compare(record: Mapping[str, Any], seen: Seen) -> tuple[Verdict, list[Difference]]:
    """The verdict and the differences, in the order of :data:`FIELDS`.

    ``record``: ``result``, ``day`` (ISO) of the visit, ``name``, ``trade``, ``licensed`` as the register had
    them when the sample was drawn, ``metres`` from the shop and ``accuracy_m`` (None: no position).
    """
    found = [one for one in (*_place(record, seen), *_front(record, seen), *_visit(record, seen)) if one]
    if any(one.doubt for one in found):
        return "suspected", found
    return ("differs" if found else "consistent"), found


def _place(record: Mapping[str, Any], seen: Seen) -> list[Difference | None]:
    there = record["result"] in WAS_THERE
    before = seen.gone_since is not None and seen.gone_since < str(record["day"])
    exists = ended = None
    if there and seen.place != "there":
        since = f"（{seen.gone_since} 起）" if seen.gone_since else ""
        what = "已不存在" if seen.place == "gone" else "已换他人经营"
        exists = Difference("exists", "存在", what + since, doubt=before)
    elif not there and seen.place == "there":
        exists = Difference("exists", "查无", "存在")
    if record["result"] in WAS_OPEN and seen.place == "there" and seen.open == "ended":
        since = f"（{seen.gone_since} 起）" if seen.gone_since else ""
        ended = Difference("open", "营业", "已停业" + since, doubt=before)
    return [exists, ended]


def _front(record: Mapping[str, Any], seen: Seen) -> list[Difference | None]:
    """The shopfront against the register: only while the same shop is there."""
    if seen.place != "there":
        return []
    name = licence = trade = missed = None
    if seen.name and folded(seen.name) != folded(record.get("name") or ""):
        name = Difference("name", record.get("name") or "—", seen.name)
    licensed = record.get("licensed")
    if seen.licence_shown is not None and licensed is not None and seen.licence_shown != licensed:
        licence = Difference("licence", _lit(licensed), "已亮照" if seen.licence_shown else "未亮照")
    if seen.trade and record.get("trade") and folded(seen.trade) != folded(record["trade"]):
        trade = Difference("trade", record["trade"], seen.trade)
    if seen.missed and record["result"] in ("normal", "rectified"):
        missed = Difference("missed", "未发现问题", seen.missed_what or "有漏报问题")
    return [name, licence, trade, missed]


def _visit(record: Mapping[str, Any], seen: Seen) -> list[Difference | None]:
    visited = position = None
    metres, accuracy = record.get("metres"), record.get("accuracy_m") or 0.0
    if seen.visited is False and record["result"] in WAS_OPEN:
        visited = Difference("visited", "已巡查", "称未见巡查", doubt=metres is None)
    if metres is not None and metres - accuracy > FAR_M:
        position = Difference("position", f"距商户 {metres:.0f} 米", f"应在 {FAR_M:.0f} 米内", doubt=True)
    return [visited, position]


def _lit(licensed: bool) -> str:
    return "登记有照" if licensed else "登记无照"


_ENGLISH = {
    "存在": "there",
    "查无": "not found",
    "营业": "open",
    "未发现问题": "no problem found",
    "有漏报问题": "a problem was not reported",
    "登记有照": "licensed by the register",
    "登记无照": "unlicensed by the register",
    "已亮照": "licence on display",
    "未亮照": "no licence on display",
    "已巡查": "visited",
    "称未见巡查": "says nobody came",
    "已不存在": "gone",
    "已换他人经营": "another operator there",
    "已停业": "out of business",
}
_PATTERNS = (
    (re.compile(r"(已不存在|已换他人经营|已停业)（(\S+) 起）"), "{0} since {1}"),
    (re.compile(r"距商户 (\d+) 米"), "{0} m from the shop"),
    (re.compile(r"应在 (\d+) 米内"), "within {0} m"),
)


def side(text: str) -> Words:
    """One side of a difference as it stands in the record, in both languages; names stay as they are."""
    for pattern, english in _PATTERNS:
        if found := pattern.fullmatch(text):
            return Words(zh=text, en=english.format(*(_ENGLISH.get(one, one) for one in found.groups())))
    return Words(zh=text, en=_ENGLISH.get(text, text))


def folded(text: str) -> str:
    """Width, case, brackets' form and blanks do not tell two names apart."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())

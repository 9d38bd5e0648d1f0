"""Things that go from a preservation into a seizure (PROC-35): the chain of each goes on without a gap.

The first entry of a seized thing covers the last of the preserved one, so that neither chain can be changed
without breaking the other; and none of what was preserved is left off the list of the seizure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridsup.documents.things import Line
from gridsup.enforcement.custody import Item, in_words
from gridsup.errors import Conflict, FieldFault, Invalid


@dataclass(frozen=True, slots=True)
class Preserved:
    """A thing of a preservation that goes into a seizure."""

    matter_id: int
    item: Item


def origin(entry: Mapping[str, Any], known: Mapping[int, Mapping[int, Item]]) -> Item | None:
    """The preserved thing that a first entry says it comes from; None where it comes from none.

    Raises :class:`Conflict` ``things-link-broken`` where the entry does not follow from that one's last.
    """
    if "from" not in entry:
        return None
    told = entry["from"]
    came = known.get(told["matter"], {}).get(told["no"])
    if came is not None and came.digest == entry["previous"]:
        return came
    raise Conflict(
        "things-link-broken",
        zh="清单物品第 {no} 号的流转记录与先行登记保存清单第 {from_no} 号接不上，记录被改动或缺失。"
        "请停止使用并核查事件链（gridsup procedures verify）。",
        en="The custody record of no. {no} does not follow from no. {from_no} of the preservation that it "
        "comes from: a record was changed or is missing. Stop using it and verify the chain of events.",
        no=entry["no"],
        from_no=told["no"],
    )


def whole(lines: Sequence[Line], coming: Sequence[Preserved]) -> dict[int, Preserved]:
    """Number on the preservation's list → its thing, for a list that takes over all of them.

    Raises ``Invalid`` ``not-preserved`` for a line that comes from none of them, or from one that another
    line comes from; ``Conflict`` ``preserved-left-out``.
    """
    known = {each.item.no: each for each in coming}
    told = Counter(line.from_no for line in lines if line.from_no is not None)
    for index, line in enumerate(lines):
        if line.from_no is not None and (line.from_no not in known or told[line.from_no] > 1):
            raise Invalid(
                "not-preserved",
                zh="清单第 {no} 行写明来自先行登记保存第 {from_no} 号，但没有该号转来的物品，"
                "或者该号写了两次。请核对来源编号。",
                en="Line {no} of the list comes from no. {from_no} of the preservation, but no such thing "
                "goes into this measure, or another line comes from it too. Check the number.",
                faults=[FieldFault(f"/list/{index}/from_no", "请核对来源编号。", "Check the number.")],
                no=line.no,
                from_no=line.from_no,
            )
    if missing := [each.item for no, each in known.items() if no not in told]:
        named = in_words(missing)
        raise Conflict(
            "preserved-left-out",
            zh="先行登记保存转来的{missing_zh}没有列入清单。请照转来的物品逐项列明。",
            en="Things that were preserved are not on the list: {missing_en}. List each of them.",
            missing_zh=named.zh,
            missing_en=named.en,
        )
    return known

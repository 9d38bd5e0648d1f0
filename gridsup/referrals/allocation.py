"""Who leads: the department that answers for an unlicensed operator, by facts (P9-C1, 篇9 §1.9.3).

The lead is the first row, by priority, that is true. A row that stays unknown is passed over and listed with
the facts it lacks, so that the dispatcher sees what one more question would settle.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from gridsup.errors import FieldFault, Invalid
from gridsup.procedures.conditions import Verdict, evaluate
from gridsup.procedures.pack import RuleRow
from gridsup.procedures.rules import AllocationValue, Inform, RuleTables, load_tables
from gridsup.referrals.departments import Body, Catalogue, Department, Section, Trade, catalogue

TABLE = "allocation_p9"
FINDER = "D01"
"""The bureau that this product serves: what it finds goes out as a 抄告, or stays in the house."""
FALLBACK = "D22"
BOOLEANS = frozenset(
    {
        "food",
        "food_stall",
        "catering",
        "occupies_road",
        "fixed_premises",
        "made_on_site",
        "sold_in_own_shop",
        "production_main",
        "production_and_sale_places_separated",
        "traditional_food",
        "few_staff",
        "simple_conditions",
        "made_and_sold_on_spot",
        "students_dining",
        "permit_required",
        "beyond_scope",
        "police_filing_missing",
        "internet_cafe",
        "public_assembly_place",
        "pre_opening_inspection_missing",
        "suspected_crime",
    }
)
CHOICES: dict[str, tuple[str, ...]] = {
    "permit_status": ("none", "valid", "revoked", "rescinded", "expired", "cancelled"),
    "business_licence_status": ("none", "valid", "revoked", "cancelled", "expired"),
}
_CODE = re.compile(r"D\d+(-\d+)?$")
FACTS = BOOLEANS | frozenset(CHOICES) | {"trade"}
"""The facts that allocation understands; an absent one is unknown, not false."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One row that was looked at: true, false, or unknown for want of ``missing``."""

    rule: str
    title_zh: str
    title_en: str
    verdict: bool | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allocation:
    """The proposal: who leads (``lead`` D01…D22, ``body`` the body by date), who is informed, and why.

    ``reading``: the seed does not say so expressly. ``manual``: no row decided, the dispatcher does.
    ``considered`` lists the rows in order, up to the one that decided.
    """

    lead: str
    body: Body | None
    inform: tuple[str, ...]
    rule: str
    source: str
    reading: bool
    manual: bool
    internal: bool
    """Finder and lead are one body on that day: the work goes to ``section`` by internal assignment
    (内部交办), without 抄告 and its clocks."""
    section: Section | None
    considered: tuple[Considered, ...]
    trade: str | None = None
    """The catalogue's code of the trade; None where none was told or the catalogue does not list it."""

    def as_json(self) -> dict[str, Any]:
        """``body`` is the name of the body; ``body_verified`` false while nobody confirmed it."""
        return {
            "lead": self.lead,
            "trade": self.trade,
            "body": self.body.name if self.body else None,
            "body_en": self.body.name_en if self.body else None,
            "body_verified": self.body.verified if self.body else None,
            "internal": self.internal,
            "section": self.section.model_dump() if self.section else None,
            "inform": list(self.inform),
            "rule": self.rule,
            "source": self.source,
            "reading": self.reading,
            "manual": self.manual,
            "considered": [
                {
                    "rule": each.rule,
                    "title": {"zh": each.title_zh, "en": each.title_en},
                    "verdict": each.verdict,
                    "missing": list(each.missing),
                }
                for each in self.considered
            ],
        }


def relevant(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Of a matter's facts, those that allocation understands."""
    return {name: value for name, value in facts.items() if name in FACTS}


def allocate(
    facts: Mapping[str, Any],
    on: date,
    *,
    scope: Mapping[str, str] | None = None,
    tables: RuleTables | None = None,
    finder: str = FINDER,
    separate: Collection[str] = (),
) -> Allocation:
    """The department that leads on a day, by the rows in force then.

    ``finder``: the department that found it, D01…D22. ``separate``: departments that here are still bodies of
    their own, whatever the dated table says (a bureau's setting ``separate_departments``).

    Raises ``Invalid`` ``allocation-facts`` naming each unknown fact and each value out of its range.
    """
    _refuse_wrong(facts)
    known = catalogue()
    found = known.trade(facts["trade"]) if facts.get("trade") else None
    facts = {**(found[1].implies if found else {}), **_given(facts)}
    rows = _rows(tables or load_tables(), on, scope)
    considered: list[Considered] = []
    for index, (row, value) in enumerate(rows):
        verdict = _judge(value, facts)
        considered.append(Considered(row.id, value.title.zh, value.title.en, verdict.value, verdict.missing))
        if verdict.value:
            made = _decide(row, value, rows[index + 1 :], facts, found, known, on, tuple(considered))
            return _keep_inside(made, found, known, on, finder, separate)
    raise Invalid(
        "allocation-without-fallback",
        zh="职责划分规则在 {on} 没有兜底的一行。请补充。",
        en="The allocation rules in force on {on} have no last row that always holds. Add one.",
        on=on.isoformat(),
    )


def _decide(
    row: RuleRow,
    value: AllocationValue,
    later: Sequence[tuple[RuleRow, AllocationValue]],
    facts: Mapping[str, Any],
    found: tuple[Department, Trade] | None,
    known: Catalogue,
    on: date,
    considered: tuple[Considered, ...],
) -> Allocation:
    by_trade = found[0].code if found else FALLBACK
    trade = found[1] if found else None
    lead = by_trade if value.lead == "trade" else value.lead
    leads_by_trade = value.lead == "trade"
    named = [_named(each, later, facts, found) for each in value.inform if _informs(each, facts)]
    also = trade.inform if trade and leads_by_trade else []
    inform = dict.fromkeys([*(code for code in named if code), *also])
    return Allocation(
        lead=lead,
        body=known.body(lead, on, trade=trade if leads_by_trade else None, duty=value.duty),
        inform=tuple(code for code in inform if code != lead),
        rule=row.id,
        source=row.source,
        reading=value.reading or bool(leads_by_trade and (trade is None or trade.reading)),
        manual=value.manual,
        internal=False,
        section=None,
        considered=considered,
        trade=trade.code if trade else None,
    )


def _keep_inside(
    made: Allocation,
    found: tuple[Department, Trade] | None,
    known: Catalogue,
    on: date,
    finder: str,
    separate: Collection[str],
) -> Allocation:
    """Whether finder and lead are one body, and the section that takes the work then."""
    ours = known.body(finder, on)
    if made.lead in separate or not (made.lead == finder or _same(made.body, ours)):
        return made
    by_trade = found[1].section if found and made.lead == found[0].code else None
    return replace(made, internal=True, section=by_trade or known.department(made.lead).section)


def one_body(
    code: str, on: date, *, trade: str | None = None, finder: str = FINDER, separate: Collection[str] = ()
) -> bool:
    """Whether a department and the finder are one body on a day (工商, 质监 and 食药 are since 2018)."""
    known = catalogue()
    found = known.trade(trade) if trade else None
    own = found[1] if found and found[0].code == code else None
    return code not in separate and (
        code == finder or _same(known.body(code, on, trade=own), known.body(finder, on))
    )


def _same(one: Body | None, other: Body | None) -> bool:
    return one is not None and other is not None and one.name == other.name


def _judge(value: AllocationValue, facts: Mapping[str, Any]) -> Verdict:
    """A row that leads to the trade's department needs to know the trade."""
    verdict = evaluate(value.when, facts)
    if verdict.value is not False and value.lead == "trade" and not facts.get("trade"):
        return Verdict(None, tuple(sorted({*verdict.missing, "trade"})))
    return verdict


def _informs(each: Inform, facts: Mapping[str, Any]) -> bool:
    return evaluate(each.when, facts).value is not False


def _named(
    each: Inform,
    later: Sequence[tuple[RuleRow, AllocationValue]],
    facts: Mapping[str, Any],
    found: tuple[Department, Trade] | None,
) -> str | None:
    """The department that an ``inform`` entry means; None where the trade is unknown."""
    if each.to == "trade":
        return found[0].code if found else None
    if each.to == "permit":
        return (found[0].licensor or found[0].code) if found else None
    if each.to == "former":
        for _, value in later:
            if _judge(value, facts).value:
                return (found[0].code if found else FALLBACK) if value.lead == "trade" else value.lead
        return None
    return each.to


def _rows(
    tables: RuleTables, on: date, scope: Mapping[str, str] | None
) -> list[tuple[RuleRow, AllocationValue]]:
    rows = [(row, AllocationValue.model_validate(row.value)) for row in tables.in_force(TABLE, on, scope)]
    return sorted(rows, key=lambda each: each[1].priority)


def _given(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _refuse_wrong(facts: Mapping[str, Any]) -> None:
    faults = [fault for name, value in facts.items() if (fault := _fault(name, value))]
    if faults:
        raise Invalid(
            "allocation-facts",
            zh="有 {count} 项事实无法识别：{first_zh}",
            en="{count} fact(s) cannot be used: {first_en}",
            faults=faults,
            count=len(faults),
            first_zh=faults[0].zh,
            first_en=faults[0].en,
            names=[fault.pointer[1:] for fault in faults],
        )


def _fault(name: str, value: Any) -> FieldFault | None:
    kind: Literal["boolean", "text"] = "boolean" if name in BOOLEANS else "text"
    pointer = f"/{name}"
    if name not in FACTS:
        return FieldFault(pointer, f"没有名为“{name}”的事实。", f"There is no fact “{name}”.")
    if value is None:
        return None
    if kind == "boolean" and not isinstance(value, bool):
        return FieldFault(pointer, f"“{name}”只能是 true 或 false。", f"“{name}” is true or false.")
    if kind == "text" and not isinstance(value, str):
        return FieldFault(pointer, f"“{name}”应为文字。", f"“{name}” is a text.")
    if name in CHOICES and value not in CHOICES[name]:
        told = f"“{name}”只能是：{'、'.join(CHOICES[name])}。"
        return FieldFault(pointer, told, f"“{name}” is one of: {', '.join(CHOICES[name])}.")
    if name == "trade" and _CODE.match(value.strip().upper()) and not catalogue().trade(value):
        told = f"没有代码为“{value}”的行业。请写行业名称，或 D01 至 D22 的代码。"
        return FieldFault(pointer, told, f"No trade has the code “{value}”. Write its name or D01 to D22.")
    return None

"""Which law applies (行政处罚法 art. 37): that of the act, or that of the decision where it is milder.

Both are looked up in a dated table and both stand in the answer, with the reason for the choice. A range of
fines is milder when its most is lower, then its least; at equal fines, the law that puts correction first,
then the one with fewer confiscations and measures. At a draw the law of the act applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gridsup.errors import NotFound, Refused
from gridsup.procedures.conditions import evaluate
from gridsup.procedures.pack import RuleRow
from gridsup.procedures.rules import PenaltyValue, Power, RuleTables, load_tables

TABLE = "penalties_unlicensed"
Weight = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Provision:
    """What the law of one day threatens the conduct with."""

    on: date
    row: RuleRow
    value: PenaltyValue

    @property
    def weight(self) -> Weight:
        """Ordered as the law is harder: most, least, no correction first, further consequences."""
        fine = self.value.fine
        most, least = (fine.max, fine.min) if fine else (0, 0)
        further = len(self.value.confiscate) + len(self.value.measures)
        return most, least, 0 if self.value.correction_first else 1, further

    def as_json(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "rule": self.row.id,
            "title": self.value.title.model_dump(),
            "fine": self.value.fine.model_dump() if self.value.fine else None,
            "confiscate": list(self.value.confiscate),
            "measures": list(self.value.measures),
            "correction_first": self.value.correction_first,
            "source": self.row.source,
            "verified": self.row.verified,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """The law of the act, that of the decision, and the one that applies."""

    act: Provision
    decision: Provision
    applies: Provision

    @property
    def verified(self) -> bool:
        return self.act.row.verified and self.decision.row.verified

    def as_json(self) -> dict[str, Any]:
        return {
            "act": self.act.as_json(),
            "decision": self.decision.as_json(),
            "applies": self.applies.row.id,
            "verified": self.verified,
            "lines": self.lines(),
        }

    def lines(self) -> dict[str, list[str]]:
        """The explanation that is stored on the event and shown, in both languages."""
        same = self.act.row.id == self.decision.row.id
        zh: list[str] = []
        en: list[str] = []
        if not same:
            zh.append(f"行为时（{self.act.on}）：{_zh(self.act)}")
            en.append(f"Law of the act ({self.act.on}): {_en(self.act)}")
        zh.append(f"{'行为时与决定时' if same else '决定时'}（{self.decision.on}）：{_zh(self.decision)}")
        en.append(
            f"Law of {'act and' if same else 'the'} decision ({self.decision.on}): {_en(self.decision)}"
        )
        if not same:
            of_zh, of_en = ("行为时", "act") if self.applies is self.act else ("决定时", "decision")
            zh.append(f"依行政处罚法第三十七条从旧兼从轻，适用{of_zh}的规定")
            en.append(f"Penalty law art. 37, the old law or a milder new one: that of the {of_en}")
        if not self.verified:
            zh.append("所列条款有未经核对原文的，须核对后引用")
            en.append("Some of these provisions were not checked against the text: check before citing")
        return {"zh": zh, "en": en}


def provision(
    conduct: str, on: date, facts: Mapping[str, Any], *, tables: RuleTables | None = None
) -> Provision:
    """The provision for a conduct by the law of a day: the first row by priority that is true.

    Raises:
        NotFound: ``law-not-on-record`` where no row for the conduct is in force that day.
        Refused: ``facts-missing`` where a graver row can be neither said nor ruled out.
    """
    tables = tables or load_tables()
    rows = [(row, PenaltyValue.model_validate(row.value)) for row in tables.in_force(TABLE, on)]
    fitting = sorted((each for each in rows if each[1].conduct == conduct), key=lambda each: each[1].priority)
    for row, value in fitting:
        verdict = evaluate(value.when, facts)
        if verdict.value is None:
            raise Refused(
                "facts-missing",
                zh="适用“{title}”须先查明：{facts}。请补充采集。",
                en="Whether “{title_en}” applies hangs on: {facts}. Record them first.",
                title=value.title.zh,
                title_en=value.title.en,
                facts=", ".join(verdict.missing),
                missing=list(verdict.missing),
            )
        if verdict.value:
            return Provision(on, row, value)
    raise NotFound(
        "law-not-on-record",
        zh="没有 {on} 对“{conduct}”生效的罚则。请在规则表中补充该日的条款，或核对违法行为日期。",
        en="No penalty for “{conduct}” in force on {on} is on record. Add that day's provision to the rule "
        "table, or check the date of the act.",
        on=on.isoformat(),
        conduct=conduct,
    )


def seizure_power(conduct: str, on: date, *, tables: RuleTables | None = None) -> Power | None:
    """The law of a day that lets things be sealed or seized (查封、扣押) for a conduct, if there is one."""
    rows = (tables or load_tables()).in_force(TABLE, on)
    values = (PenaltyValue.model_validate(row.value) for row in rows)
    return next((each.seizure for each in values if each.conduct == conduct and each.seizure), None)


def judge(
    conduct: str,
    act_on: date,
    decided_on: date,
    facts: Mapping[str, Any],
    *,
    tables: RuleTables | None = None,
) -> Judged:
    """Both laws, and the milder. ``act_on``: the day the act ended; a continuing act ends with the decision.

    Raises as :func:`provision`; without a law of the day of the act there was nothing to break.
    """
    act = provision(conduct, act_on, facts, tables=tables)
    decision = provision(conduct, decided_on, facts, tables=tables)
    return Judged(act, decision, decision if decision.weight < act.weight else act)


def check_fine(applies: Provision, fine: Decimal, *, mitigated: bool = False) -> None:
    """Raises :class:`Refused` ``fine-outside-range``; ``mitigated`` (减轻处罚, art. 32) lifts the least."""
    limits = applies.value.fine
    most, least = (Decimal(limits.max), Decimal(limits.min)) if limits else (Decimal(0), Decimal(0))
    if fine > most or (fine < least and not mitigated):
        raise Refused(
            "fine-outside-range",
            zh="罚款 {fine} 元不在适用条款（{source}）的幅度 {least}–{most} 元之内。请调整，或写明减轻情形。",
            en="A fine of {fine} yuan lies outside {least}–{most}, the range of “{title}”. "
            "Change it, or state the ground of mitigation.",
            fine=str(fine),
            source=applies.row.source,
            title=applies.value.title.en,
            least=str(least),
            most=str(most),
        )


def _zh(each: Provision) -> str:
    fine = each.value.fine
    words = f"罚款 {fine.min}–{fine.max} 元" if fine else "不罚款"
    first = "，须先责令改正" if each.value.correction_first else ""
    note = "" if each.row.verified else "（未核对）"
    return f"{each.row.source}{note}：{each.value.title.zh}，{words}{first}"


def _en(each: Provision) -> str:
    fine = each.value.fine
    words = f"fine {fine.min}–{fine.max} yuan" if fine else "no fine"
    first = ", correction ordered first" if each.value.correction_first else ""
    note = "" if each.row.verified else " (not verified)"
    return f"{each.value.title.en}, {words}{first}{note}"

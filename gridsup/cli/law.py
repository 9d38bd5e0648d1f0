"""``gridsup law``: which penalty applies, by the law of the act and of the decision."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from gridsup.cli.frame import AsJson, both, out, print_json
from gridsup.enforcement.law import Judged, judge
from gridsup.errors import Invalid
from gridsup.people.deputies import day_of
from gridsup.procedures import citations
from gridsup.procedures.lawtexts import quoted
from gridsup.procedures.pack import RuleRow


def law(
    conduct: Annotated[
        str,
        typer.Argument(help="违法行为 · the conduct: unlicensed, premises, change, display, safety"),
    ],
    act: Annotated[str, typer.Option(help="行为终了之日 · the day the act ended, YYYY-MM-DD")],
    decided: Annotated[str | None, typer.Option(help="决定之日 · the day of the decision (today)")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="拒不改正 · correction was refused")] = False,
    serious: Annotated[bool, typer.Option("--serious", help="情节严重 · serious")] = False,
    danger: Annotated[bool, typer.Option("--danger", help="危害健康或公共安全 · dangerous")] = False,
    as_json: AsJson = False,
) -> None:
    """从旧兼从轻：行为时与决定时的法律，适用何者 · both laws, and the milder (APL-37)."""
    facts = {"correction_refused": refused, "serious": serious, "public_danger": danger}
    decided_on = _day(decided) if decided else day_of(datetime.now(UTC))
    judged = judge(conduct, _day(act), decided_on, facts)
    words = {row.id: (row.source, quoted(row.source)) for row in _rows(judged)}
    if as_json:
        texts = {name: [asdict(one) for one in found] for name, (_, found) in words.items()}
        print_json({**judged.as_json(), "texts": texts})
        return
    lines = judged.lines()
    for zh, en in zip(lines["zh"], lines["en"], strict=True):
        out.print(both(zh, en), markup=False)
    for source, found in words.values():
        if not found:
            said = both(f"原文未载：{source}", f"its words are not at hand: {citations.source(source).en}")
            out.print(said, markup=False)
        for one in found:
            out.print(f"原文 · in its own words  《{one.law}》{one.article}", markup=False)
            out.print(f"  {one.text}", markup=False)


def _rows(judged: Judged) -> list[RuleRow]:
    """The provision of the act and that of the decision; once where it is the same."""
    return list({each.row.id: each.row for each in (judged.act, judged.decision)}.values())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "date-malformed",
            zh="日期“{text}”无法读取。请写成 2026-03-02。",
            en="The date “{text}” cannot be read. Write it as 2026-03-02.",
            text=text,
        ) from None

"""``gridsup law``: which penalty applies, by the law of the act and of the decision."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from gridsup.cli.frame import AsJson, both, out, print_json
from gridsup.enforcement.law import judge
from gridsup.errors import Invalid
from gridsup.people.deputies import day_of


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
    if as_json:
        print_json(judged.as_json())
        return
    lines = judged.lines()
    for zh, en in zip(lines["zh"], lines["en"], strict=True):
        out.print(both(zh, en), markup=False)


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

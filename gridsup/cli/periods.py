"""``gridsup period``: a legal period, counted and explained."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import typer

from gridsup import calendars
from gridsup.cli.frame import AsJson, both, out, print_json, say
from gridsup.errors import Invalid


def period(
    start: Annotated[str, typer.Argument(help="起算日 · start, 2026-02-10 (or 2026-02-10T09:30 for hours)")],
    spec: Annotated[str, typer.Argument(help="期间 · amount and unit H D WD M Y, e.g. 5WD, -3D, 2M")],
    roll: Annotated[
        Literal["next", "none"], typer.Option(help="末日逢节假日顺延 · when the last day is no working day")
    ] = "next",
    as_json: AsJson = False,
) -> None:
    """期间计算 · count a legal period (法定期间) and say which days it skips."""
    counted = calendars.period(_start(start), spec, roll=roll)
    if as_json:
        print_json(counted.as_json())
        return
    out.print(counted.due_at.isoformat() if counted.amount.unit == "H" else str(counted.due), style="bold")
    for step in counted.steps:
        out.print("  " + both(step.zh, step.en), markup=False)
    if counted.provisional:
        say("节假日安排尚未公布，结果为暂定。", "The holiday notice is not out yet: this is provisional.")


def _start(value: str) -> date | datetime:
    try:
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError as error:
        raise Invalid(
            "bad-date",
            zh="“{value}”不是日期，应写作 2026-02-10 或 2026-02-10T09:30。",
            en="“{value}” is no date; write 2026-02-10 or 2026-02-10T09:30.",
            value=value,
        ) from error

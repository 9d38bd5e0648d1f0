"""``gridsup allocate``: which department leads by the facts of a finding (P9-C1), and why."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gridsup.cli.frame import AsJson, both, out, print_json, say
from gridsup.errors import Invalid, NotFound
from gridsup.people.deputies import day_of
from gridsup.referrals.allocation import FINDER, Allocation, allocate
from gridsup.referrals.departments import catalogue


def allocation(
    facts: Annotated[Path, typer.Argument(help="事实（JSON；- 为标准输入） · facts as JSON; - reads stdin")],
    on: Annotated[str | None, typer.Option(help="适用日期 · the day whose rules count (today)")] = None,
    finder: Annotated[str, typer.Option(help="发现部门 · the department that found it")] = FINDER,
    separate: Annotated[
        list[str] | None,
        typer.Option(help="本地仍单设的部门 · departments that are still bodies of their own here"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """职责划分：由事实确定牵头部门，并说明理由 · who leads by these facts, who is informed, and why."""
    known = catalogue()
    for code in (finder, *(separate or ())):
        known.department(code)
    given = _facts(facts)
    made = allocate(given, _day(on), finder=finder, separate=separate or ())
    if as_json:
        print_json(made.as_json())
        return
    if given.get("trade") and made.trade is None:
        say(
            f"行业目录中没有“{given['trade']}”，按其他需经许可的行业处理。",
            f"The trades do not list “{given['trade']}”: taken as any other that needs a permit.",
        )
    _print(made)


def _print(made: Allocation) -> None:
    lead = catalogue().department(made.lead)
    body = both(made.body.name, made.body.name_en) if made.body else both("由人工确定", "decided by hand")
    out.print(f"{made.lead} {both(lead.name, lead.name_en)} → {body}", style="bold", markup=False)
    if made.internal:
        section = both(made.section.name, made.section.name_en) if made.section else ""
        say("牵头部门与发现部门现为同一机关：内部交办，不抄告。", "One body today: assigned in the house.")
        out.print(f"  {section}", markup=False)
    if made.inform:
        informed = [catalogue().department(code) for code in made.inform]
        say(
            f"告知：{'、'.join(f'{each.code} {each.name}' for each in informed)}",
            f"Informed: {', '.join(f'{each.code} {each.name_en}' for each in informed)}",
        )
    say(f"依据：{made.rule}（{made.source}）", f"By rule {made.rule}")
    for row in made.considered:
        mark = {True: "✓", False: "✗", None: "?"}[row.verdict]
        lacks = both(f"缺 {'、'.join(row.missing)}", f"lacks {', '.join(row.missing)}") if row.missing else ""
        out.print(f"  {mark} {row.rule}  {both(row.title_zh, row.title_en)}  {lacks}", markup=False)


def _facts(path: Path) -> dict[str, Any]:
    if str(path) != "-" and not path.is_file():
        raise NotFound(
            "facts-file-missing", zh="没有文件“{path}”。", en="There is no file “{path}”.", path=str(path)
        )
    try:
        # utf-8-sig: the editors of Windows put a mark before the first character.
        read = json.loads(sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(
            "facts-unreadable",
            zh='无法读取“{path}”：应为 JSON 对象，如 {{"trade": "餐饮"}}。',
            en='“{path}” cannot be read: it must hold a JSON object such as {{"trade": "餐饮"}}.',
            path=str(path),
        ) from error
    if not isinstance(read, dict):
        raise Invalid(
            "facts-unreadable",
            zh="“{path}”应为一个 JSON 对象（事实名: 值）。",
            en="“{path}” must hold one JSON object of names and values.",
            path=str(path),
        )
    return read


def _day(text: str | None) -> date:
    if text is None:
        return day_of(datetime.now(UTC))
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            "bad-date",
            zh="“{value}”不是日期，应写作 2026-02-10。",
            en="“{value}” is no date; write 2026-02-10.",
            value=text,
        ) from error

"""``gridsup offenders``: the lists that must be empty."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, get_args

import typer

from gridsup.cli.frame import AsJson, both, out, print_json, say
from gridsup.cli.record import Jurisdiction, bound
from gridsup.offenders import service
from gridsup.offenders.service import ListName

MOST = 100_000


def offenders(
    name: Annotated[
        str | None,
        typer.Argument(help=f"清单 · one list: {', '.join(get_args(ListName))} (all: their counts)"),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="有未清零的清单时以 1 退出 · exit with 1 when a list is not empty")
    ] = False,
    jurisdiction: Jurisdiction = None,
    as_json: AsJson = False,
) -> None:
    """必须清零的清单，及应由谁处理 · the lists that must be empty, and who should act."""
    with bound(jurisdiction) as session:
        counts = service.counts(session)
        rows = service.offenders(session, name, limit=MOST) if name else []
    total = len(rows) if name else sum(counts.values())
    if as_json:
        print_json([_plain(one) for one in rows] if name else counts)
    elif name:
        for one in rows:
            reason, who = service.REASONS[one.reason], one.who()
            told = both(f"{reason.zh}，{one.days}天，{who.zh}", f"{reason.en}, {one.days} d, {who.en}")
            out.print(f"{one.subject} {one.id}  {one.number or '-'}  {one.title}  {told}", markup=False)
    else:
        for each, count in counts.items():
            title = service.LISTS[each]
            out.print(f"{count:>6}  {each}  {both(title.zh, title.en)}", markup=False)
    if not total and not as_json:
        say("全部清零。", "All empty.")
    if check and total:
        raise typer.Exit(1)


def _plain(one: service.Offender) -> dict[str, Any]:
    return {**asdict(one), "who": one.who().model_dump()}

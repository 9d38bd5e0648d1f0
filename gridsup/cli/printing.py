"""``gridsup print cell-maps``: the A3 sheets of a station's cells; ``seals``: how each paper is sealed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gridsup.cells.locate import today
from gridsup.cli import frame
from gridsup.cli.frame import AsJson
from gridsup.cli.record import Jurisdiction, bound
from gridsup.documents import seals
from gridsup.documents.kinds import kinds
from gridsup.errors import NotFound
from gridsup.maps import service
from gridsup.people import queries

app = typer.Typer(cls=frame.LazyGroup, no_args_is_help=True, help="打印 · print")


@app.callback()
def _group() -> None:
    """打印网格责任图，用印方式 · print the maps of cells; how papers are sealed."""


@app.command("cell-maps")
def cell_maps(
    station: Annotated[str, typer.Option(help="监管所代码 · code of the station")],
    out: Annotated[Path, typer.Option(help="存放文件夹 · folder for the files")],
    jurisdiction: Jurisdiction = None,
) -> None:
    """每个网格一份 A3 责任图（PDF） · one A3 map (PDF) for each cell of a station."""
    now = datetime.now(UTC)
    with bound(jurisdiction) as session:
        place = session.info["jurisdiction_id"]
        found = {one.code: one for one in session.scalars(queries.organisations(place, kind="station"))}
        if station not in found:
            raise NotFound(
                "no-such-station",
                zh="没有代码为 {station} 的监管所，现有：{known}。",
                en="There is no station {station}; there are: {known}.",
                station=station,
                known=", ".join(sorted(found)) or "-",
            )
        sheets = service.station_sheets(session, place, found[station].id, day=today(), made_at=now)
    out.mkdir(parents=True, exist_ok=True)
    for sheet in sheets:
        (out / f"{sheet['code']}.pdf").write_bytes(service.render([sheet], made_at=now))
        frame.note(sheet["name"], f"{sheet['code']}.pdf")
    frame.say(f"已生成 {len(sheets)} 份，存于 {out}。", f"{len(sheets)} map(s) in {out}.")


@app.command("seals")
def seal_ways(
    choices: Annotated[
        list[str] | None, typer.Option("--set", help="文书=方式，如 penalty_decision=wet · kind=image or wet")
    ] = None,
    as_json: AsJson = False,
    jurisdiction: Jurisdiction = None,
) -> None:
    """各种文书的用印方式：电子印章（image）或打印盖章后扫描（wet） · how each kind of paper is sealed."""
    with bound(jurisdiction) as session:
        for choice in choices or ():
            kind, _, way = choice.partition("=")
            seals.choose(session, kind, way)
        found = seals.ways(session)
    if as_json:
        frame.print_json(found)
        return
    for kind, way in found.items():
        title = kinds()[kind].title
        typer.echo(f"{way:5}  {kind}  {frame.both(title.zh, title.en)}")

"""``gridsup print cell-maps``: the A3 sheets of a station's cells as files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gridsup.cells.locate import today
from gridsup.cli import frame
from gridsup.cli.record import Jurisdiction, bound
from gridsup.errors import NotFound
from gridsup.maps import service
from gridsup.people import queries

app = typer.Typer(cls=frame.LazyGroup, no_args_is_help=True, help="打印 · print")


@app.callback()
def _group() -> None:
    """打印网格责任图 · print the maps of cells."""


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

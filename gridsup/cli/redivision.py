"""``gridsup redivision list | export | import | enact``: drafts of a new division from the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from geo_data.layers import read_layer
from gridsup.cells.locate import today
from gridsup.cli.frame import AsJson, out, print_json, say
from gridsup.cli.record import Jurisdiction, bound
from gridsup.errors import Invalid
from gridsup.redivision import enacting, exchange, service

app = typer.Typer(no_args_is_help=True, help="网格重划草案 · drafts of a new division")
Draft = Annotated[int, typer.Argument(help="草案编号 · number of the draft")]


@app.command("list")
def listed(jurisdiction: Jurisdiction = None, as_json: AsJson = False) -> None:
    """列出草案 · the drafts, newest first."""
    with bound(jurisdiction) as session:
        drafts = service.listing(session, session.info["jurisdiction_id"], None)
        rows = [
            {
                "id": one.id,
                "name": one.name,
                "state": one.state,
                "version": one.version,
                "planned_on": one.planned_on,
                "cells": one.report["cells"],
                "workload_cv": one.report["workload_cv"],
                "failure": one.failure,
            }
            for one in drafts
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        out.print("{id}  {name}  {state} v{version}  {planned_on}".format(**row), markup=False)


@app.command()
def export(
    draft: Draft,
    to: Annotated[Path, typer.Argument(help="GeoPackage 文件 · file.gpkg")],
    jurisdiction: Jurisdiction = None,
) -> None:
    """导出为 GeoPackage（可在 QGIS 中编辑） · write a draft as a GeoPackage for QGIS."""
    with bound(jurisdiction) as session:
        exchange.write(session, service.get(session, session.info["jurisdiction_id"], draft), to)
    say(f"已导出到 {to}", f"written to {to}")


@app.command("import")
def take_back(
    draft: Draft,
    file: Annotated[Path, typer.Argument(help="编辑后的 GeoPackage · the edited file.gpkg")],
    jurisdiction: Jurisdiction = None,
) -> None:
    """导入编辑后的 GeoPackage，作为草案的新版本 · take an edited GeoPackage as the next version."""
    cells, blocks = (read_layer(file, layer=name).frame for name in ("cells", "blocks"))
    with bound(jurisdiction) as session:
        held = service.hold(session, session.info["jurisdiction_id"], draft, None)
        version = exchange.take_back(session, held, cells, blocks, by=None).version
    say(f"草案现为第 {version} 版。", f"The draft is at version {version}.")


@app.command()
def enact(
    draft: Draft,
    day: Annotated[str | None, typer.Option(help="生效日，默认今天 · day, 2026-12-01; today")] = None,
    jurisdiction: Jurisdiction = None,
) -> None:
    """使草案生效，或定于将来某日生效 · bring a draft into force, or set the day on which it will be."""
    with bound(jurisdiction) as session:
        held = service.hold(
            session, session.info["jurisdiction_id"], draft, None, states=("open", "scheduled")
        )
        done = enacting.schedule(session, held, _day(day), by=None)
        state, planned_on = done.state, done.planned_on
    if state == "enacted":
        say(f"已自 {planned_on} 起生效。", f"In force from {planned_on} on.")
    else:
        say(f"将于 {planned_on} 生效。", f"It will be in force from {planned_on} on.")


def _day(given: str | None) -> date:
    try:
        return date.fromisoformat(given) if given else today()
    except ValueError as error:
        raise Invalid(
            "bad-date",
            zh="“{value}”不是日期，应写作 2026-12-01。",
            en="“{value}” is no date; write 2026-12-01.",
            value=given,
        ) from error

"""The command line: ``gridsup``.

A group of commands is a module of this package with ``app = typer.Typer(help=…)``; one line in
:data:`GROUPS` adds it. Groups load when they are called, so that ``gridsup up`` does not wait for GDAL.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from gridsup import __version__
from gridsup.cli import allocation, bureau, doctor, frame, periods, serving, upkeep

GROUPS = {
    "db": "gridsup.cli.database",
    "demo": "gridsup.cli.demo",
    "import": "gridsup.cli.imports",
    "print": "gridsup.cli.printing",
    "procedures": "gridsup.cli.procedures",
    "redivision": "gridsup.cli.redivision",
    "referrals": "gridsup.cli.referrals",
}
"""Name of the group → module that holds its ``app``."""


class Gridsup(frame.LazyGroup):
    groups = GROUPS


app = typer.Typer(
    cls=Gridsup,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="网格监管平台 · grid supervision platform",
)
app.command("up")(serving.up)
app.command("down")(serving.down)
app.command("status")(serving.status)
app.command("doctor")(doctor.doctor)
app.command("upkeep")(upkeep.upkeep)
app.command("init")(bureau.init)
app.command("allocate")(allocation.allocation)
app.command("period", context_settings={"ignore_unknown_options": True})(periods.period)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gridsup {__version__}")
        raise typer.Exit


@app.callback()
def main(
    lang: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(envvar="GRIDSUP_LANGUAGE", help="只用一种语言 · one language only (default: both)"),
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    frame.use_language(lang)

"""The command line: ``gridsup``.

A group of commands is a module of this package with ``app = typer.Typer(help=…)``; one line in
:data:`GROUPS` adds it. Groups load when they are called, so that ``gridsup up`` does not wait for GDAL.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from gridsup import __version__
from gridsup.cli import frame

COMMANDS = {
    "up": "gridsup.cli.serving:up",
    "down": "gridsup.cli.serving:down",
    "status": "gridsup.cli.serving:status",
    "doctor": "gridsup.cli.doctor:doctor",
    "upkeep": "gridsup.cli.upkeep:upkeep",
    "init": "gridsup.cli.bureau:init",
    "divide": "gridsup.cli.dividing:division",
    "allocate": "gridsup.cli.allocation:allocation",
    "law": "gridsup.cli.law:law",
    "period": "gridsup.cli.periods:period",
    "offenders": "gridsup.cli.offenders:offenders",
}
"""Name of the command → where it is."""
GROUPS = {
    "db": "gridsup.cli.database",
    "demo": "gridsup.cli.demo",
    "import": "gridsup.cli.imports",
    "limits": "gridsup.cli.limits",
    "practice": "gridsup.cli.practice",
    "print": "gridsup.cli.printing",
    "procedures": "gridsup.cli.procedures",
    "redivision": "gridsup.cli.redivision",
    "referrals": "gridsup.cli.referrals",
}
"""Name of the group → module that holds its ``app``."""


class Gridsup(frame.LazyGroup):
    commands_at = COMMANDS
    groups = GROUPS


app = typer.Typer(
    cls=Gridsup,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="网格监管平台 · grid supervision platform",
)


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

"""``gridsup procedures copy | install | migrate``: a bureau's own version of a procedure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridsup.cli.frame import AsJson, print_json, say
from gridsup.cli.record import Jurisdiction, bound
from gridsup.procedures import own, upkeep
from gridsup.procedures.family import jurisdiction_of
from gridsup.procedures.loader import LoadedPack


def copy(
    pack: Annotated[str, typer.Argument(help="流程 · the pack, e.g. brigade_support")],
    version: Annotated[int, typer.Option(help="本局版本号，从 1001 起 · from 1001 on")] = own.FIRST,
) -> None:
    """输出一份可修改的本局版本（YAML） · print a copy to edit as the bureau's own version."""
    typer.echo(own.copy(pack, version=version), nl=False)


def install(
    file: Annotated[
        Path, typer.Argument(help="本局流程文件 · the bureau's pack (YAML)", exists=True, dir_okay=False)
    ],
    jurisdiction: Jurisdiction = None,
    as_json: AsJson = False,
) -> None:
    """检查并装入本局版本，新事项自生效日起适用 · check and install the bureau's own version."""
    loaded = LoadedPack.from_text(file.read_text(encoding="utf-8"), file.name)
    with bound(jurisdiction, owner=True) as session:
        new = own.install(session, jurisdiction_of(session), loaded)
    told = {"pack": loaded.pack.id, "version": loaded.pack.version, "hash": loaded.hash, "new": new}
    name = f"{loaded.pack.id} v{loaded.pack.version}"
    if as_json:
        print_json(told)
    elif new:
        say(f"已装入 {name}。", f"{name} is installed.")
    else:
        say(f"{name} 早已装入。", f"{name} was there.")


def migrate(
    pack: Annotated[str, typer.Argument(help="流程 · the pack")],
    version: Annotated[int, typer.Argument(help="迁入的版本 · the version to move to")],
    jurisdiction: Jurisdiction = None,
    as_json: AsJson = False,
) -> None:
    """把在办事项迁到新版本，每件留痕 · move open matters to a version by its map, an event each."""
    with bound(jurisdiction) as session:
        moved = upkeep.migrate_matters(session, pack, version)
    if as_json:
        print_json({"moved": moved})
    else:
        say(f"迁移 {len(moved)} 件。", f"{len(moved)} matter(s) moved.")


def register(app: typer.Typer) -> None:
    """Add the commands to ``gridsup procedures``."""
    for command in (copy, install, migrate):
        app.command()(command)

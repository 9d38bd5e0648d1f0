"""What every command shares: two languages, errors as sentences, a database that is ready."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command, get_group

from gridsup.errors import GridsupError, Language

if TYPE_CHECKING:
    from sqlalchemy import Engine  # with the settings 30 MB that a command without a database saves

out = Console(soft_wrap=True, highlight=False, emoji=False)
err = Console(soft_wrap=True, highlight=False, emoji=False, stderr=True)
_language: Language | None = None

AsJson = Annotated[bool, typer.Option("--json", help="供程序读取 · for programs")]
"""The option by which a command answers with JSON."""


def use_language(language: Language | None) -> None:
    """Speak one language; None speaks both, Chinese first."""
    global _language
    _language = language


def both(zh: str, en: str, *, between: str = " · ") -> str:
    """The sentence in the language chosen, or in both."""
    if _language is None:
        return f"{zh}{between}{en}" if zh != en else zh
    return zh if _language == "zh" else en


def say(zh: str, en: str) -> None:
    """Tell the person something on standard output."""
    out.print(both(zh, en), markup=False)


def note(zh: str, en: str) -> None:
    """Tell of progress on standard error, so that output stays for programs to read."""
    err.print(both(zh, en), style="dim", markup=False)


def print_json(data: Any) -> None:
    """One JSON document on standard output, for programs."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def complain(error: GridsupError) -> None:
    """Print a refusal, with its faults, in the language chosen."""
    languages: tuple[Language, ...] = (_language,) if _language else ("zh", "en")
    for language in languages:
        err.print(error.text(language), style="red", markup=False)
        for fault in error.faults:
            err.print(f"  {fault.pointer}: {fault.text(language)}", markup=False)


SETTINGS = {"period": {"ignore_unknown_options": True}}
"""Of the commands that read more than their options: ``period`` takes spans such as ``-5WD``."""


class LazyGroup(TyperGroup):
    """A group whose commands and subgroups load on call, and which prints a :class:`GridsupError` and exits
    with 1. ``commands_at``: name → ``module:function``; ``groups``: name → module that holds its ``app``."""

    commands_at: ClassVar[Mapping[str, str]] = {}
    groups: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *self.commands_at, *self.groups]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in self.commands_at:
            module, _, function = self.commands_at[cmd_name].partition(":")
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name, context_settings=SETTINGS.get(cmd_name))(
                getattr(import_module(module), function)
            )
            return get_command(alone)
        if cmd_name in self.groups:
            group = get_group(import_module(self.groups[cmd_name]).app)
            group.name = cmd_name
            return group
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except GridsupError as error:
            complain(error)
            raise typer.Exit(1) from error


@contextmanager
def database(*, serving: bool = False) -> Iterator[None]:
    """The database started, prepared and migrated for the length of a block.

    ``gridsup.db.app_engine()`` and ``owner_engine()`` work inside. A private cluster that this started
    stops afterwards, unless somebody else uses it by then. ``serving`` keeps it under watch.
    """
    from gridsup import db
    from gridsup.cluster import bootstrap, database_url, is_private, private_cluster
    from gridsup.cluster.keeper import kept_up
    from gridsup.settings import get_settings

    if not is_private():
        bootstrap.prepare_named(database_url())
        _migrate()
        yield
        return
    cluster = private_cluster()
    if not cluster.created:
        note(f"正在创建数据库（{cluster.home}）…", f"creating the database ({cluster.home}) …")
    with kept_up(cluster) if serving else cluster.hold():
        bootstrap.prepare_private(cluster, get_settings().database_name)
        _migrate()
        try:
            yield
        finally:
            for engine in (db.app_engine, db.owner_engine):
                if engine.cache_info().currsize:
                    engine().dispose()


def _migrate() -> None:
    from gridsup import db, migrate
    from gridsup.settings import get_settings

    folder = get_settings().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "migrate.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before, after = migrate.upgrade(db.owner_engine())
        fresh = install_procedures(db.app_engine())
    if before != after:
        note(f"数据库结构：{before or '空'} → {after}", f"schema: {before or 'empty'} → {after}")
    if fresh:
        names = ", ".join(f"{pack} v{version}" for pack, version in fresh)
        note(f"装入新流程版本：{names}", f"new procedure versions: {names}")


def install_procedures(engine: Engine) -> list[tuple[str, int]]:
    """Give every bureau at work the procedure versions that this product brings; which were new anywhere."""
    from gridsup import db
    from gridsup.people import queries
    from gridsup.procedures import versions

    with db.transaction(engine) as session:
        known = [one.jurisdiction_id for one in session.scalars(queries.jurisdictions())]
    fresh: dict[tuple[str, int], None] = {}
    for jurisdiction_id in known:
        with db.transaction(engine, jurisdiction_id) as session:
            fresh |= dict.fromkeys(versions.install_new(session, jurisdiction_id))
    return list(fresh)

"""``gridsup db``: the database by itself."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from sqlalchemy import make_url

from gridsup import migrate
from gridsup.cli import frame, instance
from gridsup.cluster import Cluster, bootstrap, database_url, is_private, private_cluster
from gridsup.db import owner_engine
from gridsup.errors import Conflict, Refused
from gridsup.settings import get_settings

app = typer.Typer(help="数据库 · the database: start, stop, migrate, psql", no_args_is_help=True)


def _private() -> Cluster:
    if not is_private():
        raise Refused(
            "named-server",
            zh="已设置 GRIDSUP_DATABASE_URL，平台不管理该服务器的启停。",
            en="GRIDSUP_DATABASE_URL is set; the platform neither starts nor stops that server.",
        )
    return private_cluster()


@app.command()
def start() -> None:
    """启动私有数据库并保持运行 · start the private cluster and leave it running."""
    cluster = _private()
    cluster.keep()
    with frame.database():
        pass
    frame.say(f"数据库已启动：{cluster.socket_dir}", f"the database runs: {cluster.socket_dir}")


@app.command()
def stop() -> None:
    """停止私有数据库 · stop the private cluster (open transactions roll back)."""
    cluster = _private()
    if found := instance.running():
        raise Conflict(
            "in-use",
            zh="平台（{url}）正在使用数据库。请用 gridsup down 一并停止。",
            en="The platform ({url}) uses the database. Stop both with gridsup down.",
            url=found["url"],
        )
    cluster.keep(False)
    if cluster.stop():
        frame.say("数据库已停止。", "The database is stopped.")
    else:
        frame.say("数据库没有在运行。", "The database was not running.")


@app.command("migrate")
def migrate_(
    revision: Annotated[str, typer.Argument(help="目标版本 · revision to reach")] = "head",
) -> None:
    """更新数据库结构 · bring the schema to a revision."""
    with frame.database():
        if revision != "head":
            migrate.upgrade(owner_engine(), revision)
        frame.say(*[f"{migrate.current(owner_engine())}"] * 2)


@app.command()
def upgrade() -> None:
    """升级：数据库结构、新流程版本 · upgrade: the schema, and the procedure versions that are new."""
    with frame.database():  # both happen as the database is made ready, here as in `gridsup up`
        at = migrate.current(owner_engine())
        frame.say(f"数据库结构 {at}，流程版本已齐。", f"Schema {at}; all procedure versions are there.")


@app.command()
def url() -> None:
    """数据库地址（所有者权限，可能含密码） · the database's URL, with the owner's rights."""
    typer.echo(database_url())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """打开 psql · open psql as the owner; further arguments go to psql."""
    if is_private():
        cluster = private_cluster()
        cluster.start()
        tool = str(cluster.binaries.bin / "psql")
        environment = {**os.environ, **cluster.binaries.environment(), "PATH": os.environ["PATH"]}
    else:
        tool, environment = "psql", dict(os.environ)
    target = make_url(database_url()).set(drivername="postgresql").render_as_string(hide_password=False)
    os.execvpe(tool, [tool, target, *context.args], environment)


@app.command()
def sql(
    role: Annotated[str, typer.Option(help="平台使用的数据库用户 · the platform's role there")] = "gridsup",
) -> None:
    """数据库管理员需执行一次的语句 · what an administrator runs once on a server of your own."""
    for statement in bootstrap.administrator_statements(role):
        typer.echo(statement + ";")
    typer.echo(f"-- database: {get_settings().database_name}")

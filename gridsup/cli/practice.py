"""``gridsup practice``: the copies that officers practise in (练习模式), counted and cleared away."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

import typer
from sqlalchemy import Engine, delete

from gridsup import models
from gridsup.cli import frame
from gridsup.db import owner_engine, transaction
from gridsup.people import queries
from gridsup.people.model import Jurisdiction
from gridsup.practice import queries as practice
from gridsup.practice import service
from gridsup.settings import get_settings

KEPT = timedelta(days=1)
"""How long a copy is kept after its last use."""
app = typer.Typer(help="练习模式 · the practice mode", no_args_is_help=True)


@app.command()
def copies(as_json: frame.AsJson = False) -> None:
    """现有的练习数据份数 · how many copies there are."""
    with frame.database(), transaction(owner_engine()) as session:
        known = list(session.scalars(queries.copies()))
    if as_json:
        frame.print_json(known)
        return
    frame.say(f"现有 {len(known)} 份练习数据。", f"There are {len(known)} copies.")


@app.command()
def reset() -> None:
    """清除全部练习数据；真实业务不受影响 · clear every copy away; no bureau's rows are touched."""
    with frame.database():
        with transaction(owner_engine()) as session:
            known = list(session.scalars(queries.copies()))
        for number in known:
            clear(owner_engine(), number)
    frame.say(f"已清除 {len(known)} 份练习数据。", f"{len(known)} copies cleared away.")


def clear_old(owner: Engine, now: datetime) -> int:
    """Clear away the copies that were made, and last worked in, more than a day ago; how many."""
    gone = 0
    with transaction(owner) as session:
        known = list(session.scalars(queries.copies()))
    for number in known:
        with transaction(owner, number) as session:
            copy = service.copy_of(session.scalars(queries.jurisdiction(number)).one())
            times = [copy.started_at if copy else None, session.scalar(practice.last_worked(number))]
        if all(one is None or one < now - KEPT for one in times):
            clear(owner, number)
            gone += 1
    return gone


def clear(owner: Engine, number: int) -> None:
    """Delete a copy's rows, those that lean on others first, and its files, in one transaction of its own."""
    with transaction(owner, number) as session:
        tables = [t for t in reversed(models.Base.metadata.sorted_tables) if "jurisdiction_id" in t.c]
        for table in tables:
            if table is not Jurisdiction.__table__:
                session.execute(delete(table).where(table.c.jurisdiction_id == number))
        session.execute(delete(Jurisdiction).where(Jurisdiction.jurisdiction_id == number))
    shutil.rmtree(get_settings().data_dir / "files" / str(number), ignore_errors=True)

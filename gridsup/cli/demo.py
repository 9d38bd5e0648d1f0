"""``gridsup demo``: the two demo cities and the accounts to look at them with."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gridsup.cells.locate import today as present_day
from gridsup.cli import frame
from gridsup.db import owner_engine, transaction
from gridsup.errors import Invalid

app = typer.Typer(help="演示数据 · demo data: two cities and their accounts", no_args_is_help=True)
CityName = Literal["jianghan", "helsinki"]


@app.command("load")
def load_(
    city: Annotated[
        CityName,
        typer.Argument(help="江汉区（生成）或赫尔辛基（真实店铺） · Jianghan is generated, Helsinki real"),
    ] = "jianghan",
    day: Annotated[
        str | None,
        typer.Option(help="演示数据截止日，默认今天 · the city's day, YYYY-MM-DD (default: today)"),
    ] = None,
    if_absent: Annotated[
        bool, typer.Option("--if-absent", help="已装入则直接结束 · succeed at once when it is there already")
    ] = False,
) -> None:
    """装入一个演示城市，要么全部要么不装 · load a demo city, all of it or nothing."""
    from geo_data.demo import cities

    until = _day(day)
    with frame.database():
        if if_absent and cities.is_loaded(owner_engine(), city):
            frame.say("演示城市已经装入。", "The demo city is there already.")
            return
        _load(city, until)
    frame.say(
        "演示城市已装入，帐号见 gridsup demo accounts。",
        "The demo city is loaded; gridsup demo accounts lists who can sign in.",
    )


@app.command()
def accounts(
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · for programs")] = False,
) -> None:
    """演示帐号 · the demo accounts: name, role, password."""
    from geo_data.demo import cities

    with frame.database():
        found = cities.accounts(owner_engine(), present_day())
    if as_json:
        frame.print_json([asdict(each) for each in found])
        return
    table = Table(*(frame.both(*w) for w in (("辖区", "jurisdiction"), ("用户名", "name"))))
    for heading in (("岗位", "role"), ("密码", "password"), ("人员", "person"), ("单位", "body")):
        table.add_column(frame.both(*heading))
    for each in found:
        table.add_row(each.jurisdiction, each.name, each.role, each.password, each.person, each.body)
    frame.out.print(table)


def _day(text: str | None) -> date:
    if text is None:
        return present_day()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day > present_day():
        raise Invalid(
            "demo-day",
            zh="“{day}”不是今天或更早的日期，请写作 YYYY-MM-DD。",
            en="“{day}” is no day up to today; write it as YYYY-MM-DD.",
            day=text,
        )
    return day


def _load(city: CityName, day: date) -> None:
    from geo_data.demo import cities
    from geo_data.demo.load import load, refuse_loaded

    with transaction(owner_engine()) as session:
        refuse_loaded(session, int(cities.ADCODES[city]))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=frame.err, transient=True) as bar:
        task = bar.add_task(frame.both("生成演示数据", "making the city"), total=None)

        def tell(zh: str, en: str, done: int, total: int) -> None:
            bar.update(task, description=frame.both(zh, en), completed=done, total=total)

        made = cities.make(city, day)
        with transaction(owner_engine()) as session:
            load(session, made, progress=tell)

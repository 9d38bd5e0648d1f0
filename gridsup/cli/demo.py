"""``gridsup demo``: the two demo cities and the accounts to look at them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gridsup.cells.locate import today as present_day
from gridsup.cli import frame, instance, serving
from gridsup.db import owner_engine, transaction
from gridsup.errors import Invalid
from gridsup.procedures.posts import POSTS

if TYPE_CHECKING:
    from geo_data.demo.cities import DemoAccount

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
def up(
    port: Annotated[int | None, typer.Option(help="端口，默认 8000 · port (default 8000)")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="在后台运行 · run in the background")] = False,
) -> None:
    """装入江汉区（如尚未装入）并启动平台 · load Jianghan unless it is there, and serve it."""
    if not detach:
        serving.serve(port=port, before=_load_if_absent, after=_print_roles)
        return
    if not instance.running():  # loaded here and not in the background, so that its progress shows
        with frame.database():
            _load_if_absent()
    url = serving.in_background()
    with frame.database():
        _print_roles(url)


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
    _print_accounts(found)


def _print_accounts(found: Sequence[DemoAccount]) -> None:
    """A line each, never cut short by a narrow terminal: a password one cannot read is no password."""
    width = max((len(each.name) for each in found), default=0)
    for each in found:
        name, post = each.name.ljust(width), f"{POSTS[each.role].zh} {each.role}"
        frame.out.print(
            f"  {name}  {each.password}  {post} · {each.person} · {each.body} ({each.jurisdiction})",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _print_roles(url: str) -> None:
    """One account of each role, and where to go."""
    from geo_data.demo import cities

    first: dict[str, DemoAccount] = {}
    for each in cities.accounts(owner_engine(), present_day()):
        if each.jurisdiction == cities.ADCODES["jianghan"]:
            first.setdefault(each.role, each)
    _print_accounts(list(first.values()))
    frame.say(
        f"打开 {url} 登录。全部帐号：gridsup demo accounts",
        f"open {url} and sign in. All accounts: gridsup demo accounts",
    )


def _load_if_absent() -> None:
    from geo_data.demo import cities

    if not cities.is_loaded(owner_engine(), "jianghan"):
        _load("jianghan", present_day())


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
            load(session, made, progress=tell, now=datetime.now(UTC))

"""``gridsup limits``: the limits of the links (环节期限), and the holiday notices that move them."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gridsup.calendars import SHANGHAI, NoticeDay, read_notices
from gridsup.cli.frame import AsJson, both, out, print_json, say
from gridsup.cli.record import Jurisdiction, bound
from gridsup.errors import Invalid
from gridsup.procedures import links, notices
from gridsup.procedures.bureau import calendar_of
from gridsup.procedures.family import clock, jurisdiction_of, legal_day

app = typer.Typer(no_args_is_help=True, help="环节期限与放假通知 · limits of the links, holiday notices")
MARKS = {
    "bureau": ("本局设定", "set by the bureau"),
    "default": ("默认值，待本局设定", "default, to be set by the bureau"),
    "unverified": ("未核对原文", "not checked against the text"),
    "law": ("法定", "by law"),
}
File = Annotated[
    Path,
    typer.Argument(
        help="放假通知：CSV（year,date,name,is_off_day）或 holiday-cn 的 JSON · the notice",
        exists=True,
        dir_okay=False,
    ),
]
Source = Annotated[str, typer.Option("--source", help="通知文号 · the notice's number")]


@app.command("list")
def list_(jurisdiction: Jurisdiction = None, as_json: AsJson = False) -> None:
    """全部环节期限，待本局设定的在前 · every link with its limit, those to be set first."""
    with bound(jurisdiction) as session:
        found = links.links(session, jurisdiction_of(session), legal_day(clock()))
        rows = [_plain(one) for one in found]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        zh, en = MARKS[row["mark"]]
        limit = f"{row['n']}{row['unit']}"
        out.print(f"{row['row']:<28}{limit:>7}  {both(zh, en)}  {row['source']}", markup=False)


@app.command()
def preview(file: File, jurisdiction: Jurisdiction = None, as_json: AsJson = False) -> None:
    """预览放假通知会改变哪些期限，不写入 · which due dates a holiday notice moves; nothing is written."""
    notice = _notice(file, file.name)
    with bound(jurisdiction) as session:
        shown = notices.preview(session, notice)
    _tell(shown, as_json)


@app.command()
def enter(file: File, source: Source, jurisdiction: Jurisdiction = None, as_json: AsJson = False) -> None:
    """录入放假通知并重算全部在计期限 · enter a holiday notice and count every open clock anew."""
    notice = _notice(file, source)
    with bound(jurisdiction) as session:
        shown, changed = notices.enter(session, notice, officer_id=None)
    _tell(shown, as_json)
    if not as_json:
        say(f"已重算 {len(changed)} 件事项。", f"{len(changed)} matters were counted anew.")


@app.command()
def calendar(jurisdiction: Jurisdiction = None) -> None:
    """现用工作日历 · the working calendar in use."""
    with bound(jurisdiction) as session:
        used = calendar_of(session, jurisdiction_of(session))
    last = max(used.notices)
    say(
        f"工作日历 {used.version}，放假通知已到 {last} 年。",
        f"Calendar {used.version}; notices up to {last}.",
    )


def _plain(one: links.Link) -> dict[str, Any]:
    own = one.own
    return {
        "table": one.table.table,
        "row": one.row.id,
        "n": one.row.value["n"],
        "unit": one.row.value["unit"],
        "mark": one.mark,
        "bound": one.row.bound,
        "version": own.set_version if own else 0,
        "source": one.law.source,
        "uses": [f"{use.pack}.{use.clock}" for use in one.uses],
    }


def _tell(shown: notices.Preview, as_json: bool) -> None:
    moved = [one for one in shown.moved if one.before != one.after]
    if as_json:
        print_json(
            {
                "before": shown.before,
                "calendar": shown.calendar,
                "moved": [
                    {
                        "matter": one.matter_id,
                        "title": one.title,
                        "clock": one.clock,
                        "before": one.before,
                        "after": one.after,
                    }
                    for one in moved
                ],
            }
        )
        return
    for one in moved:
        name = both(one.clock_title["zh"], one.clock_title["en"])
        out.print(
            f"{one.matter_id}  {one.title}  {name}  {_day(one.before)} → {_day(one.after)}", markup=False
        )
    say(
        f"{len(moved)} 个期限变动（日历 {shown.before} → {shown.calendar}）。",
        f"{len(moved)} limits move (calendar {shown.before} → {shown.calendar}).",
    )


def _day(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else "-"


def _notice(file: Path, source: str) -> notices.Notice:
    """The notice that a file holds: one year."""
    text = file.read_text(encoding="utf-8-sig")
    found = _from_json(text) if file.suffix.lower() == ".json" else read_notices(text)
    if len(found) != 1:
        raise Invalid(
            "notice-years",
            zh="文件应只含一个年度的通知，现有{count}个。",
            en="The file must hold the notice of one year; it holds {count}.",
            count=len(found),
        )
    ((year, days),) = found.items()
    return notices.Notice(year, days, source)


def _from_json(text: str) -> dict[int, tuple[NoticeDay, ...]]:
    """A year's file of the public set holiday-cn: ``{"year": …, "days": [{"name", "date", "isOffDay"}]}``."""
    try:
        data = json.loads(text)
        days = [NoticeDay(date.fromisoformat(d["date"]), d["name"], d["isOffDay"]) for d in data["days"]]
        return {int(data["year"]): tuple(sorted(days))}
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(
            "notice-file",
            zh="放假通知文件无法读取：{why}。",
            en="The notice cannot be read: {why}.",
            why=str(error),
        ) from None

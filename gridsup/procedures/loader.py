"""Reads procedure packs: YAML to checked shape, with the bytes and the hash that the database keeps.

Packs are package data in ``packs/``; several versions of one procedure stand there side by side and a
version, once used, never changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, TypeVar

import rfc8785
import yaml
from pydantic import BaseModel, ValidationError

from gridsup.errors import FieldFault, Invalid, NotFound
from gridsup.procedures.pack import Pack

M = TypeVar("M", bound=BaseModel)


class _Yaml(yaml.CSafeLoader):
    """YAML as JSON understands it: ``on`` stays a word, ``2017-10-01`` a string, a key stands once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            if key.tag != "tag:yaml.org,2002:merge":
                seen.add(key.value)
        return super().construct_mapping(node, deep)


_Yaml.yaml_implicit_resolvers = {
    first: [
        (tag, regexp)
        for tag, regexp in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(text: str, source: str) -> Any:
    """Parse one YAML document. Raises ``Invalid`` ``yaml-syntax`` with the place of the fault."""
    try:
        return yaml.load(text, _Yaml)
    except yaml.YAMLError as error:
        raise Invalid(
            "yaml-syntax",
            zh="文件 {source} 不是有效的 YAML：{detail}。请更正后重试。",
            en="The file {source} is not valid YAML: {detail}. Correct it and try again.",
            source=source,
            detail=" ".join(str(error).split()),
        ) from None


def read_shape(model: type[M], data: Any, source: str) -> M:
    """``data`` as ``model``. Raises ``Invalid`` ``file-shape`` with one fault per wrong place."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [
            FieldFault(
                pointer=_pointer(each["loc"]),
                zh=f"{source} 中 {_pointer(each['loc'])} 不符合规定的结构：{each['msg']}",
                en=f"{source}: {_pointer(each['loc'])} does not have the required shape: {each['msg']}",
            )
            for each in error.errors()
        ]
        raise Invalid(
            "file-shape",
            zh="文件 {source} 的结构有 {count} 处错误，第一处：{first}。请按所列位置更正。",
            en="The file {source} has {count} faults of shape, first: {first}. Correct the places listed.",
            faults=faults,
            source=source,
            count=len(faults),
            first=f"{faults[0].pointer} {error.errors()[0]['msg']}",
        ) from None


def _pointer(place: Iterable[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A pack with the canonical bytes (RFC 8785) of its parsed content and their SHA-256 (hex)."""

    pack: Pack
    content: bytes
    hash: str
    source: str

    @classmethod
    def from_data(cls, data: Any, source: str) -> LoadedPack:
        pack = read_shape(Pack, data, source)
        content = rfc8785.dumps(data)
        return cls(pack, content, hashlib.sha256(content).hexdigest(), source)

    @classmethod
    def from_text(cls, text: str, source: str) -> LoadedPack:
        return cls.from_data(read_yaml(text, source), source)

    @classmethod
    def from_content(cls, content: bytes, source: str = "pack_versions") -> LoadedPack:
        """The pack that stored canonical bytes hold (JSON is YAML)."""
        return cls.from_text(content.decode(), source)


class PackLibrary:
    """All known packs by id and version."""

    def __init__(self, packs: Iterable[LoadedPack]) -> None:
        """Raises ``Invalid`` ``pack-twice`` when two files hold the same version."""
        self._packs: dict[tuple[str, int], LoadedPack] = {}
        for loaded in sorted(packs, key=lambda each: (each.pack.id, each.pack.version)):
            key = (loaded.pack.id, loaded.pack.version)
            if key in self._packs:
                raise Invalid(
                    "pack-twice",
                    zh="程序“{pack}”第 {version} 版有两个文件：{a}、{b}。请给新的一版另编版本号。",
                    en="Version {version} of the procedure “{pack}” stands in two files: {a}, {b}. "
                    "Give the newer one a version number of its own.",
                    pack=key[0],
                    version=key[1],
                    a=self._packs[key].source,
                    b=loaded.source,
                )
            self._packs[key] = loaded

    def __iter__(self) -> Iterator[LoadedPack]:
        return iter(self._packs.values())

    def __contains__(self, pack_id: object) -> bool:
        return any(known == pack_id for known, _ in self._packs)

    def ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known for known, _ in self._packs))

    def versions(self, pack_id: str) -> tuple[int, ...]:
        """The versions of a pack, oldest first; empty when it is unknown."""
        return tuple(version for known, version in self._packs if known == pack_id)

    def loaded(self, pack_id: str, version: int) -> LoadedPack:
        """Raises ``NotFound`` ``pack-unknown``."""
        try:
            return self._packs[pack_id, version]
        except KeyError:
            raise _unknown(f"{pack_id} v{version}") from None

    def get(self, pack_id: str, version: int) -> Pack:
        """Raises ``NotFound`` ``pack-unknown``."""
        return self.loaded(pack_id, version).pack

    def latest(self, pack_id: str, on: date | None = None) -> Pack:
        """The highest version, or the highest that is in force on a day.

        Raises ``NotFound``: ``pack-unknown``, or ``pack-not-in-force`` when no version covers the day.
        """
        packs = [self._packs[pack_id, version].pack for version in self.versions(pack_id)]
        if not packs:
            raise _unknown(pack_id)
        if on is None:
            return packs[-1]
        day = on.isoformat()
        in_force = [p for p in packs if p.effective_from <= day <= (p.effective_to or "9999-12-31")]
        if not in_force:
            raise NotFound(
                "pack-not-in-force",
                zh="程序“{pack}”没有在 {day} 生效的版本。请核对日期或装入该日期适用的版本。",
                en="No version of the procedure “{pack}” is in force on {day}. Check the date or add one.",
                pack=pack_id,
                day=day,
            )
        return in_force[-1]

    def content_hash(self, pack_id: str, version: int) -> str:
        """SHA-256 (hex) over the canonical bytes. Raises ``NotFound`` ``pack-unknown``."""
        return self.loaded(pack_id, version).hash

    def with_pack(self, loaded: LoadedPack) -> PackLibrary:
        """A new library with one pack more."""
        return PackLibrary([*self, loaded])


def _unknown(what: str) -> NotFound:
    return NotFound(
        "pack-unknown",
        zh="没有程序“{pack}”。请用 gridsup procedures check 查看已装入的程序。",
        en="There is no procedure “{pack}”. `gridsup procedures check` lists the ones there are.",
        pack=what,
    )


def data_files(folder: str) -> Iterator[tuple[str, str]]:
    """(name, text) of each YAML file in a data folder of this package."""
    base = resources.files("gridsup.procedures") / folder
    for entry in sorted(base.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".yaml"):
            yield entry.name, entry.read_text(encoding="utf-8")


@lru_cache
def load_packs() -> PackLibrary:
    """The packs that ship with the product, read once per process."""
    return PackLibrary(LoadedPack.from_text(text, name) for name, text in data_files("packs"))


def shipped_versions() -> frozenset[tuple[str, int]]:
    """Pack and version of every file that ships, by its name alone (``referral-2.yaml``): nothing is read."""
    base = resources.files("gridsup.procedures") / "packs"
    names = (entry.name.removesuffix(".yaml").rpartition("-") for entry in base.iterdir())
    return frozenset((name, int(version)) for name, _, version in names if version.isdigit())

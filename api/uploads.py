"""Files that come in a form: on disk under their own names, and refusals that point at the form's parts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import UploadFile

from gridsup.errors import FieldFault, Invalid

MAX_FILE = 60 * 1024 * 1024
"""Bytes of a file to import."""
MAX_FORM = MAX_FILE + 256 * 1024
"""The same with the form around it."""
_LONGEST = 80
_DATUM = ("datum-", "crs-", "coordinates-out-of-range")


@contextmanager
def on_disk(upload: UploadFile) -> Iterator[Path]:
    """The file as long as the block lasts; what it is called, and its suffix above all, stays."""
    with TemporaryDirectory(prefix="gridsup-upload-") as folder:
        path = Path(folder) / plain_name(upload.filename)
        with path.open("wb") as out:
            shutil.copyfileobj(upload.file, out, 1 << 20)
        yield path


def plain_name(given: str | None) -> str:
    """The last part of a name, without what a file system does not take, at most 80 characters long."""
    name = (given or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if c.isprintable()).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    suffix = suffix[:12]
    return (stem[: _LONGEST - len(suffix) - 1] or "upload") + dot + suffix


@contextmanager
def pointing_at_parts(*, mapping: str = "/mapping", rest: str = "/file") -> Iterator[None]:
    """Let the refusals of readers point at the part of the form that they are about: the mapping, the datum,
    or the file."""
    try:
        yield
    except Invalid as refusal:
        if refusal.code.startswith("mapping-"):
            part = mapping
        else:
            part = "/datum" if refusal.code.startswith(_DATUM) else rest
        faults = [replace(fault, pointer=part + fault.pointer) for fault in refusal.faults]
        refusal.faults = tuple(faults) or (FieldFault(part, refusal.text("zh"), refusal.text("en")),)
        raise

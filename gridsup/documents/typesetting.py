"""Sets a document: a typst template and data become a PDF.

Templates are the ``.typ`` files of ``templates/``; each reads its data with ``json(bytes(sys.inputs.data))``
(``base.typ`` does it) and keeps no logic of the domain. Data are JSON: dates and figures come as they are to
be printed. Nothing is rendered inside an act's transaction (DESIGN §3).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from gridsup.documents.fonts import fonts_for

TEMPLATES = Path(__file__).parent / "templates"


def typeset(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """A PDF of ``templates/<template>.typ`` over ``data``; the same arguments give the same bytes.

    ``made_at`` is the moment that the file states as its making. Raises Invalid ``characters-without-font``,
    Unavailable ``documents-fonts-missing``.
    """
    fonts = fonts_for("".join(_texts(data)))
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=fonts,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(made_at.timestamp()),
    )
    return bytes(made)


def pictures(template: str, data: Mapping[str, Any], *, ppi: int = 130) -> list[bytes]:
    """The same pages as PNG images, for a screen that shows no PDF. Raises as :func:`typeset`."""
    return list(_pictures(template, json.dumps(data, ensure_ascii=False), ppi))


@lru_cache(maxsize=16)
def _pictures(template: str, text: str, ppi: int) -> tuple[bytes, ...]:
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=fonts_for(text),
        ignore_system_fonts=True,
        format="png",
        ppi=ppi,
        sys_inputs={"data": text},
    )
    return tuple(made) if isinstance(made, list) else (bytes(made),)


def _texts(value: Any) -> Iterator[str]:
    """Every text in the data, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)

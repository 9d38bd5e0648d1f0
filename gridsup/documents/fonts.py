"""Which fonts set a document, so that no character of a served paper is ever an empty box.

The package's own fonts (Noto Serif SC and Noto Sans SC, OFL) come with the web build. A character beyond
them, as names may hold (𠮷), is taken from a font of the bureau (``fonts/`` in the data folder) or from
Debian's fonts-hanazono or fonts-noto-cjk; where no font has it, the document is refused and the character
named.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from gridsup.errors import Invalid, Unavailable
from gridsup.settings import get_settings

FOLDER = Path(__file__).parent / "fonts"
SERIF, SANS = "NotoSerifSC_400Regular.ttf", "NotoSansSC_400Regular.ttf"
SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
SYSTEM_FONTS = ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc", "HanaMin*.ttf", "HanaMin*.otf")
"""In the order in which they are asked; a bureau's own fonts come before them."""
UNDRAWN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
"""Categories of characters that draw nothing."""


def installed() -> bool:
    """Whether the package's own fonts are here."""
    return (FOLDER / SERIF).exists() and (FOLDER / SANS).exists()


def fonts_for(text: str) -> typst.Fonts:
    """The fonts that together hold every character of ``text``.

    Raises:
        Unavailable: ``documents-fonts-missing``: the package's own fonts are not here.
        Invalid: ``characters-without-font``: names the characters that no font at hand has.
    """
    if not installed():
        raise Unavailable(
            "documents-fonts-missing",
            zh="文书字体尚未安装。请在代码目录执行 make web 后重试。",
            en="The fonts of documents are not installed: run `make web` in the checkout, then try again.",
        )
    wanted = beyond_own(text)
    used: list[Path] = []
    for font in fallbacks() if wanted else ():
        if found := wanted & characters(font):
            wanted -= found
            used.append(font)
    if wanted:
        raise Invalid(
            "characters-without-font",
            zh="下列字符没有可用的字体，文书不能生成：{characters}。请安装 fonts-hanazono 或 fonts-noto-cjk，"
            "或把含有这些字的字体放入数据目录的 fonts 文件夹。",
            en="No font at hand has these characters, so the document is not made: {characters}. Install "
            "fonts-hanazono or fonts-noto-cjk, or put a font that has them into the data folder's fonts/.",
            characters="、".join(f"{one}（U+{ord(one):04X}）" for one in sorted(wanted)),
        )
    return _loaded(tuple(used))


def beyond_own(text: str) -> set[str]:
    """The characters of ``text`` that draw something and that the package's own fonts lack."""
    drawn = {one for one in set(text) if unicodedata.category(one) not in UNDRAWN and not _selector(one)}
    return drawn - _own()


@lru_cache
def _own() -> frozenset[str]:
    return characters(FOLDER / SERIF) & characters(FOLDER / SANS)


def fallbacks() -> list[Path]:
    """Font files beyond the package's own, the bureau's first."""
    own = get_settings().data_dir / "fonts"
    patterns = [(own, pattern) for pattern in ("*.ttf", "*.otf", "*.ttc")]
    patterns += [(folder, pattern) for pattern in SYSTEM_FONTS for folder in SYSTEM_FOLDERS]
    return list(_found(patterns))


@lru_cache
def characters(font: Path) -> frozenset[str]:
    """Every character that a font file has a glyph for."""
    with TTFont(font, lazy=True, fontNumber=0) as opened:
        return frozenset(map(chr, opened.getBestCmap() or ()))


def _found(patterns: Iterable[tuple[Path, str]]) -> Iterator[Path]:
    for folder, pattern in patterns:
        if folder.is_dir():
            yield from sorted(folder.rglob(pattern))


def _selector(character: str) -> bool:
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF


@lru_cache(maxsize=8)
def _loaded(extra: tuple[Path, ...]) -> typst.Fonts:
    folders = dict.fromkeys([FOLDER, *(font.parent for font in extra)])  # typst takes folders, not files
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )

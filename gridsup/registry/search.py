"""The text by which a business is found, and the words of a question made to match it (检索).

One lower-case text per business holds name, pinyin, initials, operator, address and every code; a trigram
index answers any part of it: 热干面 is found by 热干, reganmian and rgm.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.seg.mmseg import seg

MAX_WORDS = 6


def fold(text: str) -> str:
    """Width-folded, lower case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


@lru_cache(maxsize=100_000)
def _syllables(phrase: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(phrase, errors="ignore"))


def sounds(text: str) -> tuple[str, str]:
    """The pinyin of the Chinese characters, and their initials; both empty when there are none.

    Cut into phrases first, because a character's sound depends on its phrase (银行, 行业), and because
    names repeat their phrases: remembering them makes this nine times faster.
    """
    syllables = [syllable for phrase in seg.cut(text) for syllable in _syllables(phrase)]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def search_text(
    *,
    name: str,
    operator: str | None = None,
    address: str | None = None,
    codes: Iterable[str | None] = (),
) -> str:
    """The text of one business. No ID number and no phone number ever enters it."""
    parts = [name, *sounds(name)]
    if operator:
        parts += [operator, *sounds(operator)]
    if address:
        parts.append(address)
    parts += [code for code in codes if code]
    return fold(" ".join(part for part in parts if part))


def with_code(search: str, code: str) -> str:
    """``search`` with one more code; older codes stay findable as aliases."""
    code = fold(code)
    return search if code in search.split() else f"{search} {code}"


def words(question: str) -> list[str]:
    """The words of a question; a business must hold each of them."""
    return fold(question).split()[:MAX_WORDS]


def like(word: str) -> str:
    """The LIKE pattern of a word anywhere in the text."""
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"

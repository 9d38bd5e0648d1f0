"""Addresses as the gazetteer compares them (地址归一)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BLANK = re.compile(r"[\s,，。.、;；·]+")
_DASH = re.compile(r"[‐-―−－~～—]+")
_ABOVE = re.compile(r"^(?:中国)?(?:[㐀-鿿]{2,8}?(?:省|自治区))?(?:[㐀-鿿]{2,7}?(?:市|州|盟))?")
_NUMBER_SIGN = re.compile(r"(?<=\d)(?:#|號)")


@lru_cache(maxsize=32)
def _district_forms(district: str) -> tuple[str, ...]:
    """``武汉市江汉区市场监督管理局`` and ``江汉区`` both give ``江汉区`` as the prefix to take off."""
    found = re.findall(r"(?:^|省|市|州|盟)([㐀-鿿]{1,7}?(?:区|县|旗|市))", district)
    return tuple(dict.fromkeys([*found, district]))


def address_key(address: str, *, district: str = "") -> str:
    """The address for comparison: width-folded, lower case, without blanks, punctuation and prefix.

    ``district`` is the jurisdiction's name; province and city are taken off only before it or before
    another district's name, so that a road called 市场路 stays whole.
    """
    text = unicodedata.normalize("NFKC", address).lower()
    text = _NUMBER_SIGN.sub("号", _DASH.sub("-", _BLANK.sub("", text)))
    text = unicodedata.normalize("NFKC", text)  # what stood apart may have come together
    for name in _district_forms(district) if district else ():
        above = _ABOVE.match(text)
        for start in (above.end() if above else 0, 0):
            if text.startswith(name, start) and len(text) > start + len(name):
                return text[start + len(name) :]
    return text


@lru_cache(maxsize=32)
def name_prefix(district: str) -> str:
    """What stands before the trade name in registered names here (行政区划): ``武汉市江汉区``, ``江汉区``.

    A regular expression that Python and PostgreSQL read alike. Signboards leave this out, and two
    neighbours would look alike by it; a name that is nothing more keeps it.
    """
    names = "|".join(re.escape(name) for name in _district_forms(district))
    return rf"{_ABOVE.pattern}(?:{names})(?=.)"


def bare_name(name: str, *, district: str) -> str:
    """A name without its district prefix, as names are compared."""
    return re.sub(name_prefix(district), "", name) if district else name

"""Errors of the domain, in both languages and without HTTP.

A rule that refuses raises one of these kinds, with a stable ``code`` (kebab-case, what a program
compares) and one sentence per language that says what is wrong and what to do about it. The API maps
the kind to a status in one table (``api/errors.py``); the command line prints the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One fault in a submitted form: ``pointer`` is an RFC 6901 JSON pointer, such as ``/operator/name``."""

    pointer: str
    zh: str
    en: str

    def text(self, language: Language = "zh") -> str:
        return self.zh if language == "zh" else self.en


def together(faults: Iterable[FieldFault]) -> tuple[str, str]:
    """Several faults in one text, Chinese and English."""
    told = list(faults)
    return "".join(one.zh for one in told), " ".join(one.en for one in told)


class GridsupError(Exception):
    """Base of every refusal. ``params`` fill the ``{name}`` places of the sentences and are also data."""

    def __init__(
        self, code: str, *, zh: str, en: str, faults: Iterable[FieldFault] = (), **params: Any
    ) -> None:
        self.code = code
        self.params = params
        self.faults = tuple(faults)
        self._zh, self._en = zh, en
        super().__init__(f"{code}: {self.text('en')}")

    def text(self, language: Language = "zh") -> str:
        template = self._zh if language == "zh" else self._en
        return template.format_map(self.params) if self.params else template


class Invalid(GridsupError):
    """The input breaks a rule of form; ``faults`` point at the fields."""


class Unreadable(GridsupError):
    """A question that cannot be read: a parameter or filter expression outside its grammar."""


class NotFound(GridsupError):
    """No such thing, or none that this person may see."""


class Conflict(GridsupError):
    """The thing changed meanwhile, or is not in the state that the act needs."""


class Refused(GridsupError):
    """A rule of the field forbids this act in this situation (a wall, a missing step, a ceiling)."""


class Forbidden(GridsupError):
    """This person has no right to do this."""


class Unauthenticated(GridsupError):
    """Nobody is signed in, or the proof of identity does not hold."""


class TooMany(GridsupError):
    """Too many tries; ``retry_after`` (seconds) is among the params."""


class Unavailable(GridsupError):
    """Something is missing (a database, PostGIS, a font); the sentence says how to get it."""

"""Why a row or a feature was refused, or what was noticed about it, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["fault", "note"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One fault (the row does not land) or note (it lands, and a person should know).

    ``code`` is kebab-case and stable; ``field`` names the field of the record, ``column`` the column of
    the file as the person knows it; ``zh`` and ``en`` say what is wrong and what to do.
    """

    code: str
    zh: str
    en: str
    field: str | None = None
    column: str | None = None
    level: Level = "fault"

    def text(self, language: str = "zh") -> str:
        return self.zh if language == "zh" else self.en

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("code", "zh", "en", "field", "column", "level")}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Reason:
        return cls(**data)

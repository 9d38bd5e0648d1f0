"""The 22 departments of part 9, their trades, and today's bodies (篇9 §1.9.2)."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cached_property, lru_cache
from importlib import resources
from typing import Annotated

from pydantic import Field, StringConstraints

from gridsup.errors import NotFound
from gridsup.procedures.loader import read_shape, read_yaml
from gridsup.procedures.pack import Strict

Code = Annotated[str, StringConstraints(pattern=r"^D(0[1-9]|1[0-9]|2[0-2])$")]


class Body(Strict):
    """The body that answers for a department from one day to another, both inclusive."""

    name: str
    name_en: str
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    verified: bool = True


class Section(Strict):
    """The section (业务股) of the bureau that takes the work where department and bureau are one body."""

    code: str
    name: str
    name_en: str


class Trade(Strict):
    """A trade (行业) that needs a permit. ``lead`` where another department leads (a reading of the seed)."""

    code: str
    name: str
    name_en: str
    aliases: list[str] = []
    lead: Code | None = None
    inform: list[Code] = []
    reading: bool = False
    implies: dict[str, bool] = {}
    """Facts that the trade's own name states."""
    bodies: list[Body] = []
    """The body today where it is not the department's own."""
    section: Section | None = None


class Department(Strict):
    """One of D01…D22; ``licensor`` where another department issues the permits (畜牧 → 农业)."""

    code: Code
    id: str
    name: str
    name_en: str
    licensor: Code | None = None
    section: Section | None = None
    bodies: list[Body]
    duties: dict[str, list[Body]] = {}
    trades: list[Trade]


class Catalogue(Strict):
    """All departments, with look-ups by code, trade and day."""

    version: int
    departments: list[Department]

    def department(self, code: str) -> Department:
        """Raises ``NotFound`` ``department-unknown``."""
        for department in self.departments:
            if department.code == code:
                return department
        raise NotFound(
            "department-unknown",
            zh="没有代码为“{department}”的部门。请使用 D01 至 D22。",
            en="There is no department “{department}”. Use D01 to D22.",
            department=code,
        )

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[Department, Trade]]]:
        index: dict[str, list[tuple[Department, Trade]]] = {}
        for department in self.departments:
            for trade in department.trades:
                for name in dict.fromkeys(map(_fold, (trade.code, trade.name, *trade.aliases))):
                    index.setdefault(name, []).append((department, trade))
        return index

    def trade(self, name: str) -> tuple[Department, Trade] | None:
        """The leading department and the entry of a trade, by its name, an alias or its code (D05-01).

        A department's code (D16) stands for any of its trades.
        """
        matches = self._by_name.get(_fold(name), [])
        if not matches:
            return self._any_of(_fold(name))
        # An entry that names another lead stands for that department's own entry of the trade.
        department, trade = min(matches, key=lambda each: each[1].lead is not None)
        return (self.department(trade.lead) if trade.lead else department), trade

    def _any_of(self, code: str) -> tuple[Department, Trade] | None:
        for department in self.departments:
            if department.code == code:
                return department, Trade(code=code, name=department.name, name_en=department.name_en)
        return None

    def body(
        self, code: str, on: date, *, trade: Trade | None = None, duty: str | None = None
    ) -> Body | None:
        """The body that answers for a department on a day; None for D22, which names no one body."""
        department = self.department(code)
        day = on.isoformat()
        for bodies in (
            trade.bodies if trade else [],
            department.duties.get(duty or "", []),
            department.bodies,
        ):
            for body in bodies:
                if (body.from_ or "") <= day <= (body.to or "9999-12-31"):
                    return body
        return None


def _fold(text: str) -> str:
    """Width, brackets and blanks do not tell two trades apart."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


@lru_cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the product."""
    text = (resources.files("gridsup.referrals") / "data" / "departments.yaml").read_text(encoding="utf-8")
    return read_shape(Catalogue, read_yaml(text, "departments.yaml"), "departments.yaml")

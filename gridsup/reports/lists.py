"""The lists that must be empty (清零清单, P9-X1, P10-X1) in a report: how long each was at issue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gridsup.offenders import service as offenders
from gridsup.procedures.pack import Words
from gridsup.reports import tables
from gridsup.reports.tables import Block

MOST = 100_000
UNIT = Words(zh="条", en="rows")
FORMULA = Words(zh="发布时清单上的条数", en="rows on the list at the time of issue")


@dataclass(slots=True)
class Lists:
    """A figure, its frozen rows (row set → rows) and a line of the paper for each list."""

    figures: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    lines: list[list[str]] = field(default_factory=list)

    def block(self) -> Block:
        """The table of the paper, or a sentence where every list is empty."""
        told = [one for one in self.lines if one[1] != "0"]
        return tables.table(["清单", "条数", "最久天数"], [6, 2, 2], told, "各清单均已清零。")


def gather(session: Session, *, now: datetime) -> Lists:
    """Every list as it stands at ``now``, whatever the report's period."""
    made = Lists()
    for name, title in offenders.LISTS.items():
        found = offenders.offenders(session, name, now=now, limit=MOST)
        rows = [_row(number, one) for number, one in enumerate(found, 1)]
        row_set = f"list_{name}"
        made.rows[row_set] = rows
        made.lines.append([title.zh, f"{len(rows):,}", str(max((one.days for one in found), default=0))])
        made.figures.append(
            {
                "id": row_set,
                "title": title.model_dump(),
                "formula": FORMULA.model_dump(),
                "unit": UNIT.model_dump(),
                "numerator": float(len(rows)),
                "denominator": 1.0,
                "value": float(len(rows)),
                "before": None,
                "last_year": None,
                "sets": {"numerator": row_set},
                "list": name,
            }
        )
    return made


def _row(number: int, one: offenders.Offender) -> dict[str, Any]:
    reason, who = offenders.REASONS[one.reason].zh, one.who().zh
    return {
        "id": number,
        "kind": one.subject,
        "ref": one.id,
        "title": f"{one.title}：{reason}" + (f"（{who}）" if who else ""),
        "cell_code": None,
        "at": one.due_at or one.since,
        "value": float(one.days),
    }

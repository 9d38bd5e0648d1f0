"""Tables that the papers of reports share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gridsup.analytics.clocks import ClockLine

Block = dict[str, Any]
FIGURE = re.compile(r"[-−+]?[\d,.]+%?(?: [÷/] [\d,.]+)?|—|无应计明细")
"""What a column of figures holds."""


def table(head: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]], none: str) -> Block:
    """A table, or the sentence ``none`` where it would be empty. Columns of figures stand to the right."""
    if not rows:
        return {"t": "p", "text": none}
    figures = [all(map(FIGURE.fullmatch, column)) for column in zip(*rows, strict=True)]
    return {
        "t": "table",
        "head": list(head),
        "widths": list(widths),
        "rows": [list(one) for one in rows],
        "right": [n for n, right in enumerate(figures) if right],
    }


def indicators(told: Sequence[Mapping[str, Any]]) -> Block:
    """The indicators beside the period before and the year before."""
    rows = [
        [
            one["title"]["zh"] + ("" if one["unit"]["zh"] == "%" else f"（{one['unit']['zh']}）"),
            _written(one["value"], one["unit"]["zh"]),
            _written(one["before"], one["unit"]["zh"]),
            _written(one["last_year"], one["unit"]["zh"]),
            f"{_plain(one['numerator'])} ÷ {_plain(one['denominator'])}",
        ]
        for one in told
    ]
    head = ["指标", "本期", "上一期间", "上年同期", "分子 ÷ 分母"]
    return table(head, [5, 2, 2, 2, 4], rows, "本期没有指标。")


def clocks(lines: Sequence[ClockLine], departments: Mapping[str, str]) -> Block:
    """The departments' limits that fell due."""
    rows = [
        [
            departments.get(str(one.key), str(one.key)),
            str(one.due),
            str(one.on_time),
            str(one.late),
            str(one.waiting),
            "—" if one.median_days is None else f"{one.median_days:.1f}",
        ]
        for one in lines
    ]
    head = ["部门", "到期", "按期", "逾期办妥", "仍未办", "中位天数"]
    return table(head, [5, 1, 1, 2, 2, 2], rows, "本期没有到期的抄告期限。")


def paragraphs(text: str) -> list[Block]:
    return [{"t": "p", "text": one} for one in text.split("\n") if one.strip()]


def _written(value: float | None, unit: str) -> str:
    return "—" if value is None else f"{value:.1f}{'%' if unit == '%' else ''}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"

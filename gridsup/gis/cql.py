"""Filter expressions in CQL2 text over a layer's columns, made into SQL by pygeofilter.

The grammar (``cql2.lark``) is our own, because pygeofilter's text parser reads an older draft (no ``NOT``
before a bracket of several conditions, no doubled quote, ``a T_AFTER b``); its tree and its SQLAlchemy
backend are used as they are. Everything is checked while the tree is built: names are queryables, both
sides of a comparison fit, geometries lie in the CRS. What passes is SQL that PostgreSQL can run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedEOF, UnexpectedInput, VisitError
from pygeofilter import ast, values
from pygeofilter.backends.sqlalchemy import to_filter
from pygeofilter.cql2 import COMPARISON_MAP, SPATIAL_PREDICATES_MAP
from shapely.errors import ShapelyError
from sqlalchemy import ColumnElement

from gridsup.calendars.intervals import SHANGHAI
from gridsup.errors import Unreadable
from gridsup.gis.crs import Crs
from gridsup.gis.layers import Layer
from gridsup.gis.queries import SHAPE
from gridsup.spatial import CANONICAL

LONGEST = 4000
DEEPEST = 60
_EPSG = f"urn:ogc:def:crs:EPSG::{CANONICAL}"
_GROUP = {"integer": "number", "number": "number", "day": "time", "instant": "time"}


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison: its kind, its node, and whether it is a written value."""

    kind: str
    node: Any
    written: bool = False

    @property
    def group(self) -> str:
        return _GROUP.get(self.kind, self.kind)


def condition(text: str, layer: Layer, crs: Crs) -> ColumnElement[bool]:
    """The SQL of a filter expression over ``layer``; its geometries are written in ``crs``.

    Raises Unreadable ``filter`` with the place or the reason, ``geometry-outside-crs``.
    """
    if len(text) > LONGEST:
        raise _bad(f"最多 {LONGEST} 个字符", f"at most {LONGEST} characters")
    try:
        tree = _Reader(layer, crs).transform(_grammar().parse(text))
    except UnexpectedEOF:
        raise _bad("写得不完整", "it ends too early") from None
    except UnexpectedInput as error:
        raise _unread(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, Unreadable):
            raise error.orig_exc from None
        raise
    except RecursionError:
        raise _too_deep() from None
    if _depth(tree) > DEEPEST:
        raise _too_deep()
    mapping = {one.name: one.column for one in layer.fields} | {SHAPE: layer.geometry}
    made: ColumnElement[bool] = to_filter(tree, mapping, undefined_as_null=False)
    return made


def equals(layer: Layer, name: str, text: str) -> ColumnElement[bool]:
    """The SQL of a parameter ``name=text``. Raises Unreadable ``filter``."""
    found = layer.field(name)
    assert found is not None
    value: Any = text
    if _GROUP.get(found.kind) == "number":
        value = _number(text)
    elif found.kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise _bad(f"{name} 应为 true 或 false", f"{name} must be true or false")
        value = text.lower() == "true"
    elif _GROUP.get(found.kind) == "time":
        value = _fitting(found.kind, _moment(text))
    made: ColumnElement[bool] = found.column == value
    return made


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark(Path(__file__).with_name("cql2.lark").read_text(encoding="utf-8"), parser="lalr")


@v_args(inline=True)
class _Reader(Transformer[Any, Any]):
    """From the parsed text to pygeofilter's tree."""

    def __init__(self, layer: Layer, crs: Crs) -> None:
        super().__init__()
        self.layer, self.crs = layer, crs

    # ---------------------------------------------------------------- values

    def name(self, token: str) -> Operand:
        return self._property(str(token))

    def quoted_name(self, token: str) -> Operand:
        return self._property(str(token)[1:-1])

    def _property(self, name: str) -> Operand:
        if name in (SHAPE, "geom"):
            return Operand("geometry", ast.Attribute(SHAPE))
        found = self.layer.field(name)
        if found is None:
            names = "、".join([*(one.name for one in self.layer.fields), SHAPE])
            raise _bad(f"没有可查询的字段“{name}”，可用：{names}", f"there is no queryable “{name}”: {names}")
        return Operand(found.kind, ast.Attribute(name))

    def text(self, token: str) -> Operand:
        return Operand("text", _unquoted(token), written=True)

    def number(self, token: str) -> Operand:
        return Operand("number", _number(str(token)), written=True)

    def true(self) -> Operand:
        return Operand("boolean", True, written=True)

    def false(self) -> Operand:
        return Operand("boolean", False, written=True)

    def day(self, token: str) -> Operand:
        found = _moment(_unquoted(token))
        if isinstance(found, datetime):
            raise _bad("DATE() 里应为日期，如 2026-05-01", "DATE() takes a day such as 2026-05-01")
        return Operand("day", found, written=True)

    def timestamp(self, token: str) -> Operand:
        return Operand("instant", _fitting("instant", _moment(_unquoted(token))), written=True)

    def interval(self, start: str, end: str) -> tuple[Operand | None, Operand | None]:
        return self._end(start), self._end(end)

    def _end(self, token: str) -> Operand | None:
        text = _unquoted(token)
        if text == "..":
            return None
        found = _moment(text)
        return Operand("instant" if isinstance(found, datetime) else "day", found, written=True)

    def casei(self, inner: Operand) -> Operand:
        if inner.group != "text":
            raise _bad("CASEI() 只用于文字", "CASEI() takes a text")
        if inner.written:
            return Operand("text", inner.node.lower(), written=True)
        return Operand("text", ast.Function("lower", [inner.node]))

    # ---------------------------------------------------------------- geometries

    def coordinate(self, *numbers: str) -> str:
        return " ".join(numbers)

    def nest(self, *parts: str) -> str:
        return f"({', '.join(parts)})"

    def wkt(self, kind: str, nest: str) -> str:
        return f"{kind} {nest}"

    def geometry(self, text: str) -> Operand:
        try:
            shape = shapely.force_2d(shapely.from_wkt(text))
        except (ShapelyError, ValueError):
            raise _bad("几何不是有效的 WKT", "a geometry is not valid WKT") from None
        return self._shape(self.crs.stored(shape))

    def envelope(self, *numbers: str) -> Operand:
        return self._shape(self.crs.box([float(_number(str(one))) for one in numbers]))

    def _shape(self, shape: Any) -> Operand:
        if shape.is_empty or not shapely.is_valid(shape):
            raise _bad("几何为空或自相交", "a geometry is empty or crosses itself")
        crs = {"type": "name", "properties": {"name": _EPSG}}
        return Operand("geometry", values.Geometry({**shape.__geo_interface__, "crs": crs}), written=True)

    # ---------------------------------------------------------------- conditions

    def any_of(self, *items: Any) -> Any:
        return _balanced(ast.Or, items)

    def all_of(self, *items: Any) -> Any:
        return _balanced(ast.And, items)

    def negated(self, inner: Any) -> Any:
        return inner.sub_node if isinstance(inner, ast.Not) else ast.Not(inner)

    def compared(self, left: Operand, sign: str, right: Operand) -> Any:
        left, right = _paired(left, right)
        return COMPARISON_MAP[str(sign)](left.node, right.node)

    def like(self, left: Operand, pattern: Operand) -> Any:
        if left.group != "text" or pattern.group != "text" or not pattern.written:
            raise _bad("LIKE 只用于文字字段和文字样式", "LIKE takes a text column and a written pattern")
        if (len(pattern.node) - len(pattern.node.rstrip("\\"))) % 2:
            raise _bad("LIKE 的样式不能以单个 \\ 结尾", "a LIKE pattern cannot end in a single \\")
        return ast.Like(_columnar(left).node, pattern.node, False, "%", "_", "\\", False)

    def not_like(self, left: Operand, pattern: Operand) -> Any:
        return ast.Not(self.like(left, pattern))

    def between(self, middle: Operand, low: Operand, high: Operand) -> Any:
        if middle.group not in ("number", "time"):
            raise _bad("BETWEEN 只用于数字和时间", "BETWEEN takes numbers and times")
        ends = (_paired(_columnar(middle), one)[1].node for one in (low, high))
        return ast.Between(middle.node, *ends, False)

    def not_between(self, middle: Operand, low: Operand, high: Operand) -> Any:
        return ast.Not(self.between(middle, low, high))

    def within(self, left: Operand, *options: Operand) -> Any:
        left = _columnar(left)
        return ast.In(left.node, [_paired(left, one)[1].node for one in options], False)

    def not_within(self, left: Operand, *options: Operand) -> Any:
        return ast.Not(self.within(left, *options))

    def null(self, inner: Operand) -> Any:
        return ast.IsNull(_columnar(inner).node, False)

    def not_null(self, inner: Operand) -> Any:
        return ast.IsNull(_columnar(inner).node, True)

    def spatial(self, name: str, left: Operand, right: Operand) -> Any:
        if left.group != "geometry" or right.group != "geometry" or left.written == right.written:
            raise _bad(
                f"{name} 的一边是 geometry 字段，另一边是写出的几何",
                f"{name} takes the geometry column and a written geometry",
            )
        return SPATIAL_PREDICATES_MAP[str(name).lower()](left.node, right.node)

    def temporal(self, name: str, left: Any, right: Any) -> Any:
        if not isinstance(left, Operand) or left.group != "time" or left.written:
            raise _bad(f"{name} 的第一项应为时间字段", f"the first item of {name} must be a time column")
        start, end = (right, right) if isinstance(right, Operand) else right
        return _temporal(str(name).lower(), left, start, end, span=not isinstance(right, Operand))


def _temporal(name: str, column: Operand, start: Operand | None, end: Operand | None, *, span: bool) -> Any:
    """A temporal function over an instant column as comparisons; an open end never restricts."""

    def each(low: type[ast.Comparison], high: type[ast.Comparison]) -> Any:
        parts = [
            kind(column.node, _paired(column, one)[1].node)
            for kind, one in ((low, start), (high, end))
            if one
        ]
        return _balanced(ast.And, parts) if parts else ast.IsNull(column.node, True)

    def beyond(kind: type[ast.Comparison], one: Operand | None) -> Any:
        if one is None:  # nothing lies beyond an open end
            return ast.And(ast.IsNull(column.node, False), ast.IsNull(column.node, True))
        return kind(column.node, _paired(column, one)[1].node)

    if name == "t_after":
        return beyond(ast.GreaterThan, end)
    if name == "t_before":
        return beyond(ast.LessThan, start)
    if name == "t_during" and span:
        return each(ast.GreaterThan, ast.LessThan)
    if name == "t_intersects" or (name == "t_equals" and not span):
        return each(ast.GreaterEqual, ast.LessEqual)
    if name == "t_disjoint":
        return ast.Not(each(ast.GreaterEqual, ast.LessEqual))
    raise _bad(f"{name} 不能用于这两项", f"{name} does not take these two")


def _paired(left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Both sides, a written one made to fit the column. Raises when they do not compare."""
    if left.written and right.written:
        raise _bad("比较的一边应为字段", "one side of a comparison must be a column")
    if left.written:
        right, left = _paired(right, left)
        return left, right
    if right.written and right.kind == "text" and left.group == "time":
        right = Operand("instant", _moment(right.node), written=True)
    if left.group != right.group or left.group == "geometry":
        raise _bad(
            f"不能拿 {_shown(left)} 与 {_shown(right)} 比较",
            f"{_shown(left)} cannot be compared with {_shown(right)}",
        )
    if right.written and left.group == "time":
        right = Operand(left.kind, _fitting(left.kind, right.node), written=True)
    return left, right


def _columnar(one: Operand) -> Operand:
    if one.written:
        raise _bad("这里应为字段", "a column must stand here")
    return one


def _shown(one: Operand) -> str:
    return f"{one.node.name} ({one.kind})" if isinstance(one.node, ast.Attribute) else one.kind


def _fitting(kind: str, found: date | datetime) -> date | datetime:
    """A moment as a column of that kind holds it; a day without an hour begins at midnight in Shanghai."""
    if kind == "day":
        return found.astimezone(SHANGHAI).date() if isinstance(found, datetime) else found
    return found if isinstance(found, datetime) else datetime.combine(found, time(), SHANGHAI)


def _moment(text: str) -> date | datetime:
    return moment(text) or _never(text)


def _never(text: str) -> date:
    raise _bad(
        f"“{text[:40]}”不是日期或时间，如 2026-05-01 或 2026-05-01T08:00:00+08:00",
        f"“{text[:40]}” is no day and no instant, such as 2026-05-01 or 2026-05-01T08:00:00+08:00",
    )


def moment(text: str) -> date | datetime | None:
    """A day or an instant after RFC 3339 (without a zone: in Shanghai), of the years 1900–2200; else None."""
    found: date | datetime
    try:
        found = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1900 <= found.year <= 2200 or not text.isascii():
        return None
    return found.replace(tzinfo=SHANGHAI) if isinstance(found, datetime) and found.tzinfo is None else found


def _number(text: str) -> int | float:
    try:
        found: int | float = int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        raise _bad(f"“{text[:40]}”不是数字", f"“{text[:40]}” is not a number") from None
    if not math.isfinite(found) or abs(found) >= 1e18:
        raise _bad("数字太大", "a number is too large")
    return found


def _unquoted(token: str) -> str:
    return str(token)[1:-1].replace("''", "'")


def _balanced(kind: Callable[[Any, Any], Any], items: Sequence[Any]) -> Any:
    """A long chain as a shallow tree."""
    if len(items) == 1:
        return items[0]
    half = len(items) // 2
    return kind(_balanced(kind, items[:half]), _balanced(kind, items[half:]))


def _depth(tree: Any) -> int:
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(node, ast.Combination | ast.Not):
            waiting += [(inner, depth + 1) for inner in node.get_sub_nodes()]
    return deepest


def _unread(text: str, error: UnexpectedInput) -> Unreadable:
    place = (error.pos_in_stream or 0) + 1
    near = text[max(0, place - 1) :][:20]
    return _bad(f"第 {place} 个字符“{near}”处读不懂", f"cannot read it at character {place}: “{near}”")


def _too_deep() -> Unreadable:
    return _bad("嵌套过深", "it is nested too deeply")


def _bad(zh: str, en: str) -> Unreadable:
    return Unreadable(
        "filter",
        zh="过滤条件不对：{why_zh}。语法为 CQL2 文本，如 risk >= 3 AND name LIKE '%店%'。",
        en="The filter is wrong: {why_en}. It is CQL2 text, such as risk >= 3 AND name LIKE '%shop%'.",
        why_zh=zh,
        why_en=en,
    )

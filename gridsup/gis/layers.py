"""The layers and their columns, declared here and nowhere else.

What is not in this file leaves the platform through no OGC service, no GeoPackage: no ID number and no
phone (not even masked), no facts and no notes of a finding or a matter, nothing of an informant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Date, and_, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import InstrumentedAttribute

from gridsup.calendars.intervals import SHANGHAI
from gridsup.cells.model import Cell
from gridsup.cells.queries import Rows, in_force, owner_on
from gridsup.patrols.model import Finding
from gridsup.people.model import Assignment, Officer, Organisation
from gridsup.procedures.model import Matter
from gridsup.registry.model import Business, HouseholdCode, Premises
from gridsup.registry.queries import present_code

Kind = Literal["integer", "number", "text", "boolean", "day", "instant"]
Source = Callable[[Sequence[Any], int, date], Rows]
"""Columns, jurisdiction, day → the select over the layer's tables in that jurisdiction."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, ``start`` ≤ t ≤ ``end``; None is open. An instant has both the same."""

    start: datetime | None
    end: datetime | None

    @property
    def day(self) -> date | None:
        """The day in Asia/Shanghai, when the window lies within one."""
        if self.start is None or self.end is None:
            return None
        first, last = self.start.astimezone(SHANGHAI).date(), self.end.astimezone(SHANGHAI).date()
        return first if first == last else None


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a layer: its name, kind, title in both languages, and the SQL behind it."""

    name: str
    kind: Kind
    zh: str
    en: str
    column: Any


@dataclass(frozen=True, slots=True)
class Layer:
    """A collection of features. ``geometry`` is stored in EPSG:4490."""

    name: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    geometry_type: Literal["Point", "Polygon"]
    id: InstrumentedAttribute[int]
    geometry: InstrumentedAttribute[Any]
    fields: tuple[Field, ...]
    source: Source
    during: Callable[[Window], ColumnElement[bool]]

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)


def _cells_source(columns: Sequence[Any], jurisdiction_id: int, day: date) -> Rows:
    return (
        select(*columns)
        .select_from(Cell)
        .outerjoin(Organisation, _same(Organisation, Cell.jurisdiction_id, Cell.station_id))
        .outerjoin(Assignment, owner_on(day))
        .outerjoin(Officer, _same(Officer, Cell.jurisdiction_id, Assignment.officer_id))
        .where(Cell.jurisdiction_id == jurisdiction_id)
    )


def _businesses_source(columns: Sequence[Any], jurisdiction_id: int, day: date) -> Rows:
    return (
        select(*columns)
        .select_from(Business)
        .join(Premises, _same(Premises, Business.jurisdiction_id, Business.premises_id))
        .outerjoin(HouseholdCode, present_code(jurisdiction_id))
        .outerjoin(Cell, _same(Cell, Business.jurisdiction_id, HouseholdCode.cell_id))
        .where(
            Business.jurisdiction_id == jurisdiction_id,
            Premises.jurisdiction_id == jurisdiction_id,
            Business.status != "merged",
        )
    )


def _matters_source(columns: Sequence[Any], jurisdiction_id: int, day: date) -> Rows:
    return (
        select(*columns)
        .select_from(Matter)
        .outerjoin(Cell, _same(Cell, Matter.jurisdiction_id, Matter.cell_id))
        .outerjoin(Organisation, _same(Organisation, Matter.jurisdiction_id, Matter.assigned_org_id))
        .where(Matter.jurisdiction_id == jurisdiction_id)
    )


def _findings_source(columns: Sequence[Any], jurisdiction_id: int, day: date) -> Rows:
    return (
        select(*columns)
        .select_from(Finding)
        .join(Business, _same(Business, Finding.jurisdiction_id, Finding.business_id))
        .join(Matter, _same(Matter, Finding.jurisdiction_id, Finding.matter_id))
        .join(Officer, _same(Officer, Finding.jurisdiction_id, Finding.officer_id))
        .outerjoin(Cell, _same(Cell, Finding.jurisdiction_id, Finding.cell_id))
        .where(Finding.jurisdiction_id == jurisdiction_id)
    )


def _same(other: Any, jurisdiction: Any, number: Any) -> Any:
    return and_(other.jurisdiction_id == jurisdiction, other.id == number)


def _cells_during(window: Window) -> ColumnElement[bool]:
    first = window.start.astimezone(SHANGHAI).date() if window.start else None
    last = window.end.astimezone(SHANGHAI).date() if window.end else None
    return Cell.valid.op("&&")(cast(Range(first, last, bounds="[]"), DATERANGE))


def _businesses_during(window: Window) -> ColumnElement[bool]:
    """A day that nobody recorded does not exclude a business."""
    found: list[ColumnElement[bool]] = []
    if window.start is not None:
        found.append(
            or_(Business.closed_on.is_(None), Business.closed_on >= window.start.astimezone(SHANGHAI).date())
        )
    if window.end is not None:
        found.append(
            or_(Business.opened_on.is_(None), Business.opened_on <= window.end.astimezone(SHANGHAI).date())
        )
    return and_(*found)


def _matters_during(window: Window) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = []
    if window.start is not None:
        found.append(or_(Matter.ended_at.is_(None), Matter.ended_at >= window.start))
    if window.end is not None:
        found.append(Matter.opened_at <= window.end)
    return and_(*found)


def _findings_during(window: Window) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = []
    if window.start is not None:
        found.append(Finding.found_at >= window.start)
    if window.end is not None:
        found.append(Finding.found_at <= window.end)
    return and_(*found)


_BUSINESS_OF_MATTER = case((Matter.subject_kind == "business", Matter.subject_id))
_OVERDUE = func.coalesce(and_(Matter.ended_at.is_(None), Matter.next_due_at <= func.now()), False)

CELLS = Layer(
    "cells",
    "网格",
    "Cells",
    "当日有效的网格；datetime 给出那一天（或那一段时间）的网格。",
    "The cells in force today; `datetime` gives those of that day or span.",
    "Polygon",
    Cell.id,
    Cell.geom,
    (
        Field("id", "integer", "编号", "Number", Cell.id),
        Field("code", "text", "网格编码", "Cell code", Cell.code),
        Field("name", "text", "网格名称", "Name", Cell.name),
        Field("national_code", "text", "国标网格码", "National code", Cell.national_code),
        Field("station_id", "integer", "监管所编号", "Station number", Cell.station_id),
        Field("station", "text", "监管所", "Station", Organisation.name),
        Field("officer", "text", "网格责任人", "Person responsible", Officer.name),
        Field("area_m2", "number", "面积（平方米）", "Area (m²)", Cell.area_m2),
        Field("valid_from", "day", "启用日期", "In force from", func.lower(Cell.valid, type_=Date)),
        Field("valid_to", "day", "停用日期", "In force until (excluded)", func.upper(Cell.valid, type_=Date)),
    ),
    _cells_source,
    _cells_during,
)

BUSINESSES = Layer(
    "businesses",
    "经济户口",
    "Businesses",
    "登记在册的经营户，含无照户和未落点户；证件号、电话不在其中。",
    "The businesses on record, unlicensed and unplaced ones among them; no ID or phone number.",
    "Point",
    Business.id,
    Premises.point,
    (
        Field("id", "integer", "编号", "Number", Business.id),
        Field("code", "text", "户口编码", "Household code", HouseholdCode.code),
        Field("name", "text", "名称", "Name", Business.name),
        Field("status", "text", "经营状态", "Status", Business.status),
        Field("licence_status", "text", "营业执照状态", "Licence", Business.licence_status),
        Field("kind", "text", "主体类型", "Kind", Business.kind),
        Field("uscc", "text", "统一社会信用代码", "Unified social credit code", Business.uscc),
        Field("operator_name", "text", "经营者", "Operator", Business.operator_name),
        Field("trade", "text", "经营类别", "Trade", Business.trade),
        Field("industry", "text", "国民经济行业", "Industry (GB/T 4754)", Business.industry),
        Field("risk", "integer", "风险等级", "Risk (1 low … 4 high)", Business.risk),
        Field("address", "text", "地址", "Address", Premises.address),
        Field("building", "text", "楼栋", "Building", Premises.building),
        Field("floor", "text", "楼层", "Floor", Premises.floor),
        Field("stall", "text", "摊位", "Stall", Premises.stall),
        Field("cell_code", "text", "网格编码", "Cell code", Cell.code),
        Field("station_id", "integer", "监管所编号", "Station number", Cell.station_id),
        Field("opened_on", "day", "开业日期", "Opened", Business.opened_on),
        Field("closed_on", "day", "歇业日期", "Closed", Business.closed_on),
        Field("demo", "boolean", "演示数据", "Demonstration data", Business.demo),
    ),
    _businesses_source,
    _businesses_during,
)

MATTERS = Layer(
    "matters",
    "事项",
    "Matters",
    "本人可见的事项；datetime 给出那段时间内在办的事项。",
    "The matters that the asking person may see; `datetime` gives those open in that span.",
    "Point",
    Matter.id,
    Matter.geom,
    (
        Field("id", "integer", "编号", "Number", Matter.id),
        Field("number", "text", "文号", "Reference", Matter.number),
        Field("title", "text", "标题", "Title", Matter.title),
        Field("procedure", "text", "程序", "Procedure", Matter.pack),
        Field("state", "text", "环节", "State", Matter.state),
        Field("lane", "text", "阶段", "Lane (new, doing, waiting, done)", Matter.lane),
        Field("business_id", "integer", "户口编号", "Business number", _BUSINESS_OF_MATTER),
        Field("parent_id", "integer", "上级事项", "Parent matter", Matter.parent_id),
        Field("cell_code", "text", "网格编码", "Cell code", Cell.code),
        Field("station_id", "integer", "监管所编号", "Station number", Matter.station_id),
        Field("body", "text", "承办单位", "Body in charge", Organisation.name),
        Field("opened_at", "instant", "立项时间", "Opened", Matter.opened_at),
        Field("next_due_at", "instant", "最近期限", "Next due", Matter.next_due_at),
        Field("overdue", "boolean", "已逾期", "Overdue", _OVERDUE),
        Field("ended_at", "instant", "办结时间", "Ended", Matter.ended_at),
        Field("outcome", "text", "结果", "Outcome", Matter.outcome),
    ),
    _matters_source,
    _matters_during,
)

FINDINGS = Layer(
    "findings",
    "发现",
    "Findings",
    "巡查、来电、移送登记的发现及登记时所在位置；datetime 为发现时间。",
    "What patrols, calls and referrals reported, where the reporter stood; `datetime` is when it was found.",
    "Point",
    Finding.id,
    Finding.point,
    (
        Field("id", "integer", "编号", "Number", Finding.id),
        Field("matter_id", "integer", "事项编号", "Matter number", Finding.matter_id),
        Field("matter_state", "text", "事项环节", "State of the matter", Matter.state),
        Field("matter_lane", "text", "事项阶段", "Lane of the matter", Matter.lane),
        Field("business_id", "integer", "户口编号", "Business number", Finding.business_id),
        Field("business", "text", "户名", "Business", Business.name),
        Field("cell_code", "text", "网格编码", "Cell code", Cell.code),
        Field("officer", "text", "发现人", "Found by", Officer.name),
        Field("source", "text", "来源", "Source", Finding.source),
        Field("found_at", "instant", "发现时间", "Found", Finding.found_at),
        Field("received_at", "instant", "收到时间", "Received", Finding.received_at),
        Field("accuracy_m", "number", "定位精度（米）", "Accuracy (m)", Finding.accuracy_m),
    ),
    _findings_source,
    _findings_during,
)

LAYERS: dict[str, Layer] = {one.name: one for one in (CELLS, BUSINESSES, MATTERS, FINDINGS)}


def cells_on(jurisdiction_id: int, day: date) -> ColumnElement[bool]:
    """The cells of one day: what is meant when nobody names a time."""
    found: ColumnElement[bool] = in_force(jurisdiction_id, day)
    return found

"""A department's spreadsheet of referrals or lost permits (抄告来件、许可失效清单): its rows as notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from geo_data.fields import header_key, without_brackets
from geo_data.reasons import Reason
from geo_data.records import BadRow
from geo_data.rejects import write_rejects
from geo_data.tables import RawRow, RawTable, read_table
from geo_data.values import as_date, as_text
from gridsup.errors import FieldFault, GridsupError, Invalid
from gridsup.referrals import inbound
from gridsup.referrals.departments import catalogue
from gridsup.referrals.inbound import Notice

HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("名称", "字号名称", "企业名称", "单位名称", "商户名称", "经营者", "当事人", "持证人", "name"),
    "address": ("地址", "经营地址", "经营场所", "住所", "单位地址", "address"),
    "licence_no": ("统一社会信用代码", "信用代码", "营业执照号", "注册号", "营业执照注册号", "uscc"),
    "permit_number": ("许可证号", "许可证编号", "证号", "许可编号", "permit"),
    "status": ("失效方式", "失效原因", "许可状态", "许可证状态", "状态", "处理方式", "status"),
    "lost_on": ("失效日期", "吊销日期", "撤销日期", "注销日期", "到期日期", "有效期至", "lost_on"),
    "number": ("文号", "来文号", "来文文号", "抄告文号", "编号", "number"),
    "department": ("部门", "来文部门", "抄告部门", "发证机关", "许可机关", "department"),
    "trade": ("行业", "经营项目", "许可项目", "trade"),
    "content": ("备注", "说明", "事由", "情况", "违法情形", "content"),
}  # fmt: skip
_FIELD_OF = {header_key(header): name for name, headers in HEADERS.items() for header in headers}
_STATES = (
    ("吊销", "revoked"), ("撤销", "rescinded"), ("注销", "cancelled"),
    ("届满", "expired"), ("到期", "expired"), ("过期", "expired"), ("失效", "expired"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that could not be read, with everything that is wrong with it."""

    raw: RawRow
    faults: list[FieldFault]

    @property
    def number(self) -> int:
        return self.raw.number


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """The rows of a file: ``notices`` with their row numbers, and those that could not be read; ``raw`` are
    the rows of the notices as they stand in the file, under ``columns``."""

    notices: list[tuple[int, Notice]]
    unread: list[Unread]
    columns: list[str]
    raw: list[RawRow]


def read_notices(path: Path, *, kind: str, department: str, received_at: datetime) -> NoticeSheet:
    """Rows as notices of ``kind``. ``department`` and ``received_at`` hold where the sheet has no column.

    Raises Invalid ``notices-no-name`` where no column holds the names, and those of ``read_table``.
    """
    table = read_table(path)
    columns = _columns(table)
    if "name" not in columns:
        raise Invalid(
            "notices-no-name",
            zh="表中没有“名称”一列（如 字号名称、单位名称、当事人）。现有列：{columns}。",
            en="No column holds the names (字号名称, 单位名称, 当事人). There are: {columns}.",
            columns="、".join(table.columns),
        )
    sheet = NoticeSheet([], [], table.columns, [])
    for row in table.rows:
        notice, faults = _notice(row, columns, kind, department, received_at)
        if faults:
            found = [*faults, *(one for one in inbound.faults(notice) if one.pointer not in _at(faults))]
            sheet.unread.append(Unread(row, found))
        else:
            sheet.notices.append((row.number, notice))
            sheet.raw.append(row)
    for left in table.dropped:
        if left.number is not None:
            fault = FieldFault("", left.reason.zh, left.reason.en)
            sheet.unread.append(
                Unread(RawRow(left.sheet, left.number, {table.columns[0]: left.text}), [fault])
            )
    return sheet


def refused_rows(sheet: NoticeSheet, results: Sequence[object], form: Literal["xlsx", "csv"]) -> bytes | None:
    """The rows that were refused as a file, every fault of a row in its first column, to be mended and sent
    again; None where none was. ``results`` are those of the notices, in their order."""
    refused = [
        BadRow(raw, [_reason(one) for one in result.faults or [_whole(result)]])
        for raw, result in zip(sheet.raw, results, strict=True)
        if isinstance(result, GridsupError)
    ]
    refused += [BadRow(one.raw, [_reason(fault) for fault in one.faults]) for one in sheet.unread]
    refused.sort(key=lambda one: one.raw.number)
    return write_rejects(sheet.columns, refused, form) if refused else None


def _reason(fault: FieldFault) -> Reason:
    return Reason("notice", fault.zh, fault.en)


def _whole(refusal: GridsupError) -> FieldFault:
    return FieldFault("", refusal.text("zh"), refusal.text("en"))


def _columns(table: RawTable) -> dict[str, str]:
    """Field → column; the first column that fits stands."""
    found: dict[str, str] = {}
    for column in table.columns:
        key = header_key(column)
        field = _FIELD_OF.get(key) or _FIELD_OF.get(without_brackets(key))
        if field:
            found.setdefault(field, column)
    return found


def _at(faults: Iterable[FieldFault]) -> set[str]:
    return {one.pointer for one in faults}


def _notice(
    row: RawRow, columns: dict[str, str], kind: str, department: str, received_at: datetime
) -> tuple[Notice, list[FieldFault]]:
    """The row as a notice, and what cannot be read of it."""
    faults = []

    def text(field: str) -> str | None:
        return as_text(row.values.get(columns[field])) if field in columns else None

    lost: date | None = None
    try:
        lost = as_date(row.values.get(columns["lost_on"])) if "lost_on" in columns else None
    except ValueError:
        said = text("lost_on")
        zh = f"失效日期“{said}”不是完整的日期。请写成 2024-01-05 这样的年月日。"
        en = f"The day “{said}” is no whole date. Write year, month and day, such as 2024-01-05."
        faults.append(FieldFault("/lost_on", zh, en))
    told = text("department")
    if told and _department(told) is None:
        zh = f"“{told}”不是 22 个部门之一。请填写部门名称或 D01 至 D22；留空即为上传时所选的来文部门。"
        en = f"“{told}” is none of the 22 departments. Name one, or D01 to D22; empty: who sent the sheet."
        faults.append(FieldFault("/department", zh, en))
    notice = Notice(
        kind=kind,
        department=_department(told) or department,
        received_at=received_at,
        name=text("name") or "",
        number=text("number"),
        address=text("address"),
        licence_no=text("licence_no"),
        permit_number=text("permit_number"),
        status=_status(text("status")) if kind == "permit_loss" else None,
        lost_on=lost if kind == "permit_loss" else None,
        trade=text("trade"),
        content=text("content"),
    )
    return notice, faults


def _status(said: str | None) -> str | None:
    return next((status for word, status in _STATES if said and word in said), said)


def _department(said: str | None) -> str | None:
    """D01…D22 by code, by name or by today's body; None where the cell says nothing that is known."""
    if not said:
        return None
    for one in catalogue().departments:
        names = {one.code, one.name, one.name.removesuffix("部门"), *(body.name for body in one.bodies)}
        if any(said.endswith(name) for name in names):
            return one.code
    return None

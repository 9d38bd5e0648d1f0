"""Businesses from a bureau's table: each row becomes a record, or comes back with every fault in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from geo_data import words
from geo_data.fields import BY_NAME
from geo_data.mapping import ColumnMapping
from geo_data.placing import Placing, Spot, place_rows
from geo_data.reasons import Level, Reason
from geo_data.records import BadRow, BusinessRecord, GoodRow, PermitRecord, Validation
from geo_data.tables import RawRow, RawTable
from geo_data.values import Cell, as_date, as_text, clean, is_blank, squeeze
from gridsup.codes.industries import industries, parse_industry
from gridsup.codes.persons import parse_id_number, parse_phone
from gridsup.codes.uscc import RegistrationNumber, parse_registration
from gridsup.errors import Invalid

T = TypeVar("T")
Progress = Callable[[int, int], None]
MAX_TEXT = {"name": 200, "address": 500, "scope": 10_000, "operator_name": 100}
PLAIN = (
    "scope",
    "building",
    "floor",
    "stall",
    "trade",
    "cell",
    "community",
    "street",
    "station",
    "inspector",
    "disposal",
    "outside_number",
    "external_id",
    "note",
)
_KIND_OF_CODE = {
    "household": "individual",
    "enterprise": "enterprise",
    "foreign": "enterprise",
    "cooperative": "cooperative",
}


@dataclass(slots=True)
class _Row:
    """A row in the making: its cells by field, and what was found wrong or noteworthy so far."""

    raw: RawRow
    cells: dict[str, Cell]
    columns: Mapping[str, str]
    reasons: list[Reason] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        return as_text(self.cells.get(name))

    def say(self, code: str, name: str | None, zh: str, en: str, level: Level = "fault") -> None:
        """Add a reason; the sentences are led by the column that the person knows."""
        column = self.columns.get(name) if name else None
        caption = BY_NAME.get(name or "")
        lead_zh = f"{column or (caption.zh if caption else '')}：" if name else ""
        lead_en = f"{column or (caption.en if caption else '')}: " if name else ""
        self.reasons.append(Reason(code, lead_zh + zh, lead_en + en, name, column, level))

    def take(self, name: str, parse: Callable[[Cell], T]) -> T | None:
        """Parse a filled cell; a refusal becomes a fault and None."""
        if self.text(name) is None:
            return None
        try:
            return parse(self.cells[name])
        except Invalid as refusal:
            self.say(refusal.code, name, refusal.text("zh"), refusal.text("en"))
            return None

    @property
    def faulty(self) -> bool:
        return any(reason.level == "fault" for reason in self.reasons)


def validate(
    table: RawTable, mapping: ColumnMapping, placing: Placing, *, progress: Progress | None = None
) -> Validation:
    """Turn the rows of ``table`` into records by ``mapping``.

    ``placing`` says what the coordinates mean and where they must lie; it is asked for as soon as the
    mapping names coordinates. Raises Invalid ``datum-not-stated``, ``mapping-no-name``; faults of rows
    never raise.
    """
    _require(mapping)
    columns = {name: column for column, name in mapping.columns.items()}
    several = len(table.sheets) > 1
    rows, records = [], []
    for n, raw in enumerate(table.rows, start=1):
        row = _Row(raw, mapping.pick(raw.values), columns)
        rows.append(row)
        records.append(_record(row, several))
        if progress is not None and n % 1000 == 0:
            progress(n, len(table.rows))
    spots = place_rows([row.cells for row in rows], placing, columns)
    result = Validation(list(table.columns), [], [], list(table.dropped))
    for row, record, spot in zip(rows, records, spots, strict=True):
        _finish(row, record, spot)
        if row.faulty:
            result.bad.append(BadRow(row.raw, row.reasons, record.uscc))
        else:
            result.good.append(GoodRow(row.raw, record, row.reasons))
    if progress is not None:
        progress(len(rows), len(rows))
    return result


def _require(mapping: ColumnMapping) -> None:
    mapped = {*mapping.columns.values(), *mapping.constants}
    if not mapped & {"name", "operator_name"}:
        raise Invalid(
            "mapping-no-name",
            zh="没有一列对应“名称”或“经营者”。请在列对应中指定。",
            en="No column means the name or the operator. Name one in the mapping.",
        )


def _record(row: _Row, several_sheets: bool) -> BusinessRecord:
    record = BusinessRecord(name=row.text("name") or "", address=row.text("address"))
    record.operator_name = row.text("operator_name")
    _names(row, record)
    for name in PLAIN:
        setattr(record, name, row.text(name))
    if record.station is None and (several_sheets or words.looks_like_station(row.raw.sheet)):
        record.station = row.raw.sheet
    _codes(row, record)
    record.operator_id_no = row.take("operator_id_no", lambda cell: parse_id_number(cell).number)
    record.phone = _phone(row)
    _industry(row, record)
    _states(row, record)
    _days(row, record)
    _permit(row, record)
    return record


def _names(row: _Row, record: BusinessRecord) -> None:
    if not record.name and record.operator_name:
        record.name = record.operator_name
        row.say(
            "name-from-operator",
            "name",
            "没有字号，以经营者姓名为名称。",
            "empty; the operator's name is used.",
            "note",
        )
    elif not record.name:
        row.say(
            "name-missing",
            "name",
            "没有填写名称，也没有经营者。请补填其中一项。",
            "empty, and no operator either. Fill in one.",
        )
    for name, longest in MAX_TEXT.items():
        text = row.text(name)
        if text and len(text) > longest:
            row.say(
                "text-too-long",
                name,
                f"有 {len(text)} 个字，最多 {longest} 个。请核对是否串列。",
                f"has {len(text)} characters, {longest} at most. Check whether columns have shifted.",
            )


def _codes(row: _Row, record: BusinessRecord) -> None:
    """Credit code and registration number, whichever column they stand in; each fault by its column."""
    for name in ("uscc", "registration_no", "licence_no"):
        code = row.take(name, parse_registration)
        if code is None:
            continue
        target = "registration_no" if isinstance(code, RegistrationNumber) else "uscc"
        before = getattr(record, target)
        if before and before != code.code:
            row.say(
                "codes-differ",
                name,
                f"“{code.code}”与另一列的“{before}”不同。请核对营业执照。",
                f"“{code.code}” differs from “{before}” in another column. Check the business licence.",
            )
        setattr(record, target, code.code)
        record.kind = _KIND_OF_CODE.get(code.kind, "enterprise")
        for note in getattr(code, "warnings", ()):
            row.say(note.code, name, note.zh, note.en, "note")


def _phone(row: _Row) -> str | None:
    """The first number of the cell; one that nobody can dial is named and not taken."""
    text = row.text("phone")
    if text is None:
        return None
    if "e+" in text.lower():
        row.say(
            "code-became-number",
            "phone",
            "号码已被表格软件变成数字。请把该列设为“文本”格式后重新填写。",
            "was turned into a number by a spreadsheet. Format the column as text and enter it again.",
        )
        return None
    first, *more = re.split(r"[,，、;；/|\n]+", text)
    try:
        number = parse_phone(first)
    except Invalid as refusal:
        zh, en = refusal.text("zh"), refusal.text("en")
        row.say(
            refusal.code, "phone", f"{zh}此号码未采用，请核对。", f"{en} It was not taken; check it.", "note"
        )
        return None
    if any(map(str.strip, more)):
        row.say(
            "phone-several",
            "phone",
            "有几个号码，采用第一个。",
            "several numbers; the first is taken.",
            "note",
        )
    return number


@lru_cache
def _industry_names() -> dict[str, str]:
    """Names of classes that occur once in the classification → their codes."""
    found: dict[str, list[str]] = {}
    for entry in industries().values():
        if entry.level == "class":
            found.setdefault(squeeze(entry.name), []).append(entry.code)
    return {name: codes[0] for name, codes in found.items() if len(codes) == 1}


def _industry(row: _Row, record: BusinessRecord) -> None:
    """``H6210``, ``6210 正餐服务`` or the class's exact name; other words say the trade, not the class."""
    text = row.text("industry")
    if text is None:
        return
    match = re.match(r"([A-Ta-t]?\d{2,4})(?!\d)", squeeze(text))
    if match:
        code = match[1]
        row.cells["industry"] = code
        record.industry = row.take("industry", lambda _: parse_industry(code, level="class").code)
        return
    record.industry = _industry_names().get(squeeze(text))
    if record.industry is None:
        record.trade = record.trade or text
        row.say(
            "industry-is-words",
            "industry",
            f"“{text}”不是行业小类代码，按业态保存。",
            f"“{text}” is no industry class; kept as the trade.",
            "note",
        )


def _choice(row: _Row, name: str, choices: tuple[tuple[str, str], ...], otherwise: str) -> str:
    """The meaning of a column of choice; here 无 is an answer and not an empty cell."""
    cell = row.cells.get(name)
    if is_blank(cell) or clean(str(cell)) in ("-", "/", "—"):
        return otherwise
    found = words.find_word(as_text(cell) or str(cell), choices)
    if found is None:
        known = "、".join(word for word, _ in choices)
        row.say(
            f"{name.replace('_', '-')}-unknown",
            name,
            f"不认识“{cell}”。可以写：{known}。",
            f"“{cell}” is not understood. One may write: {known}.",
        )
        return otherwise
    return found


def _states(row: _Row, record: BusinessRecord) -> None:
    record.status = _choice(row, "status", words.STATUS_WORDS, "operating")
    has_code = bool(record.uscc or record.registration_no)
    asked = any(name in row.cells for name in ("uscc", "registration_no", "licence_no"))
    tried = any(row.text(name) for name in ("uscc", "registration_no", "licence_no"))
    default = "none" if asked and not tried else "valid"
    record.licence_status = _choice(row, "licence_status", words.LICENCE_WORDS, default)
    if (status := row.text("status")) and ("吊销" in status or "撤销" in status):
        record.licence_status = "revoked"
    if default == "none" and record.licence_status == "none" and is_blank(row.cells.get("licence_status")):
        row.say(
            "licence-none", None, "没有代码，按无照登记。", "No code: recorded as without a licence.", "note"
        )
    if has_code and record.licence_status == "none":
        row.say(
            "licence-none-with-code",
            "licence_status",
            "写着无照，却有登记代码。请核对。",
            "says there is no licence, yet a code is given. Please check.",
        )
    if kind := row.text("kind"):
        record.kind = words.find_word(kind, words.KIND_WORDS) or record.kind
    elif not has_code and record.licence_status == "none":
        record.kind = "unregistered"
    elif not has_code and "公司" in record.name:
        record.kind = "enterprise"
    raw = row.cells.get("pre_approval")
    record.pre_approval = clean(str(raw)) if not is_blank(raw) else None


def _day(row: _Row, name: str) -> date | None:
    cell = row.cells.get(name)
    try:
        return as_date(cell)
    except ValueError:
        row.say(
            "date-unreadable",
            name,
            f"“{cell}”不是完整的日期。请写成 2024-01-05 这样的年月日。",
            f"“{cell}” is no whole date. Write year, month and day, such as 2024-01-05.",
        )
        return None


def _days(row: _Row, record: BusinessRecord) -> None:
    record.opened_on, record.closed_on = _day(row, "opened_on"), _day(row, "closed_on")
    if record.opened_on and record.closed_on and record.closed_on < record.opened_on:
        row.say(
            "dates-reversed", "closed_on", "早于开业日期。请核对。", "lies before the opening. Please check."
        )


def _permit(row: _Row, record: BusinessRecord) -> None:
    kind, number = row.text("permit_kind"), row.text("permit_number")
    issued, expires = _day(row, "permit_issued_on"), _day(row, "permit_expires_on")
    if kind and not number and words.is_permit_number(kind):
        kind, number = None, kind
    if not kind and not number:
        return
    kind = kind or words.permit_kind_of(number or "") or "许可证"
    record.permits.append(
        PermitRecord(
            kind=kind,
            department=words.department_of(kind, row.text("permit_department")),
            number=number,
            issued_on=issued,
            expires_on=expires,
        )
    )


def _finish(row: _Row, record: BusinessRecord, spot: Spot) -> None:
    """Take over the place; a business needs an address or a place."""
    for reason in spot.reasons:
        row.reasons.append(reason)
    record.lon, record.lat = spot.lon, spot.lat
    record.original_x, record.original_y, record.original_datum = spot.x, spot.y, spot.datum
    located: tuple[Any, ...] = (record.address, record.building, record.community, record.cell)
    if not any(located) and spot.x is None and not spot.reasons:
        row.say(
            "place-missing",
            "address",
            "没有地址，也没有坐标、社区或网格，无法找到这一户。请补填其中一项。",
            "empty, and no coordinates, community or cell either. Fill in one, or nobody can find it.",
        )

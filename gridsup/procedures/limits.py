"""Limits that a bureau sets itself (环节期限, 本局设定), laid over the dated rule tables.

The seed leaves the limits of the links open (P10-S1); what a statute fixes a bureau may only tighten, with
its reason. A setting is a dated version: it begins on a later day than the one on which it is set, so that a
clock that runs keeps what it began with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, FieldFault, Invalid, NotFound, Refused
from gridsup.procedures.bureau import loosens
from gridsup.procedures.family import clock, jurisdiction_of, legal_day
from gridsup.procedures.model import LinkSetting
from gridsup.procedures.pack import RuleRow
from gridsup.procedures.rules import load_tables

CLOCK = "clock"
LONGEST = {"H": 720, "D": 3650, "WD": 2500, "M": 120, "Y": 10}
"""The most that a bureau may set, by unit: beyond it is a slip of the finger."""
DAYS = {"H": 1 / 24, "D": 1, "WD": 1, "M": 28, "Y": 365}
"""Calendar days that a unit lasts at least."""
TEXT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be set. ``expected``: the newest version that one saw, 0 when there was none."""

    n: int
    unit: str
    warn_share: float
    warn_days: int | None
    content: str
    requirement: str
    reason: str
    expected: int
    effective_from: date | None = None


def set_limit(
    session: Session, table: str, row: str, draft: Draft, *, officer_id: int, now: datetime | None = None
) -> LinkSetting:
    """Set one link anew: the next version, in force from tomorrow or a later day that is named.

    Raises NotFound ``rule-row-unknown``; Invalid ``limit-invalid`` with a fault per field; Refused
    ``limit-idle``, ``limit-loosens-law``; Conflict ``limit-changed`` when somebody set it meanwhile.
    """
    jurisdiction_id, today = jurisdiction_of(session), legal_day(now or clock())
    law = law_row(table, row, today, jurisdiction_id)
    if law.idle is not None:
        raise Refused(
            "limit-idle",
            zh=f"该环节没有可设定的期限：{law.idle.zh}。",
            en=f"This link has no limit to set: {law.idle.en}.",
        )
    begins = draft.effective_from or today + timedelta(days=1)
    if faults := list(_faults(law, draft, begins, today)):
        raise Invalid(
            "limit-invalid",
            zh="有 {count} 处须更正：{first}",
            en="{count} field(s) must be mended: {first_en}",
            faults=faults,
            count=len(faults),
            first=faults[0].zh,
            first_en=faults[0].en,
        )
    if fault := loosens(law, draft.n, draft.unit):
        raise Refused("limit-loosens-law", zh=fault.zh, en=fault.en, faults=[fault])
    newest = session.scalar(
        select(func.max(LinkSetting.version)).where(
            LinkSetting.jurisdiction_id == jurisdiction_id,
            LinkSetting.rule_table == table,
            LinkSetting.rule_row == row,
        )
    )
    if (newest or 0) != draft.expected:
        raise Conflict(
            "limit-changed",
            zh="该环节刚被改为第{version}版。请刷新后再设定。",
            en="This link was set to version {version} meanwhile. Load it again, then set it.",
            version=newest or 0,
        )
    made = LinkSetting(
        jurisdiction_id=jurisdiction_id,
        rule_table=table,
        rule_row=row,
        version=draft.expected + 1,
        n=draft.n,
        unit=draft.unit,
        warn_share=draft.warn_share,
        warn_days=draft.warn_days,
        content=draft.content.strip(),
        requirement=draft.requirement.strip(),
        effective_from=begins,
        reason=draft.reason.strip(),
        officer_id=officer_id,
        set_at=now or clock(),
    )
    session.add(made)
    session.flush()
    return made


def law_row(table: str, row: str, on: date, jurisdiction_id: int) -> RuleRow:
    """The shipped row of a clock on a day. Raises NotFound ``rule-row-unknown`` for what is no clock."""
    tables = load_tables()
    if table not in tables or tables.table(table).kind != CLOCK or not tables.has_row(table, row):
        raise NotFound(
            "rule-row-unknown",
            zh="没有“{table}/{row}”这一环节。请核对编号。",
            en="There is no link “{table}/{row}”. Check its id.",
            table=table,
            row=row,
        )
    return tables.lookup(table, row, on, {"jurisdiction": str(jurisdiction_id)})


def _faults(law: RuleRow, draft: Draft, begins: date, today: date) -> Iterable[FieldFault]:
    if draft.unit not in LONGEST:
        yield FieldFault("/unit", "单位应为 H、D、WD、M、Y 之一。", "The unit is one of H, D, WD, M, Y.")
    elif not 1 <= abs(draft.n) <= LONGEST[draft.unit]:
        most = LONGEST[draft.unit]
        yield FieldFault("/n", f"期限应为1至{most}。", f"The limit is 1 to {most}.")
    if (draft.n < 0) != (law.value["n"] < 0):
        yield FieldFault("/n", "倒算与顺算不能互换。", "A limit does not change its direction.")
    if not 0 < draft.warn_share <= 1:
        yield FieldFault("/warn_share", "预警比例应大于0、不超过1。", "The share lies above 0, at most 1.")
    if draft.warn_days is not None and not 1 <= draft.warn_days <= 366:
        yield FieldFault("/warn_days", "预警天数应为1至366。", "The days of warning are 1 to 366.")
    elif (
        draft.warn_days is not None
        and draft.unit in DAYS
        and draft.warn_days >= abs(draft.n) * DAYS[draft.unit]
    ):
        zh = "预警天数须少于期限，否则一起算就预警。"
        yield FieldFault("/warn_days", zh, "Fewer days than the limit, or it warns from the first day.")
    if begins <= today:
        zh = "自明日或以后生效：已起算的期限不变。"
        yield FieldFault("/effective_from", zh, "In force from tomorrow or later: what runs keeps its limit.")
    if len(draft.reason.strip()) < 2:
        yield FieldFault("/reason", "请写明理由。", "Give the reason.")
    for name, text in (
        ("content", draft.content),
        ("requirement", draft.requirement),
        ("reason", draft.reason),
    ):
        if len(text) > TEXT:
            yield FieldFault(f"/{name}", f"最多{TEXT}字。", f"At most {TEXT} characters.")

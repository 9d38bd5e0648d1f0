"""The department that facts propose, as the API shows it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gridsup.procedures.pack import Words
from gridsup.referrals.allocation import Allocation
from gridsup.referrals.departments import catalogue


class DepartmentRef(BaseModel):
    code: str
    title: Words


class BodyRef(BaseModel):
    """The body that answers for a department today; `verified` false while that was not confirmed."""

    title: Words
    verified: bool


class SectionRef(BaseModel):
    code: str
    title: Words


class RowConsidered(BaseModel):
    """One rule that was looked at: true, false, or unknown for want of the `missing` facts."""

    rule: str
    title: Words
    verdict: bool | None
    missing: list[str]


class AllocationView(BaseModel):
    """Who leads, who is informed, and why."""

    lead: DepartmentRef
    body: BodyRef | None
    inform: list[DepartmentRef]
    internal: bool = Field(description="finder and lead are one body today: an internal assignment, no 抄告")
    section: SectionRef | None = Field(description="the section of the bureau that takes it then")
    rule: str
    source: str
    reading: bool = Field(description="the regulation does not say so expressly")
    manual: bool = Field(description="no rule decided: the dispatcher does")
    considered: list[RowConsidered] = Field(description="the rules in order, up to the one that decided")


def allocation_view(proposed: Allocation) -> AllocationView:
    body, section = proposed.body, proposed.section
    return AllocationView(
        lead=_department(proposed.lead),
        body=BodyRef(title=Words(zh=body.name, en=body.name_en), verified=body.verified) if body else None,
        inform=[_department(code) for code in proposed.inform],
        internal=proposed.internal,
        section=SectionRef(code=section.code, title=Words(zh=section.name, en=section.name_en))
        if section
        else None,
        rule=proposed.rule,
        source=proposed.source,
        reading=proposed.reading,
        manual=proposed.manual,
        considered=[
            RowConsidered(
                rule=one.rule,
                title=Words(zh=one.title_zh, en=one.title_en),
                verdict=one.verdict,
                missing=list(one.missing),
            )
            for one in proposed.considered
        ],
    )


def _department(code: str) -> DepartmentRef:
    one = catalogue().department(code)
    return DepartmentRef(code=code, title=Words(zh=one.name, en=one.name_en))

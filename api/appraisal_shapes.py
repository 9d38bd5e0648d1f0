"""What goes in and comes out of the appraisal of inspectors and stations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from api.inputs import Day
from api.texts import Prose
from gridsup.appraisal.catalogue import Stage
from gridsup.procedures.pack import Words

Remarks = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Indices = Annotated[list[Annotated[int, Field(ge=0, le=10_000_000)]], Field(max_length=2000)]


class NewAppraisal(BaseModel):
    """Whole months that are over: from a first of a month to a last day."""

    since: Day
    until: Day
    remarks: Remarks = ""


class NewObjection(BaseModel):
    """`rows` are indices of the measure's rows that took points."""

    measure: str = Field(max_length=60)
    rows: Indices
    reason: Prose


class ObjectionAnswer(BaseModel):
    """`upheld` are those of the objection's rows that cost nothing any more; none rejects it."""

    upheld: Indices
    words: Prose


class MeasureView(BaseModel):
    id: str
    stage: Stage
    stage_title: Words
    aspect: Literal["time", "quality"]
    kind: str = Field(description="what its rows are: `households`, `clocks`, `returns` …")
    title: Words
    formula: Words
    weight: int
    source: str


class AppraisalGrade(BaseModel):
    id: str
    title: Words
    start: float = Field(description="from so many points of 100 on")


class MeasureCatalogue(BaseModel):
    version: int
    measures: list[MeasureView]
    grades: list[AppraisalGrade]


class MeasureResult(BaseModel):
    """`weight` as it counted of 100: 0 where there were no rows."""

    measure: str
    rows: int
    ok: float
    weight: float
    points: float
    lost: float


class AppraisalResult(BaseModel):
    officer_id: int | None = Field(description="null: the station as a whole")
    officer: str | None
    station: str | None
    total: float | None = Field(description="of 100; null where nothing was there to measure")
    grade: str | None
    measures: list[MeasureResult]


class IssuedResult(AppraisalResult):
    """An issued line; `standing` is what it comes to after answered objections."""

    id: int
    standing: float | None
    standing_grade: str | None
    restored: float
    objections: int
    open_objections: int


class AppraisalHead(BaseModel):
    id: int
    title: str
    since: date
    until: date
    remarks: str
    officer: str | None
    issued_at: datetime
    object_until: datetime


class AppraisalView(AppraisalHead):
    catalogue: MeasureCatalogue
    lines: list[IssuedResult]


class AppraisalRow(BaseModel):
    """A frozen row; `lost` is what it took."""

    index: int
    kind: Literal["matter", "business"]
    ref: int
    title: str
    at: datetime | None
    done_at: datetime | None
    value: float
    lost: float
    objected: bool
    upheld: bool


class AppraisalRows(BaseModel):
    total: int
    deducted: int
    rows: list[AppraisalRow]


class ObjectionView(BaseModel):
    id: int
    appraisal: str
    line_id: int
    officer: str | None
    measure: str
    measure_title: Words
    rows: list[int]
    titles: list[str] = Field(description="what the rows are about, the first ten")
    reason: str
    at: datetime
    answer_due_at: datetime
    late: bool
    upheld: list[int] | None = Field(description="null: not answered yet")
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


class LineView(IssuedResult):
    appraisal: AppraisalHead
    catalogue: MeasureCatalogue
    objection_list: list[ObjectionView]
    may_object: bool

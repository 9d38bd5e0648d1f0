"""What goes in and comes out of the quality review of closed files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from api.inputs import Day, Number
from api.texts import Prose
from gridsup.procedures.pack import Words
from gridsup.reviews.checklist import Axis
from gridsup.reviews.service import Each

Findings = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
CorrectionState = Literal["ordered", "answered", "returned", "accepted"]


class NewReviewDraw(BaseModel):
    """Closed files of these days and kinds, `count` of every group; reviewers take them in turn."""

    since: Day
    until: Day
    kinds: list[str] = Field(min_length=1, max_length=20)
    each: Each = "station"
    count: int = Field(ge=1, le=200)
    reviewers: list[Number] = Field(min_length=1, max_length=100)


class ReviewMark(BaseModel):
    item: str = Field(max_length=60)
    points: float | None = Field(description="null: does not apply to this file", ge=0, le=100)
    note: str = Field(default="", max_length=1000)


class FilledSheet(BaseModel):
    marks: list[ReviewMark] = Field(max_length=200)
    findings: Findings = ""


class Reviewer(BaseModel):
    reviewer_id: Number


class Demand(BaseModel):
    demand: Prose


class CorrectionAnswer(BaseModel):
    words: Prose


class CorrectionCheck(BaseModel):
    accepted: bool
    words: Prose


class ReviewItem(BaseModel):
    id: str
    title: Words
    points: int
    source: str
    packs: list[str] | None


class ReviewAxis(BaseModel):
    id: Axis
    title: Words
    items: list[ReviewItem]


class ReviewGrade(BaseModel):
    id: str
    title: Words
    start: float = Field(description="from so many points of 100 on")


class ReviewKind(BaseModel):
    id: str
    title: Words


class ReviewerOption(BaseModel):
    id: int
    name: str
    post: str


class ReviewChecklist(BaseModel):
    """The checklist in force; `packs` null: asked of every kind of file."""

    version: int
    kinds: list[ReviewKind]
    axes: list[ReviewAxis]
    grades: list[ReviewGrade]
    reviewers: list[ReviewerOption] = Field(description="who holds a post that reviews")


class AxisPoints(BaseModel):
    axis: Axis
    points: float
    of: float


class ReviewJudgement(BaseModel):
    checklist_version: int
    marks: list[ReviewMark]
    axes: list[AxisPoints]
    total: float
    grade: str
    findings: str
    officer: str | None
    at: datetime


class CorrectionStepView(BaseModel):
    step: Literal["answer", "accept", "return"]
    words: str
    officer: str | None
    at: datetime


class CorrectionView(BaseModel):
    """An order to correct; `due_at` is the term that runs, or ran when it was answered."""

    id: int
    number: str
    demand: str
    state: CorrectionState
    due_at: datetime
    late: bool
    explanation: list[Words]
    handler: str | None
    officer: str | None
    ordered_at: datetime
    steps: list[CorrectionStepView]
    may_answer: bool
    may_check: bool


class FileReviewView(BaseModel):
    """A drawn file, its judgement and its order to correct, once there are such."""

    id: int
    draw_id: int
    rank: int
    matter_id: int
    number: str | None
    title: str
    pack: str
    pack_title: Words
    closed_at: datetime | None
    station: str | None
    handler: str | None
    reviewer_id: int
    reviewer: str | None
    judgement: ReviewJudgement | None
    correction: CorrectionView | None
    may_judge: bool


class ReviewDrawLine(BaseModel):
    id: int
    since: date
    until: date
    kinds: list[Words]
    each: Each
    count: int
    seed: str
    population: int = Field(description="how many closed files it was drawn from")
    population_sha256: str
    officer: str | None
    drawn_at: datetime
    files: int
    judged: int
    mean: float | None = Field(description="of the judged files, of 100")


class ReviewDrawView(ReviewDrawLine):
    repeats: bool = Field(description="the draw done again from seed and list gives the files on record")
    files_drawn: list[FileReviewView]


class OwnReviews(BaseModel):
    """What I have to judge, and my own files that were judged."""

    to_judge: list[FileReviewView]
    judged_by_me: list[FileReviewView]
    my_files: list[FileReviewView]

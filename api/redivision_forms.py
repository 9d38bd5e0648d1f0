"""What is asked of drafts of a new division."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from api.inputs import Day, Number
from api.texts import Line
from gridsup.codes.patterns import GRID
from gridsup.redivision.nesting import Within

Label = Annotated[int, Field(ge=1, le=1_000_000)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]


class LinePoint(BaseModel):
    """CRS84 degrees."""

    lon: Lon
    lat: Lat


DrawnLine = Annotated[list[LinePoint], Field(min_length=2, max_length=500)]


Weight = Annotated[float, Field(ge=0, le=1000)]


class MixForm(BaseModel):
    """What counts as work. Only the proportions matter: the draft tells the shares, which sum to 1. Not all
    may be 0 (`division-mix`)."""

    businesses: Weight = Field(default=0.7, description="number of operating businesses")
    unlicensed: Weight = Field(
        default=0, description="no valid licence now, and findings of the last three years"
    )
    risk: Weight = Field(default=0, description="sum of the businesses' risk grades")
    area: Weight = Field(default=0.15, description="ground")
    roads: Weight = Field(default=0.15, description="length of roads above service class")


class GroundForm(BaseModel):
    """What ground: whole stations, or the cells of some streets and communities (one of the two)."""

    name: Line
    stations: list[Line] = Field(default=[], max_length=200, description="codes of stations")
    parts: list[Number] = Field(
        default=[],
        max_length=200,
        description="ids of streets and communities, see `GET /redivisions/places`",
    )


class DivideForm(GroundForm):
    """Ask the engine for a division: so many cells, or cells for so many inspectors, or both."""

    cells: int | None = Field(
        default=None, ge=1, le=2000, description="how many cells in all; null: as many as inspectors"
    )
    inspectors: int | None = Field(
        default=None,
        ge=1,
        le=2000,
        description="group the cells to so many even beats, and name who takes each",
    )
    mix: MixForm = MixForm()
    stay: float = Field(
        default=1,
        ge=0,
        le=10,
        description="what keeping today's cells and numbers weighs; 0: they count for nothing",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="the same seed gives the same cells")
    within: Within = Field(
        default="station",
        description="what no cell crosses the border of; inside a station balance is then reported, not "
        "promised",
    )


class TodayForm(GroundForm):
    """Start from today's cells."""


class Versioned(BaseModel):
    version: Number = Field(description="the version that was seen")


class MoveForm(Versioned):
    blocks: list[Label] = Field(min_length=1, max_length=2000, description="numbers of blocks")
    to: Label = Field(description="label of the neighbouring cell")


class MergeForm(Versioned):
    keep: Label = Field(description="label of the cell that stays")
    other: Label


class SplitForm(Versioned):
    cell: Label
    line: DrawnLine | None = Field(default=None, description="two balanced halves when absent")


class CutForm(Versioned):
    block: Label
    line: DrawnLine


class DescribeForm(Versioned):
    """Only what is given changes; null clears it."""

    grid: Annotated[str, Field(pattern=GRID)] | None = Field(
        default=None, description="null: the station's next number"
    )
    name: Line | None = None
    community_id: Number | None = None
    officer_id: Number | None = Field(
        default=None, description="who shall be responsible; null: the owner of most of its ground"
    )


class ScheduleForm(Versioned):
    day: Day = Field(description="today or earlier: in force at once; later: on that day")

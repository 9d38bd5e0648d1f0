"""Values that several forms take: instants, positions, photos, and the capacity in which one acts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field
from pydantic_core import PydanticCustomError

from gridsup.codes.patterns import SHA256

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Times outside these years are slips of a clock or a finger."""


def _in_reach(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise PydanticCustomError("out_of_reach", "the year is out of reach")
    return moment


def _day_in_reach(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("out_of_reach", "the year is out of reach")
    return day


Instant = Annotated[AwareDatetime, AfterValidator(_in_reach)]
"""A moment with its zone."""
Day = Annotated[date, AfterValidator(_day_in_reach)]
"""A civil day in Asia/Shanghai."""
Number = Annotated[int, Field(ge=1, lt=2**63)]
"""The number of a thing in a form."""
Asked = Annotated[int | None, Query(ge=1, lt=2**63)]
"""The number of a thing as a filter."""
Hash = Annotated[str, Field(pattern=SHA256, description="SHA-256, lower-case hex")]
Facts = Annotated[dict[str, Any], Field(max_length=100)]
"""Facts by name, as `GET /procedures` lists them; an absent one is unknown, not false."""


class PhotoRef(BaseModel):
    """A photo that was uploaded before (`PUT /attachments/{sha256}`)."""

    sha256: Hash
    caption: str = Field(default="", max_length=200)


class Position(BaseModel):
    """Where the device was: CRS84 degrees, accuracy in metres."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    accuracy_m: float | None = Field(default=None, ge=0, le=1e7)


class Leap(BaseModel):
    """A leap of the position faster than anybody moves."""

    metres: float = Field(ge=0, le=1e8)
    seconds: float = Field(ge=0, le=1e8)


class DeviceForm(BaseModel):
    """What the phone noted about itself; it is shown beside the record and judges nobody."""

    clock_ahead_ms: float | None = Field(default=None, ge=-1e13, le=1e13, description="of the server's clock")
    speed_ms: float | None = Field(default=None, ge=0, le=1e5, description="metres in a second")
    jumped: Leap | None = None
    accuracy_m: float | None = Field(default=None, ge=0, le=1e7, description="where no position says it")

    def told(self) -> dict[str, Any]:
        """What was noted at all."""
        return self.model_dump(exclude_none=True)


class ActingForm(BaseModel):
    """The capacity in which one acts: a post of one's own, or that of an absent colleague (B角)."""

    post: str = Field(max_length=60, description="such as `dispatcher`; see `GET /code-lists/posts`")
    acting_for_id: Number | None = Field(default=None, description="the officer whose deputy acts")
    delegation_id: Number | None = Field(default=None, description="the letter under which a body acts")

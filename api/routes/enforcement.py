"""The file of a penalty case, its evidence, how a fine stands, and which law applies on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api import standing
from api.auth import User
from api.deps import Db, Id
from api.held_shapes import CustodyEntry, MeasureList, hand, measure_view
from api.inputs import Day
from api.law_tables import LawTable, law_tables
from api.permissions import Permission
from api.policy import permit
from gridsup.documents.kinds import kinds
from gridsup.enforcement import binding, evidence, execution, law, things, volumes
from gridsup.enforcement.money import written
from gridsup.people.deputies import day_of
from gridsup.procedures.pack import Words

router = APIRouter(tags=["enforcement"])
Reader = Annotated[User, permit(Permission.MATTERS_READ)]


class Lines(BaseModel):
    """An explanation, line by line, in both languages."""

    zh: list[str]
    en: list[str]


class FilePaper(BaseModel):
    """One line of a contents list: a paper that an act of the family put into the file."""

    no: int
    group: Words
    title: Words
    template: str = Field(description="the template that sets it")
    kind: str | None = Field(description="the kind of document that shows it; null where none does")
    number: str | None
    document_id: int | None = Field(description="the numbered document, whose file counts")
    at: datetime
    matter_id: int
    seq: int = Field(description="the event it comes from")
    files: list[str] = Field(description="SHA-256 of its photos and scans")


class FileVolume(BaseModel):
    volume: Literal["main", "sub"]
    title: Words
    papers: list[FilePaper]


class CaseFile(BaseModel):
    """一案一卷: the two volumes of a case, generated from its events and documents."""

    matter_id: int
    volumes: list[FileVolume]


class EvidenceItem(BaseModel):
    """One piece of evidence, with every hand that it went through."""

    no: int
    kind: str
    name: str
    holder: str
    files: list[str]
    custody: list[CustodyEntry]


class EvidenceList(BaseModel):
    items: list[EvidenceItem]


class FineView(BaseModel):
    """How a fine stands at the end of a day; amounts are yuan as text with two decimals."""

    on: date
    fine: str
    paid: str
    unpaid: str
    late_days: int
    late_fine: str
    late_fine_paid: str
    capped: bool
    verified: bool = Field(description="false while a provision was not checked against its text")
    lines: Lines


class FineRange(BaseModel):
    min: int
    max: int


class ProvisionView(BaseModel):
    """What the law of one day threatens a conduct with; whole yuan, inclusive."""

    on: date
    rule: str
    title: Words
    fine: FineRange | None
    confiscate: list[str]
    measures: list[str]
    correction_first: bool
    source: str
    verified: bool


class LawView(BaseModel):
    """The law of the act, that of the decision, and which of them applies (行政处罚法 art. 37)."""

    act: ProvisionView
    decision: ProvisionView
    applies: str
    verified: bool
    lines: Lines


@router.get("/matters/{matter_id}/case-file")
def get_case_file(matter_id: Id, user: Reader, session: Db) -> CaseFile:
    """The contents lists of a penalty case's main and sub volume."""
    standing.check_sight(session, user, [matter_id])
    found = volumes.of_case(session, matter_id)
    return CaseFile(
        matter_id=matter_id,
        volumes=[
            FileVolume(
                volume="main" if name == "main" else "sub",
                title=volumes.VOLUMES[name],
                papers=[_paper(each) for each in entries],
            )
            for name, entries in found.items()
        ],
    )


@router.get(
    "/matters/{matter_id}/case-file/{volume}/sheets",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
def print_case_sheets(matter_id: Id, volume: Literal["main", "sub"], user: Reader, session: Db) -> Response:
    """Cover, contents list and end sheet (卷宗封面、目录、备考表) that a volume is bound with."""
    standing.check_sight(session, user, [matter_id])
    return Response(
        binding.sheets(session, matter_id, volume),
        media_type="application/pdf",
        headers={"Cache-Control": "no-store"},
    )


def _paper(entry: volumes.Entry) -> FilePaper:
    given: dict[str, Any] = {name: getattr(entry, name) for name in FilePaper.model_fields if name != "kind"}
    given["kind"] = entry.template if entry.act in getattr(kinds().get(entry.template), "acts", ()) else None
    return FilePaper(**{**given, "files": list(entry.files)})


@router.get("/matters/{matter_id}/evidence")
def list_evidence(matter_id: Id, user: Reader, session: Db) -> EvidenceList:
    """The evidence of a case, its chain of custody checked."""
    standing.check_sight(session, user, [matter_id])
    return EvidenceList(
        items=[
            EvidenceItem(
                no=item.no,
                kind=item.kind or "",
                name=item.name,
                holder=item.holder,
                files=item.files,
                custody=[hand(entry) for entry in item.custody],
            )
            for item in evidence.of_matter(session, matter_id)
        ]
    )


@router.get("/matters/{matter_id}/things")
def list_things(matter_id: Id, user: Reader, session: Db) -> MeasureList:
    """The things of a seizure or preservation, or of all of a case, the chain of hands of each checked."""
    standing.check_sight(session, user, [matter_id])
    return MeasureList(items=[measure_view(session, each) for each in things.measures(session, matter_id)])


@router.get("/matters/{matter_id}/fine")
def get_fine(
    matter_id: Id,
    user: Reader,
    session: Db,
    on: Annotated[Day | None, Query(description="at the end of that day; today when left out")] = None,
) -> FineView:
    """What is owed of a fine that is being executed, with the late fine (加处罚款) explained."""
    standing.check_sight(session, user, [matter_id])
    stands, late_paid = execution.stand(session, matter_id, on or day_of(datetime.now(UTC)))
    return FineView(**stands.as_json(), late_fine_paid=written(late_paid))


@router.get("/law/tables")
def list_law_tables(
    user: Annotated[User, permit(Permission.PROCEDURES_READ)],
    on: Annotated[Day | None, Query(description="only what is in force on that day")] = None,
) -> list[LawTable]:
    """The dated tables of law: penalties, ceilings, limits and clocks, with what was not checked marked."""
    return law_tables(on)


@router.get("/law")
def judge_law(
    user: Annotated[User, permit(Permission.PROCEDURES_READ)],
    act_on: Annotated[Day, Query(description="the day the act ended")],
    conduct: Annotated[Literal["unlicensed", "premises", "change", "display", "safety"], Query()],
    decided_on: Annotated[Day | None, Query(description="today when left out")] = None,
    serious: Annotated[bool, Query()] = False,
    public_danger: Annotated[bool, Query()] = False,
    correction_refused: Annotated[bool, Query()] = False,
) -> LawView:
    """Which penalty applies to an act of one day that is decided on another: both laws, and the milder."""
    facts = {"serious": serious, "public_danger": public_danger, "correction_refused": correction_refused}
    judged = law.judge(conduct, act_on, decided_on or day_of(datetime.now(UTC)), facts)
    return LawView.model_validate(judged.as_json())

"""Publicity of penalties (处罚信息公示): what is to be published, what is shown, what is to be withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api import titles
from api.auth import User
from api.deps import Db
from api.pagination import Cursor, Limit, Page, decode, page
from api.permissions import Permission
from api.policy import permit
from gridsup.enforcement import queries
from gridsup.procedures.family import clock
from gridsup.procedures.model import Matter
from gridsup.procedures.pack import Words

router = APIRouter(tags=["enforcement"])


class PublicationView(BaseModel):
    """One decision's publication. `matter_id` is its own matter, `case_id` the case of the decision."""

    matter_id: int
    case_id: int
    case_title: str
    decision_no: str | None
    decided_at: datetime | None
    party: str | None
    state: str
    state_title: Words
    due_at: datetime | None = Field(
        description="while it is to be done: by when; while it is shown: until when"
    )
    overdue: bool
    published_at: datetime | None
    where: Words | None
    link: str | None
    left_out: str | None = Field(description="what was not published, as the officer said")
    set_aside: bool = Field(description="the decision was set aside and is still shown: withdraw it")
    ended_at: datetime | None


@router.get("/penalty-publicity")
def list_publications(
    user: Annotated[User, permit(Permission.MATTERS_READ_ALL)],
    session: Db,
    stage: Annotated[
        Literal["due", "shown", "wrong", "ended"] | None,
        Query(description="wrong: to be withdrawn or taken down"),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PublicationView]:
    """Decisions of the ordinary procedure and their publication (APL-48, PUB), the latest first."""
    now, after = clock(), decode(cursor, int)
    query = queries.publications(
        user.jurisdiction_id, stage, after=after[0] if after else None, limit=limit + 1
    )
    rows = session.execute(query).all()

    def show(row: Any) -> PublicationView:
        one: Matter = row[0]
        pack = titles.pack_of(session, user.jurisdiction_id, one)
        due = one.next_due_at if one.ended_at is None else None
        return PublicationView(
            matter_id=one.id,
            case_id=one.parent_id or one.id,
            case_title=row.case_title,
            decision_no=row.decision_no,
            decided_at=one.milestones.get("decision_made"),
            party=one.facts.get("operator_name"),
            state=one.state,
            state_title=titles.state_title(pack, one.state),
            due_at=due,
            overdue=bool(due and due <= now),
            published_at=one.milestones.get("published"),
            where=titles.choice_title(pack, "where", one.facts["where"]) if "where" in one.facts else None,
            link=one.facts.get("link"),
            left_out=one.facts.get("left_out"),
            set_aside=row.wrong,
            ended_at=one.ended_at,
        )

    return page(rows, limit, show, lambda row: (row[0].id,))

"""Spot checks (督查抽查): draws of visits, the second visits, explanations, rulings, rates."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from api import names, periods
from api import spotcheck_shapes as shapes
from api.auth import User
from api.deps import Db, Id
from api.inputs import Asked
from api.permissions import Permission
from api.policy import permit
from api.spotcheck_shapes import (
    AccuracyView,
    CheckView,
    DrawDetail,
    DrawRule,
    DrawView,
    Explanation,
    MyChecks,
    NewDraw,
    Population,
    Rates,
    RedrawView,
    RevisitForm,
    RulingForm,
    SupervisorForm,
)
from gridsup.documents.typesetting import typeset
from gridsup.spotchecks import drawing, queries, service, sheet
from gridsup.spotchecks.compare import Seen, Verdict

router = APIRouter(tags=["spot checks"])
Runner = Annotated[User, permit(Permission.SPOTCHECKS_RUN)]
Own = Annotated[User, permit(Permission.SPOTCHECKS_OWN)]
PDF = "application/pdf"


@router.post("/spot-draws/population")
def count_population(form: DrawRule, user: Runner, session: Db) -> Population:
    """How many visits a draw under this rule would be drawn from now."""
    return Population(count=len(drawing.population(session, form.plain())))


@router.post("/spot-draws", status_code=201)
def draw_spot_checks(form: NewDraw, user: Runner, session: Db) -> DrawDetail:
    """Draw visits, and give each to a supervisor of another station."""
    row = drawing.draw(
        session,
        form.plain(),
        title=form.title,
        size=form.size,
        supervisors=form.supervisors,
        by=user.officer_id,
        seed=form.seed,
    )
    return shapes.detail(session, user, row)


@router.get("/spot-draws")
def list_spot_draws(
    user: Runner, session: Db, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[DrawView]:
    """Draws, the newest first."""
    rows = session.execute(queries.draws(user.jurisdiction_id, limit)).all()
    known = shapes.names_of_draws(session, user, [row[0] for row in rows])
    return [DrawView(**shapes.draw_told(row[0], known, row.drawn, row.done, row.asking)) for row in rows]


@router.get("/spot-draws/{draw_id}")
def get_spot_draw(draw_id: Id, user: Runner, session: Db) -> DrawDetail:
    """A draw with all its checks, in the order of the draw."""
    return shapes.detail(session, user, drawing.get(session, draw_id))


@router.get("/spot-draws/{draw_id}/redraw")
def redraw_spot_checks(draw_id: Id, user: Runner, session: Db) -> RedrawView:
    """Draw again from the recorded population and seed, and compare."""
    return RedrawView.model_validate(drawing.redraw(session, draw_id), from_attributes=True)


@router.get(
    "/spot-draws/{draw_id}/paper.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "rule, seed, population and sample"}},
)
def get_spot_draw_paper(draw_id: Id, user: Runner, session: Db) -> Response:
    """The draw as a paper. Raises Unavailable `documents-fonts-missing`."""
    row = drawing.get(session, draw_id)
    found = session.execute(queries.checks(user.jurisdiction_id, draw_id=row.id)).all()
    content = typeset("paper", sheet.paper(session, row, found), made_at=row.drawn_at)
    disposition = f"attachment; filename=draw-{row.id}.pdf; filename*=UTF-8''{quote(row.title)}.pdf"
    return Response(content, media_type=PDF, headers={"Content-Disposition": disposition})


@router.get("/spot-checks/mine")
def get_my_spot_checks(user: Own, session: Db) -> MyChecks:
    """Second visits given to me and not made yet; differences in my visits that I have not explained."""
    j, me = user.jurisdiction_id, [user.officer_id]
    visits = session.execute(queries.checks(j, supervisor_ids=me, undone=True)).all()
    asked = queries.checks(j, inspector_ids=me, verdicts=("differs", "suspected"), unruled=True)
    questions = [row for row in session.execute(asked).all() if row[2] is None]
    known = shapes.known_of(session, user, [*visits, *questions])
    return MyChecks(
        visits=[shapes.check_view(row, known) for row in visits],
        questions=[shapes.check_view(row, known) for row in questions],
    )


@router.get("/spot-checks/rates")
def get_spot_check_rates(user: Runner, session: Db, period: periods.Asked) -> Rates:
    """How far visits stood up to second visits made in the period, by inspector and by station."""
    parts = service.accuracy(session, period.since, period.until)
    known = names.look_up(
        session,
        user.jurisdiction_id,
        officers=(one.inspector_id for one in parts),
        bodies=(one.station_id for one in parts),
    )

    def told(key: str) -> list[AccuracyView]:
        groups: dict[int | None, list[service.Accuracy]] = {}
        for one in parts:
            groups.setdefault(getattr(one, key), []).append(one)
        return [shapes.accuracy_view(service.together(each), known) for each in groups.values()]

    return Rates(inspectors=told("inspector_id"), stations=told("station_id"))


@router.get("/spot-checks")
def list_spot_checks(
    user: Runner,
    session: Db,
    verdict: Annotated[list[Verdict] | None, Query()] = None,
    inspector_id: Asked = None,
    unruled: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[CheckView]:
    """Checks over all draws, the newest draw first."""
    rows = session.execute(
        queries.checks(
            user.jurisdiction_id,
            verdicts=verdict or (),
            inspector_ids=[inspector_id] if inspector_id else None,
            unruled=unruled,
            limit=limit,
        )
    ).all()
    known = shapes.known_of(session, user, rows)
    return [shapes.check_view(row, known) for row in rows]


@router.post("/spot-checks/{check_id}/result", status_code=201)
def record_revisit(check_id: Id, form: RevisitForm, user: Own, session: Db) -> CheckView:
    """Record the second visit; it is compared at once. Sending it again changes nothing."""
    seen = form.seen.model_dump(mode="json")
    told = service.Revisit(
        key=form.key,
        at=form.at,
        seen=Seen(**seen),
        photos=[one.model_dump() for one in form.photos],
        position=form.position.model_dump() if form.position else None,
        device=form.device.told(),
    )
    service.revisit(session, check_id, user.officer_id, told)
    return shapes.one(session, user, check_id)


@router.post("/spot-checks/{check_id}/explanation", status_code=201)
def explain_spot_check(check_id: Id, form: Explanation, user: Own, session: Db) -> CheckView:
    """Explain the differences found in a visit of mine."""
    service.explain(session, check_id, user.officer_id, form.text)
    return shapes.one(session, user, check_id)


@router.post("/spot-checks/{check_id}/ruling", status_code=201)
def rule_on_spot_check(check_id: Id, form: RulingForm, user: Runner, session: Db) -> CheckView:
    """Rule on the differences: they stand, or they are explained and do not count."""
    service.rule(session, check_id, user.officer_id, form.ruling, form.reason)
    return shapes.one(session, user, check_id)


@router.post("/spot-checks/{check_id}/supervisor")
def reassign_spot_check(check_id: Id, form: SupervisorForm, user: Runner, session: Db) -> CheckView:
    """Give a check to another supervisor."""
    service.reassign(session, check_id, form.supervisor_id, user.officer_id)
    return shapes.one(session, user, check_id)

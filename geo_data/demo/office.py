"""The demo bureau's own arrangements: seal, limits, letters, signing for another, leave, duty, rotation."""

from __future__ import annotations

from datetime import timedelta

from geo_data.demo.cases import DEPUTY, HEAD
from geo_data.demo.papers import seal_png
from geo_data.demo.stage import Scene, Stage, Who
from gridsup.handovers import service as handovers
from gridsup.people import delegations, duty, postings, service
from gridsup.procedures import limits
from gridsup.procedures.bureau import calendar_of
from gridsup.signing import authorities

IT = Who("it", "it")
ROUTINE = (
    "penalty_case.extend_verification",
    "penalty_case.file_case",
    "penalty_case.close_penalised",
)


def set_up(stage: Stage) -> Scene:
    """What stands before anything else: the seal, two limits of the bureau's own (本局设定)."""
    yield stage.at(75, 9)
    bureau, officer = stage.ids.bodies["bureau"], stage.officer(IT)
    service.change_organisation(
        stage.session, stage.ids.jurisdiction, bureau, phone="027-00000000（演示）", by=officer
    )
    stage.register_seal("江汉区市场监督管理局（演示）", seal_png("江汉区市场监督管理局"), IT)
    for row, n, content in (("P10-L8", 2, "复查后反馈"), ("P10-SECTION", 8, "股室办理交办事项")):
        draft = limits.Draft(
            n=n,
            unit="WD",
            warn_share=0.6,
            warn_days=1,
            content=content,
            requirement="逾期的列入当月通报。",
            reason="局务会议确定（演示）",
            expected=0,
        )
        limits.set_limit(
            stage.session, "clocks_p10", row, draft, officer_id=stage.officer(DEPUTY), now=stage.now
        )


def letters(stage: Stage) -> Scene:
    """Letters of delegation (委托书): in force, signed but not announced, over."""
    yield stage.at(70, 9)
    today, j = stage.city.today, stage.ids.jurisdiction
    powers = delegations.powers()
    inspection = [*powers["inspection"].acts, *powers["stopping"].acts]
    streets = [one.code for one in stage.city.streets]
    for nth, (code, first, last, announced) in enumerate(
        (
            (streets[0], stage.days[68], today + timedelta(days=200), True),
            (streets[1], today + timedelta(days=3), today + timedelta(days=368), False),
            (streets[2], stage.days[69], stage.days[5], True),
        )
    ):
        delegations.add_delegation(
            stage.session,
            j,
            number=f"演示委字〔{today.year}〕{nth + 1}号",
            delegate_id=stage.ids.bodies[code],
            scope=["无证无照经营的日常检查与制止"],
            powers=inspection,
            signed_on=stage.days[70] if announced else stage.days[2],
            valid_from=first,
            valid_to=last,
            published_on=first if announced else None,
            published_in="区人民政府门户网站（演示）" if announced else None,
            areas=[stage.ids.bodies[code]],
            liability="受委托单位以本局名义实施，后果由本局承担。",
            signed_by="局长（演示）",
            delegate_signer="街道办事处主任（演示）",
            by=stage.officer(DEPUTY),
        )


def signing_for_another(stage: Stage) -> Scene:
    """A dated, recorded authority to sign for the bureau head (授权代签) while he is away."""
    yield stage.at(5, 8, 30)
    day = stage.now.date()
    authorities.grant(
        stage.session,
        stage.ids.jurisdiction,
        giver_id=stage.officer(HEAD),
        post="bureau_head",
        receiver_id=stage.officer(DEPUTY),
        acts=ROUTINE,
        valid_from=day,
        valid_to=stage.city.today + timedelta(days=9),
        reason="赴省局培训，期间例行审批由分管副局长代签（演示）",
        today=day,
    )


def absences(stage: Stage) -> Scene:
    """Leave around the city's day, whose work the deputies receive, and who is on duty at weekends."""
    yield stage.at(3, 9)
    session, j, today = stage.session, stage.ids.jurisdiction, stage.city.today
    first = stage.station(0)
    away = (
        (Who("inspector", first, 1), -2, 4, "年休假"),
        (Who("section", "food", 1), -1, 3, "外出培训"),
        (Who("station_head", stage.station(2)), 0, 2, "病假"),
        (Who("legal", "legal", 1), 5, 9, "年休假"),
    )
    for who, start, end, reason in away:
        postings.add_leave(
            session,
            j,
            officer_id=stage.officer(who),
            first_day=today + timedelta(days=start),
            last_day=today + timedelta(days=end),
            reason=f"{reason}（演示）",
            by=stage.officer(DEPUTY),
        )
    calendar = calendar_of(session, j)
    weekend = [
        one for one in (today + timedelta(days=n) for n in range(15)) if not calendar.is_working_day(one)
    ]
    bureau, station = stage.ids.bodies["bureau"], stage.ids.bodies[first]
    for nth, day in enumerate(weekend):
        for place, who in (
            (bureau, Who("brigade", "brigade", nth)),
            (station, Who("enforcement", first, nth)),
        ):
            duty.put_on_duty(session, j, day=day, organisation_id=place, officer_id=stage.officer(who))


def rotation(stage: Stage) -> Scene:
    """A rotation sheet (轮岗交接单) that waits for its two signatures."""
    yield stage.at(2, 10)
    cell = stage.city.cells[0]
    giver = stage.ids.officers[cell.inspector]
    taker = stage.officer(Who("inspector", cell.station, 2))
    if giver == taker:
        taker = stage.officer(Who("inspector", cell.station, 1))
    handovers.draw_up(
        stage.session,
        stage.ids.jurisdiction,
        giver_id=giver,
        taker_id=taker,
        cell_ids=[stage.ids.cells[cell.key]],
        effective_on=stage.city.today + timedelta(days=7),
        note="年度轮岗（演示）",
        by=stage.officer(Who("station_head", cell.station)),
        now=stage.now,
    )

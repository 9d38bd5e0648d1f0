"""Who may act through the one door: posts, deputies, separation, crews and letters, named as rules."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from gridsup.errors import Forbidden, Refused
from gridsup.procedures import versions
from gridsup.procedures.acting import Acting
from gridsup.procedures.engine import Header, open_matter
from gridsup.procedures.loader import LoadedPack
from tests.db.procedures.checks import events, refused
from tests.db.procedures.small_bureau import (
    JURISDICTION,
    MONDAY,
    Bureau,
    deputise,
    do,
    fresh,
    report,
    working,
)
from tests.db.procedures.small_pack import CASE

# ------------------------------------------------------------------ persons


def test_only_the_steps_posts_may_act(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau).matter_id
    refused(Forbidden, "post-not-allowed", session, matter, "begin", bureau.inspector)


def test_a_post_that_is_not_held_gives_no_right(session: Session, bureau: Bureau) -> None:
    matter = report(session, bureau).matter_id
    liar = Acting(bureau.inspector.person_id, "dispatcher")
    refused(Forbidden, "post-not-held", session, matter, "begin", liar)


def test_no_person_acts_as_the_system(session: Session, bureau: Bureau) -> None:
    matter = held(session, bureau)
    impostor = Acting(bureau.dispatcher.person_id, "system")
    refused(Forbidden, "post-not-allowed", session, matter, "free", impostor)


def test_a_deputy_acts_while_the_holder_is_away_and_not_otherwise(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    stand_in = deputise(session, bureau.inspector, bureau.liaison, date(2026, 3, 1), date(2026, 3, 3))
    body = events(session, do(session, matter, "close", stand_in).matter_id)[-1]
    assert (body.person_id, body.acting_for_id) == (bureau.liaison.person_id, bureau.inspector.person_id)
    other = working(session, bureau)
    refused(Forbidden, "not-deputy", session, other, "close", stand_in, now=MONDAY + timedelta(days=10))


def test_an_assigned_step_is_for_its_unit_or_officer(session: Session, bureau: Bureau) -> None:
    nobody = working(session, bureau)
    refused(Forbidden, "not-assigned", session, nobody, "own", bureau.liaison)
    unit = working(session, bureau, assigned_org_id=bureau.department_id)
    assert do(session, unit, "own", bureau.liaison).version == 3
    other = working(session, bureau, assigned_officer_id=bureau.dispatcher.person_id)
    refused(Forbidden, "not-assigned", session, other, "own", bureau.liaison)


# ------------------------------------------------------------------ separation and crew


def held(session: Session, bureau: Bureau) -> int:
    matter = working(session, bureau)
    do(session, matter, "hold", bureau.enforcer, crew=bureau.pair)
    return matter


def test_two_qualified_officers_act_together(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    refused(Refused, "crew-too-small", session, matter, "hold", bureau.enforcer)
    alone = [bureau.enforcer.person_id]
    refused(Refused, "crew-too-small", session, matter, "hold", bureau.enforcer, crew=alone)
    weak = [bureau.unqualified.person_id]
    told = refused(Refused, "crew-not-qualified", session, matter, "hold", bureau.enforcer, crew=weak)
    assert "unqualified" in told.text()
    do(session, matter, "hold", bureau.enforcer, crew=[bureau.colleague.person_id])
    assert events(session, matter)[-1].crew == sorted(bureau.pair)


def test_an_expired_qualification_does_not_count(session: Session, bureau: Bureau) -> None:
    late = MONDAY.replace(year=2030, month=2)
    matter = working(session, bureau, now=late)
    refused(
        Refused, "crew-not-qualified", session, matter, "hold", bureau.enforcer, crew=bureau.pair, now=late
    )


def hold_post(session: Session, person: Acting, bureau: Bureau) -> Acting:
    """Give ``person`` the enforcement post and the qualification besides the own one."""
    from gridsup.people.model import Officer, Posting
    from tests.db.procedures.small_bureau import QUALIFIED

    session.add(
        Posting(
            jurisdiction_id=JURISDICTION,
            officer_id=person.person_id,
            organisation_id=bureau.station_id,
            post="enforcement",
            valid_from=date(2020, 1, 1),
        )
    )
    session.get_one(Officer, (JURISDICTION, person.person_id)).qualifications = QUALIFIED
    session.flush()
    return Acting(person.person_id, "enforcement")


def test_who_patrolled_does_not_enforce(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    both = hold_post(session, bureau.inspector, bureau)
    refused(Refused, "separation-of-duties", session, matter, "hold", both, crew=bureau.pair)


def test_who_patrolled_is_no_crew_member_either(session: Session, bureau: Bureau) -> None:
    matter = working(session, bureau)
    hold_post(session, bureau.inspector, bureau)
    crew = [bureau.inspector.person_id]
    refused(Refused, "separation-of-duties", session, matter, "hold", bureau.enforcer, crew=crew)


def test_the_deputy_of_who_patrolled_does_not_enforce_in_their_place(
    session: Session, bureau: Bureau
) -> None:
    matter = working(session, bureau)
    hold_post(session, bureau.inspector, bureau)
    from gridsup.people.model import Posting

    posting = session.query(Posting).filter_by(
        jurisdiction_id=JURISDICTION, officer_id=bureau.inspector.person_id, post="enforcement"
    )
    posting.one().deputy_id = bureau.enforcer.person_id
    from gridsup.people.model import Leave

    session.add(
        Leave(
            jurisdiction_id=JURISDICTION,
            officer_id=bureau.inspector.person_id,
            first_day=date(2026, 3, 1),
            last_day=date(2026, 3, 5),
            reason="annual",
        )
    )
    session.flush()
    stand_in = Acting(bureau.enforcer.person_id, "enforcement", acting_for_id=bureau.inspector.person_id)
    refused(Refused, "separation-of-duties", session, matter, "hold", stand_in, crew=bureau.pair)


def test_who_reported_as_a_deputy_does_not_enforce(session: Session, bureau: Bureau) -> None:
    stand_in = deputise(session, bureau.inspector, bureau.enforcer, date(2026, 3, 1), date(2026, 3, 3))
    matter = open_matter(
        session, "case", stand_in, Header(title="x"), {"what": "x"}, key=fresh(), now=MONDAY
    ).matter_id
    do(session, matter, "begin", bureau.dispatcher)
    refused(Refused, "separation-of-duties", session, matter, "hold", bureau.enforcer, crew=bureau.pair)


# ------------------------------------------------------------------ delegation


def street_inspector(session: Session) -> tuple[Acting, int]:
    """An inspector of a street office, and the id of the street."""
    from gridsup.people.model import Officer, Organisation, Posting

    street = Organisation(jurisdiction_id=JURISDICTION, kind="street", code="420103001", name="民族街")
    session.add(street)
    session.flush()
    officer = Officer(jurisdiction_id=JURISDICTION, staff_no="ST1", name="街道", organisation_id=street.id)
    session.add(officer)
    session.flush()
    session.add(
        Posting(
            jurisdiction_id=JURISDICTION,
            officer_id=officer.id,
            organisation_id=street.id,
            post="inspector",
            valid_from=date(2020, 1, 1),
        )
    )
    session.flush()
    return Acting(officer.id, "inspector"), street.id


def letter(session: Session, street_id: int, **more: object) -> int:
    from gridsup.people.model import Delegation

    values = {
        "number": fresh(),
        "scope": [],
        "powers": ["case.note"],
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
        "published_on": date(2026, 1, 1),
        "signed_on": date(2025, 12, 1),
        **more,
    }
    made = Delegation(jurisdiction_id=JURISDICTION, delegate_id=street_id, **values)
    session.add(made)
    session.flush()
    return made.id


def test_a_delegated_office_acts_only_inside_a_valid_published_delegation(
    session: Session, bureau: Bureau
) -> None:
    matter = working(session, bureau)
    who, street = street_inspector(session)
    refused(Refused, "outside-delegation", session, matter, "note", who)
    for wrong in (
        {"published_on": None},
        {"valid_to": date(2026, 2, 1)},
        {"powers": ["case.close"]},
    ):
        claim = replace(who, delegation_id=letter(session, street, **wrong))
        refused(Refused, "outside-delegation", session, matter, "note", claim)
    valid = replace(who, delegation_id=letter(session, street))
    assert do(session, matter, "note", valid).version == 3
    refused(Refused, "outside-delegation", session, matter, "close", valid)


def test_without_a_letter_a_street_opens_nothing_and_its_deputies_do_nothing(
    session: Session, bureau: Bureau
) -> None:
    who, street = street_inspector(session)
    form, more = {"what": "无照经营"}, {"key": fresh(), "now": MONDAY}
    with pytest.raises(Refused) as caught:
        open_matter(session, "case", who, Header(title="一件事"), form, **more)
    assert caught.value.code == "outside-delegation"
    matter = working(session, bureau)
    deputy = deputise(session, who, bureau.inspector, date(2026, 3, 1), date(2026, 3, 31))
    refused(Refused, "outside-delegation", session, matter, "note", deputy)
    refused(Refused, "outside-delegation", session, matter, "note", deputy, offline=True)
    under = replace(who, delegation_id=letter(session, street, powers=["case.note", "case.report"]))
    assert open_matter(session, "case", under, Header(title="一件事"), form, **more).kind == "act"


def test_a_letter_that_lists_seizure_gives_it_to_nobody(session: Session, bureau: Bureau) -> None:
    text = json.loads(json.dumps(CASE)) | {"id": "seizing"}
    text["actions"]["note"]["delegable"] = False
    versions.install(session, JURISDICTION, [LoadedPack.from_data(text, "seizing")])
    now = {"key": fresh(), "now": MONDAY}
    matter = open_matter(
        session, "seizing", bureau.inspector, Header(title="一件事"), {"what": "扣押"}, **now
    )
    do(session, matter.matter_id, "begin", bureau.dispatcher)
    who, street = street_inspector(session)
    claim = replace(who, delegation_id=letter(session, street, powers=["seizing.note"]))
    refused(Refused, "not-delegable", session, matter.matter_id, "note", claim, offline=True)
    assert do(session, matter.matter_id, "note", bureau.inspector).kind == "act"

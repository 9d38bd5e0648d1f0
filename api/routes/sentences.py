"""Three sentences about a matter, to read or print: whose it is, when it is due, what may come next."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api import names, standing
from api.auth import User
from api.deps import Db, Id
from api.permissions import Permission
from api.policy import permit
from gridsup.people import bodies
from gridsup.people.deputies import day_of
from gridsup.people.urgent import FACT
from gridsup.procedures import sentences, views
from gridsup.procedures.family import Member
from gridsup.procedures.pack import Words
from gridsup.procedures.sentences import Holder
from gridsup.referrals.allocation import allocate, relevant
from gridsup.referrals.departments import catalogue
from gridsup.referrals.inside import separate_departments

router = APIRouter(tags=["matters"])
Reader = Annotated[User, permit(Permission.MATTERS_READ)]


class SentencesView(BaseModel):
    """One sentence each, in both languages, with the rules they rest on."""

    matter_id: int
    title: str
    number: str | None
    made_at: datetime
    belongs: Words
    due: Words
    next: Words


@router.get("/matters/{matter_id}/sentences")
def explain_in_sentences(matter_id: Id, user: Reader, session: Db) -> SentencesView:
    """Why the matter belongs to whom, why it is due when, and what the law allows next."""
    standing.check_sight(session, user, [matter_id])
    family, member = views.read(session, matter_id)
    m = member.p.matter
    known = names.look_up(session, user.jurisdiction_id, officers=[m["assigned_officer_id"]])
    at = m["assigned_org_id"] or m["station_id"]
    holder = Holder(
        officer=known.officer(m["assigned_officer_id"]),
        body=bodies.named(session, user.jurisdiction_id, [at]).get(at),
        why=_together(_on_duty(member), _lead(session, user, member)),
    )
    told = sentences.of_matter(family, member, holder)
    return SentencesView(
        matter_id=matter_id,
        title=m["title"],
        number=m["number"],
        made_at=family.now,
        belongs=told.belongs,
        due=told.due,
        next=told.next,
    )


def _on_duty(member: Member) -> Words | None:
    """Why it is with an officer on duty."""
    if FACT not in member.p.matter["facts"]:
        return None
    return Words(
        zh="；紧急指令在休息日下达，按值班表送达当日值班人员",
        en="; an urgent command of a day off goes to who is on the duty roster that day",
    )


def _together(*parts: Words | None) -> Words | None:
    said = [one for one in parts if one]
    return Words(zh="".join(one.zh for one in said), en="".join(one.en for one in said)) if said else None


def _lead(session: Session, user: User, member: Member) -> Words | None:
    """Which department leads and by which row (P9-C1), where the matter's facts decide it."""
    facts = relevant(member.p.matter["facts"])
    if "permit_required" not in facts or "business_licence_status" not in facts:
        return None
    apart = separate_departments(session, user.jurisdiction_id)
    opened = day_of(member.p.matter["opened_at"])
    found = allocate(facts, opened, separate=apart)
    if found.manual:
        return Words(
            zh="；主责部门依现有事实尚不能确定，由注册股判断",
            en="; the facts do not settle which department leads: the registration section decides",
        )
    name = catalogue().department(found.lead)
    body = f"（现{found.body.name}）" if found.body else ""
    body_en = f" (today {found.body.name_en})" if found.body else ""
    doubt = Words(zh="，此为读解", en=", a reading") if found.reading else Words(zh="", en="")
    return Words(
        zh=f"；依规则 {found.rule}，主责部门为 {found.lead} {name.name}{body}{doubt.zh}",
        en=f"; by rule {found.rule} the lead is {found.lead} {name.name_en}{body_en}{doubt.en}",
    )

"""Who may act: each rule of the door about persons, as a refusal that says what would be needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

from gridsup.errors import Forbidden, GridsupError, Refused
from gridsup.procedures.acting import CLOCKWORK, Acting, Directory, OutsideLetter, directory
from gridsup.procedures.family import Family, Member, legal_day
from gridsup.procedures.pack import SYSTEM, Action, Crew, Words
from gridsup.procedures.posts import POSTS


def person_refusals(
    family: Family, member: Member, name: str, action: Action, acting: Acting, at: datetime
) -> Iterator[GridsupError]:
    """What speaks against this person taking this action at ``at``; nothing when all is well."""
    post = post_refusal(family, acting, action.posts, legal_day(at))
    if post is not None:
        yield post
        return
    if refusal := _delegation(family, member, name, action, acting, at):
        yield refusal
    if action.assigned and (refusal := _assignment(family, member, acting, legal_day(at))):
        yield refusal
    if refusal := duty_refusal(family, member, action, acting.persons, at):
        yield refusal


def post_refusal(
    family: Family, acting: Acting, posts: Collection[str], day: date, *, signing: bool = False
) -> GridsupError | None:
    """Whether the post is among those asked for and really held, by the person or as a deputy.

    With ``signing`` an authority to sign is let through; ``signing.authority_refusal`` judges it.
    """
    names = {"zh": "、".join(_zh(p) for p in posts), "en": ", ".join(_en(p) for p in posts)}
    if acting == CLOCKWORK and SYSTEM in posts:  # such as a permit whose term is over
        return None
    if acting.post not in posts or acting.post == SYSTEM or acting.person_id is None:
        return Forbidden(
            "post-not-allowed",
            zh="这一步由{need_zh}办理。请转交，或换用相应岗位。",
            en="This step is for: {need_en}. Hand it over, or act in that post.",
            posts=list(posts),
            need_zh=names["zh"],
            need_en=names["en"],
        )
    who, j = directory(), family.jurisdiction_id
    if acting.authority_id is not None:
        return None if signing else _signs_only()
    if acting.acting_for_id is not None:
        if not who.stands_in(family.session, j, acting.person_id, acting.acting_for_id, acting.post, day):
            return Forbidden(
                "not-deputy",
                zh="您在{day}不是该岗位休假人员的代理人（B角）。请核对代理和请假登记。",
                en="On {day} you are not the deputy of that absent officer. Check the deputy and the leave.",
                day=day.isoformat(),
            )
    elif not who.organisations(family.session, j, acting.person_id, acting.post, day):
        return Forbidden(
            "post-not-held",
            zh="您在{day}不担任“{post_zh}”。请核对岗位登记。",
            en="You did not hold the post “{post_en}” on {day}. Check the register of posts.",
            day=day.isoformat(),
            post_zh=_zh(acting.post),
            post_en=_en(acting.post),
        )
    return None


def _signs_only() -> Forbidden:
    return Forbidden(
        "authority-signs-only",
        zh="授权代签只能用于签批，不能办理其他步骤。请由本岗位人员或其代理人（B角）办理。",
        en="An authority to sign carries signatures alone. The holder of the post or the deputy acts.",
    )


def _delegation(
    family: Family, member: Member, name: str, action: Action, acting: Acting, at: datetime
) -> GridsupError | None:
    """A delegated office acts only inside a valid, published letter; seizure stays with the bureau."""
    power, day = f"{member.pack.id}.{name}", legal_day(at)
    session, j, holder_id = family.session, family.jurisdiction_id, acting.holder_id
    if holder_id is None:
        return None
    if acting.delegation_id is None:
        if not directory().needs_letter(session, j, holder_id, acting.post, day):
            return None
        why = OutsideLetter(
            "—",
            "您的单位没有生效的委托书。请由本局人员办理，或先签订并公告委托书",
            "your body has no letter in force. The bureau acts, or a letter is signed and published",
        )
    elif not action.delegable:
        return not_delegable(action.title)
    else:
        lon, lat = member.p.matter.get("lon"), member.p.matter.get("lat")
        place = (lon, lat) if lon is not None and lat is not None else None
        found = directory().outside_letter(session, j, acting.delegation_id, acting, power, place, day)
        if found is None:
            return None
        why = found
    return Refused(
        "outside-delegation",
        zh="不能凭委托书 {letter} 办理“{power_zh}”：{why_zh}。",
        en="“{power_en}” cannot be done under delegation letter {letter}: {why_en}.",
        letter=why.letter,
        power=power,
        power_zh=action.title.zh,
        power_en=action.title.en,
        why_zh=why.zh,
        why_en=why.en,
        day=day.isoformat(),
    )


def not_delegable(title: Words) -> Refused:
    """What a letter may never give (行政强制法 art. 17, P8-R1)."""
    return Refused(
        "not-delegable",
        zh="“{power_zh}”不得委托（行政强制措施，以及普通程序的立案和决定）。请由本机关具备资格的执法人员办理。",
        en="“{power_en}” is never delegated (measures of compulsion, filing and deciding in the ordinary "
        "procedure). The bureau's own qualified officers must act.",
        power_zh=title.zh,
        power_en=title.en,
    )


def _assignment(family: Family, member: Member, acting: Acting, day: date) -> GridsupError | None:
    officer_id = member.p.matter["assigned_officer_id"]
    org_id = member.p.matter["assigned_org_id"]
    if officer_id is not None and officer_id in acting.persons:
        return None
    if officer_id is None and org_id is not None and acting.holder_id is not None:
        who: Directory = directory()
        bodies = who.organisations(family.session, family.jurisdiction_id, acting.holder_id, acting.post, day)
        if org_id in bodies:
            return None
    return Forbidden(
        "not-assigned",
        zh="此事项没有分派给您或您的单位。请由承办人办理，或先改派。",
        en="This matter is not assigned to you or your unit. Its handler acts, or it is reassigned first.",
        assigned_officer_id=officer_id,
        assigned_org_id=org_id,
    )


def separation_refusal(
    family: Family, steps: Collection[str], persons: Collection[int]
) -> GridsupError | None:
    """Separation of duties (巡办分离, P10-R1): none of ``persons`` did one of ``steps`` in the family."""
    if not steps:
        return None
    both = family.doers(steps) & set(persons)
    if not both:
        return None
    packs = [one.pack for one in family.members.values()]
    did = [step for step in steps if family.doers([step]) & both]
    done = list(
        {
            pack.actions[step].title.zh: pack.actions[step].title
            for step in did
            for pack in packs
            if step in pack.actions
        }.values()
    )
    return Refused(
        "separation-of-duties",
        zh="本步骤须由未办理过前序步骤（{done_zh}）的人员办理：您、您代理的人或者同行人员办理过。"
        "请由他人办理。",
        en="Whoever did an earlier step ({done_en}) of this matter does not do this one: you, whom you stand "
        "in for, or who acts with you did. Somebody else must act.",
        steps=list(steps),
        done_zh="、".join(one.zh for one in done),
        done_en=", ".join(one.en for one in done),
        persons=sorted(both),
    )


def duty_refusal(
    family: Family, member: Member, action: Action, persons: Collection[int], at: datetime
) -> GridsupError | None:
    """:func:`separation_refusal` of an action, unless the bureau's decision for the station lifts it."""
    refusal = separation_refusal(family, action.not_by, persons)
    return None if refusal and waiver(family, member, action, persons, at) else refusal


def waiver(
    family: Family, member: Member, action: Action, persons: Collection[int], at: datetime
) -> str | None:
    """The number of the decision that lets the same persons do both here; None where none does, or need be.

    It is asked for the station of the matter, on the legal day of the act.
    """
    stations = (one.p.matter.get("station_id") for one in (member, *family.members.values()))
    station_id = next((one for one in stations if one is not None), None)
    if not action.waivable or station_id is None:
        return None
    both = family.doers(action.not_by) & set(persons)
    if not both:
        return None
    who, day = directory(), legal_day(at)
    return who.separation_waived(family.session, family.jurisdiction_id, station_id, both, day)


def crew_refusals(
    family: Family, member: Member, action: Action, acting: Acting, crew: frozenset[int], at: datetime
) -> Iterator[GridsupError]:
    """Two officers, both qualified (行政处罚法 art. 42); separation of duties binds each of them."""
    need = action.crew
    if need is None:
        if crew - acting.persons:
            yield from _unqualified(family, Crew(count=2), crew, at)
    elif len(crew) < need.count:
        yield Refused(
            "crew-too-small",
            zh="此步骤须由不少于{count}名执法人员共同办理。请填写同行人员。",
            en="At least {count} officers act together here. Name those who act with you.",
            count=need.count,
        )
    else:
        yield from _unqualified(family, need, crew, at)
    if refusal := duty_refusal(family, member, action, crew, at):
        yield refusal


def _unqualified(family: Family, need: Crew, crew: frozenset[int], at: datetime) -> Iterator[GridsupError]:
    fit = directory().qualified(
        family.session, family.jurisdiction_id, crew, need.qualification, legal_day(at)
    )
    if unfit := crew - fit:
        called = directory().names(family.session, family.jurisdiction_id, unfit)
        yield Refused(
            "crew-not-qualified",
            zh="以下人员在该日不在岗或没有所需资格：{names}。请更换人员。",
            en="Not in service or without the qualification on that day: {names}. Choose others.",
            persons=sorted(unfit),
            names=", ".join(called.get(person, f"#{person}") for person in sorted(unfit)),
            qualification=need.qualification,
        )


def _zh(post: str) -> str:
    return POSTS[post].zh if post in POSTS else post


def _en(post: str) -> str:
    return POSTS[post].en if post in POSTS else post

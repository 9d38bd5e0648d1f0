"""授权代签: an authority to sign for another, given, revoked, and what lies outside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session

from gridsup.errors import Forbidden, Refused
from gridsup.people import bodies
from gridsup.people import queries as people
from gridsup.people.audit import record
from gridsup.people.deputies import day_of
from gridsup.people.refusals import fault, missing
from gridsup.procedures import signing
from gridsup.procedures.acting import Acting, OutsideLetter
from gridsup.procedures.posts import POSTS
from gridsup.signing import queries
from gridsup.signing.model import SigningAuthority

Standing = Literal["coming", "in_force", "ended", "revoked"]


def standing(row: SigningAuthority, today: date) -> Standing:
    """How an authority stands on a day."""
    if row.revoked_at is not None:
        return "revoked"
    if row.valid_to < today:
        return "ended"
    return "coming" if row.valid_from > today else "in_force"


def grant(
    session: Session,
    jurisdiction_id: int,
    *,
    giver_id: int,
    post: str,
    receiver_id: int,
    acts: Sequence[str],
    valid_from: date,
    valid_to: date,
    reason: str,
    today: date,
) -> SigningAuthority:
    """Record that ``receiver_id`` may sign for ``giver_id`` in ``post``, under these kinds and on these days.

    Raises:
        Forbidden: ``authority-post``: the giver does not hold that post in person when it begins.
        Refused: ``signing-personal``: the law has the holder sign this kind in person.
        Invalid: ``authority-acts`` (unknown, or not signed by the post), ``authority-days``,
            ``authority-receiver`` (oneself, not in the bureau's service, or no head where the law wants one).
        NotFound: no such officer.
    """
    _check_days(valid_from, valid_to, today)
    if not _holds(session, jurisdiction_id, giver_id, post, {valid_from}):
        raise Forbidden(
            "authority-post",
            zh="您在{day}不担任“{post_zh}”，不能授权他人代签。代理他人岗位的，不得再行授权。",
            en="You do not hold the post “{post_en}” yourself on {day}, so you cannot authorise anybody. Who "
            "stands in for another does not authorise in turn.",
            day=valid_from.isoformat(),
            post_zh=POSTS[post].zh if post in POSTS else post,
            post_en=POSTS[post].en if post in POSTS else post,
        )
    heads = _check_acts(acts, post)
    _check_receiver(session, jurisdiction_id, giver_id, receiver_id, heads, valid_from)
    row = SigningAuthority(
        jurisdiction_id=jurisdiction_id,
        giver_id=giver_id,
        receiver_id=receiver_id,
        post=post,
        acts=sorted(set(acts)),
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    subject = f"signing-authority:{row.id}"
    record(
        session,
        jurisdiction_id,
        "signing-authorised",
        officer_id=giver_id,
        subject=subject,
        reason=reason,
        receiver=receiver_id,
        post=post,
        acts=row.acts,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat(),
    )
    return row


def revoke(
    session: Session,
    jurisdiction_id: int,
    authority_id: int,
    *,
    by: int,
    office: bool,
    reason: str,
    now: datetime,
    today: date,
) -> SigningAuthority:
    """End an authority at once; what was signed stays. ``office``: ``by`` keeps the register of people.

    Raises:
        NotFound: no such authority. Forbidden: ``authority-not-yours``. Refused: ``authority-over`` already.
    """
    row = session.scalar(queries.authority(jurisdiction_id, authority_id).with_for_update())
    if row is None:
        raise missing("signing-authority", "代签授权", "authority to sign", authority_id)
    if by not in (row.giver_id, row.receiver_id) and not office:
        raise Forbidden(
            "authority-not-yours",
            zh="只有授权人、被授权人或人员管理员可以撤销这份授权。",
            en="Only who gave it, who has it, or the keeper of the register of people revokes it.",
        )
    if standing(row, today) in ("revoked", "ended"):
        raise Refused(
            "authority-over",
            zh="这份授权已经失效，无须撤销。",
            en="This authority is over already.",
        )
    row.revoked_at, row.revoked_by, row.revoke_reason = now, by, reason
    session.flush()
    subject = f"signing-authority:{row.id}"
    record(session, jurisdiction_id, "signing-revoked", officer_id=by, subject=subject, reason=reason)
    return row


def actings(session: Session, jurisdiction_id: int, officer_id: int, day: date) -> list[Acting]:
    """The standings in which an officer may sign for others on a day; what for, the door looks at."""
    return [
        Acting(officer_id, one.post, one.giver_id, authority_id=one.id)
        for one in session.scalars(queries.authorities_on(jurisdiction_id, officer_id, day))
    ]


def former(
    session: Session, jurisdiction_id: int, officer_id: int, giver_id: int, post: str
) -> Acting | None:
    """The standing that the officer once had to sign for another, so that the door says why it is no more."""
    found = session.scalar(queries.authorities_between(jurisdiction_id, giver_id, officer_id, post).limit(1))
    return Acting(officer_id, post, giver_id, authority_id=found.id) if found else None


def outside(
    session: Session,
    jurisdiction_id: int,
    acting: Acting,
    kind: str,
    heads: frozenset[str] | None,
    days: Collection[date],
) -> OutsideLetter | None:
    """Why the authority of ``acting`` does not carry a signature; see ``procedures.acting.Directory``."""
    name = f"#{acting.authority_id}"
    row = session.scalar(queries.authority(jurisdiction_id, acting.authority_id or 0))
    if row is None:
        return OutsideLetter(name, "没有这份授权，请核对", "there is no such authority. Check it")
    if row.revoked_at is not None:
        on = day_of(row.revoked_at)
        return OutsideLetter(
            name,
            f"该授权已于{on}撤销（{row.revoke_reason}），请由授权人本人签批",
            f"it was revoked on {on} ({row.revoke_reason}). Who gave it signs in person",
        )
    if not all(row.valid_from <= day <= row.valid_to for day in days):
        return OutsideLetter(
            name,
            f"授权期限为 {row.valid_from} 至 {row.valid_to}，请由授权人本人签批或另行授权",
            f"its term is {row.valid_from} to {row.valid_to}. Who gave it signs, or authorises anew",
        )
    if (row.giver_id, row.receiver_id, row.post) != (acting.acting_for_id, acting.person_id, acting.post):
        return OutsideLetter(
            name,
            "授权人、被授权人或岗位不符，不得转授权，请核对",
            "it is not from this person to this person in this post, and it is not passed on. Check it",
        )
    if kind not in row.acts:
        return OutsideLetter(
            name,
            "授权不包含这种审批，请由授权人本人签批",
            "it does not name this kind of approval. Who gave it signs in person",
        )
    if not _holds(session, jurisdiction_id, row.giver_id, row.post, days):
        return OutsideLetter(
            name,
            "授权人当日已不担任该岗位，请由现任人员签批",
            "who gave it did not hold the post on that day. The present holder signs",
        )
    return _unfit(session, jurisdiction_id, name, row.receiver_id, heads, days)


def _unfit(
    session: Session,
    jurisdiction_id: int,
    name: str,
    receiver_id: int,
    heads: frozenset[str] | None,
    days: Collection[date],
) -> OutsideLetter | None:
    for day in days:
        if not _serves(session, jurisdiction_id, receiver_id, None, day):
            return OutsideLetter(
                name,
                "被授权人当日不在本局任职，请由授权人本人签批",
                "who has it did not serve in the bureau on that day. Who gave it signs in person",
            )
        if heads is not None and not _serves(session, jurisdiction_id, receiver_id, heads, day):
            return OutsideLetter(
                name,
                "这种审批须由局负责人作出，被授权人当日不是局负责人，请由授权人本人签批",
                "one of the bureau's heads approves here, and who has it was none. Who gave it signs",
            )
    return None


def _serves(
    session: Session, jurisdiction_id: int, officer_id: int, posts: frozenset[str] | None, day: date
) -> bool:
    """Whether the officer holds a post (one of ``posts``) inside the bureau on that day."""
    kinds = bodies.kinds(session, jurisdiction_id)
    return any(
        kinds[one.organisation_id] in bodies.OWN and (posts is None or one.post in posts)
        for one in session.scalars(people.postings_on(jurisdiction_id, day, officer_id=officer_id))
    )


def _holds(
    session: Session, jurisdiction_id: int, officer_id: int, post: str, days: Collection[date]
) -> bool:
    return all(
        session.scalars(people.postings_on(jurisdiction_id, day, officer_id=officer_id, post=post)).first()
        for day in days
    )


def _check_days(valid_from: date, valid_to: date, today: date) -> None:
    if valid_from < today:
        zh, en = "授权不能追溯，起始日不能早于今天。", "It never looks back: it begins today or later."
        raise fault("authority-days", "/valid_from", zh, en)
    if valid_to < valid_from:
        raise fault("authority-days", "/valid_to", "结束日早于开始日。", "It ends before it begins.")


def _check_acts(acts: Sequence[str], post: str) -> bool:
    """Whether only another head may sign one of them; raises what speaks against any of them."""
    if not acts:
        raise fault(
            "authority-acts", "/acts", "请至少选择一种审批。", "Choose at least one kind of approval."
        )
    known = {kind: (pack, kind.rpartition(".")[2]) for kind, pack, _ in signing.approvable()}
    bound = False
    for index, kind in enumerate(acts):
        if kind not in known:
            zh, en = "没有这种审批。", "There is no such kind of approval."
            raise fault("authority-acts", f"/acts/{index}", zh, en)
        pack, name = known[kind]
        if refusal := signing.personal_refusal(pack, name):
            raise refusal
        if post not in {step.post for step in pack.approvals[str(pack.actions[name].approval)].steps}:
            zh, en = "这种审批不由该岗位签批。", "That post does not sign this kind of approval."
            raise fault("authority-acts", f"/acts/{index}", zh, en)
        bound = bound or signing.heads_for(pack, name, post) is not None
    return bound


def _check_receiver(
    session: Session, jurisdiction_id: int, giver_id: int, receiver_id: int, heads: bool, day: date
) -> None:
    if receiver_id == giver_id:
        zh, en = "不能授权给自己。", "Nobody authorises oneself."
        raise fault("authority-receiver", "/receiver_id", zh, en)
    if not session.scalars(people.officers_by_id(jurisdiction_id, [receiver_id])).first():
        raise missing("officer", "人员", "officer", receiver_id)
    if not _serves(session, jurisdiction_id, receiver_id, None, day):
        zh, en = "被授权人届时不在本局任职。", "This officer does not serve in the bureau by then."
        raise fault("authority-receiver", "/receiver_id", zh, en)
    if heads and not _serves(session, jurisdiction_id, receiver_id, signing.ORGAN_HEADS, day):
        zh = "所选审批须经局负责人批准，只能授权给其他局负责人。"
        en = "One of the bureau's heads approves these kinds, so only another head signs for you."
        raise fault("authority-receiver", "/receiver_id", zh, en)


def fit_receivers(session: Session, jurisdiction_id: int, giver_id: int, day: date) -> dict[int, bool]:
    """Officer → whether one of the bureau's heads: everybody whom ``giver_id`` may authorise on a day."""
    kinds = bodies.kinds(session, jurisdiction_id)
    found: dict[int, bool] = {}
    for one in session.scalars(people.postings_on(jurisdiction_id, day)):
        if kinds[one.organisation_id] in bodies.OWN and one.officer_id != giver_id:
            found[one.officer_id] = found.get(one.officer_id, False) or one.post in signing.ORGAN_HEADS
    return found

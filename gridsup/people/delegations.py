"""Delegation letters (委托书, P6-D3, P8-D2): written, announced, ended; and what lies outside one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Refused
from gridsup.people import bodies, queries
from gridsup.people.audit import record
from gridsup.people.deputies import DELEGATES, NEEDS_DELEGATION, ONE_DAY
from gridsup.people.model import Delegation
from gridsup.people.refusals import fault, insert, missing, taken
from gridsup.procedures.acting import Acting, OutsideLetter
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Action, Strict, Words
from gridsup.procedures.rights import not_delegable

Standing = Literal["draft", "published", "in_force", "ending", "ended", "revoked"]
WARN = timedelta(days=30)
"""How long before its end a letter is shown as ending."""


class Power(Strict):
    """One of the five delegated powers (P8-R1) and the acts, ``pack.action``, that it stands for."""

    title: Words
    source: str
    acts: list[str]


@lru_cache
def powers() -> dict[str, Power]:
    """The powers by name, in the order of the source."""
    raw = yaml.safe_load((files(__package__) / "powers.yaml").read_text(encoding="utf-8"))
    return {name: Power.model_validate(one) for name, one in raw.items()}


@lru_cache
def delegable_acts() -> dict[str, Action]:
    """``pack.action`` → the act, of the newest versions: what a letter may give to a street's officers."""
    library = load_packs()
    return {
        f"{pack_id}.{name}": action
        for pack_id in library.ids()
        for name, action in library.latest(pack_id).actions.items()
        if action.delegable and NEEDS_DELEGATION & set(action.posts)
    }


def standing(letter: Delegation, today: date) -> Standing:
    """How the letter stands on a day."""
    if letter.revoked_on is not None and letter.revoked_on <= today:
        return "revoked"
    if letter.valid_to < today:
        return "ended"
    if letter.published_on is None or letter.published_on > today:
        return "draft"
    if letter.valid_from > today:
        return "published"
    return "ending" if letter.valid_to - today < WARN else "in_force"


def add_delegation(
    session: Session,
    jurisdiction_id: int,
    *,
    number: str,
    delegate_id: int,
    scope: Iterable[str],
    powers: Iterable[str],
    signed_on: date,
    valid_from: date,
    valid_to: date,
    published_on: date | None = None,
    published_in: str | None = None,
    areas: Iterable[int] = (),
    liability: str | None = None,
    signed_by: str | None = None,
    delegate_signer: str | None = None,
    adjusts_id: int | None = None,
    adjust_reason: str | None = None,
    by: int | None = None,
) -> Delegation:
    """Record a letter (P8-D2). ``powers`` name acts as ``pack.action``; ``areas`` are streets or communities.

    Raises:
        NotFound: no such body. Invalid: ``delegation-days``, ``unknown-power``, ``delegation-area``.
        Conflict: ``delegation-number`` is taken; ``delegation-overlaps``: another letter gives the same unit
            one of these powers in the same area on some of these days.
        Refused: ``not-delegable``: seizure stays with the bureau.
    """
    powers, areas = list(powers), sorted(set(areas))
    _check_powers(powers)
    if session.scalar(queries.organisation(jurisdiction_id, delegate_id)) is None:
        raise missing("organisation", "机构", "body", delegate_id)
    if valid_to < valid_from:
        raise fault("delegation-days", "/valid_to", "结束日早于开始日。", "It ends before it begins.")
    if published_on is not None and published_on < signed_on:
        zh, en = "公告不能早于签订。", "It is not announced before it is signed."
        raise fault("delegation-days", "/published_on", zh, en)
    _check_areas(session, jurisdiction_id, areas)
    row = Delegation(
        jurisdiction_id=jurisdiction_id,
        number=number,
        delegate_id=delegate_id,
        scope=list(scope),
        powers=powers,
        valid_from=valid_from,
        valid_to=valid_to,
        published_on=published_on,
        published_in=published_in,
        signed_on=signed_on,
        areas=areas,
        liability=liability,
        signed_by=signed_by,
        delegate_signer=delegate_signer,
        adjusts_id=adjusts_id,
        adjust_reason=adjust_reason,
    )
    _check_overlap(session, row)
    insert(session, row, taken("delegation-number", number, "委托书编号", "letter number", "/number"))
    told = {"adjusts": str(adjusts_id), "reason": str(adjust_reason)} if adjusts_id else {}
    record(
        session, jurisdiction_id, "delegation-added", officer_id=by, subject=f"delegation:{row.id}", **told
    )
    return row


def publish(
    session: Session,
    jurisdiction_id: int,
    delegation_id: int,
    *,
    published_on: date,
    published_in: str,
    today: date,
    by: int | None = None,
) -> Delegation:
    """Put on record where and when the letter was announced; before, nothing is done under it (P8-D2).

    Raises:
        NotFound: no such letter. Refused: ``delegation-published`` already, ``delegation-over``. Conflict:
            ``delegation-overlaps``.
        Invalid: ``delegation-days``: announced before it was signed, or in the future.
    """
    row = held(session, jurisdiction_id, delegation_id)
    if row.published_on is not None:
        raise Refused(
            "delegation-published",
            zh="委托书 {letter} 已于 {day} 公告。如有变更，请另签新的委托书。",
            en="Letter {letter} was announced on {day}. A change takes a new letter.",
            letter=row.number,
            day=row.published_on.isoformat(),
        )
    if standing(row, today) in ("ended", "revoked"):
        raise over(row)
    if not row.signed_on <= published_on <= today:
        zh, en = "公告日期须在签订之日与今天之间。", "The day lies between the signature and today."
        raise fault("delegation-days", "/published_on", zh, en)
    _check_overlap(session, row)
    if row.adjusts_id is not None:
        _end_where_it_begins(session, row, max(row.valid_from, today), today, by)
    row.published_on, row.published_in = published_on, published_in
    session.flush()
    subject = f"delegation:{row.id}"
    told = {"published_on": published_on.isoformat(), "published_in": published_in}
    record(session, jurisdiction_id, "delegation-published", officer_id=by, subject=subject, **told)
    return row


def _end_where_it_begins(session: Session, new: Delegation, day: date, today: date, by: int | None) -> None:
    """The letter that ``new`` adjusts carries no act from ``day`` on. Raises Refused ``delegation-over``."""
    assert new.adjusts_id is not None
    row = held(session, new.jurisdiction_id, new.adjusts_id)
    if standing(row, today) in ("ended", "revoked"):
        raise over(row)
    new.valid_from = day
    row.revoked_on, row.revoke_reason = day, f"由委托书 {new.number} 调整"
    subject, told = f"delegation:{row.id}", {"revoked_on": day.isoformat(), "by_letter": new.number}
    record(session, new.jurisdiction_id, "delegation-adjusted", officer_id=by, subject=subject, **told)


def adjusts(row: Delegation) -> bool:
    """Whether an adjustment is announced and was not revoked before it began."""
    return row.published_on is not None and (row.revoked_on is None or row.revoked_on > row.valid_from)


def _run_on(session: Session, gone: Delegation, by: int | None) -> None:
    """The letter that ``gone`` was to adjust has its term again, unless it was ended otherwise meanwhile."""
    assert gone.adjusts_id is not None
    row = held(session, gone.jurisdiction_id, gone.adjusts_id)
    if row.revoked_on != gone.valid_from:
        return
    row.revoked_on = row.revoke_reason = None
    _check_overlap(session, row)
    subject, told = f"delegation:{row.id}", {"by_letter": gone.number, "until": row.valid_to.isoformat()}
    record(session, gone.jurisdiction_id, "delegation-runs-on", officer_id=by, subject=subject, **told)


def revoke(
    session: Session,
    jurisdiction_id: int,
    delegation_id: int,
    *,
    revoked_on: date,
    reason: str,
    today: date,
    by: int | None = None,
) -> Delegation:
    """End a letter before its term; what was done before stays valid. An adjustment that ends before it
    began has changed nothing: the letter that it adjusts runs on.

    Raises:
        NotFound: no such letter. Refused: ``delegation-over``. Invalid: ``delegation-days``: a day of the
            past, by which acts may stand already, or after the term. Conflict: ``delegation-overlaps``: a
            letter signed meanwhile stands where the adjusted one would run on.
    """
    row = held(session, jurisdiction_id, delegation_id)
    if standing(row, today) in ("ended", "revoked"):
        raise over(row)
    if not today <= revoked_on <= row.valid_to:
        zh, en = "撤销之日不能早于今天，也不能晚于期限届满。", "From today on, and within the term."
        raise fault("delegation-days", "/revoked_on", zh, en)
    row.revoked_on, row.revoke_reason = revoked_on, reason
    if row.adjusts_id is not None and row.published_on is not None and not adjusts(row):
        _run_on(session, row, by)
    session.flush()
    subject, told = f"delegation:{row.id}", {"reason": reason, "revoked_on": revoked_on.isoformat()}
    record(session, jurisdiction_id, "delegation-revoked", officer_id=by, subject=subject, **told)
    return row


def held(session: Session, jurisdiction_id: int, delegation_id: int) -> Delegation:
    """One letter, locked for a change. Raises NotFound."""
    row = session.scalar(queries.delegation(jurisdiction_id, delegation_id).with_for_update())
    if row is None:
        raise missing("delegation", "委托书", "delegation letter", delegation_id)
    return row


def over(row: Delegation) -> Refused:
    """The refusal to change a letter that is over."""
    return Refused(
        "delegation-over",
        zh="委托书 {letter} 已经失效。需要继续委托的，请另签新的委托书。",
        en="Letter {letter} is over. To go on, sign a new one.",
        letter=row.number,
    )


def _check_areas(session: Session, jurisdiction_id: int, areas: list[int]) -> None:
    known = bodies.kinds(session, jurisdiction_id)
    for index, one in enumerate(areas):
        if known.get(one) not in DELEGATES:
            zh, en = "委托区域须是街道或社区。", "The area is a street or a community."
            raise fault("delegation-area", f"/areas/{index}", zh, en)


def _check_overlap(session: Session, new: Delegation) -> None:
    """One act stands on one letter: which of two that say the same would carry it? What is not announced
    carries nothing and counts only when it is."""
    for letter in session.scalars(queries.delegations(new.jurisdiction_id)):
        end = min(letter.valid_to, letter.revoked_on - ONE_DAY) if letter.revoked_on else letter.valid_to
        same = set(new.powers) & set(letter.powers)
        apart = letter.valid_from > new.valid_to or end < max(letter.valid_from, new.valid_from)
        elsewhere = new.areas and letter.areas and not set(new.areas) & set(letter.areas)
        other = letter.delegate_id != new.delegate_id or letter.published_on is None or letter is new
        other = other or letter.id == new.adjusts_id  # it ends where the adjustment begins
        if other or apart or elsewhere or not same:
            continue
        acts = delegable_acts()
        titles = [acts[one].title for one in sorted(same) if one in acts][:3]
        raise Conflict(
            "delegation-overlaps",
            zh="委托书 {letter} 在 {first} 至 {last} 已向该单位委托相同权限（{acts}等 {n} 项）。"
            "请调整期限、权限或区域，或先撤销原委托书。",
            en="Letter {letter} gives this unit the same powers from {first} to {last} ({n}: {acts_en} …). "
            "Change the term, the powers or the area, or revoke that letter first.",
            letter=letter.number,
            first=letter.valid_from.isoformat(),
            last=end.isoformat(),
            n=len(same),
            acts="、".join(one.zh for one in titles),
            acts_en=", ".join(one.en for one in titles),
        )


def _check_powers(powers: Iterable[str]) -> None:
    """Each power is an act of a shipped procedure, and one that a letter may give in every version of it."""
    known: dict[str, list[Action]] = {}
    for loaded in load_packs():
        for name, action in loaded.pack.actions.items():
            known.setdefault(f"{loaded.pack.id}.{name}", []).append(action)
    for index, power in enumerate(powers):
        if power not in known:
            raise fault(
                "unknown-power",
                f"/powers/{index}",
                "没有这项权限。请填写“流程.动作”。",
                "There is no such power. Name it as procedure.action.",
            )
        for action in known[power]:
            if not action.delegable:
                raise not_delegable(action.title)


# ------------------------------------------------------------------ what lies outside a letter


def not_in_force(letter: Delegation, day: date) -> OutsideLetter | None:
    """Not announced, not begun, over, or revoked on that day."""
    if letter.published_on is None or letter.published_on > day:
        return OutsideLetter(
            letter.number,
            "该委托书当日尚未向社会公告，请公告后再办理",
            "it was not announced to the public by then. Announce it first",
        )
    if letter.revoked_on is not None and letter.revoked_on <= day:
        return OutsideLetter(
            letter.number,
            f"该委托书自 {letter.revoked_on} 起已撤销或者调整（{letter.revoke_reason}），请凭现行委托书办理，"
            "或由本局人员办理",
            f"it is revoked or adjusted from {letter.revoked_on} on. Act under the letter in force, or the "
            "bureau's officers act",
        )
    if not letter.valid_from <= day <= letter.valid_to:
        return OutsideLetter(
            letter.number,
            f"委托期限为 {letter.valid_from} 至 {letter.valid_to}，请由本局人员办理或续签",
            f"its term is {letter.valid_from} to {letter.valid_to}. The bureau acts, or it is renewed",
        )
    return None


def without_power(letter: Delegation, power: str) -> OutsideLetter | None:
    if power in letter.powers:
        return None
    return OutsideLetter(
        letter.number,
        "委托权限不包含此项，请由本局人员办理",
        "it does not give this power. The bureau's officers act",
    )


def not_the_delegate(
    session: Session, jurisdiction_id: int, letter: Delegation, acting: Acting, day: date
) -> OutsideLetter | None:
    """Everybody who acts belongs to the delegate, a deputy too: nothing is delegated on (P8-X1)."""
    held = session.scalars(queries.postings_on(jurisdiction_id, day, officers_in=acting.persons)).all()
    inside = [one for one in held if one.organisation_id == letter.delegate_id]
    holds = any(one.officer_id == acting.holder_id and one.post == acting.post for one in inside)
    if holds and {one.officer_id for one in inside} >= acting.persons:
        return None
    return OutsideLetter(
        letter.number,
        "办理人不属于受委托单位，受委托单位不得再委托他人，请由受委托单位本单位人员办理",
        "who acts does not belong to the delegate, and nothing is delegated on. The delegate's officers act",
    )


def elsewhere(
    session: Session, jurisdiction_id: int, letter: Delegation, place: tuple[float, float] | None
) -> OutsideLetter | None:
    """Outside the letter's area, or at no known place; areas without a boundary on record limit nothing."""
    if not letter.areas:
        return None
    if place is None:
        return OutsideLetter(
            letter.number,
            "事项尚未落点，无法核对是否在委托区域内，请先在地图上落点",
            "the matter has no place yet, so its area cannot be checked. Place it on the map first",
        )
    if session.scalar(queries.covers(jurisdiction_id, letter.areas, *place)) is not False:
        return None
    names = "、".join(
        name for _, name in session.execute(queries.organisation_names(jurisdiction_id, letter.areas))
    )
    return OutsideLetter(
        letter.number,
        f"事项地点不在委托区域（{names}）内，请由本局人员办理",
        f"the place lies outside its area ({names}). The bureau's officers act",
    )

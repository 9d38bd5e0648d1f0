"""What the one door looks at before anything is written: key, version, state, form, photos."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from gridsup import crypto
from gridsup.errors import Conflict, FieldFault, GridsupError, Invalid, NotFound, Refused
from gridsup.procedures import effects, hashing, timing, wording
from gridsup.procedures.attachments import is_photo
from gridsup.procedures.clocks import granted_of
from gridsup.procedures.conditions import evaluate
from gridsup.procedures.family import Family, Member
from gridsup.procedures.model import ActKey, Attachment, Deadline, Matter, Proposal
from gridsup.procedures.pack import Action, Pack

CHANNEL = "gridsup"
"""The channel of NOTIFY; its payload is JSON with ids only."""
KEY_LENGTH = 120
Photo = Mapping[str, Any]
"""``{"sha256": …, "caption": …}``; the file was uploaded before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an act came to. ``kind``: ``act``, ``proposed``, ``signed`` or ``late``."""

    matter_id: int
    kind: str
    seq: int
    version: int
    state: str
    ended: bool
    hash: str
    children: tuple[int, ...] = ()
    proposal: int | None = None
    late: Mapping[str, Any] | None = None
    """Why a late act did not take effect: ``code``, ``zh``, ``en``."""
    replayed: bool = False

    def as_json(self) -> dict[str, Any]:
        plain = asdict(self)
        plain["children"] = list(self.children)
        return {name: value for name, value in plain.items() if name != "replayed"}

    @classmethod
    def replay(cls, stored: Mapping[str, Any]) -> Answer:
        return cls(**{**stored, "children": tuple(stored["children"]), "replayed": True})


def once(
    session: Session,
    jurisdiction_id: int,
    person_id: int,
    key: str,
    request: Mapping[str, Any],
    run: Callable[[], Answer],
) -> Answer:
    """Run under an idempotency key: a repeated request gets the stored answer, a failure leaves nothing.

    Raises :class:`Invalid`: ``key-malformed``, ``key-reused`` (the key was used for another request).
    """
    _check_key(key)
    request_hash = crypto.blind_index(_request_digest(request), "act-request").hex()
    with session.begin_nested():
        taken = session.execute(
            pg_insert(ActKey)
            .values(jurisdiction_id=jurisdiction_id, person_id=person_id, key=key, request_hash=request_hash)
            .on_conflict_do_nothing()
            .returning(ActKey.key)
        ).first()
        mine = (
            ActKey.jurisdiction_id == jurisdiction_id,
            ActKey.person_id == person_id,
            ActKey.key == key,
        )
        if taken is None:
            stored = session.execute(select(ActKey.request_hash, ActKey.answer).where(*mine)).one()
            if stored.request_hash != request_hash:
                raise Invalid(
                    "key-reused",
                    zh="此请求编号已用于另一请求。请换用新的编号。",
                    en="This key was used for another request. Use a new one.",
                    key=key,
                )
            return Answer.replay(stored.answer)
        answer = run()
        session.execute(
            update(ActKey)
            .where(*mine)
            .values(answer=answer.as_json())
            .execution_options(synchronize_session=False)
        )
    for row in list(session.identity_map.values()):
        if isinstance(row, Matter | Deadline | Proposal):  # the engine wrote past the session's copies
            session.expire(row)
    return answer


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= KEY_LENGTH or any(hashing.unstorable(key)):
        raise Invalid(
            "key-malformed",
            zh="请求编号须为1到{limit}个字符。",
            en="The key must have 1 to {limit} characters.",
            limit=KEY_LENGTH,
        )


def _request_digest(request: Mapping[str, Any]) -> str:
    check_storable(request["form"])
    check_storable({name: value for name, value in request.items() if name != "form"})
    return hashing.digest(request)


def check_storable(form: Mapping[str, Any]) -> None:
    """Raises :class:`Invalid` ``not-storable`` where a value could not be kept as it is."""
    if faults := list(hashing.unstorable(form)):
        raise Invalid(
            "not-storable",
            zh="内容中有{count}处无法保存。请按提示更正。",
            en="{count} value(s) cannot be kept as they are. Correct the fields shown.",
            faults=faults,
            count=len(faults),
        )


def check_version(member: Member, expected: int | None) -> None:
    """Raises :class:`Conflict` ``matter-changed`` with the state the matter is in now."""
    version = member.p.matter["version"]
    if expected is None or expected == version:
        return
    state = member.pack.states[member.state]
    raise Conflict(
        "matter-changed",
        zh="事项刚刚有了变化，现为“{title_zh}”（第{version}步，您看到的是第{expected}步）。请查看后再办理。",
        en="The matter has changed: it now is “{title_en}” (version {version}, you saw {expected}). "
        "Look at it again, then act.",
        matter=member.id,
        version=version,
        expected=expected,
        state=member.state,
        title_zh=state.title.zh,
        title_en=state.title.en,
    )


def find_action(member: Member, name: str) -> Action:
    """Raises :class:`NotFound` ``no-action``."""
    action = member.pack.actions.get(name)
    if action is None or name == member.pack.opening:
        raise NotFound(
            "no-action",
            zh="流程“{pack}”没有“{action}”这一步。",
            en="Procedure “{pack}” has no step “{action}”.",
            pack=member.pack.id,
            action=name,
        )
    return action


def matter_refusals(
    family: Family, member: Member, name: str, action: Action, facts: Mapping[str, Any]
) -> Iterator[GridsupError]:
    """What in the matter speaks against ``action``: state, awaited child, proposal, clock, condition."""
    state = member.pack.states[member.state]
    if member.state not in action.from_:
        yield Conflict(
            "wrong-state",
            zh="事项现为“{title_zh}”，不能“{action_zh}”。",
            en="The matter is “{title_en}”, which does not allow “{action_en}”.",
            state=member.state,
            title_zh=state.title.zh,
            title_en=state.title.en,
            action_zh=action.title.zh,
            action_en=action.title.en,
        )
        return
    waiting = [c.id for c in family.children(member.id) if c.p.matter["awaited"] and not c.ended]
    if waiting:
        yield Refused(
            "awaits-child",
            zh="须先办结子事项{children}。",
            en="The child matter(s) {children} must end first.",
            children=", ".join(map(str, waiting)),
        )
    if any(member.pack.actions[p["action"]] == action for p in member.p.open_proposals()):
        yield Conflict(
            "already-proposed",
            zh="“{action_zh}”已呈批，等待签批。",
            en="“{action_en}” is proposed already and waits for signatures.",
            action_zh=action.title.zh,
            action_en=action.title.en,
        )
    if action.extends and (refusal := _extension_refusal(member, action)):
        yield refusal
    if refusal := _interval_refusal(member, action):
        yield refusal
    yield from effects.unready(
        action.effects, family.session, family.jurisdiction_id, member.id, member.pack.id, name
    )
    if refusal := condition_refusal(member.pack, action, facts):
        yield refusal


def condition_refusal(pack: Pack, action: Action, facts: Mapping[str, Any]) -> GridsupError | None:
    """The guard of an action over some facts: unknown is not true, and the missing facts are named."""
    verdict = evaluate(action.when, facts)
    if verdict.value:
        return None
    if verdict.value is None:
        return _missing(pack, verdict.missing)
    needed = wording.condition(action.when, pack.facts) or action.title
    return Refused(
        "condition-not-met",
        zh="本事项的情形不适用“{action_zh}”，它要求：{needed_zh}。",
        en="“{action_en}” does not apply to the facts of this matter. It asks that {needed_en}.",
        action_zh=action.title.zh,
        action_en=action.title.en,
        needed_zh=needed.zh,
        needed_en=needed.en,
    )


def _missing(pack: Pack, missing: Sequence[str]) -> GridsupError:
    """Facts that nobody told yet: a form asks for them, or they come about by a step or a limit."""
    captions = [pack.facts.get(name, {}) for name in missing]
    named = list(zip(missing, captions, strict=True))
    told: dict[str, Any] = {
        "facts_zh": "、".join(one.get("title", name) for name, one in named),
        "facts_en": ", ".join(one.get("x-title-en", name) for name, one in named),
        "missing": list(missing),
    }
    asked = {
        field.get("x-fact")
        for action in pack.actions.values()
        for field in action.form.get("properties", {}).values()
    }
    if asked.isdisjoint(missing):
        return Refused(
            "facts-missing",
            zh="尚未成立：{facts_zh}。它随相应步骤或期限产生。",
            en="Not so yet: {facts_en}. It comes about by its step or limit.",
            **told,
        )
    return Refused(
        "facts-missing",
        zh="缺少事实：{facts_zh}。请先补充采集。",
        en="These facts are missing: {facts_en}. Record them first.",
        **told,
    )


def _extension_refusal(member: Member, action: Action) -> GridsupError | None:
    clock = str(action.extends)
    row = member.p.running(clock)
    if row is None:
        title = member.pack.clocks[clock].title
        return Refused(
            "clock-not-running",
            zh="“{clock_zh}”期限未在计算，无可延长。",
            en="The limit “{clock_en}” is not running, so there is nothing to extend.",
            clock_zh=title.zh,
            clock_en=title.en,
        )
    try:
        by = [action.approval] if action.approval else action.posts
        timing.grant(member.pack, clock, by=by, earlier=granted_of(row), term=1)
    except GridsupError as refusal:
        return refusal
    return None


def _interval_refusal(member: Member, action: Action) -> GridsupError | None:
    """An act that does nothing but end an interval needs one that is open."""
    name = action.closes_interval
    if name is None or action.to or action.marks or action.effects:
        return None
    spans = member.p.matter["intervals"].get(name)
    if spans and spans[-1][1] is None:
        return None
    title = member.pack.intervals[name].title
    return Refused(
        "interval-not-open",
        zh="“{interval_zh}”没有开始，不用办理“{action_zh}”。",
        en="“{interval_en}” has not begun, so there is no “{action_en}”.",
        interval_zh=title.zh,
        interval_en=title.en,
        action_zh=action.title.zh,
        action_en=action.title.en,
    )


def check_photos(
    session: Session, jurisdiction_id: int, action: Action | None, photos: Sequence[Photo]
) -> None:
    """Photos go up first: each named one is there, each has its caption, and there are enough of them.

    Raises :class:`Invalid`: ``photo-absent`` naming the hashes, ``photo-count``, ``photo-caption``.
    """
    named = [str(photo.get("sha256", "")) for photo in photos]
    query = select(Attachment.sha256, Attachment.mime).where(
        Attachment.jurisdiction_id == jurisdiction_id, Attachment.sha256.in_(named)
    )
    there: dict[str, str] = dict(row for row in session.execute(query)) if named else {}
    absent = [(i, name) for i, name in enumerate(named) if name not in there]
    if absent:
        raise Invalid(
            "photo-absent",
            zh="以下照片尚未上传：{absent}。请先上传照片再提交。",
            en="These photos have not arrived: {absent}. Upload them first.",
            faults=[FieldFault(f"/photos/{i}", "照片未上传。", "Not uploaded.") for i, _ in absent],
            absent=", ".join(name for _, name in absent),
        )
    need = action.photos if action else None
    if need is None:
        return
    count = sum(is_photo(mime) for mime in there.values())
    if count < need.min or (need.max is not None and count > need.max):
        raise Invalid(
            "photo-count",
            zh="此步骤须附照片{min}张以上，至多{max}张，现为{count}张。",
            en="This step takes {min} photo(s) or more, at most {max}; there are {count}.",
            faults=[FieldFault("/photos", "照片数量不符。", "Wrong number of photos.")],
            min=need.min,
            max=need.max if need.max is not None else "∞",
            count=count,
        )
    bare = [
        i for i, photo in enumerate(photos) if need.captions and not str(photo.get("caption") or "").strip()
    ]
    if bare:
        raise Invalid(
            "photo-caption",
            zh="每张照片须有说明。",
            en="Each photo needs a caption.",
            faults=[FieldFault(f"/photos/{i}/caption", "请填写说明。", "Give a caption.") for i in bare],
        )


def announce(family: Family, matter_id: int) -> None:
    """NOTIFY once for an act, with ids only; listeners fetch what they may see."""
    member = family.members[matter_id]
    payload = {
        "jurisdiction": family.jurisdiction_id,
        "matter": matter_id,
        "version": member.p.matter["version"],
        "touched": sorted(family.touched)[:200],
    }
    family.session.execute(select(func.pg_notify(CHANNEL, json.dumps(payload, separators=(",", ":")))))


def answer_of(member: Member, kind: str, body: Mapping[str, Any]) -> Answer:
    """The answer about ``member`` after ``body`` (its own event of this act) was recorded."""
    matter = member.p.matter
    return Answer(
        matter_id=member.id,
        kind=kind,
        seq=body["seq"],
        version=matter["version"],
        state=matter["state"],
        ended=member.ended,
        hash=matter["head_hash"],
        children=tuple(body["change"].get("children", ())),
    )

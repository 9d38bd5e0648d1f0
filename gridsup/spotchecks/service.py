"""The steps of a spot check: the second visit, the explanation, the ruling; and the rates that follow."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from gridsup.calendars import instant, local_day
from gridsup.errors import Conflict, FieldFault, Forbidden, Invalid, NotFound, Refused
from gridsup.people.audit import record
from gridsup.procedures import attachments
from gridsup.procedures.family import clock, jurisdiction_of
from gridsup.spotchecks import queries
from gridsup.spotchecks.compare import Seen, compare
from gridsup.spotchecks.drawing import supervisor_fits
from gridsup.spotchecks.model import SpotCheck, SpotStep

EXPLAIN_DAYS = 7
"""Days that the inspector has before a manager may rule without an explanation (本局设定, no source)."""
MOST_PHOTOS = 9
Ruling = Literal["upheld", "lifted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """A second visit as it comes from the phone. ``key`` is made there; the same key is the same visit.

    ``photos``: ``{"sha256", "caption"}`` each, uploaded before. ``position``: ``{"lon", "lat",
    "accuracy_m"}`` in CRS84, or None. ``device``: what the phone noted of itself.
    """

    key: uuid.UUID
    at: datetime
    seen: Seen
    photos: Sequence[dict[str, Any]]
    position: dict[str, Any] | None = None
    device: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far an inspector's visits stood up to a second one. ``rate`` is None without any."""

    inspector_id: int | None
    station_id: int | None
    checked: int
    consistent: int
    differs: int
    suspected: int
    lifted: int

    @property
    def rate(self) -> float | None:
        """Per cent of the checked visits that agreed, or whose difference was explained."""
        return None if not self.checked else 100 * (self.consistent + self.lifted) / self.checked


def revisit(
    session: Session, check_id: int, officer_id: int, told: Revisit, *, now: datetime | None = None
) -> SpotStep:
    """Record the second visit and hold it against the first; sent again it changes nothing.

    Raises NotFound ``no-check``; Forbidden ``not-your-check``; Conflict ``already-checked``; Invalid
    ``effective-in-future``, ``photo-count``, ``photo-absent``, ``missed-without-words``.
    """
    one = _mine(session, check_id, officer_id, "supervisor_id")
    known = _steps(session, one)
    if (done := known.get("result")) is not None:
        if done.key == told.key and done.officer_id == officer_id:
            return done
        raise Conflict(
            "already-checked",
            zh="这户已经复访过了，结果已经记录。如有出入，请在督查记录中说明。",
            en="This shop was visited again before; that result stands.",
        )
    _check(session, told, now or clock())
    verdict, differences = compare(one.record, told.seen)
    content = {
        "seen": told.seen.as_json(),
        "photos": [dict(photo) for photo in told.photos],
        "position": told.position,
        "device": dict(told.device),
        "verdict": verdict,
        "differences": [asdict(each) for each in differences],
    }
    return _step(session, one, "result", officer_id, told.at, content, key=told.key)


def explain(
    session: Session, check_id: int, officer_id: int, text: str, *, now: datetime | None = None
) -> SpotStep:
    """The inspector's explanation of the differences.

    Raises NotFound ``no-check``; Forbidden ``not-your-check``; Refused ``nothing-to-explain``; Conflict
    ``already-explained``, ``already-ruled``.
    """
    one = _mine(session, check_id, officer_id, "inspector_id")
    known = _steps(session, one)
    _asks(known)
    if "ruling" in known:
        raise _ruled()
    if "explanation" in known:
        raise Conflict("already-explained", zh="您已经说明过了。", en="You have explained this before.")
    return _step(session, one, "explanation", officer_id, now or clock(), {"text": text})


def rule(
    session: Session,
    check_id: int,
    officer_id: int,
    ruling: Ruling,
    reason: str,
    *,
    now: datetime | None = None,
) -> SpotStep:
    """The manager's ruling on the differences: ``upheld`` (属实) or ``lifted`` (不计).

    Raises NotFound ``no-check``; Refused ``nothing-to-explain``, ``explanation-awaited``,
    ``ruling-in-own-cause``; Conflict ``already-ruled``.
    """
    one = _locked(session, check_id)
    moment, known = now or clock(), _steps(session, one)
    result = _asks(known)
    if "ruling" in known:
        raise _ruled()
    if officer_id in (one.inspector_id, one.supervisor_id):
        raise Refused(
            "ruling-in-own-cause",
            zh="巡查人和督查人不能裁定自己的记录，请由其他负责人认定。",
            en="Neither the inspector nor the supervisor rules on this check; somebody else does.",
        )
    until = heard_until(result.at)
    if "explanation" not in known and moment < until:
        raise Refused(
            "explanation-awaited",
            zh="请先听取巡查人说明；{day}后没有说明的，可以直接认定。",
            en="Hear the inspector first; after {day} you may rule without an explanation.",
            day=local_day(until).isoformat(),
        )
    return _step(session, one, "ruling", officer_id, moment, {"ruling": ruling, "reason": reason})


def heard_until(checked: datetime) -> datetime:
    """Until when a difference found at that moment waits for the inspector's explanation."""
    return checked + timedelta(days=EXPLAIN_DAYS)


def reassign(
    session: Session, check_id: int, supervisor_id: int, by: int, *, now: datetime | None = None
) -> SpotCheck:
    """Give a check to another supervisor. Raises NotFound ``no-check``; Conflict ``already-checked``;
    Refused ``supervisor-unfit``."""
    one = _locked(session, check_id)
    if "result" in _steps(session, one):
        raise Conflict("already-checked", zh="这户已经复访，不能改派。", en="This shop was checked already.")
    if not supervisor_fits(session, one.jurisdiction_id, one, supervisor_id, local_day(now or clock())):
        raise Refused(
            "supervisor-unfit",
            zh="督查须由巡查人以外、其他单位的人员进行。请另选督查人。",
            en="The second visit is for another person, of another station. Choose somebody else.",
        )
    before, one.supervisor_id = one.supervisor_id, supervisor_id
    record(
        session,
        one.jurisdiction_id,
        "spot-check-reassigned",
        officer_id=by,
        subject=f"spot-check:{one.id}",
        before=before,
        after=supervisor_id,
    )
    session.flush()
    return one


def accuracy_by_inspector(session: Session, since: date, until: date) -> dict[int, Accuracy]:
    """Inspector → how the visits of that person stood up, over second visits made on these days (inclusive,
    Asia/Shanghai). Inspectors who were not checked are absent."""
    found: dict[int, list[Accuracy]] = {}
    for one in accuracy(session, since, until):
        if one.inspector_id is not None:
            found.setdefault(one.inspector_id, []).append(one)
    return {inspector: together(parts) for inspector, parts in found.items()}


def accuracy(session: Session, since: date, until: date) -> list[Accuracy]:
    """The same by station and inspector."""
    rows = queries.rates(jurisdiction_of(session), instant(since), instant(until, last=True))
    return [Accuracy(*row) for row in session.execute(rows)]


def together(parts: Sequence[Accuracy]) -> Accuracy:
    """The sum of several; the inspector and the station are named where they are the same in all."""
    counts = [
        sum(getattr(one, name) for one in parts)
        for name in ("checked", "consistent", "differs", "suspected", "lifted")
    ]
    inspectors, stations = {one.inspector_id for one in parts}, {one.station_id for one in parts}
    return Accuracy(
        inspectors.pop() if len(inspectors) == 1 else None,
        stations.pop() if len(stations) == 1 else None,
        *counts,
    )


def _locked(session: Session, check_id: int) -> SpotCheck:
    found = session.scalar(queries.check(jurisdiction_of(session), check_id).with_for_update())
    if found is None:
        raise NotFound("no-check", zh="没有编号为 {id} 的督查任务。", en="No check {id}.", id=check_id)
    return found


def _mine(session: Session, check_id: int, officer_id: int, role: str) -> SpotCheck:
    one = _locked(session, check_id)
    if getattr(one, role) != officer_id:
        raise Forbidden(
            "not-your-check",
            zh="这项督查没有分派给您，或不涉及您的走访。",
            en="This check is not given to you, or is not about a visit of yours.",
        )
    return one


def _steps(session: Session, one: SpotCheck) -> dict[str, SpotStep]:
    return {each.kind: each for each in session.scalars(queries.steps(one.jurisdiction_id, one.id))}


def _asks(known: dict[str, SpotStep]) -> SpotStep:
    result = known.get("result")
    if result is None or result.content["verdict"] == "consistent":
        raise Refused(
            "nothing-to-explain",
            zh="这项督查还没有结果，或结果一致，无需说明或认定。",
            en="There is no result yet, or it agrees: nothing to explain or rule on.",
        )
    return result


def _ruled() -> Conflict:
    return Conflict("already-ruled", zh="这项督查已经认定。", en="This check has been ruled on.")


def _check(session: Session, told: Revisit, now: datetime) -> None:
    if told.at > now:
        zh, en = (
            "时间晚于当前时间，请校准手机时钟。",
            "This time lies ahead; set the clock right.",
        )
        raise Invalid("effective-in-future", zh=zh, en=en, faults=[FieldFault("/at", zh, en)])
    if told.seen.missed and not told.seen.missed_what:
        zh, en = "请写明漏报了什么问题。", "Say which problem was not reported."
        raise Invalid("missed-without-words", zh=zh, en=en, faults=[FieldFault("/missed_what", zh, en)])
    named = [str(photo["sha256"]) for photo in told.photos]
    there = attachments.known(session, named)
    if absent := sorted(set(named) - set(there)):
        raise Invalid(
            "photo-absent",
            zh="以下照片尚未上传：{absent}。请先上传。",
            en="These photos have not arrived: {absent}. Upload them first.",
            absent=", ".join(absent),
            faults=[FieldFault("/photos", "照片未上传。", "Not uploaded.")],
        )
    if not 1 <= sum(attachments.is_photo(one.mime) for one in there.values()) <= MOST_PHOTOS:
        zh = f"请附现场照片 1 至 {MOST_PHOTOS} 张（语音不计）。"
        en = f"Add 1 to {MOST_PHOTOS} photos taken on the spot; a voice note is none."
        raise Invalid("photo-count", zh=zh, en=en, faults=[FieldFault("/photos", zh, en)])


def _step(
    session: Session,
    one: SpotCheck,
    kind: str,
    officer_id: int,
    at: datetime,
    content: dict[str, Any],
    *,
    key: uuid.UUID | None = None,
) -> SpotStep:
    made = SpotStep(
        jurisdiction_id=one.jurisdiction_id,
        check_id=one.id,
        kind=kind,
        officer_id=officer_id,
        at=at,
        key=key,
        content=content,
    )
    session.add(made)
    session.flush()
    return made

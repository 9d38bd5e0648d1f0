"""The legal time of an act (办理时间): it starts clocks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from gridsup.errors import Conflict, FieldFault, Invalid
from gridsup.procedures import hashing
from gridsup.procedures.family import Family, Member
from gridsup.procedures.store import EVENTS


def moment_of(family: Family, member: Member | None, effective_at: datetime | None) -> datetime:
    """The act's legal time: not in the future, not before the last step of the matter.

    Raises :class:`Invalid` ``effective-naive``, ``effective-in-future``; :class:`Conflict`
    ``effective-too-early``.
    """
    last = _last_step(family, member) if member else None
    if effective_at is None:
        return max(family.now, last) if last else family.now
    if effective_at.tzinfo is None:
        raise Invalid(
            "effective-naive",
            zh="办理时间须写明时区，如 2026-02-10T09:00:00+08:00。",
            en="The time of the act needs its zone, such as 2026-02-10T09:00:00+08:00.",
            faults=[FieldFault("/effective_at", "缺少时区。", "The zone is missing.")],
        )
    if effective_at > family.now:
        raise Invalid(
            "effective-in-future",
            zh="办理时间{at}在将来。请核对手机或电脑的时钟。",
            en="The time of the act, {at}, lies in the future. Check the clock of the device.",
            faults=[FieldFault("/effective_at", "时间在将来。", "Lies in the future.")],
            at=hashing.iso(effective_at),
        )
    if last is not None and effective_at < last:
        raise Conflict(
            "effective-too-early",
            zh="办理时间{at}早于该事项的上一步（{last}）。请核对。",
            en="The time of the act, {at}, is before the matter's last step ({last}). Check it.",
            at=hashing.iso(effective_at),
            last=hashing.iso(last),
        )
    return effective_at


def _last_step(family: Family, member: Member) -> datetime | None:
    found: datetime | None = family.session.scalar(
        select(EVENTS.c.effective_at)
        .where(
            EVENTS.c.jurisdiction_id == family.jurisdiction_id,
            EVENTS.c.matter_id == member.id,
            EVENTS.c.kind.in_(["act", "system"]),
        )
        .order_by(EVENTS.c.seq.desc())
        .limit(1)
    )
    return found

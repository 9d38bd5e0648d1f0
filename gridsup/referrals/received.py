"""When a department's paper was received: not before it was written, not in the future, and soon taken in.

The ten working days of P9-N4 run from that day, so a wrong one moves a legal limit. What is taken in later
than :data:`SOON` after it was received asks for the reason (补录理由), which stays in the audit log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gridsup.calendars import SHANGHAI
from gridsup.errors import FieldFault
from gridsup.people import audit

SOON = timedelta(days=30)
"""How long after its receipt a notice is taken in without a reason (默认值，原文未规定)."""
YEAR = re.compile(r"[〔\[［(（【](20[0-9]{2})[〕\]］)）】]")
"""The year in the number of an official letter, such as 江卫函〔2026〕15号."""


def faults(
    received_at: datetime, number: str | None, late_reason: str | None, now: datetime
) -> Iterator[FieldFault]:
    """What speaks against that day; the fields are those of a notice."""
    if received_at > now:
        yield FieldFault(
            "/received_at", "收到日期在将来，请核对。", "It was received in the future: check the day."
        )
        return
    written = YEAR.search(number or "")
    if written and received_at.astimezone(SHANGHAI).year < int(written[1]):
        zh = f"收到日期早于来文文号的年份（{written[1]}），请核对日期或者文号。"
        yield FieldFault(
            "/received_at", zh, f"It was received before the year of its number ({written[1]}): check both."
        )
    if is_late(received_at, now) and len((late_reason or "").strip()) < 2:
        zh = f"收到日期距今超过{SOON.days}日。请核对；日期无误的，请填写补录理由。"
        en = f"It was received over {SOON.days} days ago. Check the day; if it is right, say why so late."
        yield FieldFault("/late_reason", zh, en)


def is_late(received_at: datetime, now: datetime) -> bool:
    return now - received_at > SOON


def note_late(
    session: Session, jurisdiction_id: int, inbound_id: int, reason: str, officer_id: int | None
) -> None:
    """Keep the reason why a notice was taken in late."""
    audit.record(
        session,
        jurisdiction_id,
        "inbound-late",
        officer_id=officer_id,
        subject=f"inbound:{inbound_id}",
        reason=reason.strip(),
    )

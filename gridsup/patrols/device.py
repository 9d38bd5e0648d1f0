"""What a phone noted about itself (位置、速度、时钟): kept beside the record, told in words, never a verdict.

``clock_ahead_ms`` (the phone's clock before the server's), ``speed_ms`` (m/s), ``jumped`` (the last leap of
its position: ``metres``, ``seconds``); ``since_last`` is the server's own: the way from the visit before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsup.patrols import queries
from gridsup.patrols.model import DeviceNote
from gridsup.procedures.pack import Words

CLOCK_OFF_MS = 120_000
COARSE_M = 100.0
RIDING_MS = 8.0
"""Faster than a bicycle in town (m/s): worth telling of something reported on foot."""
IMPOSSIBLE_MS = 33.0
"""About 120 km/h on city streets, as the crow flies."""
LEAST_WAY_M = 500.0
"""Shorter ways say nothing: two positions are each some metres wrong."""


def with_way(
    session: Session,
    jurisdiction_id: int,
    officer_id: int,
    device: Mapping[str, Any],
    place: tuple[float, float] | None,
    at: datetime,
) -> dict[str, Any]:
    """``device`` with ``since_last`` where the officer can hardly have come here from the visit before.

    ``place``: CRS84 degrees.
    """
    told = dict(device)
    if place is None:
        return told
    before = session.execute(queries.visit_before(jurisdiction_id, officer_id, at, *place)).one_or_none()
    if before is not None:
        seconds = max((at - before.at).total_seconds(), 1.0)
        if before.metres >= LEAST_WAY_M and before.metres / seconds > IMPOSSIBLE_MS:
            told["since_last"] = {"metres": round(before.metres), "seconds": round(seconds)}
    return told


def note(session: Session, jurisdiction_id: int, matter_id: int, seq: int, device: Mapping[str, Any]) -> None:
    """Keep what the phone noted beside the event of an act; the same event again changes nothing."""
    if device:
        row = {
            "jurisdiction_id": jurisdiction_id,
            "matter_id": matter_id,
            "seq": seq,
            "device": dict(device),
        }
        session.execute(insert(DeviceNote).values(row).on_conflict_do_nothing())


def remarks(device: Mapping[str, Any], accuracy_m: float | None = None) -> list[Words]:
    """What of it is worth a look, in words; nothing for an ordinary walk with an ordinary phone."""
    found = []
    ahead = device.get("clock_ahead_ms") or 0
    if abs(ahead) >= CLOCK_OFF_MS:
        minutes = round(abs(ahead) / 60_000)
        zh, en = ("快", "ahead") if ahead > 0 else ("慢", "behind")
        found.append(
            Words(zh=f"手机时钟{zh}约 {minutes} 分钟", en=f"the phone's clock was {minutes} min {en}")
        )
    wide = accuracy_m if accuracy_m is not None else device.get("accuracy_m")
    if wide is not None and wide > COARSE_M:
        found.append(Words(zh=f"定位误差约 {round(wide)} 米", en=f"position known to within {round(wide)} m"))
    speed = device.get("speed_ms") or 0
    if speed > RIDING_MS:
        kmh = round(speed * 3.6)
        found.append(Words(zh=f"移动速度约 {kmh} 公里/小时", en=f"moving at about {kmh} km/h"))
    if leap := device.get("jumped"):
        metres, seconds = round(leap["metres"]), round(leap["seconds"])
        zh = f"位置 {seconds} 秒内跳变约 {metres} 米"
        found.append(Words(zh=zh, en=f"position leapt {metres} m in {seconds} s"))
    if way := device.get("since_last"):
        zh = f"距上次走访约 {way['metres']} 米，仅隔 {way['seconds']} 秒"
        en = f"{way['metres']} m from the visit {way['seconds']} s before"
        found.append(Words(zh=zh, en=en))
    if device.get("gallery"):
        found.append(Words(zh="取自相册", en="out of the gallery"))
    return found

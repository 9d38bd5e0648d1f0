"""The refusals that the verbs of this package share, and the insert that may meet a taken key."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gridsup.db import Base, lost_a_race
from gridsup.errors import Conflict, FieldFault, Invalid, NotFound


def insert(session: Session, row: Base, taken: Conflict) -> None:
    """Insert a row whose unique key may be taken; a race between two ends in the same refusal."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except DBAPIError as error:
        if lost_a_race(error):
            raise taken from None
        raise


def fault(code: str, pointer: str, zh: str, en: str) -> Invalid:
    return Invalid(code, zh=zh, en=en, faults=[FieldFault(pointer, zh, en)])


def taken(code: str, value: str, zh: str, en: str, pointer: str) -> Conflict:
    zh, en = f"{zh}“{value}”已被使用。", f"The {en} {value} is taken."
    return Conflict(code, zh=zh, en=en, faults=[FieldFault(pointer, zh, en)])


def missing(code: str, zh: str, en: str, number: int) -> NotFound:
    return NotFound(code, zh=f"没有编号为 {{id}} 的{zh}。", en=f"There is no {en} {{id}}.", id=number)

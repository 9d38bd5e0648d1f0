"""Stock phrases (常用语): the bureau's list and everybody's own."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from sqlalchemy.orm import Session

from gridsup.errors import Conflict, Forbidden
from gridsup.people.refusals import missing
from gridsup.procedures.loader import read_yaml
from gridsup.procedures.pack import Words
from gridsup.signing import queries
from gridsup.signing.model import StockPhrase

MOST = 30
"""So many phrases of one's own for each verdict; a longer list is not read any more."""


@lru_cache
def shipped() -> dict[bool, list[Words]]:
    """The phrases of a bureau without a list of its own: for an approval, and for a return."""
    raw = read_yaml((files(__package__) / "phrases.yaml").read_text(encoding="utf-8"), "phrases.yaml")
    return {
        agreed: [Words.model_validate(one) for one in raw[name]]
        for agreed, name in ((True, "agree"), (False, "return"))
    }


def add(
    session: Session, jurisdiction_id: int, officer_id: int, *, agreed: bool, text: str, bureau: bool
) -> StockPhrase:
    """Add a phrase, to one's own list or (``bureau``) to the bureau's.

    Raises :class:`Conflict` ``phrase-there`` already, ``phrases-full``.
    """
    owner = None if bureau else officer_id
    rows = [
        one
        for one in session.scalars(queries.phrases(jurisdiction_id, officer_id))
        if one.officer_id == owner and one.agreed == agreed
    ]
    if any(one.text == text for one in rows):
        raise Conflict("phrase-there", zh="这条常用语已有了。", en="This phrase is there already.")
    if len(rows) >= MOST:
        raise Conflict(
            "phrases-full",
            zh="常用语已满{most}条。请先删除不用的。",
            en="There are {most} phrases already. Remove some first.",
            most=MOST,
        )
    row = StockPhrase(jurisdiction_id=jurisdiction_id, officer_id=owner, agreed=agreed, text=text)
    session.add(row)
    session.flush()
    return row


def remove(session: Session, jurisdiction_id: int, officer_id: int, phrase_id: int, *, keeper: bool) -> None:
    """Remove a phrase of one's own, or (``keeper``) of the bureau's.

    Raises :class:`NotFound` ``phrase``, :class:`Forbidden` ``phrase-of-bureau``.
    """
    row = session.scalar(queries.phrase(jurisdiction_id, phrase_id))
    if row is None or row.officer_id not in (None, officer_id):
        raise missing("phrase", "常用语", "phrase", phrase_id)
    if row.officer_id is None and not keeper:
        raise Forbidden(
            "phrase-of-bureau",
            zh="本局常用语由有权设定环节期限的人员维护。",
            en="The bureau's phrases are kept by those who set its limits.",
        )
    session.delete(row)
    session.flush()

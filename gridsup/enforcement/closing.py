"""What keeps a case from being closed (结案, PROC-77): measures that still run, and papers of the case and
of its measures that never reached the party.

A notice, an order to correct, an amendment (补正), a decision on a measure, its prolongation, its lifting are
handed to the party (APL-44, APL-61, AEL-24, AEL-25, PROC-34), each with proof of service (PROC-81 to
PROC-83): a paper that has a number and was neither served nor made void is an open end. Where it was handed
over, the service is recorded late with its true time; where it never was, it is made void with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gridsup.documents import earlier, serving, terms
from gridsup.documents.kinds import kind_of, kinds
from gridsup.documents.model import Document
from gridsup.enforcement import queries
from gridsup.errors import Conflict
from gridsup.procedures.effects import Decision
from gridsup.procedures.family import clock
from gridsup.procedures.loader import load_packs
from gridsup.procedures.pack import Words

CASES = ("penalty_case", "simple_penalty")
"""The procedures whose end closes the file of a penalty (一案一卷), all papers for the party in it."""


def closable(d: Decision) -> None:
    """Raises :class:`Conflict` ``measures-open``: preservation, seizure or execution still runs;
    ``papers-unserved``: a paper of the case or of one of them never reached the party."""
    d.session.flush()
    pack = str(d.matter["pack"])
    if refusal := _against(d.session, d.jurisdiction_id, d.matter_id, pack, d.now):
        raise refusal


def unready(
    session: Session, jurisdiction_id: int, matter_id: int, pack: str, action: str
) -> Conflict | None:
    """The same, told beside the act before anybody fills it in."""
    return _against(session, jurisdiction_id, matter_id, pack, clock())


def _against(
    session: Session, jurisdiction_id: int, matter_id: int, pack: str, now: datetime
) -> Conflict | None:
    if refusal := measures_open(session, jurisdiction_id, matter_id):
        return refusal
    return papers_unserved(session, jurisdiction_id, matter_id, now) if pack in CASES else None


def measures_open(session: Session, jurisdiction_id: int, matter_id: int) -> Conflict | None:
    """What still runs below a matter and keeps it from being closed, by name."""
    rows = session.execute(queries.open_children(jurisdiction_id, matter_id)).all()
    if not rows:
        return None
    titles = [load_packs().latest(row.pack).title for row in rows]
    return Conflict(
        "measures-open",
        zh="尚有未办结的{open_zh}，不能结案。请先在“关联事项”中办完。",
        en="These have not ended: {open_en}. Settle them first, under “Related matters”.",
        open_zh="、".join(f"“{one.zh}”" for one in titles),
        open_en=", ".join(one.en for one in titles),
        ids=", ".join(str(row.id) for row in rows),
    )


def papers_unserved(session: Session, jurisdiction_id: int, matter_id: int, now: datetime) -> Conflict | None:
    """The papers for the party, of a matter and those below it, that have a number and were not served, each
    by its number."""
    wanted = [name for name, kind in kinds().items() if kind.served == "receipt"]
    query = queries.unserved_papers(jurisdiction_id, matter_id, wanted)
    rows = session.execute(query, execution_options={"populate_existing": True}).all()
    packs = {row.Document.id: row.pack for row in rows}
    waiting = not_served(session, [row.Document for row in rows], now)
    if not waiting:
        return None
    announced = terms.standing(session, waiting)
    told_zh, told_en = [], []
    for one in waiting:
        place, lacks = _place(one, matter_id, packs[one.id]), _lacks(session, one, one.id in announced)
        told_zh.append(f"《{one.title}》{one.number}（{place.zh}，{lacks.zh}）")
        told_en.append(f"“{kind_of(one.kind).title.en}” {one.number} ({place.en}, {lacks.en})")
    where = _where([one.matter_id == matter_id for one in waiting])
    return Conflict(
        "papers-unserved",
        zh="下列文书已编号、尚未送达当事人，不能结案：{papers_zh}。请{where_zh}用印、"
        "送达；其实已经送达的，补录送达情况和实际送达时间；从未交付当事人的，写明理由作废。",
        en="These papers have a number and were not served on the party: {papers_en}. {where_en}; where one "
        "was served in fact, record that with its true time; where it was never handed over, void it with "
        "the reason.",
        papers_zh="；".join(told_zh),
        papers_en="; ".join(told_en),
        where_zh=where.zh,
        where_en=where.en,
        documents=", ".join(str(one.id) for one in waiting),
    )


def _place(document: Document, matter_id: int, pack: str) -> Words:
    """Whose paper it is: the case's own, or that of a measure."""
    if document.matter_id == matter_id:
        return Words(zh="本案", en="this case")
    title = load_packs().latest(pack).title
    return Words(zh=f"“{title.zh}”", en=title.en)


def _where(own: Sequence[bool]) -> Words:
    """Where papers are sealed and served; ``own``: of each paper, whether it is the case's own."""
    if all(own):
        return Words(zh="在本案“文书”一栏", en="Seal and serve them under “Papers”")
    if any(own):
        return Words(
            zh="在本案“文书”一栏，属于关联事项的在“关联事项”中打开该事项的“文书”一栏，",
            en="Seal and serve them under “Papers”, here or in their own matter under “Related matters”",
        )
    return Words(
        zh="在“关联事项”中打开所属事项，在“文书”一栏",
        en="Open the matter of each under “Related matters”, seal and serve it under “Papers”",
    )


def not_served(session: Session, documents: Sequence[Document], now: datetime) -> list[Document]:
    """Of papers that are neither served nor void, those that no step of an earlier version served, nor a
    public notice whose term is over at ``now``."""
    told, notices = earlier.told(session, documents), terms.standing(session, documents)
    return [
        one
        for one in documents
        if one.id not in told and not (one.id in notices and terms.is_over(notices[one.id], one, now))
    ]


def _lacks(session: Session, document: Document, announced: bool) -> Words:
    """What the paper waits for."""
    if serving.awaits_seal(session, document):
        return Words(zh="待用印", en="to be sealed")
    if announced:
        return Words(zh="公告期未满", en="the term of its public notice runs")
    return Words(zh="待送达", en="to be served")

"""The names that a paper's text may use, and what each is for a matter.

``{party}`` is one of :data:`WORDS`; ``{fact.x}`` a fact, ``{form.x}`` a field of the act, ``{said.act.x}``
a field of the family's latest such act before it, ``{on.act}`` its day, ``{due.clock}`` the last day of a
clock, ``{no.kind}`` the number of the family's latest document of a kind. A name with ``?`` may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from gridsup.calendars import SHANGHAI, local_day
from gridsup.documents import hearing, things, trades
from gridsup.documents.numerals import plain_day, yuan_in_capitals
from gridsup.documents.source import Said, Source
from gridsup.procedures.forms import properties
from gridsup.procedures.pack import Pack
from gridsup.procedures.sealing import unsealed

NAME = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)(\??)\}")
HAND, SIGNATURE, WITNESS = "[[hand]]", "[[signature]]", "[[witness]]"
"""Marks for a place that is filled by hand, and for the drawn signatures."""


def names_in(text: str) -> Iterator[tuple[str, bool]]:
    """The names in a text, each with whether it may be empty."""
    for found in NAME.finditer(text):
        yield found[1], bool(found[2])


def value_of(source: Source, name: str) -> str | None:
    """What a name stands for; None where the matter says nothing of it. Unknown names raise KeyError."""
    first, _, rest = name.partition(".")
    if not rest:
        return WORDS[first](source) or None
    return PREFIXES[first](source, rest) or None


def shown(schema: Mapping[str, Any], value: Any) -> str | None:
    """A value of a form or fact as a paper writes it. What is sealed is left to the hand."""
    if value is None or (isinstance(value, dict) and "sealed" in value):
        return None
    for one in schema.get("oneOf") or ():
        if one.get("const") == value:
            return str(one.get("title", value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if schema.get("format") == "date":
        return plain_day(date.fromisoformat(str(value)))
    if isinstance(value, list):
        return "、".join(filter(None, (shown({}, one) for one in value)))
    if isinstance(value, dict):
        return " ".join(filter(None, (shown({}, one) for one in value.values())))
    return str(value)


def local_moment(moment: datetime) -> str:
    """``2026年3月2日 9时05分``."""
    local = moment.astimezone(SHANGHAI)
    return f"{plain_day(local.date())}{local.hour}时{local.minute:02d}分"


def last_day(due: datetime) -> str:
    """The last day of a term that is over at ``due``: midnight ends the day before."""
    return plain_day(local_day(due - timedelta(seconds=1)))


def _fact(source: Source, name: str) -> str | None:
    for facts in (source.facts, *source.ancestors):
        if facts.get(name) is not None:
            schema = source.pack.facts.get(name) or {}
            if not schema.get("oneOf"):
                schema = next((s.pack.facts[name] for s in source.before if name in s.pack.facts), schema)
            return shown(schema, facts[name])
    return None


def _captions(pack: Pack, action: str) -> Mapping[str, Any]:
    return properties(pack.actions[action].form) if action in pack.actions else {}


def _form(source: Source, name: str) -> str | None:
    return shown(_captions(source.pack, source.action).get(name) or {}, source.form.get(name))


def _latest(source: Source, action: str) -> Said | None:
    return next((one for one in reversed(source.before) if one.action == action), None)


def _said(source: Source, rest: str) -> str | None:
    action, _, name = rest.partition(".")
    found = _latest(source, action)
    return shown(_captions(found.pack, action).get(name) or {}, found.form.get(name)) if found else None


def _on(source: Source, action: str) -> str | None:
    if source.action == action:
        return plain_day(local_day(source.at))
    found = _latest(source, action)
    return plain_day(local_day(found.at)) if found else None


def _due(source: Source, clock: str) -> str | None:
    runs = [row for (name, _), row in sorted(source.deadlines.items()) if name == clock and row["due_at"]]
    return last_day(runs[-1]["due_at"]) if runs else None


PREFIXES: dict[str, Callable[[Source, str], str | None]] = {
    "fact": _fact,
    "form": _form,
    "said": _said,
    "on": _on,
    "due": _due,
    "no": lambda source, kind: source.numbers.get(kind),
}


def _amount(source: Source, name: str) -> Decimal | None:
    try:
        found = Decimal(str(source.facts.get(name)))
    except InvalidOperation:
        return None
    return found if found > 0 else None


def _money(amount: Decimal | None) -> str | None:
    return f"{amount.normalize():f}" if amount is not None else None


def _month(text: str | None) -> str | None:
    """``2026年9月`` of ``2026-09``."""
    return f"{text[:4]}年{int(text[5:])}月" if text else None


def _in_capitals(amount: Decimal | None) -> str | None:
    return yuan_in_capitals(amount) if amount is not None else None


def _setting(name: str, default: Callable[[Source], str]) -> Callable[[Source], str]:
    """What the bureau has set itself (本局设定), else what follows from its name."""
    return lambda source: str(source.home.settings.get(name) or default(source))


def _place(source: Source) -> str:
    return source.home.name.split("（")[0]


def _bureau(source: Source) -> str:
    return source.bureau.get("name") or f"{_place(source)}市场监督管理局"


def _station(source: Source) -> str | None:
    return source.bodies.get(source.matter["station_id"] or 0)


def _law(source: Source) -> str | None:
    """The provision that the explaining effect found, with its words; else the basis that was stated."""
    found = source.results.get(source.kind.explain or "") or {}
    for when in ("decision", "act"):
        told = found.get(when) or {}
        if told and told.get("rule") == found.get("applies"):
            return cited(str(told["source"]))
    return _basis(source)


def cited(text: str) -> str:
    """A source as a paper cites it: the title of the law in 《》."""
    named = text if "《" in text else re.sub(r"^([^（第《]+)(?=（|第)", r"《\1》", text)
    return named.replace("，实施细则第", "、《市场主体登记管理条例实施细则》第")


def _basis(source: Source) -> str | None:
    found = _fact(source, "basis")
    return cited(found) if found else None


def _officers(source: Source) -> str:
    return "、".join(f"{one.name}{_certificate(one.qualifications)}" for one in source.persons)


def _certificate(held: list[Any]) -> str:
    number = next((one.get("number") for one in held if one.get("name") == "enforcement"), None)
    return f"（执法证号{number}）" if number else ""


def _evidence(source: Source) -> str | None:
    kept = [one for one in source.before if one.action == "collect_evidence"]
    lines = [
        f"{number}.{one.form['name']}（{_kind_of_evidence(one)}，{one.form['source']}）"
        + (f"，证明{one.form['proves']}" if one.form.get("proves") else "")
        for number, one in enumerate(kept, 1)
    ]
    return "；".join(lines) + "。" if lines else None


def _kind_of_evidence(one: Said) -> str | None:
    return shown(_captions(one.pack, one.action)["kind"], one.form["kind"])


def _hearing(source: Source) -> bool:
    return source.facts.get("hearing_right") is True


def _defence(source: Source) -> str:
    given = _said(source, "record_defence.content")
    spoke = f"当事人提出陈述、申辩：{given}" if given else ""
    if ended := hearing.heard(source):
        return f"{spoke.rstrip('。')}。{ended}" if spoke else ended
    if spoke:
        return spoke
    if _latest(source, "waive_defence"):
        return "当事人书面放弃陈述、申辩和要求听证的权利。"
    return "当事人在规定期限内未提出陈述、申辩意见，视为放弃此权利。"


def _remedy_on_spot(source: Source) -> str:
    """行政复议法 (2023) art. 23: from 2024 a penalty on the spot goes to review before it goes to court."""
    organ, court = WORDS["review_organ"](source), WORDS["court"](source)
    if local_day(source.at) >= date(2024, 1, 1):
        return (
            f"如不服本处罚决定，应当自收到本处罚决定书之日起六十日内先向{organ}申请行政复议；对行政复议决定不服的，"
            f"可以自收到行政复议决定书之日起十五日内再依法向{court}提起行政诉讼。"
        )
    return (
        f"如不服本处罚决定，可以自收到本处罚决定书之日起六十日内向{organ}申请行政复议，"
        f"也可以自收到本处罚决定书之日起六个月内依法向{court}提起行政诉讼。"
    )


def _conduct(source: Source) -> str:
    """What the party is said to have done; a conduct of another statute is named by that statute."""
    if source.facts.get("conduct") == "other" and (basis := _basis(source)):
        return f"违反{basis}"
    return _fact(source, "conduct") or "无证无照经营"


def _phone(source: Source) -> str | None:
    """The party's telephone: as the clue or the patrol gave it, else as the register knew it. It stands
    sealed in the record and is opened on the party's own paper alone."""
    for action in ("register_clue", "open_on_spot", "capture"):
        if (said := _latest(source, action)) is None:
            continue
        known = said.results.get("enforcement.party", {})
        for sealed in (said.form.get("phone"), known.get("phone")):
            if sealed:
                return str(unsealed(sealed))
    return None


def _measure_law(source: Source) -> str | None:
    """What lets unlicensed operation be sealed or seized (684-11); another conduct has its own law."""
    conduct = next(
        (f["conduct"] for f in (source.facts, *source.ancestors) if f.get("conduct")), "unlicensed"
    )
    return "和《无证无照经营查处办法》第十一条" if conduct in ("unlicensed", "premises") else None


def _referral_of(source: Source, kind: str) -> str | None:
    """Filled where the referral is of that kind; one that says nothing is the notice of P9-N1."""
    return "是" if source.facts.get("kind", "notice") == kind else None


def _conclusion(source: Source) -> str:
    """What the reviewer concluded: passed, or returned."""
    passed = source.action in ("review_pass", "review_after_hearing")
    return "审核通过" if passed else "退回补充调查"


def _notice(part: str) -> Callable[[Source], str | None]:
    return lambda source: getattr(trades.notice_for(_fact(source, "trade")), part)


def _notice_note(source: Source) -> str | None:
    trade = _fact(source, "trade")
    if source.facts.get("permit_required") is True and not trades.listed(trade):
        return (
            f"{trade or '该行业'}依法须经许可方可经营：许可机关、条件和材料请向其主管部门咨询，"
            "取得许可前不得从事该项经营活动。"
        )
    return trades.notice_for(trade).note


WORDS: dict[str, Callable[[Source], str | None]] = {
    "hand": lambda source: HAND,
    "signature": lambda source: SIGNATURE,
    "witness_signature": lambda source: WITNESS,
    "bureau": _bureau,
    "station": _station,
    "unit": lambda source: source.bodies.get(source.matter["assigned_org_id"] or 0) or _station(source),
    "receiver": lambda source: (
        source.bodies.get(source.matter["assigned_org_id"] or 0) or _fact(source, "department_name")
    ),
    "sender": lambda source: _fact(source, "sender"),
    "as_notice": lambda source: _referral_of(source, "notice"),
    "as_clue": lambda source: _referral_of(source, "clue"),
    "as_copy": lambda source: _referral_of(source, "penalty_copy"),
    "cell": lambda source: None,
    "matter": lambda source: str(source.matter["title"]),
    "party": lambda source: _fact(source, "operator_name"),
    "party_code": lambda source: _fact(source, "party_code") or HAND,
    "party_phone": lambda source: _phone(source) or HAND,
    "address": lambda source: _fact(source, "address"),
    "scope": lambda source: _fact(source, "scope"),
    "trade": lambda source: _fact(source, "trade"),
    "conduct": _conduct,
    "measure_law": _measure_law,
    "clue_from": lambda source: (
        _fact(source, "source") or ("监督检查" if _latest(source, "inspect") else None)
    ),
    "month": lambda source: _month(_fact(source, "month")),
    "conclusion": _conclusion,
    "basis": _basis,
    "basis_clause": lambda source: f"，违反了{found}的规定" if (found := _basis(source)) else None,
    "law": _law,
    "officers": _officers,
    "officer": lambda source: source.persons[0].name if source.persons else None,
    "day_plain": lambda source: plain_day(local_day(source.at)),
    "moment": lambda source: local_moment(source.at),
    "things": things.named,
    "measure_paper": things.taken_by,
    "proposed_on": lambda source: plain_day(local_day(source.proposed_at)) if source.proposed_at else None,
    "fine": lambda source: _money(_amount(source, "fine")),
    "fine_words": lambda source: _in_capitals(_amount(source, "fine")),
    "proposed": lambda source: _money(_amount(source, "proposed_fine")),
    "proposed_words": lambda source: _in_capitals(_amount(source, "proposed_fine")),
    "hearing_right": lambda source: "有" if _hearing(source) else None,
    "hearing_words": lambda source: "、要求听证" if _hearing(source) else None,
    "hearing_on": hearing.held_on,
    "postponed": hearing.postponed,
    "president": lambda source: source.named.get(source.facts.get("hearing_president") or 0),
    "defence": _defence,
    "evidence": _evidence,
    "photos": lambda source: "有" if source.photos else None,
    "remedy_on_spot": _remedy_on_spot,
    "review_organ": _setting("review_organ", lambda source: f"{_place(source)}人民政府"),
    "court": _setting("court", lambda source: f"{_place(source)}人民法院"),
    "bank": _setting("fine_account", lambda source: "本局指定的银行或者通过电子支付系统"),
    "notice_trade": _notice("trade"),
    "notice_authority": _notice("authority"),
    "notice_papers": _notice("papers"),
    "notice_law": _notice("law"),
    "notice_how": _notice("how"),
    "notice_time": _notice("time"),
    "notice_fee": _notice("fee"),
    "notice_note": _notice_note,
    "notice_unverified": _notice("unverified"),
}
"""Every word that is no field, fact, act, clock or kind."""

OPTIONAL = frozenset({"basis_clause", "hearing_words", "notice_note", "notice_unverified", "cell"})
"""Words that are rightly empty."""


def photos(source: Source) -> list[list[str]]:
    """The photos of the act: number, caption, the beginning of the file's hash."""
    return [
        [str(number), str(one.get("caption") or "现场照片"), str(one["sha256"])[:16]]
        for number, one in enumerate(source.photos, 1)
    ]


def notice_materials(source: Source) -> list[list[str]]:
    """What to bring for a licence: number, material, what is asked of it."""
    found = trades.notice_for(_fact(source, "trade")).materials
    return [[str(number), one.name, one.asked] for number, one in enumerate(found, 1)]


def pieces_of_evidence(source: Source) -> list[list[str]]:
    """The evidence of the case so far: number, what it is, its kind and source, what it proves."""
    kept = [one for one in source.before if one.action == "collect_evidence"]
    return [
        [
            str(number),
            one.form["name"],
            f"{_kind_of_evidence(one)}；{one.form['source']}",
            one.form.get("proves", ""),
        ]
        for number, one in enumerate(kept, 1)
    ]


LISTS: dict[str, Callable[[Source], list[list[str]]]] = {
    "evidence": pieces_of_evidence,
    "photos": photos,
    "notice_materials": notice_materials,
    "things": things.rows,
}

"""A command that is withdrawn before receipt (撤回指令): its number and the papers of its act become void.

The numbers stay in their series (P4-D6). What the party has already been served stands in the way: that is
amended or revoked, and not taken back in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridsup.documents import queries
from gridsup.documents.drafts import WITHDRAWN, act_of
from gridsup.documents.life import change
from gridsup.documents.model import Document
from gridsup.errors import Conflict
from gridsup.procedures import effects
from gridsup.procedures.effects import Decision
from gridsup.procedures.projection import Projection

COMMAND = "command"


def _papers(d: Decision) -> tuple[int | None, list[Document]]:
    """The act that gave the latest command, and its papers that are not void."""
    d.session.flush()
    known: Sequence[Document] = d.session.scalars(queries.documents_of(d.jurisdiction_id, d.matter_id)).all()
    commands = [act_of(one) for one in known if one.kind == COMMAND]
    if not commands:
        return None, []
    return commands[-1], [one for one in known if act_of(one) == commands[-1] and one.status != "void"]


def _unserved(d: Decision) -> None:
    """Raises :class:`Conflict` ``command-served``: the party holds a paper of the command already."""
    served = [f"《{one.title}》{one.number}" for one in _papers(d)[1] if one.status == "served"]
    if served:
        raise Conflict(
            "command-served",
            zh="{papers}已送达当事人，指令不能撤回。请签收后按程序办理；内容有误的，制发更正。",
            en="{papers} was served on the party: the command cannot be withdrawn. Receive it and go on; "
            "amend what is wrong.",
            papers="、".join(served),
        )


def _decide(d: Decision) -> dict[str, Any]:
    seq, papers = _papers(d)
    reason = f"指令撤回：{d.form['reason']}"
    numbers = "、".join(one.number for one in papers)
    return {
        "seq": seq,
        "voided": [change(one, status="void", void_reason=reason) for one in papers],
        "lines": {
            "zh": [f"作废文号：{numbers}（留号备查）"] if papers else [],
            "en": [f"Numbers now void, kept in their series: {numbers}"] if papers else [],
        },
    }


def _project(p: Projection, result: dict[str, Any], body: Any) -> None:
    for one in result["voided"]:
        p.put("documents", one["key"], dict(one["set"]))


def register() -> None:
    """Make ``documents.withdraw`` known to the engine."""
    effects.register(WITHDRAWN, decide=_decide, project=_project, judge=_unserved)

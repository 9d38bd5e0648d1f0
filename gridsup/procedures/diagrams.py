"""Draws a pack as a Mermaid state diagram: text that GitHub, editors and the handbook render."""

from __future__ import annotations

from collections.abc import Iterator

from gridsup.errors import Language
from gridsup.procedures.graph import START, by_system
from gridsup.procedures.pack import Action, Amount, Clock, Pack, Words
from gridsup.procedures.posts import POSTS
from gridsup.procedures.rules import load_tables


def mermaid(pack: Pack, language: Language = "zh") -> str:
    """The pack's states and acts. An act in several states is drawn from each; one that stays in its state
    is listed in that state's note, with the clocks that begin there."""
    return "\n".join(_lines(pack, language)) + "\n"


def page(pack: Pack) -> str:
    """A page of the handbook (Markdown): the pack drawn in both languages."""
    return (
        f"# {pack.title.zh} · {pack.title.en} (v{pack.version})\n\n"
        f"`{pack.id}`, {pack.effective_from} – {pack.effective_to or ''}. {', '.join(pack.sources)}\n\n"
        "⏱ 系统自动 the system itself · ✎ 须审批 needs signatures · ⊕ 开启子事项 opens a child · "
        "⏳ 时限开始 a clock starts\n\n"
        f"```mermaid\n{mermaid(pack, 'zh')}```\n\n```mermaid\n{mermaid(pack, 'en')}```\n"
    )


def _lines(pack: Pack, language: Language) -> Iterator[str]:
    yield "---"
    yield f"title: {_text(pack.title, language)} v{pack.version}"
    yield "---"
    yield "stateDiagram-v2"
    for name, state in pack.states.items():
        yield f'  state "{_escape(_text(state.title, language))}" as {name}'
    for action in pack.actions.values():
        for origin in action.from_:
            if action.to is not None:
                begin = "[*]" if origin == START else origin
                yield f"  {begin} --> {action.to} : {_label(action, language)}"
    for name, state in pack.states.items():
        if state.end:
            yield f"  {name} --> [*]"
    for name in pack.states:
        notes = list(_notes(pack, name, language))
        if notes:
            yield f"  note right of {name}"
            yield from (f"    {line}" for line in notes)
            yield "  end note"


def _label(action: Action, language: Language) -> str:
    """Title, who, and what else it takes: ⏱ the clockwork, ✎ signatures, ⊕ opens a child."""
    who = "⏱" if by_system(action) else "/".join(_text(POSTS[post], language) for post in action.posts)
    marks = ("✎" if action.approval else "") + ("⊕" if action.opens else "")
    return _escape(f"{_text(action.title, language)} ({who}){' ' + marks if marks else ''}")


def _notes(pack: Pack, state: str, language: Language) -> Iterator[str]:
    for clock in pack.clocks.values():
        begins = {
            action.to or origin
            for action in pack.actions.values()
            for origin in action.from_
            if clock.start in action.marks
        }
        if state in begins:
            yield f"⏳ {_escape(_text(clock.title, language))} {_limit(clock)}"
    for action in pack.actions.values():
        if action.to is None and state in action.from_:
            yield f"• {_label(action, language)}"


def _limit(clock: Clock) -> str:
    """The limit as it stands in the pack, or in the newest row that the clock refers to."""
    if isinstance(clock.limit, Amount):
        return f"{clock.limit.n}{clock.limit.unit}"
    rows = [row for row in load_tables().table(clock.limit.table).rows if row.id == clock.limit.row]
    value = max(rows, key=lambda row: row.effective_from or "").value
    return f"{value['n']}{value['unit']} ({clock.limit.row})"


def _text(words: Words, language: Language) -> str:
    return words.zh if language == "zh" else words.en


def _escape(text: str) -> str:
    """Mermaid ends a label at these."""
    return text.replace('"', "'").replace(":", "：").replace(";", "；").replace("#", "＃")

"""``gridsup procedures explain | verify | rebuild``: what a matter's record says, and proof that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gridsup import db, wiring
from gridsup.calendars import SHANGHAI
from gridsup.cli.frame import AsJson, both, database, out, print_json, say
from gridsup.enforcement import chains as custody_chains
from gridsup.errors import Invalid
from gridsup.people import queries
from gridsup.procedures import merkle, proof, sentences, views

Jurisdiction = Annotated[
    int | None,
    typer.Option("--jurisdiction", help="辖区代码（只有一个时可省略） · adcode, where there are several"),
]


@contextmanager
def bound(jurisdiction: int | None, *, owner: bool = False) -> Iterator[Session]:
    """A transaction in the jurisdiction named, or in the only one there is."""
    wiring.wire()
    with database():
        engine: Engine = db.owner_engine() if owner else db.app_engine()
        with db.transaction(engine) as session:
            db.set_jurisdiction(session, _chosen(session, jurisdiction))
            yield session


def _chosen(session: Session, jurisdiction: int | None) -> int:
    known = [each.jurisdiction_id for each in session.scalars(queries.jurisdictions())]
    if jurisdiction is None and len(known) == 1:
        return known[0]
    if jurisdiction in known:
        return jurisdiction
    raise Invalid(
        "name-jurisdiction",
        zh="请用 --jurisdiction 指明辖区，现有：{known}。",
        en="Name the jurisdiction with --jurisdiction; there are: {known}.",
        known=", ".join(map(str, known)) or "-",
    )


def explain(
    matter: Annotated[int, typer.Argument(help="事项编号 · id of the matter")],
    jurisdiction: Jurisdiction = None,
    as_json: AsJson = False,
) -> None:
    """说明一个事项：现状、经过、各期限及其由来 · explain a matter: state, steps, deadlines and why."""
    with bound(jurisdiction) as session:
        family, member = views.read(session, matter)
        told = sentences.of_matter(family, member, sentences.Holder())
        shown = {
            "matter": views.current(session, matter),
            "sentences": {name: one.model_dump() for name, one in told.by_name().items()},
            "deadlines": views.deadlines(session, matter),
            "history": views.history(session, matter),
        }
    if as_json:
        print_json(shown)
        return
    _print_matter(shown)


def _print_matter(shown: dict[str, Any]) -> None:
    one = shown["matter"]
    out.print(f"{one['id']}  {one['title']}", style="bold", markup=False)
    state = both(one["state_title"]["zh"], one["state_title"]["en"])
    pack = both(one["pack_title"]["zh"], one["pack_title"]["en"])
    out.print(f"{pack} v{one['pack_version']}：{state}（{one['version']}）", markup=False)
    for told in shown["sentences"].values():
        out.print(both(told["zh"], told["en"]), markup=False)
    for event in shown["history"]:
        title = both(event["title"]["zh"], event["title"]["en"]) if event["title"] else event["action"]
        who = f"#{event['person_id']} {event['post']}" if event["person_id"] else event["post"]
        late = f"  {both(event['late']['zh'], event['late']['en'])}" if event["late"] else ""
        line = f"{event['seq']:4} {_at(event['effective_at'])}  {event['kind']:<9} {title}  {who}{late}"
        out.print(line, markup=False)
    for clock in shown["deadlines"]:
        mark = both("已逾期", "overdue") if clock["overdue"] else clock["state"]
        due = _at(clock["due_at"]) if clock["due_at"] else "…"
        title = both(clock["title"]["zh"], clock["title"]["en"])
        out.print(f"{title}  {due}  {mark}", style="bold", markup=False)
        lines = clock["explanation"]["lines"]
        for zh, en in zip(lines["zh"], lines["en"], strict=True):
            out.print("  " + both(zh, en), markup=False)


def _at(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def verify(jurisdiction: Jurisdiction = None, as_json: AsJson = False) -> None:
    """核验事件链、流转链和每日封存值 · check every chain and daily root; exits with 1 where one fails."""
    with bound(jurisdiction) as session:
        count = sum(1 for _ in proof.matter_ids(session))
        chains = [f"{fault.matter_id}/{fault.seq}: {fault.what}" for fault in proof.verify(session)]
        hands = list(custody_chains.faults(session))
        roots = merkle.faults(session)
    if as_json:
        told = [f"{each.matter_id}: {each.why.code}" for each in hands]
        print_json({"matters": count, "chain_faults": chains, "custody_faults": told, "root_faults": roots})
    else:
        told = [f"{each.matter_id}: {both(each.why.text('zh'), each.why.text('en'))}" for each in hands]
        for fault in [*chains, *told, *roots]:
            out.print(fault, markup=False)
        _verdict(count, len(chains) + len(hands) + len(roots))
    if chains or hands or roots:
        raise typer.Exit(1)


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="只比较不改写 · compare only")] = False,
    jurisdiction: Jurisdiction = None,
    as_json: AsJson = False,
) -> None:
    """由事件重建各投影表 · rebuild the projections from the events (--check: exit 1 if they differ)."""
    with bound(jurisdiction, owner=not check) as session:
        count = sum(1 for _ in proof.matter_ids(session))
        found = [f"{each.matter_id} {each.place}" for each in proof.differences(session)]
        if not check:
            proof.rebuild(session)
    if as_json:
        print_json({"matters": count, "differences": found})
    else:
        for place in found:
            out.print(place, markup=False)
        _verdict(count, len(found))
    if check and found:
        raise typer.Exit(1)


def _verdict(matters: int, faults: int) -> None:
    if faults:
        say(f"{matters} 个事项，{faults} 处不符。", f"{matters} matters, {faults} faults.")
    else:
        say(f"{matters} 个事项，全部相符。", f"{matters} matters, all sound.")


def seal(jurisdiction: Jurisdiction = None, as_json: AsJson = False) -> None:
    """封存已结束各日的事件 · write the daily roots of the days that are over, also outside the database."""
    with bound(jurisdiction) as session:
        sealed = [
            {"day": row.day.isoformat(), "root": row.root, "count": row.count}
            for row in merkle.seal_past_days(session)
        ]
    if as_json:
        print_json(sealed)
        return
    for row in sealed:
        out.print(f"{row['day']} {row['root']} {row['count']}", markup=False)
    say(f"封存 {len(sealed)} 天。", f"{len(sealed)} day(s) sealed.")


def register(app: typer.Typer) -> None:
    """Add the commands to ``gridsup procedures``."""
    for command in (explain, verify, rebuild, seal):
        app.command()(command)

"""2,000 contended acts on a few matters: one winner per version, chains verify, projections equal a rebuild.

``python benchmarks/contention.py [acts] [matters] [threads]`` on a cluster of its own in a temporary folder,
with durable commits. Prints one JSON object and exits with 1 when anything does not hold.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Engine, select

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gridsup import migrate
from gridsup.cluster import Cluster
from gridsup.cluster.bootstrap import prepare_private
from gridsup.db import APP_ROLE, make_engine, transaction
from gridsup.errors import Conflict
from gridsup.procedures.engine import Request, act, act_many
from gridsup.procedures.model import Matter
from gridsup.procedures.proof import differences, verify
from tests.db.procedures.small_bureau import JURISDICTION, Bureau, found_in, report


def contend(engine: Engine, bureau: Bureau, acts: int, matters: int, threads: int) -> dict[str, object]:
    """Every act reads the version it sees, then acts on it; who is late gets a conflict."""
    with transaction(engine, JURISDICTION) as session:
        ids = [report(session, bureau).matter_id for _ in range(matters)]

    def one(number: int) -> tuple[int, int] | None:
        matter = ids[number % matters]
        with transaction(engine, JURISDICTION) as session:
            version = session.scalar(
                select(Matter.version).where(Matter.jurisdiction_id == JURISDICTION, Matter.id == matter)
            )
        try:
            with transaction(engine, JURISDICTION) as session:
                form, key = {"note": str(number)}, f"bench-{number}"
                who = bureau.dispatcher
                answer = act(session, matter, "note", who, form, key=key, expected_version=version)
        except Conflict:
            return None
        return matter, answer.version

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(one, range(acts)))
    seconds = time.perf_counter() - began
    won = Counter(r for r in results if r is not None)
    with transaction(engine, JURISDICTION) as session:
        ends = {m.id: m.version for m in session.scalars(select(Matter))}
        chain_faults, drift = len(list(verify(session))), len(list(differences(session)))
    return {
        "acts": acts,
        "matters": matters,
        "threads": threads,
        "won": len(won),
        "conflicts": acts - sum(won.values()),
        "versions_won_twice": sum(count > 1 for count in won.values()),
        "events_match": sum(ends.values()) == len(won) + matters,
        "chain_faults": chain_faults,
        "differences": drift,
        "acts_per_second": round(acts / seconds, 1),
        "winners_per_second": round(len(won) / seconds, 1),
    }


def burst(engine: Engine, bureau: Bureau, count: int) -> dict[str, object]:
    """One dispatcher commands many matters at once through ``act_many``."""
    with transaction(engine, JURISDICTION) as session:
        ids = [report(session, bureau).matter_id for _ in range(count)]
    who = bureau.dispatcher
    requests = [Request(i, "begin", who, key=f"burst-{i}", expected_version=1) for i in ids]
    began = time.perf_counter()
    with transaction(engine, JURISDICTION) as session:
        answers = act_many(session, requests)
    seconds = time.perf_counter() - began
    failed = sum(isinstance(a, Exception) for a in answers)
    return {"burst": count, "failed": failed, "burst_per_second": round(count / seconds, 1)}


def main(acts: int = 2000, matters: int = 4, threads: int = 16) -> int:
    folder = Path(tempfile.mkdtemp(prefix="gridsup-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    os.environ.setdefault("GRIDSUP_MASTER_KEY", "00" * 32)
    try:
        with Cluster(folder).hold() as cluster:
            prepare_private(cluster, "bench")
            owner = make_engine(cluster.url("bench"))
            migrate.upgrade(owner)
            engine = make_engine(cluster.url("bench"), role=APP_ROLE, pool_size=threads)
            bureau = found_in(engine, owner)
            found = contend(engine, bureau, acts, matters, threads) | burst(engine, bureau, 200)
            engine.dispose()
            owner.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(found, indent=2))
    bad = ("versions_won_twice", "chain_faults", "differences", "failed")
    return 0 if found["events_match"] and not any(found[name] for name in bad) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))

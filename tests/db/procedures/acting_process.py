"""A process that acts until it is killed: prints each act once its commit has returned. For test_races."""

from __future__ import annotations

import sys

from gridsup.db import APP_ROLE, make_engine, transaction
from gridsup.procedures.engine import act
from gridsup.wiring import wire
from tests.db.procedures.small_bureau import JURISDICTION, Acting


def main(url: str, matters: list[int], person: int) -> None:
    wire()
    engine = make_engine(url, role=APP_ROLE)
    dispatcher = Acting(person, "dispatcher")
    for number in range(10**6):
        matter, key = matters[number % len(matters)], f"run-{number}"
        with transaction(engine, JURISDICTION) as session:
            form = {"note": key}
            answer = act(session, matter, "note", dispatcher, form, key=key, expected_version=None)
        print(key, answer.matter_id, answer.seq, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], [int(m) for m in sys.argv[2].split(",")], int(sys.argv[3]))

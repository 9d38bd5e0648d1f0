"""Solver processes: the compiled annealing keeps its memory out of the platform and uses every core.

``python -m gridsup.cells.partition.pool`` reads problems from standard input and writes what it found to
standard output, each a NumPy archive behind its length in 8 bytes, until the input ends.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import asdict, replace
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gridsup.cells.partition.problem import Problem
from gridsup.cells.partition.solver import solve

CROOKED = (1.0, 2.0)
"""What crooked shape weighs in each of the runs, of which the better one counts: where evenness comes easily,
round cells are to be had for it."""
RUNS = len(CROOKED)
SMALL = 200
"""Up to so many blocks a problem is solved in this process: asking another would take longer."""


class Pool:
    """``RUNS`` solver processes. Use as a context manager."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()

    def warm(self) -> None:
        """Start the processes, so that they are ready when the blocks have been cut."""
        command = [sys.executable, "-m", "gridsup.cells.partition.pool"]
        while len(self._processes) < RUNS:
            self._processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    def best(self, problem: Problem) -> NDArray[np.int64]:
        """A cell from 0 to ``cells`` - 1 for each block: the better of ``RUNS`` runs."""
        tasks = [replace(problem, seed=RUNS * problem.seed + i, crooked=CROOKED[i]) for i in range(RUNS)]
        if problem.blocks <= SMALL:
            found = [solve(task) for task in tasks]
        else:
            self.warm()
            for process, task in zip(self._processes, tasks, strict=True):
                _send(process.stdin, **asdict(task))
            found = [self._answer(process) for process in self._processes]
        return min(found, key=lambda one: one[0])[1]

    @staticmethod
    def _answer(process: subprocess.Popen[bytes]) -> tuple[float, NDArray[np.int64]]:
        told = _receive(process.stdout)
        if told is None:
            raise RuntimeError(f"a solver process ended with code {process.wait()}")
        return float(told["fault"]), told["cell_of"]


def _send(target: IO[bytes] | None, **values: Any) -> None:
    assert target is not None
    archive = io.BytesIO()
    np.savez(archive, **values)
    raw = archive.getvalue()
    target.write(len(raw).to_bytes(8, "big") + raw)
    target.flush()


def _receive(source: IO[bytes] | None) -> dict[str, Any] | None:
    """The next archive; None at the end of the stream."""
    assert source is not None
    head = source.read(8)
    if len(head) < 8:
        return None
    with np.load(io.BytesIO(source.read(int.from_bytes(head, "big")))) as told:
        return {name: told[name] for name in told.files}


def main() -> None:
    from gridsup.cells.partition import annealing  # noqa: F401 - compiled before the first problem comes

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # METIS speaks on standard output
    while (values := _receive(sys.stdin.buffer)) is not None:
        values |= {name: int(values[name]) for name in ("cells", "seed")}
        values["crooked"] = float(values["crooked"])
        fault, cell_of = solve(Problem(**values))
        _send(answers, fault=fault, cell_of=cell_of)


if __name__ == "__main__":
    main()

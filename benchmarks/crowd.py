"""How the platform answers when many ask at the same moment, beside one who asks alone.

``python benchmarks/crowd.py [--url http://127.0.0.1:8000] [--crowds 1 10 40 100 300] [--rounds 4]`` signs in
to a running demo as its dispatcher and as a manager. Each of a crowd then asks for what a desk or a board
asks for when it opens, one request after the other, all of the crowd at once. Prints for each crowd what
was answered otherwise than with success, requests a second (and the ratio to one alone), and the seconds
that half, 95 % and all of the requests were answered in. Ends with 1 when anything was refused.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections import Counter

import httpx

PASSWORD = "wangge-yanshi-2026"  # noqa: S105 - of the demo, printed by `gridsup demo accounts`
ASKED = {
    "dispatcher-1": ("/api/session", "/api/matters?limit=50", "/api/cells", "/api/officers?limit=50"),
    "manager": ("/api/session", "/api/board/coverage", "/api/offenders", "/api/matters?limit=50"),
}
"""What each of them opens."""
PATIENCE = 120.0


async def signed_in(url: str) -> list[tuple[httpx.Cookies, tuple[str, ...]]]:
    """The cookies of each officer, with the paths that this officer asks for."""
    found = []
    for username, paths in ASKED.items():
        async with httpx.AsyncClient(base_url=url) as client:
            answer = await client.post("/api/session", json={"username": username, "password": PASSWORD})
            answer.raise_for_status()
            found.append((client.cookies, paths))
    return found


async def ask(url: str, cookies: httpx.Cookies, paths: tuple[str, ...]) -> list[tuple[int, float]]:
    """Status and seconds of each request; status 0 when no answer came."""
    told = []
    async with httpx.AsyncClient(base_url=url, cookies=cookies, timeout=PATIENCE) as client:
        for path in paths:
            began = time.perf_counter()
            try:
                status = (await client.get(path)).status_code
            except httpx.HTTPError:
                status = 0
            told.append((status, time.perf_counter() - began))
    return told


async def crowd(url: str, size: int, rounds: int) -> tuple[Counter[int], float, list[float]]:
    """Refusals by status, requests a second, and the seconds of all requests in order."""
    people = await signed_in(url)
    answers: list[tuple[int, float]] = []
    began = time.perf_counter()
    for turn in range(rounds):
        asked = [ask(url, *people[(turn + number) % len(people)]) for number in range(size)]
        answers += [one for several in await asyncio.gather(*asked) for one in several]
    took = time.perf_counter() - began
    refused = Counter(status for status, _ in answers if status != 200)
    return refused, len(answers) / took, sorted(seconds for _, seconds in answers)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--crowds", type=int, nargs="+", default=[1, 10, 40, 100, 300])
    parser.add_argument("--rounds", type=int, default=4)
    told = parser.parse_args()
    await crowd(told.url, 2, 1)  # what is made once is made
    alone, trouble = 0.0, False
    for size in told.crowds:
        refused, rate, seconds = await crowd(told.url, size, told.rounds)
        alone = alone or rate
        trouble = trouble or bool(refused)
        late = seconds[int(len(seconds) * 0.95)]
        print(
            f"{size:4d} at once: {rate:6.1f} requests/s ({rate / alone:.2f} of one alone), half in"
            f" {statistics.median(seconds):.2f} s, 95 % in {late:.2f} s, all in {seconds[-1]:.2f} s;"
            f" refused {dict(refused) or 'none'}"
        )
    return int(trouble)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

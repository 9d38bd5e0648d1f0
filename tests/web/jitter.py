"""A slow network for the browser tests: answers of the API come late, and in another order than asked for.

``GRIDSUP_TEST_JITTER=900 make pytest ARGS=tests/web`` holds each answer up to so many milliseconds back. It
goes by ``GRIDSUP_TEST_JITTER_SEED``, which is drawn when not given and told at the end of the run.
"""

from __future__ import annotations

import asyncio
import os
import random
from typing import Any

MOST = int(os.environ.get("GRIDSUP_TEST_JITTER", "0"))
"""Milliseconds; none as a rule."""
# In the environment, so that the workers of one run share it.
SEED = int(os.environ.setdefault("GRIDSUP_TEST_JITTER_SEED", str(random.randrange(10**6))))


class Jittered:
    """An ASGI app whose questions come late, and whose answers go out late."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._chance = random.Random(SEED)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        late = self._chance.uniform(0, MOST / 1000)
        before = late * self._chance.random()

        async def send_late(message: Any) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(late - before)
            await send(message)

        await asyncio.sleep(before)
        await self._app(scope, receive, send_late)

"""Live updates as server-sent events: the one async route."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.auth import User
from api.events import Hub
from api.permissions import Permission
from api.policy import permit

router = APIRouter(tags=["events"])
LIFETIME = 900.0
"""Seconds after which a stream ends; the browser comes back by itself and shows its session again."""
HEARTBEAT = 20.0


def get_hub(request: Request) -> Hub:
    """The process's hub."""
    hub: Hub = request.app.state.hub
    return hub


@router.get("/events", response_class=EventSourceResponse)
async def listen(
    user: Annotated[User, permit(Permission.EVENTS)], hub: Annotated[Hub, Depends(get_hub)]
) -> AsyncIterable[ServerSentEvent]:
    """What changes in my jurisdiction, as it changes: ids only, to be fetched.

    The first message is `{"kind": "hello"}`; after it, and after `{"kind": "refetch"}`, fetch everything
    that is on show: nothing that happened before is repeated.
    """
    clock = asyncio.get_running_loop()
    end = clock.time() + LIFETIME
    async for message in hub.messages((user.jurisdiction_id, *user.reads), heartbeat=HEARTBEAT):
        if clock.time() > end:
            return
        if message is not None:
            yield ServerSentEvent(data=message)

"""Whether the service works (public)."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text

import gridsup
from api.deps import EngineOf
from api.policy import public
from gridsup.db import transaction

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The service answers and so does its database."""

    status: str = Field(examples=["ok"])
    version: str


@router.get("/health", dependencies=[public])
def get_health(engine: EngineOf) -> Health:
    """Answers when the database does; else a 503 problem."""
    with transaction(engine) as session:
        session.execute(text("SELECT 1"))
    return Health(status="ok", version=gridsup.__version__)

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session


def test_session_runs_as_the_application(session: Session) -> None:
    assert session.scalar(text("SELECT current_user")) == "gridsup_app"
    assert session.scalar(text("SELECT current_setting('gridsup.jurisdiction')")) == "420103"


def test_clone(clone, owner: Engine) -> None:
    with clone.owner.begin() as c:
        c.execute(text("create table x (i int)"))

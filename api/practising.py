"""Going from one's own session into a copy and back.

The browser holds one session at a time. While it practises, the cookie of the work itself waits in
:data:`WORK`, which no route reads as a session; leaving puts it back.
"""

from __future__ import annotations

from fastapi import Request
from sqlalchemy import Engine
from starlette.responses import Response

from api import auth
from api.auth import User
from gridsup.db import transaction
from gridsup.errors import Unauthenticated
from gridsup.people import signins
from gridsup.people.model import PRACTICE_FROM

WORK = "gridsup_work"
"""Where the cookie of one's work waits."""


def keep_work(request: Request, response: Response) -> None:
    """Lay the work's cookie aside; one that lies there already stays."""
    if WORK not in request.cookies:
        auth.put_cookie(request, response, WORK, request.cookies[auth.COOKIE])


def worker(request: Request, engine: Engine, user: User) -> User:
    """Who practises, in their own bureau: the user itself, or whose cookie was laid aside.

    Raises Unauthenticated ``session-over`` when that session has ended meanwhile.
    """
    if user.jurisdiction_id <= PRACTICE_FROM:
        return user
    found = auth.identify_session(engine, request.cookies.get(WORK, ""))
    if found.jurisdiction_id > PRACTICE_FROM:
        raise Unauthenticated("session-over", zh="登录已失效，请重新登录。", en="Sign in again.")
    return found


def give_back(request: Request, response: Response) -> None:
    """Put the work's cookie in its place again."""
    auth.put_cookie(request, response, auth.COOKIE, request.cookies[WORK])
    forget(request, response)


def forget(request: Request, response: Response) -> None:
    """Drop what was laid aside."""
    response.delete_cookie(WORK, path="/", httponly=True, samesite="lax", secure=auth.is_secure(request))


def end_work(request: Request, engine: Engine) -> None:
    """End the session that was laid aside: signing out while practising signs out altogether."""
    if not (kept := request.cookies.get(WORK)):
        return
    try:
        found = auth.identify_session(engine, kept)
    except Unauthenticated:
        return
    if found.sign_in_id is not None:
        with transaction(engine, found.jurisdiction_id) as session:
            signins.close(session, found.jurisdiction_id, found.account_id, found.sign_in_id)

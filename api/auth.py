"""Who is asking: a browser's session cookie, or a program's bearer token.

Accounts, sessions and tokens are read in a short transaction of their own (``people.audit.as_auth``), so
that no route ever works under the role that can see them.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.permissions import Permission, permissions_of
from gridsup.db import transaction
from gridsup.errors import Forbidden, Invalid, Unauthenticated
from gridsup.people import queries, signins
from gridsup.people.deputies import Capacity, capacities
from gridsup.settings import get_settings

COOKIE = "gridsup_session"
CSRF_HEADER = "X-CSRF-Token"
TOKEN_PREFIX = "gsp_"  # noqa: S105 - a visible mark that scanners of leaked secrets look for
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

cookie_scheme = APIKeyCookie(
    name=COOKIE,
    scheme_name="session",
    description="Session of a browser, from POST /api/session",
    auto_error=False,
)
csrf_scheme = APIKeyHeader(
    name=CSRF_HEADER,
    scheme_name="csrf",
    description="With the session cookie, for what changes something: `csrf` of GET /api/session",
    auto_error=False,
)
bearer_scheme = HTTPBearer(
    scheme_name="token", description="Personal access token, from POST /api/tokens", auto_error=False
)


@dataclass(frozen=True, slots=True)
class User:
    """Who is asking, with what this person may do at this moment."""

    jurisdiction_id: int
    account_id: int
    officer_id: int
    username: str
    name: str
    language: str
    via: Literal["session", "token"]
    must_change: bool
    """A one-time password: nothing but one's own session is open before another is set."""
    capacities: tuple[Capacity, ...]
    permissions: frozenset[Permission]
    reads: tuple[int, ...]
    """Jurisdictions below this one, open for reading."""
    sign_in_id: int | None = None
    csrf: str | None = None

    @property
    def posts(self) -> frozenset[str]:
        """The posts this person may act in now, deputising included."""
        return frozenset(one.post for one in self.capacities)

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The bodies in which this person holds or covers a post now."""
        return frozenset(one.organisation_id for one in self.capacities)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise :class:`Forbidden` unless this person holds ``permission``."""
        if self.may(permission):
            return
        if self.must_change:
            raise Forbidden(
                "password-must-change",
                zh="这是一次性密码，请先设置自己的密码。",
                en="This is a one-time password: set one of your own first.",
            )
        raise Forbidden(
            "no-permission",
            zh="您没有这项权限({permission})。如工作需要，请联系管理员。",
            en="You do not have this permission ({permission}). Ask the administrator if your work needs it.",
            permission=permission.value,
        )


def get_engine(request: Request) -> Engine:
    """The engine that the app was made with."""
    engine: Engine = request.app.state.engine
    return engine


def current_user(
    request: Request,
    cookie: Annotated[str | None, Security(cookie_scheme)] = None,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)] = None,
    csrf: Annotated[str | None, Security(csrf_scheme)] = None,
) -> User:
    """The person behind a request. A bearer token counts before a cookie and needs no CSRF header.

    Raises:
        Unauthenticated: nobody, or a proof that does not hold (any more).
        Forbidden: ``csrf`` when a cookie would change something without its anti-forgery header.
    """
    engine = get_engine(request)
    if bearer is not None:
        user = identify_token(engine, bearer.credentials)
    elif cookie:
        user = identify_session(engine, cookie)
        if request.method not in SAFE_METHODS:
            _check_csrf(user, csrf)
    else:
        raise _nobody()
    request.state.user = user
    return user


def identify(request: Request) -> User:
    """The same for plain Starlette routes, which have no dependencies. Reads only (no CSRF check)."""
    kind, _, credentials = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return identify_token(get_engine(request), credentials.strip())
    if cookie := request.cookies.get(COOKIE):
        return identify_session(get_engine(request), cookie)
    raise _nobody()


def identify_session(engine: Engine, cookie: str) -> User:
    """Whose session the cookie's value (``jurisdiction.secret``) is."""
    jurisdiction_id, secret = _split(cookie, ".")
    now = datetime.now(UTC)
    with transaction(engine, jurisdiction_id) as session:
        proof = signins.resume(session, jurisdiction_id, secret, now=now)
        return _user(session, jurisdiction_id, proof, now)


def identify_token(engine: Engine, token: str) -> User:
    """Whose token this is (``gsp_jurisdiction_secret``)."""
    jurisdiction_id, secret = _split(token.removeprefix(TOKEN_PREFIX), "_")
    now = datetime.now(UTC)
    with transaction(engine, jurisdiction_id) as session:
        proof = signins.prove_token(session, jurisdiction_id, secret, now=now)
        return _user(session, jurisdiction_id, proof, now)


def of_officer(session: Session, jurisdiction_id: int, officer_id: int) -> User:
    """An officer who is not asking here: for work that this person did and another hands in.

    Raises :class:`Unauthenticated` ``session-over`` when the officer or the account is no longer active.
    """
    proof = signins.prove_officer(session, jurisdiction_id, officer_id)
    return _user(session, jurisdiction_id, proof, datetime.now(UTC))


def _user(session: Session, jurisdiction_id: int, proof: signins.Proof | None, now: datetime) -> User:
    officer = session.scalar(queries.officer(jurisdiction_id, proof.officer_id)) if proof else None
    if proof is None or officer is None or not officer.active:
        raise Unauthenticated(
            "session-over",
            zh="登录已失效，请重新登录。",
            en="The session or token is not valid (any more); sign in again.",
        )
    held = tuple(capacities(session, jurisdiction_id, officer.id, now))
    allowed = permissions_of(one.post for one in held)
    if proof.token_permissions is not None:
        allowed &= {one for one in Permission if one.value in proof.token_permissions}
    if proof.must_change:
        allowed &= {Permission.SELF}
    return User(
        jurisdiction_id=jurisdiction_id,
        account_id=proof.account_id,
        officer_id=officer.id,
        username=proof.username,
        name=officer.name,
        language=proof.language,
        via="session" if proof.token_permissions is None else "token",
        must_change=proof.must_change,
        capacities=held,
        permissions=allowed,
        reads=tuple(session.scalars(queries.below(jurisdiction_id))),
        sign_in_id=proof.sign_in_id,
        csrf=proof.csrf,
    )


def _split(value: str, mark: str) -> tuple[int, str]:
    number, _, secret = value.partition(mark)
    if not (number.isascii() and number.isdigit() and len(number) < 16 and secret):
        raise _nobody()
    return int(number), secret


def _nobody() -> Unauthenticated:
    return Unauthenticated("not-signed-in", zh="请先登录。", en="Sign in first.")


def _check_csrf(user: User, sent: str | None) -> None:
    if not sent or not hmac.compare_digest(sent.encode("utf-8", "replace"), (user.csrf or "").encode()):
        raise Forbidden(
            "csrf",
            zh="请求缺少防伪标记，请刷新页面后重试。",
            en="The anti-forgery header is missing or wrong; reload the page and try again.",
        )


# ------------------------------------------------------------------ the cookie


def set_cookie(request: Request, response: Response, jurisdiction_id: int, opened: signins.Opened) -> None:
    """Hand the session to the browser."""
    put_cookie(request, response, COOKIE, f"{jurisdiction_id}.{opened.secret}")


def put_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """A cookie of the session's kind: HttpOnly, SameSite=Lax, Secure wherever there is HTTPS."""
    response.set_cookie(
        name,
        value,
        max_age=int(signins.ABSOLUTE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def clear_cookie(request: Request, response: Response) -> None:
    """Take the session back from the browser."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=is_secure(request))


def is_secure(request: Request) -> bool:
    return get_settings().secure_cookies or request.url.scheme == "https"


def resolve_jurisdiction(engine: Engine, code: str | None) -> int:
    """The jurisdiction that a sign-in names by its code; the only one when it names none.

    Raises:
        Invalid: ``jurisdiction-unknown``; ``jurisdiction-needed`` when there are several to choose from.
    """
    with transaction(engine) as session:
        known = {one.code: one.jurisdiction_id for one in session.scalars(queries.jurisdictions())}
    if code is None and len(known) == 1:
        return next(iter(known.values()))
    if code is None:
        raise Invalid("jurisdiction-needed", zh="请选择所属辖区。", en="Choose a jurisdiction.")
    if code not in known:
        raise Invalid("jurisdiction-unknown", zh="没有这个辖区。", en="There is no such jurisdiction.")
    return known[code]

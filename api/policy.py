"""Deny by default: every route names its permission, or says out loud that it is public."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.auth import User, current_user
from api.permissions import Permission

MARK = "__gridsup_permission__"
PUBLIC = "public"
SIGNED_IN = "signed-in"
"""Open to every good session and token, whatever the token lists: it shows nothing of the bureau's work."""
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class _Permit:
    """A dependency that lets a request through when its user holds the permission, and gives the user."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(self, user: Annotated[User, Depends(current_user)]) -> User:
        user.require(self.permission)
        return user


def permit(permission: Permission) -> Any:
    """``user: Annotated[User, permit(Permission.MATTERS_READ)]``, or in a route's ``dependencies``."""
    return Depends(_Permit(permission))


def _public() -> None:
    """Anybody may call this."""


public = Depends(_public)
"""Marks a route that needs nobody signed in: ``@router.get(…, dependencies=[public])``."""


def _signed_in(user: Annotated[User, Depends(current_user)]) -> User:
    """Anybody who is known may call this."""
    return user


signed_in = Depends(_signed_in)
"""``user: Annotated[User, signed_in]``: known, and no more is asked."""


def marked(permission: Permission | str) -> Callable[[Endpoint], Endpoint]:
    """Mark a plain Starlette endpoint with what it checks itself (``identify(request).require(…)``)."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, MARK, str(permission))
        return endpoint

    return mark


def named_permission(dependant: Dependant | None, endpoint: Any) -> str | None:
    """The permission a route names, ``public``, ``signed-in``, or None when it names nothing."""
    for call in _calls(dependant) if dependant is not None else ():
        if isinstance(call, _Permit):
            return call.permission.value
        if call is _public:
            return PUBLIC
        if call is _signed_in:
            return SIGNED_IN
    return getattr(endpoint, MARK, None)


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def routes_and_permissions(app: FastAPI) -> list[tuple[str, str, str | None]]:
    """``(methods, path, permission)`` of every route of the app."""
    return [
        (
            ",".join(sorted(getattr(context, "methods", None) or ())),
            str(context.path),
            named_permission(getattr(context, "dependant", None), getattr(context, "endpoint", None)),
        )
        for context in iter_route_contexts(app.routes)
    ]


def refuse_unmarked(app: FastAPI) -> None:
    """Stop the start of an app in which a route names no permission."""
    if bare := [f"{methods} {path}" for methods, path, named in routes_and_permissions(app) if named is None]:
        raise RuntimeError(f"routes without a permission: {', '.join(bare)}")

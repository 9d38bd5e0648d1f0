"""Refusals as RFC 9457 problems: one table from kind to status, sentences in the asked language."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.responses import JSONResponse, Response

from api import validation
from api.language import asked_language
from gridsup import errors
from gridsup.db import lost_a_race
from gridsup.errors import FieldFault, GridsupError, Language

log = logging.getLogger("gridsup.api")
MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[GridsupError], int] = {
    errors.Invalid: 422,
    errors.Unreadable: 400,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Refused: 409,
    errors.Forbidden: 403,
    errors.Unauthenticated: 401,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
"""Kind of refusal → HTTP status. The ``code`` tells a Refused from a Conflict."""

TITLES: dict[int, tuple[str, str]] = {
    400: ("请求无法读懂", "Bad request"),
    401: ("请先登录", "Not signed in"),
    403: ("没有权限", "Not allowed"),
    404: ("找不到", "Not found"),
    405: ("不支持这种操作", "Method not allowed"),
    409: ("与现状冲突", "Conflict"),
    413: ("内容太大", "Content too large"),
    415: ("不支持这种格式", "Unsupported media type"),
    422: ("填写有误", "Invalid input"),
    429: ("尝试过于频繁", "Too many tries"),
    500: ("系统出错", "Internal error"),
    503: ("暂时不可用", "Temporarily unavailable"),
}


class Fault(BaseModel):
    """One fault in what was sent."""

    pointer: str = Field(description="RFC 6901 pointer into the body, or `/name` of a parameter")
    where: str = Field(description="body, query, path, header or cookie")
    detail: str


class Problem(BaseModel):
    """An RFC 9457 problem: why a request was refused, and what to do about it."""

    type: str = Field(description="`urn:gridsup:problem:` and the code")
    status: int
    code: str = Field(description="what a program compares; kebab-case, stable")
    title: str
    detail: str
    faults: list[Fault] = []
    params: dict[str, Any] = Field(default={}, description="the facts that the sentence names")
    request_id: str | None = None


RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for code, text in (("4XX", "Refused; `code` says why"), ("5XX", "Failed or unavailable"))
}
"""What every route may answer besides its success."""


def problem(
    request: Request,
    status: int,
    code: str,
    *,
    zh: str,
    en: str,
    faults: list[tuple[str, FieldFault]] | None = None,
    params: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Build the answer; ``faults`` are ``(where, fault)``."""
    language: Language = asked_language(request)
    index = 0 if language == "zh" else 1
    body = Problem(
        type=f"urn:gridsup:problem:{code}",
        status=status,
        code=code,
        title=TITLES.get(status, TITLES[400])[index],
        detail=(zh, en)[index],
        faults=[
            Fault(pointer=fault.pointer, where=where, detail=fault.text(language))
            for where, fault in faults or []
        ],
        params=params or {},
        request_id=getattr(request.state, "request_id", None),
    )
    return JSONResponse(
        body.model_dump(mode="json"),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Content-Language": language, **(headers or {})},
    )


def _refusal(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, GridsupError)
    status = next((STATUS[kind] for kind in type(exc).__mro__ if kind in STATUS), 400)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if retry := exc.params.get("retry_after"):
        headers["Retry-After"] = str(int(retry))
    return problem(
        request,
        status,
        exc.code,
        zh=exc.text("zh"),
        en=exc.text("en"),
        faults=[(_where(request, fault), fault) for fault in exc.faults],
        params={name: _plain(value) for name, value in exc.params.items()},
        headers=headers,
    )


def _where(request: Request, fault: FieldFault) -> str:
    name = fault.pointer[1:]
    return "query" if name in request.query_params else "path" if name in request.path_params else "body"


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _invalid(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)
    faults = [validation.fault(error) for error in exc.errors()]
    return problem(
        request,
        422,
        "invalid-input",
        zh="填写有误，请按各项提示修改后重试。",
        en="Some of what was sent is wrong; see the faults.",
        faults=faults,
    )


def _http(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    title = TITLES.get(exc.status_code, TITLES[400])
    code = title[1].lower().replace(" ", "-")
    headers = dict(exc.headers or {})
    return problem(request, exc.status_code, code, zh=f"{title[0]}。", en=f"{title[1]}.", headers=headers)


def _database(request: Request, exc: Exception) -> Response:
    """A database error that no service foresaw. Its text may hold data, so it goes to the log alone."""
    log.warning("database refused (request %s): %s", getattr(request.state, "request_id", "-"), type(exc))
    if isinstance(exc, DBAPIError) and lost_a_race(exc):
        return problem(
            request,
            409,
            "data-conflict",
            zh="与已有数据冲突（重复，或引用了不存在的记录）。请刷新后重试。",
            en="It conflicts with existing data (a duplicate, a reference to nothing): refresh, try again.",
        )
    if isinstance(exc, DataError):
        return problem(
            request,
            422,
            "value-out-of-range",
            zh="有的值超出了可以保存的范围，请检查后重试。",
            en="A value is outside the range that can be stored; check it and try again.",
        )
    return problem(
        request,
        503,
        "database-unavailable",
        zh="数据库暂时不可用，请稍后重试。",
        en="The database is not available at the moment; try again shortly.",
        headers={"Retry-After": "5"},
    )


def too_large(request: Request) -> Response:
    """The answer to a body beyond the route's limit, which the sentence names."""
    limit = request.scope.get(MAX_BODY_SIZE_SCOPE_KEY, 0) // 1024**2
    zh, en = (f"（上限 {limit} MB）", f" (the limit is {limit} MB)") if limit else ("", "")
    return problem(
        request,
        413,
        "content-too-large",
        zh=f"提交的内容太大{zh}，请分次提交或压缩后重试。",
        en=f"What was sent is too large{en}: send it in parts, or smaller.",
    )


def internal(request: Request, exc: Exception | None = None) -> Response:
    """The answer to an error that nobody foresaw; the log has the rest under the same request id."""
    return problem(
        request,
        500,
        "internal",
        zh="系统出错，已记录。请把请求编号告诉管理员。",
        en="Something went wrong and has been logged. Give the request id to the administrator.",
    )


def install(app: FastAPI) -> None:
    """Put the handlers on the app."""
    app.add_exception_handler(GridsupError, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, internal)
    for kind in (IntegrityError, DataError, OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(kind, _database)

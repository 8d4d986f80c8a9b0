"""JSON in, JSON out; refusals become HTTP here and nowhere else."""

import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Send
from starlette.types import Scope as Connection

from core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthorized,
    Unavailable,
)
from core.web import pages
from core.web.i18n import language_of
from core.web.idempotency import check_shape, fingerprint_of, once
from core.web.operations import Operation, Router, Schema
from core.web.policy import NotAllowed, SignInNeeded, bearer_scope, cookie_scope
from core.web.reading import BadBody, BadQuery, NoSuchRoute, arguments_of, read

__all__ = ["BadBody", "BadQuery", "NotAllowed", "Router", "Schema", "SignInNeeded", "read"]

log = logging.getLogger(__name__)

REPLAYED = {"idempotency-replayed": "true"}
STATUS: dict[type, int] = {
    Invalid: 422,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
}


class WrongMethod(Invalid):
    code = "core.wrong_method"
    zh = "该地址不支持此方法，请查看响应头 Allow"
    en = "This address does not take this method: see the Allow header."


class TooLarge(Invalid):
    code = "core.too_large"
    zh = "请求内容过大，请缩小后重试"
    en = "The request is too large: send less."


class Broken(DomainError):
    code = "core.broken"
    zh = "系统出错了，已记录；请稍后重试，或把 requestId 告诉管理员"
    en = "Something broke and was recorded: retry later, or give the operator the requestId."
    retryable = True


BY_STATUS: dict[int, type[DomainError]] = {404: NoSuchRoute, 405: WrongMethod, 413: TooLarge}


def status_of(error: DomainError | type[DomainError]) -> int:
    kinds = error.__mro__ if isinstance(error, type) else type(error).__mro__
    return next((STATUS[kind] for kind in kinds if kind in STATUS), 500)


def error_body(request: Request, error: DomainError) -> dict[str, Any]:
    facts = {name: value for name, value in error.facts.items() if value is not None}
    return {
        "error": {
            "code": error.code,
            "message": error.en if language_of(request) == "en" else error.zh,
            "facts": facts,
            "requestId": getattr(request.state, "request_id", ""),
            "retryable": error.retryable,
        }
    }


def refusal(request: Request, error: DomainError, status: int | None = None) -> Response:
    code = status or status_of(error)
    headers = {"www-authenticate": "Bearer"} if code == 401 else None
    return JSONResponse(error_body(request, error), code, headers)


async def _answer(operation: Operation, request: Request) -> Response:
    scope = await bearer_scope(request)
    operation.who.check(scope)
    arguments = await arguments_of(operation, request, scope)

    async def work() -> tuple[int, str]:
        result = await operation.endpoint(**arguments)
        adapter = operation.adapter
        if adapter is None:
            return (204 if operation.status == 200 else operation.status), ""
        return operation.status, adapter.dump_json(result, by_alias=True).decode()

    if not operation.needs_key or scope is None:
        status, text = await work()
        return _json(status, text)
    if operation.keeps_key:
        check_shape(request.headers.get("idempotency-key", ""))
        status, text = await work()
        return _json(
            status, text, REPLAYED if getattr(request.state, "is_repeated", False) else None
        )
    raw = await request.body()
    print_of = fingerprint_of(request.method, request.scope["path"], raw)
    key = request.headers.get("idempotency-key", "")
    status, text, again = await once(scope.actor, key, print_of, work)
    return _json(status, text, REPLAYED if again else None)


def _json(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    if status == 204 or not text:
        return Response(status_code=status, headers=headers)
    return Response(text, status, headers, media_type="application/json")


async def _page(operation: Operation, request: Request) -> Response:
    request.state.is_page, request.state.login = True, operation.login
    scope = await cookie_scope(request)
    operation.who.check(scope)
    request.state.viewer = scope
    return await _respond_raw(operation, request, scope)


async def _file(operation: Operation, request: Request) -> Response:
    scope = await bearer_scope(request)
    operation.who.check(scope)
    return await _respond_raw(operation, request, scope)


async def _respond_raw(operation: Operation, request: Request, scope: object = None) -> Response:
    arguments = await arguments_of(operation, request, scope)
    response: Response = await operation.endpoint(**arguments)
    return response


RUN = {"json": _answer, "page": _page, "raw": _respond_raw, "file": _file}


def routes_of(*routers: Router) -> list[Route]:
    """One route for each path, so that a wrong method is told all that are right."""
    by_path: dict[str, dict[str, Operation]] = {}
    for router in routers:
        for operation in router.operations:
            methods = by_path.setdefault(operation.path, {})
            if operation.method in methods:
                raise TypeError(f"{operation.method} {operation.path} stands twice")
            methods[operation.method] = operation
    return [_route(path, methods) for path, methods in by_path.items()]


class Dispatch:
    """The operations of one path by method. An ASGI application, so that nothing stands between the
    router and it; what it raises becomes an answer once, around all routes."""

    def __init__(self, methods: dict[str, Operation]) -> None:
        self.methods = methods

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        operation = self.methods["GET" if request.method == "HEAD" else request.method]
        request.state.route = operation.path
        run: Any = RUN[operation.kind]
        response: Response = await run(operation, request)
        await response(scope, receive, send)


def _route(path: str, methods: dict[str, Operation]) -> Route:
    params = next(iter(methods.values())).params
    for name, kind in params.items():
        if kind is int:
            path = path.replace(f"{{{name}}}", f"{{{name}:int}}")
    return Route(path, Dispatch(methods), methods=sorted(methods))


class Exact(BaseRoute):
    """Paths without parameters, found at once and not by trying hundreds of others first."""

    def __init__(self, routes: list[Route]) -> None:
        self.by_path = {route.path: route for route in routes if not route.param_convertors}

    def matches(self, scope: Connection) -> tuple[Match, Connection]:
        route = self.by_path.get(scope["path"]) if scope["type"] == "http" else None
        return route.matches(scope) if route else (Match.NONE, {})

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        raise NoMatchFound(name, path_params)  # the routes behind this one know

    async def handle(self, scope: Connection, receive: Receive, send: Send) -> None:
        await self.by_path[scope["path"]].handle(scope, receive, send)


async def show_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    if getattr(request.state, "is_page", False):
        return pages.error_page(request, error, status_of(error))
    return refusal(request, error)


def _is_person(request: Request) -> bool:
    """Somebody typed an address into a browser."""
    wants_page = "text/html" in request.headers.get("accept", "")
    return wants_page and not request.url.path.startswith("/api/")


async def show_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said, status = BY_STATUS.get(error.status_code, BadBody)(), error.status_code
    is_page = getattr(request.state, "is_page", False) or _is_person(request)
    answer = (pages.error_page if is_page else refusal)(request, said, status)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def show_crash(request: Request, error: Exception) -> Response:
    log.error("a request broke", exc_info=error)
    if getattr(request.state, "is_page", False):
        return pages.error_page(request, Broken(), 500)
    return refusal(request, Broken(), 500)


EXCEPTION_HANDLERS: dict[Any, Any] = {
    DomainError: show_refusal,
    HTTPException: show_http_error,
    Exception: show_crash,
}

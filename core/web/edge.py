"""The edge of the web process: a request id, one log line and one metric for every request."""

import json
import re
import time
from collections.abc import Mapping
from functools import cache
from secrets import token_hex

from prometheus_client import Counter, Histogram
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import logs

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
REQUESTS = Counter("daogou_requests_total", "Requests", ["method", "route", "status"])
SECONDS = Histogram("daogou_request_seconds", "Time to answer", ["route"])
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]


class Edge:
    """Takes a caller's X-Request-Id when it is harmless, else makes one; says it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, began, status = _request_id(scope), time.perf_counter(), [500]
        scope.setdefault("state", {})["request_id"] = request_id

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                message = _dressed(message, request_id)
            elif status[0] == 413:
                message = {"type": "http.response.body", "body": _too_large(request_id)}
            await send(message)

        logs.request_id.set(request_id)
        try:
            await self.app(scope, receive, tell)
        finally:
            _note(scope, status[0], time.perf_counter() - began)


def _dressed(message: Message, request_id: str) -> Message:
    own = [(b"x-request-id", request_id.encode()), *HEADERS]
    headers = [*message.get("headers", []), *own]
    if message["status"] == 413:  # Starlette says it in plain text, we in our one shape
        size = str(len(_too_large(request_id))).encode()
        ours = [(b"content-type", b"application/json"), (b"content-length", size)]
        headers = [pair for pair in headers if pair[0] not in {name for name, _ in ours}] + ours
    return {**message, "headers": headers}


def _too_large(request_id: str) -> bytes:
    body = {
        "code": "core.too_large",
        "message": "请求内容过大，请缩小后重试 (The request is too large: send less.)",
        "facts": {},
        "requestId": request_id,
        "retryable": False,
    }
    return json.dumps({"error": body}, ensure_ascii=False).encode()


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode() if REQUEST_ID.fullmatch(given) else token_hex(8)


def _note(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else "OTHER"
    route = scope["state"].get("route", "unknown")  # the template: a path may hold a code
    requests, took = _meters(method, route, status)
    requests.inc()
    took.observe(seconds)
    logs.tell_request(method=method, route=route, status=status, ms=round(seconds * 1000, 1))


@cache  # as many as there are routes and statuses: finding a meter costs more than moving it
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, status), SECONDS.labels(route)


class BodyLimits:
    """One limit of a body in bytes for all paths but those that take files."""

    def __init__(self, app: ASGIApp, max_body: int, files: Mapping[str, int]) -> None:
        self.usual = RequestBodyLimitMiddleware(app, max_body)
        self.files = {path: RequestBodyLimitMiddleware(app, size) for path, size in files.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self.files.get(scope.get("path", ""), self.usual)
        await limit(scope, receive, send)


def middleware(max_body: int, files: Mapping[str, int] | None = None) -> list[Middleware]:
    """The edge, and inside it the limit of a body in bytes, so that its refusal has our shape.

    `files` are paths with a limit of their own.
    """
    limit = Middleware(BodyLimits, max_body=max_body, files=files or {})
    return [Middleware(Edge), limit]

"""Who may pass is decided by the route alone: no host, odd path or odd verb changes it (S7)."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import Message

from app.web import build
from core.settings import Settings
from core.web.api import Exact
from tests.security.table import name_of, operations

HOSTS = (b"a/?x=", b"shop/login?", b"@x", b"shop#", b"", b"evil.example", b"[::1", b"a\xff")
PATHS = (
    "@x",
    "",
    "//console",
    "/console/",
    "/./console",
    "/login/../console",
    "/console;x=1",
    "/Console",
    "/console%2fmembers",
    "/static/../core/settings.py",
    "/static/%2e%2e/%2e%2e/core/settings.py",
    "/static//etc/passwd",
    "http://shop/login",
    "*",
)
VERBS = ("get", "FOO", "__class__", "TRACE", "CONNECT", "PROPFIND", "GET /login", "")


@pytest.fixture
def app(settings: Settings) -> Starlette:
    return build(settings)


async def sent(
    app: Starlette, path: str, *, method: str = "GET", host: bytes = b"shop"
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of an answer to a request as no client library would send it."""
    said: list[Message] = []
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", host)],
        "client": ("10.1.2.3", 1),
        "server": ("shop", 80),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in said[1:])
    return said[0]["status"], dict(said[0]["headers"]), body


async def test_no_host_opens_a_closed_page_or_leads_away(app: Starlette) -> None:
    closed = ("/console", "/wecom/panel", "/api/v1/me", "/api/v1/me/", "/static", "/login/")
    for host, path in product(HOSTS, closed):
        status, headers, _ = await sent(app, path, host=host)

        assert status in {401, 404}, (host, path)
        assert b"location" not in headers, (host, path)


async def test_no_odd_path_opens_anything(app: Starlette) -> None:
    for path in PATHS:
        status, headers, body = await sent(app, path)

        assert status in {401, 404}, path
        assert b"location" not in headers, path
        assert b"root:" not in body
        assert b"class Settings" not in body


async def test_a_verb_that_is_not_on_the_list_is_refused(app: Starlette) -> None:
    open_and_closed = ("/console", "/api/v1/orders", "/callbacks/pay", "/login", "/")
    for verb, path in product(VERBS, open_and_closed):
        status, headers, _ = await sent(app, path, method=verb)

        assert status == 405, (verb, path)
        assert b"GET" in headers[b"allow"] or b"POST" in headers[b"allow"]


def routes(app: Starlette) -> Iterator[tuple[str, frozenset[str]]]:
    """Paths and methods, without what is a file to everybody."""
    for route in app.routes:
        if isinstance(route, Exact):
            assert all(found in app.routes for found in route.by_path.values())
        elif isinstance(route, Route) and route.path != "/favicon.ico":
            yield route.path, frozenset(route.methods or ())
        else:
            assert isinstance(route, Mount | Route)
            assert route.path.startswith(("/static", "/favicon.ico"))


async def test_the_process_has_no_route_but_the_operations_and_static_files(app: Starlette) -> None:
    known: dict[str, set[str]] = {}
    for operation in operations():
        known.setdefault(operation.path, set()).add(operation.method)
    found = {path: set(methods) - {"HEAD"} for path, methods in routes(app)}

    assert found == known


def test_every_operation_is_named_once() -> None:
    names = [name_of(operation) for operation in operations()]

    assert len(names) == len(set(names))


async def test_head_asks_for_no_more_than_get(app: Starlette) -> None:
    for path in ("/console", "/api/v1/me", "/wecom/panel"):
        status, _, _ = await sent(app, path, method="HEAD")

        assert status == 401, path

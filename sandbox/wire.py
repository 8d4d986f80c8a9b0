"""The edge of the HTTP port: only loopback peers, one line in the log of calls per request."""

from time import perf_counter
from typing import Any

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.world import World

LOOPBACK = ("127.", "::1")
QUIET = ("/_sim/", "/static/", "/favicon")


class Wire:
    """Wraps the application; `server` is set once it runs."""

    def __init__(self, world: World, app: ASGIApp) -> None:
        self.world = world
        self.app = app
        self.server: uvicorn.Server | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        peer = (scope.get("client") or ("", 0))[0]
        if not peer.startswith(LOOPBACK):
            refusal = PlainTextResponse("the sandbox serves this machine only", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, begun = [0], perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            self._note(scope, status[0], perf_counter() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        if scope["method"] != "GET":
            self.world.changed()
        if scope["path"].startswith(QUIET):
            return
        facts: dict[str, Any] = scope.get("state", {}).get("note", {})
        self.world.log_call(
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 1),
            **facts,
        )

"""The edge of the HTTP port: only loopback peers, one line per call, and faults of the line."""

import asyncio
import json
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import uvicorn
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import faults
from sandbox.world import World

LOOPBACK = ("127.", "::1")
PLATFORM = ("/cgi-bin/", "/wxa/", "/wxaapi/", "/sns/")
OUTSIDE = (
    *PLATFORM,
    "/v3/",
    "/open/",
    "/router/",
    "/leqi/",
    "/sms/send",
    "/erp/",
    "/alliance/",
    "/cloud-print/",
)


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
        elif scope["path"].startswith(OUTSIDE):
            await self._logged(scope, receive, send)
        else:
            await self.app(scope, receive, send)
            if scope["method"] != "GET":
                self.world.changed()

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, begun = [0], perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        try:
            await self._faulty(scope, receive, noting)
        finally:
            self._note(scope, status[0], perf_counter() - begun)

    async def _faulty(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        kinds = set(faults.WIRE)
        if not path.startswith("/v3/"):
            kinds |= {"http500", "429"}
        if path.startswith(PLATFORM):
            kinds.add("errcode")
        over = None if path.startswith("/v3/") else faults.over_limit(self.world, path)
        fault = over or faults.take(self.world, f"{scope['method']} {path}", kinds)
        if fault is None:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["fault"] = fault.kind
        if fault.after:
            answer: list[Message] = []
            await self.app(scope, receive, _into(answer))
            await self._fail(fault, scope, receive, send, answer)
        else:
            await self._fail(fault, scope, receive, send)

    async def _fail(
        self,
        fault: faults.Fault,
        scope: Scope,
        receive: Receive,
        send: Send,
        answer: Sequence[Message] | None = None,
    ) -> None:
        """Spoil the call; `answer` is what it got, when its effect has taken place already."""
        if fault.kind == "slow" and await _rest(fault.delay_s):
            if answer is None:
                await self.app(scope, receive, send)
            for message in answer or ():
                await send(message)
        elif fault.kind in {"slow", "timeout", "reset"}:
            await _rest(fault.delay_s if fault.kind == "timeout" else 0)
            await self._cut(scope)
        else:
            await _spoiled(fault)(scope, receive, send)

    async def _cut(self, scope: Scope) -> None:
        """Drop the connection without an answer."""
        for connection in list(self.server.server_state.connections) if self.server else ():
            transport = getattr(connection, "transport", None)
            if getattr(connection, "client", None) == tuple(scope["client"]) and transport:
                transport.abort()
        await asyncio.sleep(0.01)  # uvicorn hears of it and does not answer

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        self.world.changed()
        found = scope.get("state", {})
        facts: dict[str, Any] = {**found.get("note", {})}
        if "fault" in found:
            facts["fault"] = found["fault"]
        self.world.log_call(
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 1),
            **facts,
        )


def _spoiled(fault: faults.Fault) -> Response:
    if fault.kind == "errcode":
        code = int(fault.code or -1)
        return JSONResponse({"errcode": code, "errmsg": "ordered failure rid: ordered"})
    if fault.kind == "garbage":
        return Response(
            b"\xff\xfe<html>oops" + json.dumps({"a": 1}).encode(), media_type="text/html"
        )
    return PlainTextResponse("", status_code=500 if fault.kind == "http500" else 429)


async def _rest(seconds: float) -> bool:
    """Wait; False when the sandbox stops meanwhile, and the call is to be cut."""
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        return False
    return True


def _into(answer: list[Message]) -> Send:
    """Keep the answer back."""

    async def keep(message: Message) -> None:
        answer.append(message)

    return keep

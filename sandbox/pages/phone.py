"""A person's phone: the mini program played in the browser, and its way to the shop.

The mini program is `static/phone/*.js`. Like on a real phone it asks WeChat for login and payment
(`/_sim/users/…`) and the shop for everything else (`/phone/{user}/request`, forwarded from here,
so the shop sees a client without a browser).
"""

import json
from typing import Any

import httpx2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import outgoing
from sandbox.pages.chats import query_of
from sandbox.pages.shell import page
from sandbox.printer_desk import papers
from sandbox.timetable import Doc
from sandbox.world import World

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
PREFIX = "/api/v1/"
TIMEOUT_S = 30
_PASSED = frozenset({"authorization", "idempotency-key"})


def routes(world: World) -> list[BaseRoute]:
    """The phone and its network."""

    async def show(request: Request) -> Response:
        user = _user(world, request)
        path = request.query_params.get("path", "")
        return page(
            world,
            request,
            "phone.html",
            user=user,
            path=path,
            query=query_of(path),
            card=request.query_params.get("card", ""),
            codes=_codes_on_paper(world),
            app_id=_mini_program(world),
        )

    async def forward(request: Request) -> Response:
        _user(world, request)
        return await _forward(world, request)

    return [
        Route("/phone/{user_id}", show),
        Route("/phone/{user_id}/request", forward, methods=["POST"]),
    ]


def _user(world: World, request: Request) -> Doc:
    user = world.collection("users").get(request.path_params["user_id"])
    if user is None:
        raise HTTPException(404, "no such person")
    return user


def _mini_program(world: World) -> str:
    minis = [app.app_id for app in world.apps.values() if app.kind == "mini_program"]
    return minis[0] if minis else ""


def _codes_on_paper(world: World) -> list[Doc]:
    """The QR codes on the newest receipts, for a person who stands at the till."""
    found = [
        {"text": symbol["text"], "at": job["at"], "printer": job["printer"]}
        for job in papers(world)[:10]
        for symbol in job["symbols"]
        if symbol["kind"] == "QR"
    ]
    return found[:5]


async def _forward(world: World, request: Request) -> Response:
    """One request of the mini program: `{method, path, headers, body}` -> `{status, body}`."""
    try:
        asked = json.loads(await request.body())
        method, path = str(asked["method"]), str(asked["path"])
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"error": "method and path are needed"}, status_code=422)
    if method not in METHODS or not path.startswith(PREFIX) or ".." in path:
        return JSONResponse({"error": "only the API of the shop"}, status_code=422)
    given = asked.get("headers") or {}
    headers = {name: str(value) for name, value in given.items() if name.lower() in _PASSED}
    headers["Accept-Language"] = "zh-CN"
    return JSONResponse(await _asked(world, method, path, headers, asked.get("body")))


async def _asked(
    world: World, method: str, path: str, headers: dict[str, str], body: Any
) -> dict[str, Any]:
    url = world.config.shop_url + path
    if not outgoing.is_local(url):
        return {"status": 0, "body": None}
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    if content is not None:
        headers = {**headers, "Content-Type": "application/json"}
    try:
        async with httpx2.AsyncClient(
            verify=outgoing.TLS, trust_env=False, timeout=TIMEOUT_S
        ) as http:
            answer = await http.request(method, url, content=content, headers=headers)
    except httpx2.HTTPError as failure:
        return {"status": 0, "body": None, "error": type(failure).__name__}
    return {"status": answer.status_code, "body": _json(answer)}


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None

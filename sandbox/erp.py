"""An ERP (企业资源计划) that hears a shop's feed: it believes signatures, and counts what lacks.

`POST /erp/<name>/hook` is its door; the keys it trusts and what it heard stand under
`/_sim/erp/<name>`. Failures are ordered as everywhere: `http500`, `429`, `timeout`, `slow`, and
with `when: after` the message is taken and its answer lost.
"""

import hmac
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.timetable import Doc
from sandbox.world import World

WINDOW_S = 300


def routes(world: World) -> list[BaseRoute]:
    """The ERP's door, and looking into it."""

    async def hook(request: Request) -> Response:
        return _take(world, request, await request.body())

    async def desk(request: Request) -> Response:
        erp = _erp(world, request.path_params["name"])
        if request.method == "POST":
            erp["keys"] |= await request.json()
        return JSONResponse(report(world, request.path_params["name"]))

    return [
        Route("/erp/{name}/hook", hook, methods=["POST"]),
        Route("/_sim/erp/{name}", desk, methods=["GET", "POST"]),
    ]


def report(world: World, name: str) -> Doc:
    """What one ERP heard: numbers in the order of arrival, those heard twice and those that lack.

    Refused calls are told with their reason, no key is.
    """
    erp = _erp(world, name)
    heard: list[int] = [message["sequence"] for message in erp["messages"]]
    once = set(heard)
    return {
        "heard": heard,
        "duplicates": erp["duplicates"],
        "holes": sorted(set(range(1, max(once, default=0) + 1)) - once),
        "in_order": heard == sorted(heard),
        "refused": erp["refused"],
        "messages": erp["messages"],
    }


def _erp(world: World, name: str) -> Doc:
    fresh: Doc = {"keys": {}, "messages": [], "duplicates": [], "refused": []}
    return world.collection("erps").setdefault(name, fresh)


def _take(world: World, request: Request, body: bytes) -> Response:
    """A message taken before is confirmed and changes nothing."""
    erp = _erp(world, request.path_params["name"])
    why = _why_not(world, erp, request, body)
    if why:
        erp["refused"].append(why)
        return JSONResponse({"code": why}, status_code=401)
    message: dict[str, Any] = json.loads(body)
    if any(known["sequence"] == message["sequence"] for known in erp["messages"]):
        erp["duplicates"].append(message["sequence"])
    else:
        erp["messages"].append(message)
    world.changed()
    return JSONResponse({"code": "ok"})


def _why_not(world: World, erp: Doc, request: Request, body: bytes) -> str:
    """Why a call is not believed; empty when it is."""
    head = request.headers
    stamp, sequence = head.get("daogou-timestamp", ""), head.get("daogou-sequence", "")
    if not stamp.isdigit() or abs(world.wall().timestamp() - int(stamp)) > WINDOW_S:
        return "stale"
    said = f"{stamp}.{sequence}.".encode() + body
    for part in head.get("daogou-signature", "").split(","):
        key_id, _, given = part.partition("=")
        key = erp["keys"].get(key_id)
        if key and hmac.compare_digest(hmac.new(key.encode(), said, "sha256").hexdigest(), given):
            is_same = str(json.loads(body).get("sequence")) == sequence
            return "" if is_same else "other_sequence"
    return "bad_signature"

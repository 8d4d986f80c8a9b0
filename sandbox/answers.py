"""How api.weixin and qyapi answer: HTTP 200, JSON, and an errcode that is 0 when all is well."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.world import World

MEANINGS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40037: "invalid template_id",
    40056: "invalid agentid",
    40058: "invalid parameter",
    40068: "invalid tagid",
    40071: "tag name already exists",
    40096: "invalid external userid",
    40125: "invalid appsecret",
    40163: "code been used",
    40169: "invalid length for scene, or the data is not json string",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    41030: "invalid page",
    41048: "no customer to send",
    41051: "externaluser has started chatting",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45029: "qrcode count out of limit",
    47001: "data format error",
    47003: "argument invalid",
    48002: "api forbidden",
    50001: "redirect_url unauthorized",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    81013: "user & party & tag all invalid",
    82001: "all user & party & tag empty",
    84061: "not external contact",
    81017: "owner filter too long",
    86001: "invalid chatid",
    86003: "chatid not exist",
    87009: "invalid signature",
}


class Refusal(Exception):
    """An answer with an errcode other than 0."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Call:
    """One API call: its query values, its JSON body ({} when it has none) and who is asked."""

    query: Mapping[str, str]
    body: dict[str, Any]
    world: World
    note: dict[str, Any]

    def need(self, name: str) -> Any:
        """A field of the body. Raises Refusal 40058 when it is missing or empty."""
        value = self.body.get(name)
        if value in (None, "", []):
            raise Refusal(40058, name)
        return value

    def count(self, name: str, *, default: int, most: int) -> int:
        """A whole number of the body between 1 and `most`. Raises Refusal 40058."""
        value = self.body.get(name, default)
        if not isinstance(value, int) or not 1 <= value <= most:
            raise Refusal(40058, name)
        return value


Answer = Callable[[Call], Awaitable[dict[str, Any] | Response]]


def api(world: World, method: str, path: str, answer: Answer, kind: str = "json") -> Route:
    """A route of a platform API; `kind` "text" answers JSON as text/plain, as some calls do."""
    media = "text/plain" if kind == "text" else "application/json; encoding=utf-8"

    async def endpoint(request: Request) -> Response:
        note: dict[str, Any] = {"api": path}
        request.state.note = note
        try:
            if request.method != method:
                raise Refusal(43001 if method == "GET" else 43002)
            body = await _body(request) if method == "POST" else {}
            result = await answer(Call(request.query_params, body, world, note))
        except Refusal as no:
            result = refused(world, no)
        if isinstance(result, Response):
            return result
        note["errcode"] = result.get("errcode", 0)
        return Response(json.dumps(result, ensure_ascii=False), media_type=media)

    return Route(path, endpoint, methods=["GET", "POST"], name=path)


def ok(**fields: Any) -> dict[str, Any]:
    """The answer of a call that went well."""
    return {"errcode": 0, "errmsg": "ok", **fields}


def refused(world: World, no: Refusal) -> dict[str, Any]:
    """The answer of a refused call, with a request id as the platform adds one."""
    text = MEANINGS.get(no.errcode, "refused")
    detail = f" {no.detail}" if no.detail else ""
    return {"errcode": no.errcode, "errmsg": f"{text}{detail} rid: {world.new_id('rid', 20)}"}


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        raise Refusal(44002)
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refusal(47001) from None
    if not isinstance(body, dict):
        raise Refusal(47001)
    return body

"""JS-SDK: tickets, and a stand-in for the script that a side panel loads inside WeCom."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import messages, oauth, outgoing, people, wxa_crypto
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import Corp
from sandbox.timetable import Doc
from sandbox.tokens import app_of, corp_of
from sandbox.world import World

SCRIPT = Path(__file__).with_name("jwxwork.js")


def routes(world: World) -> list[BaseRoute]:
    """Tickets, the script, and the three calls that the script makes."""

    async def script(request: Request) -> Response:
        text = SCRIPT.read_text(encoding="utf-8").replace("__SANDBOX__", world.http)
        return Response(text, media_type="text/javascript")

    async def called(request: Request) -> Response:
        return await _called(world, request)

    return [
        api(world, "GET", "/cgi-bin/ticket/getticket", _account_ticket),
        api(world, "GET", "/cgi-bin/get_jsapi_ticket", _corp_ticket),
        api(world, "GET", "/cgi-bin/ticket/get", _agent_ticket),
        Route("/jwxwork.js", script),
        Route("/_sim/jssdk/{step}", called, methods=["POST"]),
    ]


async def _account_ticket(call: Call) -> dict[str, Any]:
    if call.query.get("type") != "jsapi":
        raise Refusal(40058, "type")
    return _ticket(call.world, f"account/{app_of(call).app_id}")


async def _corp_ticket(call: Call) -> dict[str, Any]:
    return _ticket(call.world, f"corp/{corp_of(call).corp_id}")


async def _agent_ticket(call: Call) -> dict[str, Any]:
    if call.query.get("type") != "agent_config":
        raise Refusal(40058, "type")
    corp = corp_of(call)
    return _ticket(call.world, f"agent/{corp.corp_id}/{corp.agent_id}")


def _ticket(world: World, owner: str) -> dict[str, Any]:
    """The same ticket during its life, then a new one."""
    tickets, now = world.collection("tickets"), world.now()
    found = tickets.get(owner)
    if found is None or datetime.fromisoformat(found["until"]) <= now:
        until = now + timedelta(seconds=world.config.limits.token_life_s)
        found = {"ticket": world.new_id("ticket js", 64), "until": until.isoformat()}
        tickets[owner] = found
    left = datetime.fromisoformat(found["until"]) - now
    return ok(ticket=found["ticket"], expires_in=int(left.total_seconds()))


async def _called(world: World, request: Request) -> Response:
    """A call of the script; its page and its member come by origin and cookie."""
    origin = request.headers.get("origin", "")
    try:
        given = json.loads(await request.body())
        who = request.cookies.get(oauth.COOKIE, "")
        result = _steps(world, request.path_params["step"], given, who)
    except (Refusal, people.Unknown, ValueError, KeyError, TypeError) as no:
        result = {"ok": False, "reason": str(no)}
    world.changed()
    headers = {"Access-Control-Allow-Credentials": "true", "Vary": "Origin"}
    if outgoing.is_local(origin):
        headers["Access-Control-Allow-Origin"] = origin
    return Response(json.dumps(result), headers=headers, media_type="application/json")


def _steps(world: World, step: str, given: Doc, who: str) -> Doc:
    if step == "config":
        return _check_config(world, given, f"corp/{given['appId']}")
    if step == "agent_config":
        corp = world.corps[given["corpid"]]
        return _check_config(world, given, f"agent/{corp.corp_id}/{given['agentid']}")
    if step == "invoke":
        return _invoke(world, given, who)
    raise people.Unknown("step")


def _check_config(world: World, given: Doc, owner: str) -> Doc:
    """Is the page signed with the newest ticket, for exactly the address it is shown at?"""
    ticket = world.collection("tickets").get(owner)
    if ticket is None:
        return {"ok": False, "reason": "invalid ticket"}
    right = wxa_crypto.page_signature(
        ticket=ticket["ticket"],
        nonce=str(given["nonceStr"]),
        timestamp=str(given["timestamp"]),
        url=str(given["url"]),
    )
    if given["signature"] != right:
        return {"ok": False, "reason": "invalid signature"}
    return {"ok": True}


def _invoke(world: World, given: Doc, who: str) -> Doc:
    """An API of the client, called by the member whose client this is."""
    corp, place = people.member_corp(world, who), world.collection("panels").get(who, {})
    name, args = given["api"], given.get("args") or {}
    if name == "getContext":
        entry = "group_chat_tools" if place.get("chat_id") else "single_chat_tools"
        return {"ok": True, "entry": entry}
    if name == "getCurExternalChat" and place.get("chat_id"):
        return {"ok": True, "chatId": place["chat_id"]}
    if name == "getCurExternalContact" and place.get("user_id"):
        external = people.external_userid(world, corp.corp_id, place["user_id"])
        return {"ok": True, "userId": external}
    if name == "sendChatMessage":
        return _send(world, corp, who, place, args)
    return {"ok": False, "reason": "no permission or not here"}


def _send(world: World, corp: Corp, who: str, place: Doc, args: Doc) -> Doc:
    to = place.get("chat_id") or place.get("user_id")
    kind = args.get("msgtype")
    if not to or kind not in {"text", "miniprogram", "news", "image"}:
        return {"ok": False, "reason": "no chat or unknown msgtype"}
    content = args[kind]
    if kind == "miniprogram":
        app = people.app(world, content["appid"])
        content = {
            "appid": app.app_id,
            "title": content["title"],
            "path": _page(str(content["page"])),
            "picture": content.get("imgUrl", ""),
        }
    where = {"chat_id": to} if place.get("chat_id") else {}
    kept = messages.keep(
        world,
        channel="group" if where else "single",
        to=to,
        sender=who,
        body={"msgtype": kind, **content},
        corp_id=corp.corp_id,
        **where,
    )
    return {"ok": True, "message_id": kept["id"]}


def _page(given: str) -> str:
    """WeCom wants `.html` behind the page's path and opens the page without it."""
    page, mark, query = given.partition("?")
    return page.removesuffix(".html") + mark + query

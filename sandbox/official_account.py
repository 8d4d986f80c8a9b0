"""Official account (公众号): scene codes, following, and web login; as much as callbacks need."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import callbacks, codes, people, pictures
from sandbox.answers import Call, Refusal, api
from sandbox.config import App
from sandbox.timetable import Doc
from sandbox.tokens import app_of
from sandbox.world import World

PERMANENT = {"QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"}
ACTIONS = {"QR_SCENE", "QR_STR_SCENE", *PERMANENT}


def routes(world: World) -> list[BaseRoute]:
    """Scene codes and web login."""

    async def show(request: Request) -> Response:
        ticket = request.query_params.get("ticket", "")
        made = world.collection("account_codes").get(ticket)
        if made is None:
            return Response("", 404)
        return Response(pictures.qr_png(made["url"]), media_type="image/png")

    return [
        api(world, "POST", "/cgi-bin/qrcode/create", _create_code),
        Route("/cgi-bin/showqrcode", show),
        api(world, "GET", "/sns/oauth2/access_token", _oauth),
    ]


def scan(world: World, user_id: str, key: str) -> Doc:
    """A person scans a scene code: follows the account, or is greeted as a follower."""
    ticket = next(
        (name for name, doc in world.collection("account_codes").items() if doc["key"] == key), ""
    )
    if not ticket or world.collection("account_codes")[ticket]["until"] < world.now().timestamp():
        raise people.Unknown("code")
    made = world.collection("account_codes")[ticket]
    app = world.apps[made["app_id"]]
    openid = people.openid(world, app.app_id, user_id)
    followers = world.collection("followers").setdefault(app.app_id, {})
    if openid in followers:
        fields = {"Event": "SCAN", "EventKey": made["scene"], "Ticket": ticket}
    else:
        followers[openid] = int(world.now().timestamp())
        key = f"qrscene_{made['scene']}"
        fields = {"Event": "subscribe", "EventKey": key, "Ticket": ticket}
    callbacks.tell_app(world, app, openid, fields)
    return {"kind": "official_account", "app_id": app.app_id, "event": fields["Event"]}


async def _create_code(call: Call) -> dict[str, Any]:
    app, world = app_of(call), call.world
    action = call.body.get("action_name")
    scene = (call.body.get("action_info") or {}).get("scene") or {}
    value = scene.get("scene_str") if "STR" in str(action) else scene.get("scene_id")
    if action not in ACTIONS or not value or len(str(value)) > 64:
        raise Refusal(40058, "action_name or scene")
    life = int(call.body.get("expire_seconds", 60))
    if not 1 <= life <= 2_592_000:
        raise Refusal(40058, "expire_seconds")
    ticket, key = world.new_id("ticket", 60, "gQ"), world.new_id("account code", 20)
    until = world.now().timestamp() + (life if action not in PERMANENT else 10**9)
    made = {"app_id": app.app_id, "scene": str(value), "until": until, "key": key}
    made["url"] = f"{world.http}/account-code/{key}"
    world.collection("account_codes")[ticket] = made
    shown = {"ticket": ticket, "url": made["url"]}
    return shown if action in PERMANENT else {**shown, "expire_seconds": life}


async def _oauth(call: Call) -> dict[str, Any]:
    app = _named(call)
    spent = codes.spend(call.world, "oauth", call.query.get("code", ""), app.app_id)
    openid = people.openid(call.world, app.app_id, spent["who"])
    answer: dict[str, Any] = {
        "access_token": call.world.new_id("user token", 60),
        "expires_in": 7200,
        "refresh_token": call.world.new_id("user refresh", 60),
        "openid": openid,
        "scope": spent["scope"],
    }
    union_id = people.union_id(call.world, spent["who"])
    return {**answer, "unionid": union_id} if union_id else answer


def _named(call: Call) -> App:
    app = call.world.apps.get(call.query.get("appid", ""))
    if app is None or app.kind != "official_account":
        raise Refusal(40013)
    if call.query.get("secret") != app.secret:
        raise Refusal(40001)
    return app

"""Mini program (小程序): login, session, phone number and mini-program codes."""

import base64
import hmac
import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from sandbox import codes, people, pictures, wxa_crypto
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import App
from sandbox.timetable import Doc
from sandbox.tokens import app_of
from sandbox.world import World

SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~%]{1,32}")


def routes(world: World) -> list[BaseRoute]:
    """Login, session, phone and code calls of api.weixin.qq.com."""
    return [
        api(world, "GET", "/sns/jscode2session", _login, kind="text"),
        api(world, "GET", "/wxa/checksession", _check_session),
        api(world, "GET", "/wxa/resetusersessionkey", _reset_session),
        api(world, "POST", "/wxa/business/getuserphonenumber", _phone),
        api(world, "POST", "/wxa/getwxacodeunlimit", _code_unlimited),
        api(world, "POST", "/wxa/getwxacode", _code),
        api(world, "POST", "/cgi-bin/wxaapp/createwxaqrcode", _code),
    ]


def open_code(world: World, key: str) -> Doc:
    """What scanning a mini-program code opens: app, page, query. Raises people.Unknown."""
    found = world.collection("wxa_codes").get(key)
    if found is None:
        raise people.Unknown("code")
    return {"app_id": found["app_id"], "page": found["page"], "query": found["query"]}


def phone_data(world: World, app: App, user_id: str) -> Doc:
    """The old way of the phone button: encryptedData under the newest session key, or nothing."""
    session = _session(world, app, people.openid(world, app.app_id, user_id))
    if session is None:
        return {}
    iv = world.stable_bytes("iv", str(world.next_number("iv")), length=16)
    data = _phone_info(world, app, user_id)
    sealed = wxa_crypto.encrypt_data(session["session_key"], iv, data)
    return {"encryptedData": sealed, "iv": base64.b64encode(iv).decode()}


async def _login(call: Call) -> dict[str, Any]:
    app = _named_app(call.world, call.query)
    if call.query.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    if not call.query.get("js_code"):
        raise Refusal(41008)
    spent = codes.spend(call.world, "login", call.query["js_code"], app.app_id)
    call.note.update(app_id=app.app_id, user_id=spent["user_id"])
    _count_login(call.world, spent["user_id"])
    openid = people.openid(call.world, app.app_id, spent["user_id"])
    answer = {"session_key": _new_session(call.world, app, openid), "openid": openid}
    union_id = people.union_id(call.world, spent["user_id"])
    return {**answer, "unionid": union_id} if union_id else answer


def _named_app(world: World, query: Mapping[str, str]) -> App:
    app = world.apps.get(query.get("appid", ""))
    if app is None or app.kind != "mini_program":
        raise Refusal(40013)
    if not hmac.compare_digest(query.get("secret", "").encode(), app.secret.encode()):
        raise Refusal(40001)
    return app


def _count_login(world: World, user_id: str) -> None:
    minute = int(world.now().timestamp()) // 60
    logins = world.collection("logins").setdefault(user_id, {"minute": minute, "count": 0})
    if logins["minute"] != minute:
        logins.update(minute=minute, count=0)
    logins["count"] += 1
    if logins["count"] > world.config.limits.codes_per_minute:
        raise Refusal(45011)


def _new_session(world: World, app: App, openid: str) -> str:
    number = str(world.next_number("session"))
    key = base64.b64encode(world.stable_bytes("session", number, length=16)).decode()
    world.collection("sessions")[f"{app.app_id}/{openid}"] = {"session_key": key}
    return key


def _session(world: World, app: App, openid: str) -> Doc | None:
    return world.collection("sessions").get(f"{app.app_id}/{openid}")


async def _check_session(call: Call) -> dict[str, Any]:
    _checked_session(call)
    return ok()


async def _reset_session(call: Call) -> dict[str, Any]:
    app, openid = _checked_session(call)
    return ok(openid=openid, session_key=_new_session(call.world, app, openid))


def _checked_session(call: Call) -> tuple[App, str]:
    app = app_of(call)
    openid = call.query.get("openid", "")
    session = _session(call.world, app, openid)
    if session is None:
        raise Refusal(40003)
    right = wxa_crypto.session_signature("", session["session_key"])
    given = call.query.get("signature", "")
    is_right = hmac.compare_digest(given.encode(), right.encode())
    if call.query.get("sig_method") != "hmac_sha256" or not is_right:
        raise Refusal(87009)
    return app, openid


async def _phone(call: Call) -> dict[str, Any]:
    app = app_of(call)
    code = call.body.get("code")
    if not code:
        raise Refusal(41008)
    spent = codes.spend(call.world, "phone", str(code), app.app_id)
    openid = call.body.get("openid")
    if openid and people.user_of_openid(call.world, app.app_id, openid) != spent["user_id"]:
        raise Refusal(40029)
    call.note["user_id"] = spent["user_id"]
    return ok(phone_info=_phone_info(call.world, app, spent["user_id"]))


def _phone_info(world: World, app: App, user_id: str) -> Doc:
    phone = str(people.user(world, user_id)["phone"])
    country, pure = "86", phone
    if phone.startswith("+"):
        country, _, pure = phone[1:].partition("-")
    return {
        "phoneNumber": phone if country == "86" else f"+{country} {pure}",
        "purePhoneNumber": pure,
        "countryCode": country,
        "watermark": {"timestamp": int(world.wall().timestamp()), "appid": app.app_id},
    }


async def _code_unlimited(call: Call) -> Response:
    app = app_of(call)
    scene, page = call.body.get("scene"), str(call.body.get("page") or "")
    if not isinstance(scene, str) or not SCENE.fullmatch(scene):
        raise Refusal(40169)
    if page.startswith("/") or "?" in page:
        raise Refusal(41030)
    if call.body.get("check_path", True):
        _check_page(app, page)
    return _picture(call, app, page or "pages/index/index", f"scene={scene}")


async def _code(call: Call) -> Response:
    app = app_of(call)
    page, _, query = str(call.need("path")).partition("?")
    used = call.world.collection("wxa_quota").setdefault(app.app_id, {"used": 0})
    if used["used"] >= call.world.config.limits.mini_program_codes:
        raise Refusal(45029)
    used["used"] += 1
    return _picture(call, app, page.lstrip("/"), query)


def _check_page(app: App, page: str) -> None:
    if app.pages and page and page not in app.pages:
        raise Refusal(41030)


def _picture(call: Call, app: App, page: str, query: str) -> Response:
    """The same app, page and query give the same code."""
    world = call.world
    key = world.stable_id("wxa code", app.app_id, page, query, length=20)
    world.collection("wxa_codes")[key] = {"app_id": app.app_id, "page": page, "query": query}
    call.note.update(page=page, code=key)
    width = call.count("width", default=430, most=1280)
    picture = pictures.qr_png(f"{world.http}/wxa-code/{key}", max(width, 120))
    return Response(picture, media_type="image/png")

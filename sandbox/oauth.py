"""Web login: the authorize page of open.weixin.qq.com and who stands behind a code."""

from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import codes, people
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import App, Corp
from sandbox.tokens import corp_of
from sandbox.world import World

COOKIE = "sim_person"
AUTHORIZE = "/connect/oauth2/authorize"


def routes(world: World) -> list[BaseRoute]:
    """The page of the client and the two calls behind it."""

    async def authorize(request: Request) -> Response:
        return _authorize(world, request)

    return [
        Route(AUTHORIZE, authorize),
        api(world, "GET", "/cgi-bin/auth/getuserinfo", _user_info),
        api(world, "GET", "/cgi-bin/user/getuserinfo", _old_user_info),
    ]


def consent(world: World, url: str, who: str) -> str:
    """A person or member opens an authorize address: where their client goes, with the code.

    Raises Refusal when the address is not one the platform accepts, people.Unknown for nobody.
    """
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    target = _target(world, asked)
    kind = _kind_of(world, target, who)
    owner = target.corp_id if isinstance(target, Corp) else target.app_id
    code = codes.give(world, "oauth", owner=owner, who=who, who_is=kind, scope=asked["scope"])
    back = asked["redirect_uri"]
    values = urlencode({"code": code, "state": asked.get("state", "")})
    return f"{back}{'&' if urlsplit(back).query else '?'}{values}"


def _target(world: World, asked: dict[str, str]) -> App | Corp:
    if asked.get("response_type") != "code" or "scope" not in asked:
        raise Refusal(40058, "response_type or scope")
    back = urlsplit(asked.get("redirect_uri", ""))
    corp = world.corps.get(asked.get("appid", ""))
    if corp is not None:
        if back.netloc not in corp.redirect_hosts or back.scheme not in {"http", "https"}:
            raise Refusal(50001)
        return corp
    app = world.apps.get(asked.get("appid", ""))
    if app is None or app.kind != "official_account" or not back.netloc:
        raise Refusal(40013)
    return app


def _kind_of(world: World, target: App | Corp, who: str) -> str:
    if isinstance(target, Corp) and any(member.userid == who for member in target.members):
        return "member"
    people.user(world, who)
    return "user"


def _authorize(world: World, request: Request) -> Response:
    who = request.query_params.get(COOKIE) or request.cookies.get(COOKIE, "")
    try:
        if who:
            return RedirectResponse(consent(world, str(request.url), who), status_code=302)
        target = _target(world, dict(request.query_params))
    except Refusal as no:
        return HTMLResponse(f"<h1>无法登录</h1><p>{no.errcode} {escape(no.detail)}</p>", 400)
    except people.Unknown:
        return HTMLResponse("<h1>没有这个人</h1>", 404)
    return HTMLResponse(_choice(world, target, str(request.url.query)))


def _choice(world: World, target: App | Corp, query: str) -> str:
    """Whose client is this? A link for each person that could open the address."""
    found = [(one["id"], one["name"]) for one in world.collection("users").values()]
    if isinstance(target, Corp):
        found = [(member.userid, member.name) for member in target.members] + found
    links = "".join(
        f'<li><a href="?{escape(query)}&amp;{COOKIE}={escape(who)}">{escape(name)}</a></li>'
        for who, name in found
    )
    head = '<!doctype html><meta charset="utf-8"><title>登录</title>'
    return f"{head}<h1>以谁的身份？</h1><ul>{links}</ul>"


async def _user_info(call: Call) -> dict[str, Any]:
    corp = corp_of(call)
    spent = _spent(call, corp)
    if spent["who_is"] == "member":
        return ok(userid=spent["who"])
    answer = ok(openid=people.openid(call.world, corp.corp_id, spent["who"]))
    external = people.external_userid(call.world, corp.corp_id, spent["who"])
    if people.follows(call.world, corp.corp_id, external=external):
        answer["external_userid"] = external
    return answer


async def _old_user_info(call: Call) -> dict[str, Any]:
    corp = corp_of(call)
    spent = _spent(call, corp)
    if spent["who_is"] == "member":
        return ok(UserId=spent["who"], DeviceId="")
    return ok(OpenId=people.openid(call.world, corp.corp_id, spent["who"]), DeviceId="")


def _spent(call: Call, corp: Corp) -> dict[str, Any]:
    code = call.query.get("code", "")
    if not code:
        raise Refusal(41008)
    return codes.spend(call.world, "oauth", code, corp.corp_id, used=40029)

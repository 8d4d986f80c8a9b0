"""Access tokens: plain, stable and WeCom, each for its own app or secret, with their lives."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from starlette.routing import BaseRoute

from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import App, Corp
from sandbox.timetable import Doc
from sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """The calls that hand out tokens."""
    return [
        api(world, "GET", "/cgi-bin/token", _plain),
        api(world, "POST", "/cgi-bin/stable_token", _stable),
        api(world, "GET", "/cgi-bin/gettoken", _wecom),
    ]


def app_of(call: Call) -> App:
    """The app whose token the call carries. Raises Refusal 41001, 40001 or 42001."""
    token = _token(call, "app", unknown=40001)
    call.note["app_id"] = token["owner"]
    return call.world.apps[token["owner"]]


def corp_of(call: Call, *, contact: bool = False) -> Corp:
    """The corp whose token the call carries.

    With `contact` the token must be of the customer-contact secret, or of an app that may read
    contacts; without, of the app's own secret. Raises Refusal 41001, 40014, 42001 or 48002.
    """
    token = _token(call, "corp", unknown=40014)
    corp = call.world.corps[token["owner"]]
    call.note["corp_id"] = corp.corp_id
    has_right = token["right"] == "contact" or corp.app_may_read_contacts
    if (contact and not has_right) or (not contact and token["right"] != "app"):
        raise Refusal(48002)
    return corp


def _token(call: Call, family: str, unknown: int) -> Doc:
    given = call.query.get("access_token", "")
    if not given:
        raise Refusal(41001)
    token = call.world.collection("tokens").get(given)
    if token is None or token["family"] != family:
        raise Refusal(unknown)
    if call.world.now() >= datetime.fromisoformat(token["until"]):
        raise Refusal(42001)
    return token


async def _plain(call: Call) -> dict[str, Any]:
    if call.query.get("grant_type") != "client_credential":
        raise Refusal(40002)
    app = _checked_app(call.world, call.query)
    grace = call.world.now() + timedelta(seconds=call.world.config.limits.token_grace_s)
    for token in _tokens(call.world, app.app_id, "plain"):
        token["until"] = min(token["until"], grace.isoformat())
    return _issue(call.world, app.app_id, "plain", "app")


async def _stable(call: Call) -> dict[str, Any]:
    if call.body.get("grant_type") != "client_credential":
        raise Refusal(40002)
    app = _checked_app(call.world, call.body)
    if call.body.get("force_refresh"):
        for token in _tokens(call.world, app.app_id, "stable"):
            token["until"] = call.world.now().isoformat()
    return _same_or_new(call.world, app.app_id, "stable", "app")


async def _wecom(call: Call) -> dict[str, Any]:
    corp = call.world.corps.get(call.query.get("corpid", ""))
    if corp is None:
        raise Refusal(40013)
    secret = call.query.get("corpsecret", "")
    rights = {"app": corp.secret, "contact": corp.contact_secret}
    for right, known in rights.items():
        if known and hmac.compare_digest(secret.encode(), known.encode()):
            return ok(**_same_or_new(call.world, corp.corp_id, "wecom", "corp", right))
    raise Refusal(40001)


def _checked_app(world: World, given: Any) -> App:
    if not given.get("appid"):
        raise Refusal(41002)
    if not given.get("secret"):
        raise Refusal(41004)
    app = world.apps.get(given["appid"])
    if app is None:
        raise Refusal(40013)
    if not hmac.compare_digest(str(given["secret"]).encode(), app.secret.encode()):
        raise Refusal(40001)
    return app


def _tokens(world: World, owner: str, kind: str, right: str = "") -> list[Doc]:
    """Living tokens, oldest first; dead ones are swept away on the way."""
    tokens, now = world.collection("tokens"), world.now().isoformat()
    swept = (world.now() - timedelta(days=1)).isoformat()
    for name in [name for name, token in tokens.items() if token["until"] < swept]:
        del tokens[name]
    return [
        token
        for token in tokens.values()
        if (token["owner"], token["kind"], token["right"]) == (owner, kind, right)
        and token["until"] > now
    ]


def _same_or_new(
    world: World, owner: str, kind: str, family: str, right: str = ""
) -> dict[str, Any]:
    living = _tokens(world, owner, kind, right)
    if not living:
        return _issue(world, owner, kind, family, right)
    left = datetime.fromisoformat(living[-1]["until"]) - world.now()
    _count(world, owner, kind)
    return {"access_token": living[-1]["token"], "expires_in": int(left.total_seconds())}


def _issue(world: World, owner: str, kind: str, family: str, right: str = "") -> dict[str, Any]:
    life = world.config.limits.token_life_s
    token = f"{world.next_number('token')}_{world.new_id('access token', 64)}"
    world.collection("tokens")[token] = {
        "token": token,
        "owner": owner,
        "kind": kind,
        "family": family,
        "right": right,
        "until": (world.now() + timedelta(seconds=life)).isoformat(),
    }
    _count(world, owner, kind)
    return {"access_token": token, "expires_in": life}


def _count(world: World, owner: str, kind: str) -> None:
    fetches = world.collection("token_fetches").setdefault(owner, {})
    fetches[kind] = fetches.get(kind, 0) + 1

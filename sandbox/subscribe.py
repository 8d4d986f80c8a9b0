"""Subscribe messages (订阅消息): grants by popup, one message each, with the rules for values."""

import re
from collections.abc import Callable
from typing import Any

from starlette.routing import BaseRoute

from sandbox import callbacks, messages, people
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import App
from sandbox.tokens import app_of
from sandbox.world import World

Rule = Callable[[str], bool]


def _matches(pattern: str) -> Rule:
    known = re.compile(pattern)
    return lambda text: known.fullmatch(text) is not None


RULES: dict[str, Rule] = {
    "thing": lambda text: 0 < len(text) <= 20,
    "number": _matches(r"[0-9]{1,32}(\.[0-9]+)?"),
    "letter": _matches(r"[A-Za-z]{1,32}"),
    "symbol": lambda text: 0 < len(text) <= 5 and not any(c.isalnum() for c in text),
    "character_string": _matches(r"[!-~]{1,32}"),
    "time": _matches(r"[0-9年月日:：~\-/. ]*[0-9]{1,2}:[0-9]{2}[0-9年月日:：~\-/. ]*"),
    "date": _matches(r"[0-9]{4}[年\-/.][0-9年月日:：~\-/. ]+"),
    "amount": _matches(r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?"),
    "phone_number": _matches(r"[0-9+\-() #*]{1,17}"),
    "car_number": lambda text: 0 < len(text) <= 8,
    "name": lambda text: 0 < len(text) <= (20 if text.isascii() else 10),
    "phrase": _matches(r"[\u4e00-\u9fff]{1,5}"),
}
STATES = {"developer", "trial", "formal"}


def routes(world: World) -> list[BaseRoute]:
    """Sending, and the list of templates."""
    return [
        api(world, "POST", "/cgi-bin/message/subscribe/send", _send),
        api(world, "GET", "/wxaapi/newtmpl/gettemplate", _templates),
    ]


def popup(world: World, app: App, user_id: str, choices: dict[str, str]) -> dict[str, int]:
    """A person answers the popup: `accept` grants one message per template; the app is told.

    Answers the grants left per template.
    """
    openid = people.openid(world, app.app_id, user_id)
    for template_id, choice in choices.items():
        if not app.templates:
            key = f"{app.app_id}/{template_id}"
            world.collection("templates").setdefault(key, {"id": template_id, "keys": []})
        if choice == "accept":
            _grants(world, openid)[template_id] = _grants(world, openid).get(template_id, 0) + 1
    entries = [
        {"TemplateId": template_id, "SubscribeStatusString": choice, "PopupScene": "0"}
        for template_id, choice in choices.items()
    ]
    _tell(world, app, openid, "subscribe_msg_popup_event", "SubscribeMsgPopupEvent", entries)
    return dict(_grants(world, openid))


def switch_off(world: World, app: App, user_id: str, template_id: str) -> None:
    """A person turns a template off in the settings: grants are gone, the app is told."""
    openid = people.openid(world, app.app_id, user_id)
    _grants(world, openid).pop(template_id, None)
    entry = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    _tell(world, app, openid, "subscribe_msg_change_event", "SubscribeMsgChangeEvent", [entry])


def _grants(world: World, openid: str) -> dict[str, int]:
    return world.collection("grants").setdefault(openid, {})


def _tell(
    world: World, app: App, openid: str, event: str, box: str, entries: list[dict[str, str]]
) -> None:
    listed: Any = entries[0] if len(entries) == 1 else entries
    fields = {"List": listed} if app.format == "json" else {box: {"List": entries}}
    callbacks.tell_app(world, app, openid, {"Event": event, **fields})


async def _templates(call: Call) -> dict[str, Any]:
    app = app_of(call)
    data = [
        {"priTmplId": one.id, "title": one.title, "content": "", "example": "", "type": 2}
        for one in app.templates
    ]
    return ok(data=data)


async def _send(call: Call) -> dict[str, Any]:
    app, world = app_of(call), call.world
    openid, template_id = str(call.need("touser")), str(call.need("template_id"))
    user_id = people.user_of_openid(world, app.app_id, openid)
    if user_id is None:
        raise Refusal(40003)
    keys = _known_keys(world, app, template_id)
    page = str(call.body.get("page") or "")
    if app.pages and page and page.partition("?")[0].lstrip("/") not in app.pages:
        raise Refusal(41030)
    if call.body.get("miniprogram_state", "formal") not in STATES:
        raise Refusal(47003, "miniprogram_state")
    data = _checked_data(call.body.get("data"), keys)
    call.note.update(app_id=app.app_id, user_id=user_id)
    _spend_grant(world, openid, template_id)
    message = messages.keep(
        world,
        channel="subscribe",
        to=user_id,
        sender=app.app_id,
        body={"template_id": template_id, "page": page, "data": data},
    )
    entry = {"TemplateId": template_id, "MsgID": message["id"], "ErrorCode": "0"}
    entry["ErrorStatus"] = "success"
    _tell(world, app, openid, "subscribe_msg_sent_event", "SubscribeMsgSentEvent", [entry])
    return ok(msgid=message["number"])


def _known_keys(world: World, app: App, template_id: str) -> tuple[str, ...]:
    for template in app.templates:
        if template.id == template_id:
            return template.keys
    seen = world.collection("templates").get(f"{app.app_id}/{template_id}")
    if seen is None:
        raise Refusal(40037)
    return tuple(seen["keys"])


def _spend_grant(world: World, openid: str, template_id: str) -> None:
    grants = _grants(world, openid)
    if grants.get(template_id, 0) < 1:
        raise Refusal(43101)
    grants[template_id] -= 1


def _checked_data(data: Any, keys: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(data, dict) or not data:
        raise Refusal(47003, "data")
    values = {}
    for key, holder in data.items():
        value = holder.get("value") if isinstance(holder, dict) else None
        rule = RULES.get(re.sub(r"[0-9]+$", "", key))
        if rule is None or (keys and key not in keys):
            raise Refusal(47003, f"data.{key} is not in the template")
        if not isinstance(value, str | int | float) or not rule(str(value)):
            raise Refusal(47003, f"data.{key}.value invalid")
        values[key] = str(value)
    for key in keys:
        if key not in values:
            raise Refusal(47003, f"data.{key} is empty")
    return values

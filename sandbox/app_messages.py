"""Messages of a WeCom app to members: errcode is 0 even when some receivers are invalid."""

import json
from typing import Any

from starlette.routing import BaseRoute

from sandbox import messages
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import Corp
from sandbox.tokens import corp_of
from sandbox.world import World

NEEDED = {
    "text": ("content",),
    "markdown": ("content",),
    "image": ("media_id",),
    "voice": ("media_id",),
    "video": ("media_id",),
    "file": ("media_id",),
    "textcard": ("title", "description", "url"),
    "news": ("articles",),
    "miniprogram_notice": ("appid", "title"),
    "template_card": ("card_type",),
}


def routes(world: World) -> list[BaseRoute]:
    """Sending and recalling."""
    return [
        api(world, "POST", "/cgi-bin/message/send", _send),
        api(world, "POST", "/cgi-bin/message/recall", _recall),
    ]


async def _send(call: Call) -> dict[str, Any]:
    corp, world = corp_of(call), call.world
    if str(call.body.get("agentid", "")) != str(corp.agent_id):
        raise Refusal(40056)
    kind, content = _content(call)
    given = [name for name in str(call.body.get("touser") or "").split("|") if name]
    if not given and not call.body.get("toparty") and not call.body.get("totag"):
        raise Refusal(82001)
    known, invalid = _receivers(corp, given, str(call.body.get("toparty") or ""))
    if not known:
        raise Refusal(81013)
    msgid = world.new_id("wecom message", 64)
    if not _is_repeat(call):
        for userid in known:
            messages.keep(
                world,
                channel="wecom_app",
                to=userid,
                sender=f"{corp.corp_id}/{corp.agent_id}",
                body={"msgtype": kind, kind: content},
                msgid=msgid,
            )
    call.note.update(to="|".join(known), invaliduser="|".join(invalid))
    return ok(invaliduser="|".join(invalid), invalidparty="", invalidtag="", msgid=msgid)


def _content(call: Call) -> tuple[str, dict[str, Any]]:
    kind = str(call.body.get("msgtype", ""))
    content = call.body.get(kind)
    if kind not in NEEDED or not isinstance(content, dict):
        raise Refusal(40058, "msgtype")
    for name in NEEDED[kind]:
        if not content.get(name):
            raise Refusal(40058, f"{kind}.{name}")
    if kind in {"text", "markdown"}:
        cut = str(content["content"]).encode()[:2048].decode(errors="ignore")
        content = {**content, "content": cut}
    return kind, content


def _receivers(corp: Corp, given: list[str], party: str) -> tuple[list[str], list[str]]:
    """Known userids and unknown ones; members are compared without case."""
    known = {member.userid.lower(): member.userid for member in corp.members}
    if given == ["@all"] or (not given and party):
        return list(known.values()), []
    if len(given) > 1000:
        raise Refusal(40058, "touser")
    found = [known[name.lower()] for name in dict.fromkeys(given) if name.lower() in known]
    return found, [name for name in given if name.lower() not in known]


def _is_repeat(call: Call) -> bool:
    """With enable_duplicate_check the same message within the interval is sent once."""
    if call.body.get("enable_duplicate_check") != 1:
        return False
    interval = int(call.body.get("duplicate_check_interval", 1800))
    content = json.dumps(call.body, sort_keys=True)
    key = call.world.stable_id("duplicate", content, length=32)
    now = call.world.now().timestamp()
    seen = call.world.collection("sent_digests").setdefault(key, {"at": -interval})
    is_repeat = bool(now - seen["at"] < interval)
    if not is_repeat:
        seen["at"] = now
    return is_repeat


async def _recall(call: Call) -> dict[str, Any]:
    corp_of(call)
    wanted = str(call.need("msgid"))
    found = [doc for doc in messages.outbox(call.world) if doc.get("msgid") == wanted]
    if not found:
        raise Refusal(40058, "msgid")
    for doc in found:
        doc["status"] = "recalled"
    return ok()

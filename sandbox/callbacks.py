"""Events told to a callback: encrypted XML or JSON, 5 s, retries with the same body."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from sandbox import faults, outgoing, replies
from sandbox.config import App, Corp
from sandbox.msg_crypto import Seal, sorted_sha1
from sandbox.timetable import Doc
from sandbox.world import World

Fields = dict[str, Any]


def start(world: World) -> None:
    """Let the timetable deliver callbacks."""

    async def deliver(data: Doc) -> None:
        await _deliver(world, data["id"])

    world.timetable.on("callback", deliver)


def tell_corp(world: World, corp: Corp, fields: Fields) -> Doc:
    """Plan an event from `sys` to a corp's callback; answers its document."""
    head = {"ToUserName": corp.corp_id, "FromUserName": "sys", "CreateTime": _seconds(world)}
    return _plan(world, corp, {**head, "MsgType": "event", **fields})


def tell_app(world: World, app: App, openid: str, fields: Fields) -> Doc:
    """Plan an event of one person to an app's callback; answers its document."""
    head = {"ToUserName": app.gh_id, "FromUserName": openid, "CreateTime": _seconds(world)}
    return _plan(world, app, {**head, "MsgType": "event", **fields})


async def resend(world: World, callback_id: str) -> Doc:
    """Send a callback once more, the very same body. Raises KeyError."""
    doc = world.collection("callbacks")[callback_id]
    await _try(world, doc)
    return doc


async def check_url(world: World, target: App | Corp) -> bool:
    """The GET that the platform makes when a callback address is saved; True when it passes."""
    echo = world.stable_digits("echo", str(world.next_number("echo")), length=19)
    stamp, nonce = _stamp(world)
    if isinstance(target, Corp):
        sealed = _seal(target).close(echo, stamp, nonce)
        query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": nonce}
        query["echostr"] = sealed.encrypt
    else:
        signature = sorted_sha1(target.token, stamp, nonce)
        query = {"signature": signature, "echostr": echo, "timestamp": stamp, "nonce": nonce}
    tried = await outgoing.call(world, target.callback_url, query=query)
    return bool(tried["status"] == 200 and tried["answer"] == echo)


def to_xml(fields: Fields) -> str:
    """An event as the platform writes it: numbers plain, text in CDATA, lists repeated."""
    return f"<xml>{_children(fields)}</xml>"


def _children(fields: Fields) -> str:
    return "".join(
        f"<{name}>{_content(one)}</{name}>"
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _content(value: Any) -> str:
    if isinstance(value, dict):
        return _children(value)
    if isinstance(value, int):
        return str(value)
    return f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _plan(world: World, target: App | Corp, fields: Fields) -> Doc:
    target_id = target.corp_id if isinstance(target, Corp) else target.app_id
    text = to_xml(fields) if target.format == "xml" else json.dumps(fields, ensure_ascii=False)
    callback_id = f"cb{world.next_number('callback'):06d}"
    name = " ".join(str(fields[key]) for key in ("Event", "ChangeType") if key in fields)
    doc: Doc = {
        "id": callback_id,
        "kind": "event",
        "target": target_id,
        "event": name or str(fields["MsgType"]),
        "url": target.callback_url,
        "at": world.now().isoformat(),
        "plain": text,
        "person": str(fields["FromUserName"]),
        "status": "waiting" if target.callback_url else "no address",
        "tries": [],
    }
    world.collection("callbacks")[callback_id] = doc
    world.changed()
    if target.callback_url:
        doc.update(_sealed(world, target, text))
        world.timetable.plan("callback", world.now(), {"id": callback_id})
    return doc


def _sealed(world: World, target: App | Corp, text: str) -> Doc:
    """Query and body of the POST; they stay the same over all tries."""
    stamp, nonce = _stamp(world)
    sealed = _seal(target).close(text, stamp, nonce)
    query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": nonce}
    if isinstance(target, App):
        weak = sorted_sha1(target.token, stamp, nonce)
        query = {"signature": weak, "encrypt_type": "aes", **query}
    return {"query": query, "body": _envelope(target, sealed.encrypt)}


def _envelope(target: App | Corp, encrypt: str) -> str:
    if isinstance(target, Corp):
        fields: Fields = {"ToUserName": target.corp_id, "AgentID": str(target.agent_id)}
        as_json = {"tousername": target.corp_id, "encrypt": encrypt, "agentid": target.agent_id}
    else:
        fields = {"ToUserName": target.gh_id}
        as_json = {"ToUserName": target.gh_id, "Encrypt": encrypt}
    if target.format == "json":
        return json.dumps(as_json)
    return to_xml({**fields, "Encrypt": encrypt})


async def _deliver(world: World, callback_id: str) -> None:
    doc = world.collection("callbacks").get(callback_id)
    if doc is None or doc["status"] in {"accepted", "dropped"}:
        return
    subject = f"callback {doc['target']} {doc['event']}"
    fault = None
    if not doc["tries"] and not doc.get("held"):
        fault = faults.take(world, subject, faults.DELIVERY | {"wrong_signature"})
    if fault is not None and fault.kind in {"drop", "reorder"}:
        _hold_back(world, doc, fault.kind)
        return
    await _perform(world, doc, fault)
    for held in _held(world, doc["target"], but=callback_id):
        await _perform(world, held, None)


async def _perform(world: World, doc: Doc, fault: faults.Fault | None) -> None:
    if fault is not None and fault.kind == "wrong_signature":
        await _try(world, doc, signature="0" * 40)
    elif fault is not None and fault.kind == "duplicate":
        await asyncio.gather(_try(world, doc), _try(world, doc))
    else:
        await _try(world, doc)
    if doc["status"] == "accepted":
        return
    if len(doc["tries"]) < world.config.limits.callback_tries:
        pause = timedelta(seconds=world.config.limits.callback_retry_s)
        world.timetable.plan("callback", world.now() + pause, {"id": doc["id"]})
    else:
        doc["status"] = "given up"


def _hold_back(world: World, doc: Doc, kind: str) -> None:
    if kind == "drop":
        doc["status"] = "dropped"
        return
    doc.update(status="held", held=True)
    world.timetable.plan("callback", world.now() + timedelta(seconds=60), {"id": doc["id"]})


def _held(world: World, target: str, *, but: str) -> list[Doc]:
    found = world.collection("callbacks").values()
    return [
        doc
        for doc in found
        if doc["status"] == "held" and doc["target"] == target and doc["id"] != but
    ]


async def _try(world: World, doc: Doc, signature: str = "") -> None:
    query = dict(doc["query"])
    if signature:
        query["msg_signature"] = signature
    kind = "application/json" if doc["body"].startswith("{") else "text/xml"
    tried = await outgoing.call(
        world,
        doc["url"],
        query=query,
        body=doc["body"].encode(),
        headers={"Content-Type": kind},
    )
    doc["tries"].append(tried)
    doc["status"] = "accepted" if tried["status"] == 200 else "failed"
    if doc["status"] == "accepted" and "ncrypt" in tried["answer"]:
        target = world.apps.get(doc["target"]) or world.corps[doc["target"]]
        tried.update(replies.read(world, _seal(target), doc, tried["answer"]))
    world.changed()


def _seal(target: App | Corp) -> Seal:
    receive_id = target.corp_id if isinstance(target, Corp) else target.app_id
    return Seal(target.token, target.encoding_aes_key, receive_id)


def _stamp(world: World) -> tuple[str, str]:
    number = str(world.next_number("callback nonce"))
    nonce = world.stable_digits("callback nonce", number, length=10)
    return str(int(world.wall().timestamp())), nonce


def _seconds(world: World) -> int:
    return int(world.now().timestamp())

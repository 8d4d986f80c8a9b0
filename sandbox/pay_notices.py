"""Notices of WeChat Pay: signed and encrypted anew at each try, on the real schedule."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from core.clock import SHOP_ZONE
from sandbox import faults, outgoing, pay_crypto, pay_door
from sandbox.config import Merchant
from sandbox.timetable import Doc
from sandbox.world import World

PAUSES = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
"""Seconds before each further try; 24 h 4 min in all."""

SUMMARIES = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.ABNORMAL": "退款异常",
    "REFUND.CLOSED": "退款关闭",
}

KINDS = faults.NOTICE | faults.SIGNATURE | {"duplicate", "drop", "slow"}

Resource = dict[str, Any]


def start(world: World) -> None:
    """Let the timetable deliver notices."""

    async def deliver(data: Doc) -> None:
        await _deliver(world, data["id"])

    world.timetable.on("notice", deliver)


def plan(world: World, merchant: Merchant, url: str, event: str, content: Resource) -> Doc:
    """Plan a notice; its id stays the same over all tries. Without a URL none is sent."""
    number = content.get("refund_id") or content["transaction_id"]
    raw = world.stable_bytes("notice", event, number, length=16).hex()
    notice_id = "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))
    doc: Doc = {
        "id": notice_id,
        "kind": "notice",
        "target": merchant.mch_id,
        "event": event,
        "url": url,
        "at": world.now().isoformat(),
        "summary": SUMMARIES[event],
        "original_type": event.partition(".")[0].lower(),
        "content": content,
        "status": "waiting" if url else "no address",
        "turns": 0,
        "tries": [],
    }
    world.collection("callbacks")[notice_id] = doc
    world.changed()
    if url:
        world.timetable.plan("notice", world.now(), {"id": notice_id})
    return doc


async def resend(world: World, notice_id: str, fault: str = "") -> Doc:
    """Send a notice once more, freshly signed, spoiled by a fault when asked. Raises KeyError."""
    doc = world.collection("callbacks")[notice_id]
    await _try(world, doc, fault)
    return doc


def china_time(moment: datetime) -> str:
    """RFC 3339 in China's zone, as WeChat Pay writes times."""
    return moment.astimezone(SHOP_ZONE).isoformat(timespec="seconds")


async def _deliver(world: World, notice_id: str) -> None:
    doc = world.collection("callbacks").get(notice_id)
    if doc is None or doc["status"] in {"accepted", "dropped"}:
        return
    number = doc["content"].get("out_refund_no") or doc["content"].get("out_trade_no")
    subject = f"notice {doc['target']} {doc['event']} {number}"
    fault = faults.take(world, subject, KINDS)
    if fault is not None and fault.kind == "drop":
        doc["status"] = "dropped"
    elif fault is not None and fault.kind == "slow":
        at = world.now() + timedelta(seconds=fault.delay_s)
        world.timetable.plan("notice", at, {"id": doc["id"]})
    else:
        await _perform(world, doc, fault.kind if fault is not None else "")


async def _perform(world: World, doc: Doc, fault: str) -> None:
    """One turn of the schedule; after a spoiled try the true notice comes on the next turn."""
    if fault == "duplicate":
        await asyncio.gather(_try(world, doc), _try(world, doc))
    else:
        await _try(world, doc, fault)
    if doc["status"] == "accepted":
        return
    turn = doc["turns"]
    if turn >= len(PAUSES):
        doc["status"] = "given up"
        return
    doc["turns"] += 1
    at = world.now() + timedelta(seconds=PAUSES[turn])
    world.timetable.plan("notice", at, {"id": doc["id"]})


async def _try(world: World, doc: Doc, fault: str = "") -> None:
    merchant = world.merchants[doc["target"]]
    body = _body(world, merchant, doc, fault)
    headers = pay_door.signature_headers(world, merchant, body, fault)
    if fault == "unsigned":
        headers = {}
    headers["Content-Type"] = "application/json"
    tried = await outgoing.call(world, doc["url"], body=body, headers=headers)
    doc["tries"].append({**tried, "fault": fault})
    is_taken = tried["status"] in {200, 204} and not fault
    if is_taken:
        doc["status"] = "accepted"
    elif doc["status"] != "accepted":
        doc["status"] = "failed"
    world.changed()


def _body(world: World, merchant: Merchant, doc: Doc, fault: str) -> bytes:
    spoil: dict[str, Callable[[Resource], Resource]] = {
        "wrong_amount": _wrong_amount,
        "other_mchid": lambda content: {**content, "mchid": "1999999999"},
        "wrong_app": lambda content: {**content, "appid": "wx0000000000000000"},
    }
    content = spoil.get(fault, dict)(doc["content"])
    original = "refund" if doc["original_type"] == "transaction" else "transaction"
    original = original if fault == "wrong_route" else doc["original_type"]
    nonce = world.new_id("resource nonce", 12)
    key = "0" * 32 if fault == "wrong_key" else merchant.api_v3_key
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    envelope = {
        "id": doc["id"],
        "create_time": china_time(datetime.fromisoformat(doc["at"])),
        "resource_type": "encrypt-resource",
        "event_type": doc["event"],
        "summary": doc["summary"],
        "resource": {
            "original_type": original,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": pay_crypto.seal(key, plain, original, nonce),
            "associated_data": original,
            "nonce": nonce,
        },
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def _wrong_amount(content: Resource) -> Resource:
    amount = {**content["amount"], "total": content["amount"]["total"] + 1}
    return {**content, "amount": amount}

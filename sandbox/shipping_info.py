"""Shipping information (发货信息录入): what a managed mini-program has to tell of its orders."""

from datetime import datetime, timedelta
from typing import Any

from starlette.routing import BaseRoute

from sandbox import callbacks, people
from sandbox.admin_door import Ask, act
from sandbox.answers import Call, Refusal, api, ok
from sandbox.config import App
from sandbox.shipping_rules import check_upload, merged
from sandbox.timetable import Doc
from sandbox.tokens import app_of
from sandbox.world import World

BASE = "/wxa/sec/order"
EXPRESS_CONFIRMS, OTHERS_CONFIRM = timedelta(days=10), timedelta(days=2)
REMINDS_AFTER = timedelta(hours=48)
TO_SHIP, SHIPPED, RECEIVED, SETTLED, REFUNDED = 1, 2, 3, 4, 5
PAGE_MOST = 100


def routes(world: World) -> list[BaseRoute]:
    """The calls of order management; starts reminders and confirmations by the clock."""

    async def confirm(data: Doc) -> None:
        _confirm(world, data["key"], method=1)

    world.timetable.on("auto confirm", confirm)
    return [
        api(world, "POST", f"{BASE}/upload_shipping_info", _upload),
        api(world, "POST", f"{BASE}/upload_combined_shipping_info", _upload_combined),
        api(world, "POST", f"{BASE}/get_order", _get_order),
        api(world, "POST", f"{BASE}/get_order_list", _get_order_list),
        api(world, "POST", f"{BASE}/notify_confirm_receive", _notify_confirm),
        api(world, "POST", f"{BASE}/is_trade_managed", _is_managed),
        api(world, "POST", f"{BASE}/set_msg_jump_path", _set_path),
        act(world, "POST", "/shipping/{app_id}/managed", _set_managed),
        act(world, "POST", "/shipping/remind", _remind_due),
        act(world, "POST", "/shipping/{number}/confirm", _confirm_by_user),
    ]


async def _set_managed(ask: Ask) -> Doc:
    """Whether an app is under trade management; every app is until it is said that it is not."""
    managed = ask.body.get("managed") is True
    ask.world.collection("trade_managed")[ask.path["app_id"]] = {"managed": managed}
    return {"ok": True}


async def _remind_due(ask: Ask) -> Doc:
    """Tell the apps of orders that were paid 48 hours ago and not shipped, once each."""
    return {"reminded": remind(ask.world)}


async def _confirm_by_user(ask: Ask) -> Doc:
    """A person confirms the receipt of what was paid under a merchant's number."""
    for key, order in ask.world.collection("pay_orders").items():
        if order["out_trade_no"] == ask.path["number"]:
            _confirm(ask.world, key, method=2)
            return {"ok": True}
    raise people.Unknown("order")


def remind(world: World) -> int:
    """The event `trade_manage_remind_shipping` of each order that waits too long."""
    count = 0
    for key, order in _paid(world):
        is_due = world.now() - _paid_at(order) >= REMINDS_AFTER
        if not is_due or _state(world, key, order) != TO_SHIP:
            continue
        shipping = world.collection("shippings").setdefault(key, _empty())
        if not shipping["reminded"]:
            shipping["reminded"], count = True, count + 1
            event = {"Event": "trade_manage_remind_shipping", **_numbers(order)}
            text = {"msg": "订单已支付超过48小时，请尽快发货并录入发货信息"}
            callbacks.tell_app(world, world.apps[order["app_id"]], order["openid"], event | text)
    return count


async def _upload(call: Call) -> dict[str, Any]:
    app = app_of(call)
    key, order = _named(call.world, app, call.need("order_key"))
    _record(call, key, order, call.body)
    return ok()


async def _upload_combined(call: Call) -> dict[str, Any]:
    app = app_of(call)
    _named(call.world, app, call.need("order_key"))
    for part in call.need("sub_orders"):
        key, order = _named(call.world, app, part["order_key"])
        _record(call, key, order, {**call.body, **part})
    return ok()


def _record(call: Call, key: str, order: Doc, body: dict[str, Any]) -> None:
    world = call.world
    call.note["out_trade_no"] = order["out_trade_no"]
    shipping = world.collection("shippings").get(key) or _empty()
    check_upload(world.now(), order, shipping, body, state=_state(world, key, order))
    was_finished = bool(shipping["finished"])
    shipping.update(merged(shipping, body))
    if was_finished:
        shipping["redone"] = True
    shipping["shipped_at"] = shipping["shipped_at"] or world.now().isoformat()
    world.collection("shippings")[key] = shipping
    if shipping["finished"] and not was_finished:
        pause = EXPRESS_CONFIRMS if shipping["logistics_type"] == 1 else OTHERS_CONFIRM
        world.timetable.plan("auto confirm", world.now() + pause, {"key": key})


def _empty() -> Doc:
    return {
        "logistics_type": 0,
        "delivery_mode": 0,
        "list": [],
        "finished": False,
        "redone": False,
        "reminded": False,
        "confirmed": False,
        "shipped_at": "",
    }


def _named(world: World, app: App, order_key: Any) -> tuple[str, Doc]:
    """The paid order that a key names. Raises Refusal."""
    if not isinstance(order_key, dict):
        raise Refusal(40097, "order_key")
    kind = order_key.get("order_number_type")
    if kind not in {1, 2}:
        raise Refusal(268485194)
    for key, order in _paid(world):
        if order["app_id"] == app.app_id and _is_meant(order, order_key, kind):
            return key, order
    raise Refusal(10060001)


def _is_meant(order: Doc, order_key: dict[str, Any], kind: int) -> bool:
    if kind == 2:
        return bool(order["transaction_id"] == order_key.get("transaction_id"))
    named = (order_key.get("mchid"), order_key.get("out_trade_no"))
    return named == (order["mch_id"], order["out_trade_no"])


def _paid(world: World) -> list[tuple[str, Doc]]:
    orders = world.collection("pay_orders").items()
    return [(key, order) for key, order in orders if order["transaction_id"]]


def _paid_at(order: Doc) -> datetime:
    return datetime.fromisoformat(order["success_time"])


def _state(world: World, key: str, order: Doc) -> int:
    refunds = world.collection("pay_refunds").values()
    back = sum(one["refund"] for one in refunds if one["order_key"] == key)
    if back >= order["total"]:
        return REFUNDED
    shipping = world.collection("shippings").get(key)
    if shipping is None or not shipping["list"]:
        return TO_SHIP
    return SETTLED if shipping["confirmed"] else SHIPPED


def _confirm(world: World, key: str, *, method: int) -> None:
    shipping = world.collection("shippings").get(key)
    order = world.collection("pay_orders")[key]
    if shipping is None or shipping["confirmed"] or _state(world, key, order) != SHIPPED:
        return
    shipping["confirmed"] = True
    now = int(world.now().timestamp())
    event = {
        "Event": "trade_manage_order_settlement",
        **_numbers(order),
        "shipped_time": int(datetime.fromisoformat(shipping["shipped_at"]).timestamp()),
        "estimated_settlement_time": now,
        "confirm_receive_method": method,
        "confirm_receive_time": now,
        "settlement_time": now,
    }
    callbacks.tell_app(world, world.apps[order["app_id"]], order["openid"], event)


def _numbers(order: Doc) -> Doc:
    return {
        "transaction_id": order["transaction_id"],
        "merchant_id": order["mch_id"],
        "sub_merchant_id": "",
        "merchant_trade_no": order["out_trade_no"],
        "pay_time": int(_paid_at(order).timestamp()),
    }


def _shown(world: World, key: str, order: Doc) -> Doc:
    shipping = world.collection("shippings").get(key) or _empty()
    return {
        "transaction_id": order["transaction_id"],
        "merchant_trade_no": order["out_trade_no"],
        "merchant_id": order["mch_id"],
        "sub_merchant_id": "",
        "description": order["description"],
        "paid_amount": order["payer_total"],
        "openid": order["openid"],
        "trade_create_time": int(_paid_at(order).timestamp()),
        "pay_time": int(_paid_at(order).timestamp()),
        "order_state": _state(world, key, order),
        "in_complaint": False,
        "shipping": {
            "delivery_mode": shipping["delivery_mode"],
            "logistics_type": shipping["logistics_type"],
            "finish_shipping": shipping["finished"],
            "finish_shipping_count": int(shipping["finished"]) + int(shipping["redone"]),
            "goods_desc": "",
            "shipping_list": shipping["list"],
        },
    }


async def _get_order(call: Call) -> dict[str, Any]:
    app, body = app_of(call), call.body
    kind = 2 if body.get("transaction_id") else 1
    numbers = {"mchid": body.get("merchant_id"), "out_trade_no": body.get("merchant_trade_no")}
    given = {**numbers, "order_number_type": kind, "transaction_id": body.get("transaction_id")}
    key, order = _named(call.world, app, given)
    return ok(order=_shown(call.world, key, order))


async def _get_order_list(call: Call) -> dict[str, Any]:
    app, body = app_of(call), call.body
    begin, end = (
        (body.get("pay_time_range") or {}).get(name, default)
        for name, default in (("begin_time", 0), ("end_time", 2**40))
    )
    size = call.count("page_size", default=PAGE_MOST, most=PAGE_MOST)
    found = [
        _shown(call.world, key, order)
        for key, order in _paid(call.world)
        if order["app_id"] == app.app_id and begin <= _paid_at(order).timestamp() <= end
    ]
    found = [one for one in found if body.get("order_state") in (None, one["order_state"])]
    found = [one for one in found if body.get("openid") in (None, one["openid"])]
    after = int(body.get("last_index") or 0)
    page = found[after : after + size]
    return ok(
        last_index=str(after + len(page)),
        has_more=after + len(page) < len(found),
        order_list=page,
    )


async def _notify_confirm(call: Call) -> dict[str, Any]:
    app, body = app_of(call), call.body
    kind = 2 if body.get("transaction_id") else 1
    numbers = {"mchid": body.get("merchant_id"), "out_trade_no": body.get("merchant_trade_no")}
    given = {**numbers, "order_number_type": kind, "transaction_id": body.get("transaction_id")}
    key, order = _named(call.world, app, given)
    if not isinstance(body.get("received_time"), int):
        raise Refusal(10060014, "received_time")
    shipping = call.world.collection("shippings").get(key) or _empty()
    if _state(call.world, key, order) != SHIPPED or shipping.get("asked_to_confirm"):
        raise Refusal(10060004)
    shipping["asked_to_confirm"] = True
    return ok()


async def _is_managed(call: Call) -> dict[str, Any]:
    app = app_of(call)
    if call.need("appid") != app.app_id:
        raise Refusal(40013)
    said = call.world.collection("trade_managed").get(app.app_id, {"managed": True})
    return ok(is_trade_managed=said["managed"])


async def _set_path(call: Call) -> dict[str, Any]:
    app = app_of(call)
    path = str(call.need("path"))
    call.world.collection("shipping_paths")[app.app_id] = {"path": path}
    return ok()

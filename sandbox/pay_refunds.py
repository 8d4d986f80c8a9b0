"""Refunds of WeChat Pay v3: accepted at once, done later by the clock, told by a notice."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from starlette.routing import BaseRoute

from sandbox import pay_ledger, pay_notices
from sandbox.pay_door import PayCall, PayError, pay_api
from sandbox.pay_notices import china_time
from sandbox.timetable import Doc
from sandbox.world import World

BASE = "/v3/refund/domestic/refunds"
NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
COUNTS = ("PROCESSING", "SUCCESS", "ABNORMAL")
YEAR = timedelta(days=365)


def routes(world: World) -> list[BaseRoute]:
    """Asking for a refund and asking about it."""
    return [
        pay_api(world, "POST", BASE, _refund),
        pay_api(world, "GET", f"{BASE}/{{number}}", _query),
    ]


def start(world: World) -> None:
    """Let the timetable end refunds."""

    async def end(data: Doc) -> None:
        _end(world, world.collection("pay_refunds")[data["key"]])

    world.timetable.on("refund", end)


async def _refund(call: PayCall) -> dict[str, Any]:
    number = call.body.get("out_refund_no")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise PayError(400, "PARAM_ERROR", "out_refund_no 不合法")
    call.note["out_refund_no"] = number
    request = json.dumps(call.body, sort_keys=True, ensure_ascii=False)
    key = f"{call.merchant.mch_id}/{number}"
    known = call.world.collection("pay_refunds").get(key)
    if known is not None:
        if known["request"] != request:
            raise PayError(400, "INVALID_REQUEST", "商户退款单号重复，参数与原退款不一致")
        return _shown(known)
    order_key, order = _order(call)
    refund = _checked(call, order_key, order)
    refund.update(key=key, out_refund_no=number, request=request)
    call.world.collection("pay_refunds")[key] = refund
    _take_money(call.world, refund)
    delay = timedelta(seconds=call.world.config.limits.refund_delay_s)
    call.world.timetable.plan("refund", call.world.now() + delay, {"key": key})
    return _shown(refund)


def _order(call: PayCall) -> tuple[str, Doc]:
    orders = call.world.collection("pay_orders")
    if call.body.get("transaction_id"):
        found = call.world.collection("pay_transactions").get(call.body["transaction_id"], {})
        key = str(found.get("order", ""))
    else:
        key = f"{call.merchant.mch_id}/{call.body.get('out_trade_no')}"
    order = orders.get(key)
    if order is None or order["mch_id"] != call.merchant.mch_id:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    if not order["transaction_id"] or order["state"] == "REVOKED":
        raise PayError(403, "TRADE_ERROR", "订单未支付或已撤销，不能退款")
    paid_at = datetime.fromisoformat(order["success_time"])
    if call.world.now() - paid_at > YEAR:
        raise PayError(400, "INVALID_REQUEST", "订单已超过可退款期限")
    return key, order


def _checked(call: PayCall, order_key: str, order: Doc) -> Doc:
    wanted = _amount(call, order)
    earlier = [
        refund
        for refund in call.world.collection("pay_refunds").values()
        if refund["order_key"] == order_key and refund["status"] in COUNTS
    ]
    done = sum(refund["refund"] for refund in earlier)
    if done + wanted > order["total"]:
        raise PayError(400, "INVALID_REQUEST", "申请退款金额大于订单可退金额")
    if len(earlier) >= 50:
        raise PayError(400, "INVALID_REQUEST", "一笔订单最多退款 50 次")
    fee_back = order["fee"] * (done + wanted) // order["total"] - sum(
        refund["fee_back"] for refund in earlier
    )
    owner = f"merchant:{call.merchant.mch_id}"
    if pay_ledger.balance(call.world, owner) < wanted - fee_back:
        raise PayError(403, "NOT_ENOUGH", "基本账户余额不足")
    digits = call.world.stable_digits("refund", order_key, call.body["out_refund_no"], length=24)
    return {
        "mch_id": call.merchant.mch_id,
        "order_key": order_key,
        "out_trade_no": order["out_trade_no"],
        "transaction_id": order["transaction_id"],
        "refund_id": "50300" + digits,
        "refund": wanted,
        "total": order["total"],
        "payer_total": order["payer_total"],
        "payer_refund": _payer_part(order, done, wanted),
        "fee_back": fee_back,
        "status": "PROCESSING",
        "create_time": china_time(call.world.now()),
        "success_time": "",
        "notify_url": str(call.body.get("notify_url") or ""),
    }


def _payer_part(order: Doc, done: int, wanted: int) -> int:
    """The payer's share, so that all parts together give back exactly what was paid."""
    share = order["payer_total"]
    return int(share * (done + wanted) // order["total"] - share * done // order["total"])


def _amount(call: PayCall, order: Doc) -> int:
    amount = call.body.get("amount")
    if not isinstance(amount, dict) or amount.get("currency") != "CNY":
        raise PayError(400, "PARAM_ERROR", "amount 不合法")
    if amount.get("total") != order["total"]:
        raise PayError(400, "INVALID_REQUEST", "订单金额与原订单不一致")
    wanted = amount.get("refund")
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 1:
        raise PayError(400, "PARAM_ERROR", "amount.refund 不合法")
    return wanted


def _take_money(world: World, refund: Doc) -> None:
    net = refund["refund"] - refund["fee_back"]
    entries = {
        f"merchant:{refund['mch_id']}": -net,
        "platform:fee": -refund["fee_back"],
        "platform:refunds": refund["refund"],
    }
    pay_ledger.post(world, f"refund:{refund['key']}", entries)


def _end(world: World, refund: Doc) -> None:
    outcomes = world.collection("refund_outcomes").pop(refund["mch_id"], {})
    refund["status"] = outcomes.get("outcome", "SUCCESS")
    order = world.collection("pay_orders")[refund["order_key"]]
    if refund["status"] == "SUCCESS":
        refund["success_time"] = china_time(world.now())
        order["state"] = "REFUND"
        _give_back(world, refund, order)
    elif refund["status"] == "CLOSED":
        _return_to_merchant(world, refund)
    merchant = world.merchants[refund["mch_id"]]
    event = f"REFUND.{refund['status']}"
    pay_notices.plan(world, merchant, refund["notify_url"], event, _notice(refund))


def _give_back(world: World, refund: Doc, order: Doc) -> None:
    known = world.collection("openids")[order["openid"]]
    entries = {
        "platform:refunds": -refund["refund"],
        f"person:{known['user_id']}": refund["payer_refund"],
        "platform:coupons": refund["refund"] - refund["payer_refund"],
    }
    pay_ledger.post(world, f"refunded:{refund['key']}", entries)


def _return_to_merchant(world: World, refund: Doc) -> None:
    entries = {
        "platform:refunds": -refund["refund"],
        f"merchant:{refund['mch_id']}": refund["refund"] - refund["fee_back"],
        "platform:fee": refund["fee_back"],
    }
    pay_ledger.post(world, f"refund closed:{refund['key']}", entries)


async def _query(call: PayCall) -> dict[str, Any]:
    key = f"{call.merchant.mch_id}/{call.path['number']}"
    refund = call.world.collection("pay_refunds").get(key)
    if refund is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return _shown(refund)


def _shown(refund: Doc) -> Doc:
    names = ("refund_id", "out_refund_no", "transaction_id", "out_trade_no", "create_time")
    shown: Doc = {name: refund[name] for name in names}
    shown["channel"] = "ORIGINAL"
    shown["user_received_account"] = "支付用户零钱"
    shown["status"] = refund["status"]
    shown["funds_account"] = "AVAILABLE"
    if refund["success_time"]:
        shown["success_time"] = refund["success_time"]
    payer, given = refund["payer_total"], refund["payer_refund"]
    shown["amount"] = {
        "total": refund["total"],
        "refund": refund["refund"],
        "payer_total": payer,
        "payer_refund": given,
        "settlement_total": payer,
        "settlement_refund": given,
        "discount_refund": refund["refund"] - given,
        "currency": "CNY",
        "refund_fee": refund["fee_back"],
    }
    return shown


def _notice(refund: Doc) -> Doc:
    names = ("out_trade_no", "transaction_id", "out_refund_no", "refund_id")
    content: Doc = {"mchid": refund["mch_id"], **{name: refund[name] for name in names}}
    content["refund_status"] = refund["status"]
    if refund["success_time"]:
        content["success_time"] = refund["success_time"]
    content["user_received_account"] = "支付用户零钱"
    amounts = ("total", "refund", "payer_total", "payer_refund")
    content["amount"] = {name: refund[name] for name in amounts}
    return content

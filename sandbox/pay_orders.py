"""WeChat Pay v3 orders: prepay for a phone or a code, query, close, what a transaction is."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from starlette.routing import BaseRoute

from sandbox import people
from sandbox.pay_door import PayCall, PayError, pay_api
from sandbox.timetable import Doc
from sandbox.world import World

BASE = "/v3/pay/transactions"
NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
STATES = {
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "NOTPAY": "订单未支付",
    "CLOSED": "订单已关闭",
    "USERPAYING": "用户支付中",
    "REVOKED": "已撤销",
}


def routes(world: World) -> list[BaseRoute]:
    """Prepay, the two queries, close, and the refusal to hand out certificates."""
    return [
        pay_api(world, "POST", f"{BASE}/jsapi", _prepay),
        pay_api(world, "POST", f"{BASE}/native", _native),
        pay_api(world, "GET", f"{BASE}/out-trade-no/{{number}}", _by_number),
        pay_api(world, "GET", f"{BASE}/id/{{transaction_id}}", _by_transaction),
        pay_api(world, "POST", f"{BASE}/out-trade-no/{{number}}/close", _close),
        pay_api(world, "GET", "/v3/certificates", _certificates),
    ]


def expire(world: World, order: Doc) -> None:
    """An unpaid order past its time_expire counts as closed."""
    if order["state"] in {"NOTPAY", "USERPAYING"} and world.now() >= datetime.fromisoformat(
        order["expires_at"]
    ):
        order["state"] = "CLOSED"


def transaction(order: Doc) -> Doc:
    """The transaction resource of a query or notice."""
    shown: Doc = {
        "appid": order["app_id"],
        "mchid": order["mch_id"],
        "out_trade_no": order["out_trade_no"],
        "trade_state": order["state"],
        "trade_state_desc": STATES[order["state"]],
        "attach": order["attach"],
        "amount": {"total": order["total"], "currency": "CNY"},
        "promotion_detail": [],
    }
    if order["openid"]:
        shown["payer"] = {"openid": order["openid"]}
    if not order["transaction_id"]:
        del shown["promotion_detail"]
        return shown
    shown["transaction_id"] = order["transaction_id"]
    shown["trade_type"] = order["trade_type"]
    shown["bank_type"] = "OTHERS"
    shown["success_time"] = order["success_time"]
    shown["amount"] |= {"payer_total": order["payer_total"], "payer_currency": "CNY"}
    coupon = order["total"] - order["payer_total"]
    if coupon:
        shown["promotion_detail"] = [_promotion(order, coupon)]
    return shown


def _promotion(order: Doc, amount: int) -> Doc:
    return {
        "coupon_id": order["transaction_id"][-10:],
        "name": "平台立减",
        "scope": "GLOBAL",
        "type": "CASH",
        "amount": amount,
        "stock_id": "1",
        "wechatpay_contribute": amount,
        "merchant_contribute": 0,
        "other_contribute": 0,
        "currency": "CNY",
    }


async def _prepay(call: PayCall) -> dict[str, Any]:
    order = order_of(call)
    openid = _text(_object(call.body, "payer"), "openid", 128)
    if people.user_of_openid(call.world, order["app_id"], openid) is None:
        raise PayError(400, "PARAM_ERROR", "appid 与 openid 不匹配")
    order |= {"notify_url": _notify_url(call.body), "openid": openid}
    return {"prepay_id": _new_prepay(call.world, _kept(call, order))}


async def _native(call: PayCall) -> dict[str, Any]:
    """Whoever scans the code pays."""
    order = {**order_of(call), "notify_url": _notify_url(call.body), "trade_type": "NATIVE"}
    prepay_id = _new_prepay(call.world, _kept(call, order))
    return {"code_url": f"weixin://wxpay/bizpayurl?pr={prepay_id}"}


def _kept(call: PayCall, order: Doc) -> str:
    """The key of the order, new or the same as before."""
    key = f"{order['mch_id']}/{order['out_trade_no']}"
    call.note["out_trade_no"] = order["out_trade_no"]
    known = call.world.collection("pay_orders").get(key)
    if known is None:
        call.world.collection("pay_orders")[key] = order
    else:
        _check_same(call.world, known, order)
    return key


def _check_same(world: World, known: Doc, order: Doc) -> None:
    expire(world, known)
    if known["request"] != order["request"]:
        raise PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复，参数与原订单不一致")
    if known["transaction_id"]:
        raise PayError(400, "ORDERPAID", "该订单已支付")
    if known["state"] == "CLOSED":
        raise PayError(400, "ORDER_CLOSED", "该订单已关闭，请更换商户订单号")


def _new_prepay(world: World, key: str) -> str:
    prepay_id = world.new_id("prepay", 30, "wx")
    until = world.now() + timedelta(seconds=world.config.limits.prepay_life_s)
    world.collection("prepays")[prepay_id] = {"order": key, "until": until.isoformat()}
    return prepay_id


def order_of(call: PayCall) -> Doc:
    """An unpaid order from a request of any kind, checked. Raises PayError."""
    body, amount = call.body, _object(call.body, "amount")
    call.check_mchid(body.get("mchid"))
    if body.get("appid") not in call.merchant.app_ids:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配")
    number = _text(body, "out_trade_no", 32)
    if not NUMBER.fullmatch(number):
        raise _wrong("out_trade_no")
    same = {name: value for name, value in body.items() if name != "time_expire"}
    return {
        "mch_id": call.merchant.mch_id,
        "app_id": body["appid"],
        "out_trade_no": number,
        "description": _text(body, "description", 127),
        "attach": _text(body, "attach", 128, default=""),
        "notify_url": "",
        "total": _total(amount),
        "openid": "",
        "trade_type": "JSAPI",
        "profit_sharing": bool((body.get("settle_info") or {}).get("profit_sharing")),
        "expires_at": _time_expire(call.world, body.get("time_expire")),
        "request": json.dumps(same, sort_keys=True, ensure_ascii=False),
        "state": "NOTPAY",
        "transaction_id": "",
        "success_time": "",
        "payer_total": 0,
        "fee": 0,
    }


def _wrong(name: str) -> PayError:
    return PayError(400, "PARAM_ERROR", f"参数 {name} 不合法")


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise _wrong(name)
    return value


def _text(body: dict[str, Any], name: str, most: int, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most or (not value and default is None):
        raise _wrong(name)
    return value


def _total(amount: dict[str, Any]) -> int:
    total = amount.get("total")
    if not isinstance(total, int) or isinstance(total, bool) or not 1 <= total <= 10**10:
        raise _wrong("amount.total")
    if amount.get("currency", "CNY") != "CNY":
        raise _wrong("amount.currency")
    return total


def _notify_url(body: dict[str, Any]) -> str:
    url = _text(body, "notify_url", 255)
    if not re.fullmatch(r"https?://[^\s?#]+", url):
        raise _wrong("notify_url")
    return url


def _time_expire(world: World, given: object) -> str:
    now = world.now()
    if given is None:
        return (now + timedelta(days=7)).isoformat()
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError:
        raise _wrong("time_expire") from None
    if moment.tzinfo is None or not timedelta(minutes=1) <= moment - now <= timedelta(days=90):
        raise _wrong("time_expire")
    return moment.isoformat()


async def _by_number(call: PayCall) -> dict[str, Any]:
    return transaction(found(call))


def found(call: PayCall) -> Doc:
    """The order that the path names, of the merchant that asks. Raises PayError."""
    call.check_mchid(call.query.get("mchid", call.body.get("mchid")))
    number = call.path["number"]
    call.note["out_trade_no"] = number
    order = call.world.collection("pay_orders").get(f"{call.merchant.mch_id}/{number}")
    if order is None:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
    expire(call.world, order)
    return order


async def _by_transaction(call: PayCall) -> dict[str, Any]:
    call.check_mchid(call.query.get("mchid"))
    key = call.world.collection("pay_transactions").get(call.path["transaction_id"], {})
    order = call.world.collection("pay_orders").get(key.get("order", ""))
    if order is None or order["mch_id"] != call.merchant.mch_id:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
    return transaction(order)


async def _close(call: PayCall) -> None:
    order = found(call)
    if order["transaction_id"]:
        raise PayError(400, "ORDERPAID", "该订单已支付，不能关闭")
    order["state"] = "CLOSED"


async def _certificates(call: PayCall) -> dict[str, Any]:
    raise PayError(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请使用微信支付公钥验签")

"""The phone's side of WeChat Pay: checks the five values as the client does, then pays once."""

from datetime import datetime
from typing import Any

from sandbox import pay_crypto, pay_ledger, pay_notices, pay_orders, people
from sandbox.msg_crypto import Refused
from sandbox.timetable import Doc
from sandbox.world import World

VALUES = ("timeStamp", "nonceStr", "package", "signType", "paySign")


class PhoneRefusal(Exception):
    """wx.requestPayment fails; the text is its errMsg."""


def pay(world: World, user_id: str, sheet: dict[str, Any], *, coupon_fen: int = 0) -> Doc:
    """A person confirms the payment sheet; answers the transaction.

    `sheet` holds the five values of wx.requestPayment and, when the mini program in hand is
    another one than the order's, its `appId`. Debited once, then the notice is planned.
    Raises PhoneRefusal; nothing is debited then.
    """
    order_key, order = _order(world, user_id, sheet)
    pay_orders.expire(world, order)
    if order["transaction_id"]:
        raise PhoneRefusal("requestPayment:fail 订单已支付")
    if order["state"] != "NOTPAY":
        raise PhoneRefusal("requestPayment:fail 订单已关闭")
    if not 0 <= coupon_fen < order["total"]:
        raise PhoneRefusal("requestPayment:fail 优惠金额不合法")
    return settle(world, user_id, order_key, order, coupon_fen)


def scan(world: World, user_id: str, code_url: str) -> Doc:
    """A person scans the code a shop shows and confirms; answers the transaction.

    Raises PhoneRefusal; nothing is debited then.
    """
    _, _, prepay_id = code_url.partition("weixin://wxpay/bizpayurl?pr=")
    prepay = world.collection("prepays").get(prepay_id)
    if prepay is None or world.now() >= datetime.fromisoformat(prepay["until"]):
        raise PhoneRefusal("scan:fail 二维码已失效")
    order = world.collection("pay_orders")[prepay["order"]]
    pay_orders.expire(world, order)
    if order["transaction_id"] or order["state"] != "NOTPAY":
        raise PhoneRefusal("scan:fail 订单已支付或已关闭")
    order["openid"] = people.openid(world, order["app_id"], user_id)
    return settle(world, user_id, prepay["order"], order)


def force(world: World, mch_id: str, number: str, *, again: bool = False) -> Doc:
    """Pay an order past the phone: unsigned, also when it is closed already.

    With `again` a paid order is paid a second time, under a transaction id of its own: the double
    payment that a shop must give back. Raises people.Unknown or PhoneRefusal.
    """
    key = f"{mch_id}/{number}"
    order = world.collection("pay_orders").get(key)
    if order is None:
        raise people.Unknown("order")
    if order["transaction_id"] and not again:
        raise PhoneRefusal("requestPayment:fail 订单已支付")
    if order["transaction_id"]:
        key = f"{key}#{world.next_number('double payment')}"
        order = {**order}
        world.collection("pay_orders")[key] = order
    user_id = people.user_of_openid(world, order["app_id"], order["openid"])
    return settle(world, user_id or "nobody", key, order)


def settle(world: World, user_id: str, key: str, order: Doc, coupon_fen: int = 0) -> Doc:
    """Take the money, give the order its transaction id and plan the notice."""
    merchant = world.merchants[order["mch_id"]]
    transaction_id = "42000" + world.stable_digits("transaction", key, length=23)
    order.update(
        state="SUCCESS",
        transaction_id=transaction_id,
        success_time=pay_notices.china_time(world.now()),
        payer_total=order["total"] - coupon_fen,
        fee=pay_ledger.fee_of(order["total"], merchant.fee_bp),
    )
    world.collection("pay_transactions")[transaction_id] = {"order": key}
    entries = {
        f"person:{user_id}": -order["payer_total"],
        "platform:coupons": -coupon_fen,
        f"merchant:{order['mch_id']}": order["total"] - order["fee"],
        "platform:fee": order["fee"],
    }
    pay_ledger.post(world, f"pay:{key}", entries)
    shown = pay_orders.transaction(order)
    pay_notices.plan(world, merchant, order["notify_url"], "TRANSACTION.SUCCESS", shown)
    return shown


def _order(world: World, user_id: str, sheet: dict[str, Any]) -> tuple[str, Doc]:
    for name in VALUES:
        if not isinstance(sheet.get(name), str) or not sheet[name]:
            raise PhoneRefusal(f"requestPayment:fail 缺少参数 {name}")
    word, _, prepay_id = sheet["package"].partition("=")
    prepay = world.collection("prepays").get(prepay_id)
    if word != "prepay_id" or prepay is None:
        raise PhoneRefusal("requestPayment:fail 支付验证失败，prepay_id 无效")
    if world.now() >= datetime.fromisoformat(prepay["until"]):
        raise PhoneRefusal("requestPayment:fail prepay_id 已过期")
    order = world.collection("pay_orders")[prepay["order"]]
    if sheet.get("appId", order["app_id"]) != order["app_id"]:
        raise PhoneRefusal("requestPayment:fail appid 与下单时不一致")
    _check_sign(world, order, sheet)
    if people.openid(world, order["app_id"], user_id) != order["openid"]:
        raise PhoneRefusal("requestPayment:fail 下单用户与支付用户不一致")
    return prepay["order"], order


def _check_sign(world: World, order: Doc, sheet: dict[str, Any]) -> None:
    merchant = world.merchants[order["mch_id"]]
    text = pay_crypto.pay_sign_text(
        order["app_id"], sheet["timeStamp"], sheet["nonceStr"], sheet["package"]
    )
    try:
        if sheet["signType"] != "RSA" or not sheet["timeStamp"].isdigit():
            raise Refused("sign type or time")
        pay_crypto.check(merchant.merchant_public_key_pem, text, sheet["paySign"])
    except Refused:
        raise PhoneRefusal("requestPayment:fail 支付验证签名失败") from None

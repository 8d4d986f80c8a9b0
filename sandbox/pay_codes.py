"""付款码 at the sandbox: a phone shows 18 digits, a cashier scans them, money moves or waits."""

import re
from datetime import datetime, timedelta
from typing import Any

from starlette.routing import BaseRoute

from sandbox import pay_ledger, pay_orders, pay_phone, people
from sandbox.admin_door import Ask, act
from sandbox.pay_door import PayCall, PayError, pay_api
from sandbox.timetable import Doc
from sandbox.world import World

CODE = re.compile(r"1[0-5][0-9]{16}")
LIFE = timedelta(minutes=1)
MANNERS = {"free", "asks", "short"}


def routes(world: World) -> list[BaseRoute]:
    """Charging a code, taking the charge back (撤销), and what the phone does meanwhile."""
    base = pay_orders.BASE
    return [
        pay_api(world, "POST", f"{base}/codepay", _charge),
        pay_api(world, "POST", f"{base}/out-trade-no/{{number}}/reverse", _reverse),
        act(world, "POST", "/users/{user_id}/pay_code", _show),
        act(world, "POST", "/users/{user_id}/confirm_code", _confirm),
    ]


def show(world: World, user_id: str, *, manner: str = "free") -> str:
    """What the phone of a person shows: good for a minute and for one charge.

    `manner`: free of a password, asks for one, or short of money. Raises PhoneRefusal.
    """
    if manner not in MANNERS:
        raise pay_phone.PhoneRefusal(f"manner must be one of {', '.join(sorted(MANNERS))}")
    serial = str(world.next_number("pay code"))
    code = "13" + world.stable_digits("pay code", user_id, serial, length=16)
    until = (world.now() + LIFE).isoformat()
    world.collection("pay_codes")[code] = {"user": user_id, "until": until, "manner": manner}
    return code


def confirm(world: World, user_id: str) -> Doc:
    """The person types the password; answers the transaction. Raises PhoneRefusal."""
    for key, order in world.collection("pay_orders").items():
        if order.get("asks") == user_id:
            pay_orders.expire(world, order)
            if order["state"] == "USERPAYING":
                return pay_phone.settle(world, user_id, key, order)
    raise pay_phone.PhoneRefusal("code:fail 没有等待确认的付款")


async def _show(ask: Ask) -> Doc:
    """A person opens 付款码 on the phone; `manner` as `show` says."""
    people.user(ask.world, ask.path["user_id"])
    manner = ask.text("manner", "free")
    return {"code": show(ask.world, ask.path["user_id"], manner=manner)}


async def _confirm(ask: Ask) -> Doc:
    """The person types the password that a scanned pay code asked for."""
    people.user(ask.world, ask.path["user_id"])
    return {"transaction": confirm(ask.world, ask.path["user_id"])}


async def _charge(call: PayCall) -> dict[str, Any]:
    order = {**pay_orders.order_of(call), "trade_type": "MICROPAY"}
    key = f"{order['mch_id']}/{order['out_trade_no']}"
    call.note["out_trade_no"] = order["out_trade_no"]
    if key in call.world.collection("pay_orders"):
        raise PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    order["request"] = ""  # the code is as good as money: it is kept nowhere
    found = _code(call)
    user_id = found["user"]
    if found["manner"] == "short":
        raise PayError(403, "NOTENOUGH", "余额不足")
    order["openid"] = people.openid(call.world, order["app_id"], user_id)
    call.world.collection("pay_orders")[key] = order
    if found["manner"] == "asks":
        order |= {"state": "USERPAYING", "asks": user_id}
        raise PayError(202, "USERPAYING", "用户支付中，需要输入密码")
    return pay_phone.settle(call.world, user_id, key, order)


def _code(call: PayCall) -> Doc:
    """The code, used up by this. Raises PayError."""
    payer = call.body.get("payer")
    code = payer.get("auth_code") if isinstance(payer, dict) else None
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise PayError(400, "AUTH_CODE_INVALID", "请扫描微信支付付款码")
    found = call.world.collection("pay_codes").pop(code, None)
    if found is None or call.world.now() >= datetime.fromisoformat(found["until"]):
        raise PayError(403, "AUTHCODEEXPIRE", "付款码已过期，请刷新")
    shown: Doc = found
    return shown


async def _reverse(call: PayCall) -> dict[str, Any]:
    order = pay_orders.found(call)
    if order["state"] == "SUCCESS":
        key = f"{order['mch_id']}/{order['out_trade_no']}"
        paid = call.world.collection("pay_journal")[f"pay:{key}"]["entries"]
        back = {account: -fen for account, fen in paid.items()}
        pay_ledger.post(call.world, f"reverse:{key}", back)
    elif order["state"] not in {"NOTPAY", "USERPAYING", "REVOKED", "CLOSED"}:
        raise PayError(403, "TRADE_ERROR", "订单状态不支持撤销")
    order["state"] = "REVOKED"
    return {"out_trade_no": order["out_trade_no"], "mchid": order["mch_id"]}

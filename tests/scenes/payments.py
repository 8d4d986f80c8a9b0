"""Set the scene: a phone that pays at the sandbox, and what the platform has on its side."""

from dataclasses import asdict
from typing import Any

from core.settings import current
from sandbox import faults, pay_phone, people
from sandbox.world import World
from tests.scenes.orders import member_scope
from trade.orders.queries import OrderView
from trade.payments.models import Payment
from trade.payments.service import PaySheet, ask_payment, start_payment

FIVE = {
    "time_stamp": "timeStamp",
    "nonce_str": "nonceStr",
    "package": "package",
    "sign_type": "signType",
    "pay_sign": "paySign",
}


def open_id_of(world: World, user_id: str = "u1") -> str:
    """What our mini-program calls a person of the sandbox."""
    pay = current().pay
    assert pay is not None
    return people.openid(world, pay.app_id, user_id)


async def a_sheet(world: World, order: OrderView) -> PaySheet:
    """What the member's phone gets to pay an order."""
    assert order.member_id is not None
    return await start_payment(
        member_scope(order.member_id), order_id=order.public_id, open_id=open_id_of(world)
    )


def confirm(world: World, sheet: PaySheet) -> dict[str, Any]:
    """The person confirms on the phone, which checks the five values as WeChat does."""
    values = {outside: asdict(sheet)[ours] for ours, outside in FIVE.items()}
    return pay_phone.pay(world, "u1", values)


async def pay_for(world: World, order: OrderView) -> None:
    """The order is paid on the phone, and we ask about it."""
    confirm(world, await a_sheet(world, order))
    await ask_payment(payment_id=(await Payment.get(order_id=order.id)).id)


def goes_wrong(world: World, match: str, kind: str, **more: Any) -> None:
    """Let the next call that matches go wrong."""
    faults.order(world, {"match": match, "kind": kind, **more})


def there(world: World, payment_no: str) -> str:
    """The platform's state of a payment."""
    pay = current().pay
    assert pay is not None
    state: str = world.collection("pay_orders")[f"{pay.mch_id}/{payment_no}"]["state"]
    return state

"""Goods kept for somebody who called (电话留货), to be bought at the counter later.

A hold is an order that is not paid yet, with a longer time to pay: its price is frozen, its pieces
are reserved, and it ends like any other order, paid or in time.
"""

from dataclasses import dataclass

from core.database import sql, use_case
from trade.orders.errors import HoldTooLong
from trade.orders.privacy import Consignee
from trade.orders.queries import OrderView, order_of
from trade.orders.rules import MOST_HOLD_HOURS, Delivery, Entrance
from trade.orders.service.asking import OrderedLine, PlaceOrder
from trade.orders.service.placing import place_order
from trade.stock.service import prolong_reservation

PROLONG = """
UPDATE orders_order SET expires_at = placed_at + $2::bigint * interval '1 hour'
WHERE id = $1 AND state = 'placed' AND entrance = 'phone' RETURNING expires_at
"""


@dataclass(frozen=True, slots=True)
class HoldGoods:
    """For whom staff `by` keep what, and for how many hours; `tier` is crm's word for a member."""

    store_id: int
    lines: tuple[OrderedLine, ...]
    name: str
    phone: str
    hours: int
    key: str
    by: str
    member_id: int | None = None
    tier: str = ""
    note: str = ""


@use_case
async def hold_goods(wish: HoldGoods) -> OrderView:
    """Reserve pieces in a store for a named caller, at today's price. The same `key` again is the
    same hold. Raises HoldTooLong, and what `place_order` refuses.
    """
    if not 1 <= wish.hours <= MOST_HOLD_HOURS:
        raise HoldTooLong(hours=wish.hours, most=MOST_HOLD_HOURS)
    order = await place_order(
        PlaceOrder(
            store_id=wish.store_id,
            lines=wish.lines,
            idempotency_key=wish.key,
            member_id=wish.member_id,
            placed_by=wish.by,
            delivery=Delivery.TAKEN,
            consignee=Consignee(wish.name, wish.phone, ""),
            tier=wish.tier,
            entrance=Entrance.PHONE,
            note=wish.note,
        )
    )
    longer = await sql(PROLONG, order.id, wish.hours)
    if longer:
        await prolong_reservation(order_no=order.order_no, until=longer[0]["expires_at"])
    return await order_of(order.id)

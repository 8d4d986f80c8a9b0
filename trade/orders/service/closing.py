"""An order ends without a sale, or is given back in full."""

from typing import Any

from core.database import sql, use_case
from core.ledger import Cause, mirror
from core.outbox import publish
from trade.orders.errors import OrderNotFound
from trade.orders.events import OrderClosed
from trade.orders.models import Order
from trade.orders.rules import CloseReason, road
from trade.orders.service.paying import sale_of
from trade.stock.service import release_reservation, take_back

CLOSE = """
WITH closed AS (
    UPDATE orders_order SET state = $3, close_reason = $4::text, closed_at = now()
    WHERE id = $1 AND state = $2 AND ($4::text <> 'expired' OR expires_at <= now())
    RETURNING id, order_no, closed_at
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, $5::text, $3, $6::text, $7::text FROM closed
)
SELECT order_no, closed_at FROM closed
"""


@use_case
async def close_order(*, order_id: int, reason: CloseReason, actor: str = "system") -> bool:
    """Close an order that is not paid and give its stock back. False: it was not open any more.

    An order expires only when its time is over by the database's clock. Its payment is closed
    first, which `trade.payments` sees to.
    """
    closed = await sql(CLOSE, order_id, *road("close"), reason, "close", reason, actor)
    if closed:
        await _tell(order_id, reason, closed[0])
        await release_reservation(order_no=closed[0]["order_no"])
    return bool(closed)


@use_case
async def book_refund(*, order_id: int, refund_no: str, refund_fen: int, is_all: bool) -> None:
    """Take a settled refund out of the sales. Once all is refunded, an order that never left the
    store is closed and its goods are on the shelf again. The same refund again changes nothing.

    Raises OrderNotFound.
    """
    order = await Order.get_or_none(id=order_id)
    if order is None:
        raise OrderNotFound(order_id=order_id)
    await mirror(
        Cause("order_refunded.sale", refund_no),
        of=sale_of(order.order_no),
        numerator=refund_fen,
        denominator=order.paid_fen,
        memo={"order_no": order.order_no, "refund_no": refund_no},
    )
    if not is_all:
        return
    reason, cause = CloseReason.REFUNDED, f"refund:{refund_no}"
    closed = await sql(CLOSE, order_id, *road("refund"), reason, "refund", cause, "system")
    if closed:
        await _tell(order_id, reason, closed[0])
        await take_back(order_no=order.order_no)


async def _tell(order_id: int, reason: CloseReason, closed: dict[str, Any]) -> None:
    await publish(
        OrderClosed(
            order_id=order_id,
            order_no=closed["order_no"],
            reason=reason,
            at=closed["closed_at"],
        )
    )

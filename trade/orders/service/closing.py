"""An order ends without a sale, or is given back in full."""

from typing import Any

from core.database import sql, use_case
from core.ledger import Cause, mirror
from core.outbox import publish
from trade.orders.errors import OrderNotFound
from trade.orders.events import OrderClosed
from trade.orders.rules import CloseReason
from trade.orders.service.delivering import is_in_hand
from trade.orders.service.paying import sale_of
from trade.orders.service.promised import free_promised, return_promised
from trade.stock.service import release_reservation, take_back

CLOSE = """
WITH closed AS (
    UPDATE orders_order SET state = 'closed', close_reason = $2::text, closed_at = now()
    WHERE id = $1 AND state IN ('placed', 'deposited') AND ($2 <> 'expired'
        OR CASE WHEN state = 'placed' THEN expires_at ELSE balance_due_at END <= now())
    RETURNING id, order_no, points_spent, closed_at,
        CASE WHEN deposit_fen > 0 AND paid_fen >= deposit_fen THEN 'give_up' ELSE 'close' END
            AS action
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, action, 'closed', $2, $3::text FROM closed
)
SELECT order_no, points_spent, action, closed_at FROM closed
"""

BACK = """
WITH back AS (
    INSERT INTO orders_money_back (order_id, refund_no, amount_fen)
    SELECT id, $2::text, $3::bigint FROM orders_order WHERE id = $1
    ON CONFLICT (refund_no) DO NOTHING
    RETURNING order_id
)
UPDATE orders_order SET refunded_fen = refunded_fen + $3 FROM back WHERE id = back.order_id
RETURNING id, order_no, payable_fen, points_spent, paid_at IS NOT NULL AS is_sold,
    refunded_fen = payable_fen AS is_all
"""
IS_BACK = "SELECT FROM orders_money_back WHERE order_id = $1 AND refund_no = $2"

GIVE_BACK = """
WITH closed AS (
    UPDATE orders_order SET state = 'closed', close_reason = 'refunded', closed_at = now()
    WHERE id = $1 AND state = 'paid'
    RETURNING id, order_no, moves_stock, closed_at
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, 'refund', 'closed', $2::text, 'system' FROM closed
)
SELECT order_no, moves_stock, closed_at FROM closed
"""


@use_case
async def close_order(*, order_id: int, reason: CloseReason, actor: str = "system") -> bool:
    """End an order that is not sold; its goods, points and coupons are free again. False: it was
    not open any more.

    It expires only when its time is over by the database's clock: the time to pay, or for a
    deposited one the time to pay the balance. Its payments under way are closed first, and money
    that is in goes back, which `trade.payments` sees to.
    """
    closed = await sql(CLOSE, order_id, reason, actor)
    if closed:
        await _tell(order_id, reason, closed[0])
        await free_promised(closed[0])
        await release_reservation(order_no=closed[0]["order_no"])
    return bool(closed)


@use_case
async def book_refund(*, order_id: int, refund_no: str, refund_fen: int) -> int:
    """Take a settled refund out of an order, and out of the sales when it was sold. Once all is
    back, an order that never left the store is closed and its goods are on the shelf again.

    Answers for how many fen the order was sold; 0 when it never was, or when this refund was known:
    then nothing changes. Raises OrderNotFound.
    """
    rows = await sql(BACK, order_id, refund_no, refund_fen)
    if not rows:
        if not await sql(IS_BACK, order_id, refund_no):
            raise OrderNotFound(order_id=order_id)
        return 0
    [order] = rows
    if not order["is_sold"]:
        return 0
    await mirror(
        Cause("order_refunded.sale", refund_no),
        of=sale_of(order["order_no"]),
        numerator=refund_fen,
        denominator=order["payable_fen"],
        memo={"order_no": order["order_no"], "refund_no": refund_no},
    )
    await return_promised(order, refund_no=refund_no, refund_fen=refund_fen)
    if order["is_all"]:
        await _give_back(order, refund_no)
    sold_fen: int = order["payable_fen"]
    return sold_fen


async def _give_back(order: dict[str, Any], refund_no: str) -> None:
    """Goods that people have moved piece by piece are put back by fulfilment."""
    closed = await sql(GIVE_BACK, order["id"], f"refund:{refund_no}")
    if closed:
        await _tell(order["id"], CloseReason.REFUNDED, closed[0])
        if closed[0]["moves_stock"] and not await is_in_hand(order["id"]):
            await take_back(order_no=order["order_no"])


async def _tell(order_id: int, reason: CloseReason, closed: dict[str, Any]) -> None:
    await publish(
        OrderClosed(
            order_id=order_id,
            order_no=closed["order_no"],
            reason=reason,
            at=closed["closed_at"],
        )
    )

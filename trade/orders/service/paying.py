"""An order meets its money: once, in full, and also when the money comes late."""

from datetime import datetime

from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, house, name_cause, post
from core.outbox import publish
from trade.orders.errors import PaidAmountDiffers
from trade.orders.events import OrderPaid
from trade.orders.queries import OrderView, order_of
from trade.orders.rules import road
from trade.stock.errors import OutOfStock
from trade.stock.service import ReserveLine, ReserveRequest, capture_reservation, reserve

name_cause("order_paid.sale", zh="订单售出", en="an order was sold")
name_cause("order_refunded.sale", zh="订单退款", en="an order was refunded")

PAY = """
WITH paid AS (
    UPDATE orders_order
    SET state = $5, paid_fen = payable_fen, paid_at = $3::timestamptz,
        close_reason = NULL, closed_at = NULL
    WHERE id = $1 AND state = $4 AND paid_at IS NULL
        AND (close_reason IS NULL OR close_reason = 'expired')
    RETURNING id, payable_fen
), money AS (
    INSERT INTO orders_money (order_id, payment_no, amount_fen, at)
    SELECT id, $2, payable_fen, $3 FROM paid
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, $6::text, $5, 'payment:' || $2, 'system' FROM paid
)
SELECT id FROM paid
"""

IS_PAID_BY = "SELECT FROM orders_money WHERE order_id = $1 AND payment_no = $2"


def sale_of(order_no: str) -> Cause:
    """The journal that says an order was sold; refunds mirror it."""
    return Cause("order_paid.sale", order_no)


@use_case
async def mark_paid(*, order_id: int, payment_no: str, paid_fen: int, at: datetime) -> bool:
    """Give an order the money of a payment; True when it took it, also when it had taken it before.

    An expired order is revived if its stock is still there. False: the order wants no money (it was
    paid by another payment, was cancelled, or its stock is gone), and the payment must be refunded.
    Raises OrderNotFound, and PaidAmountDiffers when the amount is not what is due.
    """
    order = await order_of(order_id)
    if order.payable_fen != paid_fen:
        raise PaidAmountDiffers(
            order_no=order.order_no, payable_fen=order.payable_fen, paid_fen=paid_fen
        )
    if await sql(PAY, order_id, payment_no, at, *road("pay"), "pay"):
        await _book_and_tell(order, at)
        return True
    if await sql(IS_PAID_BY, order_id, payment_no):
        return True
    try:
        return await _revive(order, payment_no, at)
    except OutOfStock:
        return False


@use_case
async def _revive(order: OrderView, payment_no: str, at: datetime) -> bool:
    if not await sql(PAY, order.id, payment_no, at, *road("revive"), "revive"):
        return False
    wanted = tuple(ReserveLine(line.sku_id, line.quantity) for line in order.lines)
    await reserve(ReserveRequest(order.order_no, order.store_id, wanted, order.expires_at))
    await _book_and_tell(order, at)
    return True


async def _book_and_tell(order: OrderView, at: datetime) -> None:
    """The shelf comes last: other buyers wait for it until this transaction ends."""
    customers = house(AccountKind.MONEY_CUSTOMER)
    sales = Account(AccountKind.SALES, f"store:{order.store_id}")
    entries = [Entry(customers, order.payable_fen), Entry(sales, -order.payable_fen)]
    await post(sale_of(order.order_no), entries, memo={"order_no": order.order_no}, at=at)
    await publish(
        OrderPaid(
            order_id=order.id,
            order_no=order.order_no,
            member_id=order.member_id,
            store_id=order.store_id,
            paid_fen=order.payable_fen,
            at=at,
        )
    )
    await capture_reservation(order_no=order.order_no)

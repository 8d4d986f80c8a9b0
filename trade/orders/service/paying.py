"""An order meets its money: in one payment or in several, and also when it comes late."""

from datetime import datetime
from typing import Any

from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, house, name_cause, post
from core.outbox import publish
from trade.orders.errors import OrderNotFound
from trade.orders.events import OrderPaid
from trade.orders.queries import order_of
from trade.orders.rules import BALANCE_WITHIN, Delivery, OrderState
from trade.orders.service.delivering import mark_done
from trade.orders.service.promised import PromiseGone, spend_promised, spend_promised_anew
from trade.stock.errors import OutOfStock
from trade.stock.service import ReserveLine, ReserveRequest, capture_reservation, reserve

name_cause("order_paid.sale", zh="订单售出", en="an order was sold")
name_cause("order_refunded.sale", zh="订单退款", en="an order was refunded")

# The payment is written down first, so that of two tellings of it one waits and finds it known.
# The order then takes it by one condition: open, and no fen more than it is due.
TAKE = """
WITH money AS (
    INSERT INTO orders_money (order_id, payment_no, amount_fen, at)
    SELECT id, $2::text, $3::bigint, $4::timestamptz FROM orders_order WHERE id = $1
    ON CONFLICT (payment_no) DO NOTHING
    RETURNING order_id
), took AS (
    UPDATE orders_order SET paid_fen = paid_fen + $3,
        state = CASE WHEN paid_fen + $3 = payable_fen THEN 'paid'
            WHEN deposit_fen > 0 AND paid_fen + $3 >= deposit_fen THEN 'deposited'
            ELSE state END,
        balance_due_at = CASE
            WHEN deposit_fen > 0 THEN coalesce(balance_due_at, now() + $5::interval) END,
        paid_at = CASE WHEN paid_fen + $3 = payable_fen THEN $4 END
    FROM money
    WHERE id = money.order_id AND state IN ('placed', 'deposited')
        AND paid_fen + $3 <= payable_fen
    RETURNING id, order_no, member_id, store_id, state, payable_fen, points_spent, delivery,
        moves_stock, CASE
            WHEN paid_fen = payable_fen AND deposit_fen > 0 AND paid_fen - $3 >= deposit_fen
                THEN 'pay_balance'
            WHEN paid_fen = payable_fen THEN 'pay'
            WHEN state = 'deposited' AND paid_fen - $3 < deposit_fen THEN 'pay_deposit'
            ELSE 'pay_part' END AS action
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, action, state, 'payment:' || $2, 'system' FROM took
)
SELECT took.*, (SELECT count(*) FROM money) AS written FROM (VALUES (1)) AS one
LEFT JOIN took ON true
"""

FORGET = "DELETE FROM orders_money WHERE order_id = $1 AND payment_no = $2"
IS_TAKEN = "SELECT FROM orders_money WHERE order_id = $1 AND payment_no = $2"
EXISTS = "SELECT FROM orders_order WHERE id = $1"

# Only what expired without a fen in it, and only by all of the money at once.
REVIVE = """
WITH paid AS (
    UPDATE orders_order
    SET state = 'paid', paid_fen = payable_fen, paid_at = $4::timestamptz,
        close_reason = NULL, closed_at = NULL
    WHERE id = $1 AND state = 'closed' AND close_reason = 'expired'
        AND paid_fen = 0 AND payable_fen = $3::bigint
    RETURNING id, order_no, member_id, store_id, state, payable_fen, points_spent, delivery,
        moves_stock
), money AS (
    INSERT INTO orders_money (order_id, payment_no, amount_fen, at)
    SELECT id, $2::text, payable_fen, $4 FROM paid
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, 'revive', state, 'payment:' || $2, 'system' FROM paid
)
SELECT * FROM paid
"""

NOTHING = """
WITH paid AS (
    UPDATE orders_order SET state = 'paid', paid_at = $2::timestamptz
    WHERE id = $1 AND state = 'placed' AND payable_fen = 0
    RETURNING id, order_no, member_id, store_id, state, payable_fen, points_spent, delivery,
        moves_stock
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, 'pay', state, 'nothing_due', 'system' FROM paid
)
SELECT * FROM paid
"""


def sale_of(order_no: str) -> Cause:
    """The journal that says an order was sold; refunds mirror it."""
    return Cause("order_paid.sale", order_no)


@use_case
async def take_money(*, order_id: int, payment_no: str, amount_fen: int, at: datetime) -> bool:
    """Give an order a payment of `amount_fen` > 0; True when it took it, also when it had before.

    Payments add up: at `deposit_fen` the order is DEPOSITED, at `payable_fen` PAID, and then sold.
    An expired order is revived by all of its money at once while its goods are there. False: the
    order does not want this money, for it is closed or this is more than is due; it must go back.
    Raises OrderNotFound.
    """
    [row] = await sql(TAKE, order_id, payment_no, amount_fen, at, BALANCE_WITHIN)
    if row["id"] is not None:
        if row["action"] in {"pay", "pay_deposit"}:
            await spend_promised(row)
        if row["state"] == OrderState.PAID:
            await _sell(row, at)
        return True
    if not row["written"]:
        return await _is_known(order_id, payment_no)
    await sql(FORGET, order_id, payment_no)
    try:
        return await _revive(order_id, payment_no, amount_fen, at)
    except (OutOfStock, PromiseGone):
        return False


@use_case
async def take_nothing(*, order_id: int, at: datetime) -> bool:
    """Sell an order that costs nothing. False: it is not open, or something is due."""
    rows = await sql(NOTHING, order_id, at)
    for row in rows:
        await spend_promised(row)
        await _sell(row, at)
    return bool(rows)


async def _is_known(order_id: int, payment_no: str) -> bool:
    if await sql(IS_TAKEN, order_id, payment_no):
        return True
    if not await sql(EXISTS, order_id):
        raise OrderNotFound(order_id=order_id)
    return False


@use_case
async def _revive(order_id: int, payment_no: str, amount_fen: int, at: datetime) -> bool:
    rows = await sql(REVIVE, order_id, payment_no, amount_fen, at)
    if not rows:
        return False
    order = await order_of(order_id)
    await spend_promised_anew(rows[0])
    if order.moves_stock:
        wanted = tuple(ReserveLine(sku_id, units) for sku_id, units in order.demand)
        await reserve(ReserveRequest(order.order_no, order.store_id, wanted, order.expires_at))
    await _sell(rows[0], at)
    return True


async def _sell(order: dict[str, Any], at: datetime) -> None:
    """The shelf comes last: other buyers wait for it until this transaction ends."""
    order_no, payable_fen = order["order_no"], order["payable_fen"]
    customers = house(AccountKind.MONEY_CUSTOMER)
    sales = Account(AccountKind.SALES, f"store:{order['store_id']}")
    entries = [Entry(customers, payable_fen), Entry(sales, -payable_fen)]
    await post(sale_of(order_no), entries, memo={"order_no": order_no}, at=at)
    await publish(
        OrderPaid(
            order_id=order["id"],
            order_no=order_no,
            member_id=order["member_id"],
            store_id=order["store_id"],
            paid_fen=payable_fen,
            at=at,
        )
    )
    if order["delivery"] == Delivery.TAKEN:
        await mark_done(order_id=order["id"], cause="taken", actor="system")
    if order["moves_stock"]:
        await capture_reservation(order_no=order_no)

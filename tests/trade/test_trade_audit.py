"""The auditor proves itself: clean books find nothing, and each corruption is named."""

import pytest

from core.database import sql
from core.settings import Settings
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.orders import a_payment, a_shelf, an_order, money_back, money_for, some_rates
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.orders.queries import CloseReason, Source
from trade.orders.service import close_order
from trade.payments.service import book_refund, register_refund, settle
from trade.promotions.service import forget_terms

pytestmark = pytest.mark.usefixtures("db")

ROOMS = ("stock", "orders", "payments", "settlement", "fulfilment")


async def a_busy_day() -> None:
    """One order of each kind: open, closed, paid, partly and wholly refunded, paid twice."""
    forget_terms()  # else the first order is priced twice and takes two ids
    await some_rates()
    store = await a_store(franchisee=await a_franchisee())
    guide = await a_member_of_staff(store=store)
    shelf = await a_shelf(units=50, store_id=store.id, list_price_fen=10_000)
    source = Source(guide.id, store.id)
    await an_order(shelf)
    closed = await an_order(shelf)
    await close_order(order_id=closed.id, reason=CloseReason.CANCELLED, actor="member:7")
    for refunded_fen in (0, 3_333, 20_000):
        order = await an_order(shelf, quantity=2, source=source)
        number = await a_payment(order)
        fact = await money_for(number)
        await settle(fact)
        if refunded_fen:
            refund_no = f"RF{refunded_fen}"
            await register_refund(payment_no=number, refund_no=refund_no, refund_fen=refunded_fen)
            told = money_back(number, refund_no, refund_fen=refunded_fen, total_fen=20_000)
            await book_refund(told)
        else:
            await settle(await money_for(number))
    await tell_everyone()
    await sql("UPDATE orders_order SET placed_at = placed_at - interval '1 hour'")
    await sql("UPDATE orders_order SET paid_at = paid_at - interval '1 hour' WHERE paid_fen > 0")
    await sql("UPDATE orders_order SET closed_at = closed_at - interval '1 hour'")
    await sql("UPDATE payments_refund SET settled_at = settled_at - interval '1 hour'")


CORRUPTIONS = {
    "orders.totals": [
        "UPDATE orders_line SET price_fen = price_fen + 1 WHERE id = 1",
        "UPDATE orders_order SET discount_fen = 1, payable_fen = payable_fen - 1 WHERE id = 1",
        "DELETE FROM orders_line WHERE id = 1",
    ],
    "orders.timeline": [
        "UPDATE orders_order SET state = 'shipped' WHERE state = 'paid'",
        "UPDATE orders_order SET state = 'placed' WHERE state = 'closed' AND paid_fen = 0",
    ],
    "orders.steps": [
        "UPDATE orders_timeline SET action = 'ship' WHERE action = 'pay'",
        "DELETE FROM orders_timeline WHERE action = 'place' AND order_id = 3",
    ],
    "orders.points": ["UPDATE orders_order SET points_spent = 1 WHERE id = 3"],
    "orders.uses": [
        (
            "INSERT INTO promotions_use (order_no, kind, ref, fen, times, state, expires_at)"
            " VALUES ('nobody', 'deal', 1, 1, 1, 'held', now())"
        ),
    ],
    "orders.stock": [
        "UPDATE stock_reservation SET state = 'released' WHERE state = 'held'",
        "UPDATE stock_reservation SET state = 'held' WHERE state = 'released'",
        "UPDATE stock_reservation SET quantity = quantity + 1 WHERE state = 'captured'",
        "DELETE FROM stock_reservation WHERE id = 1",
        "UPDATE stock_reservation SET order_no = 'nobody' WHERE id = 1",
    ],
    "orders.money": [
        "UPDATE orders_money SET amount_fen = amount_fen - 1 WHERE order_id = 3",
        "DELETE FROM orders_money WHERE order_id = 3",
    ],
    "orders.overdue": [
        "UPDATE orders_order SET expires_at = now() - interval '2 minutes' WHERE state = 'placed'",
    ],
    "stock.on_hand": ["UPDATE stock_level SET on_hand = on_hand + 1"],
    "stock.reserved": ["UPDATE stock_level SET reserved = reserved + 1"],
    "payments.paid": [
        "UPDATE payments_payment SET has_paid_order = false WHERE id = 1",
        "UPDATE payments_payment SET amount_fen = amount_fen + 1 WHERE id = 1",
        "UPDATE orders_money SET payment_no = 'P-other' WHERE order_id = 3",
        "UPDATE payments_payment SET order_id = 1 WHERE id = 1",
    ],
    "payments.unwanted": [
        "DELETE FROM payments_refund WHERE surplus_id IS NOT NULL",
        "UPDATE payments_payment SET has_paid_order = false WHERE id = 1",
    ],
    "payments.refunds": [
        "UPDATE payments_payment SET refunding_fen = 1 WHERE refunding_fen = 0",
        "UPDATE payments_refund SET amount_fen = amount_fen + 1 WHERE refund_no = 'RF3333'",
    ],
    "payments.booked": [
        "UPDATE payments_payment SET transaction_id = 'other' WHERE id = 1",
        "UPDATE payments_surplus SET amount_fen = amount_fen - 1",
        "UPDATE payments_refund SET refund_no = 'RF9' WHERE refund_no = 'RF3333'",
        "UPDATE payments_refund SET state = 'settled', settled_at = now() WHERE state = 'unknown'",
    ],
    "payments.unknown": [
        (
            "UPDATE payments_payment SET state = 'unknown', transaction_id = NULL, paid_at = NULL,"
            " created_at = now() - interval '25 hours' WHERE id = 1"
        ),
        (
            "UPDATE payments_refund SET created_at = now() - interval '25 hours'"
            " WHERE state = 'unknown'"
        ),
    ],
    "payments.unfunded": [
        (
            "UPDATE payments_refund SET state = 'created', said = 'NOT_ENOUGH',"
            " created_at = now() - interval '11 minutes' WHERE state = 'unknown'"
        ),
    ],
    "settlement.recomputed": [
        "UPDATE settlement_sale_credit SET commission_fen = commission_fen + 1 WHERE id = 1",
        "UPDATE settlement_sale_credit SET share_bp = share_bp + 100 WHERE id = 1",
        "UPDATE settlement_sale_credit SET guide_id = NULL WHERE id = 1",
    ],
    "settlement.booked": [
        "UPDATE settlement_sale_credit SET commission_fen = commission_fen + 1 WHERE id = 1",
        "UPDATE settlement_sale_credit SET guide_id = guide_id + 1 WHERE id = 1",
        "UPDATE settlement_sale_credit SET order_no = 'other' WHERE id = 1",
    ],
    "settlement.missing": [
        "DELETE FROM settlement_sale_credit WHERE id = 1",
        "UPDATE settlement_sale_credit SET paid_fen = paid_fen + 1 WHERE id = 1",
    ],
    "fulfilment.tasks": [
        "DELETE FROM fulfilment_store_task WHERE state = 'open'",
        "UPDATE fulfilment_store_task SET state = 'open' WHERE state = 'cancelled'",
    ],
}


async def test_clean_books_find_nothing(settings: Settings) -> None:
    await a_busy_day()

    assert settings.mode == "test"
    assert await named_in(ROOMS) == set()


async def test_every_corruption_is_named() -> None:
    await a_busy_day()

    assert await overlooked_of(CORRUPTIONS, ROOMS) == []

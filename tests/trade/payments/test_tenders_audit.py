"""The auditor on a day of many tenders: nothing on clean books, and each corruption by name."""

import pytest

from core.database import sql
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.orders import some_rates
from tests.scenes.tenders import (
    a_purse,
    a_sale,
    by_hand,
    by_wechat,
    from_purse,
    of_deposit,
)
from trade.orders.queries import CloseReason
from trade.orders.service import close_order
from trade.payments.service import (
    Counter,
    Method,
    RefundTo,
    offer_bonus,
    refund,
    set_deposit_rule,
)

pytestmark = pytest.mark.usefixtures("db")

ROOMS = {"orders", "payments", "ledger", "stock"}


async def a_busy_day() -> None:
    """Sold in two and three tenders, refunded in every way, a deposit kept, an order half paid."""
    await some_rates()
    await offer_bonus(amount_fen=1_000, bonus_fen=200)
    await a_purse(20_000)
    first, second = await a_sale(), await a_sale()
    for order in (first, second):
        await from_purse(order, 3_000)
        await by_hand(order, 2_000)
        await by_wechat(order)
    counter = Counter(first.store_id, "store_manager:1")
    await refund(order_id=first.id, amount_fen=999, reason="退货", key="a", counter=counter)
    await refund(order_id=first.id, amount_fen=501, reason="退货", key="b", to=RefundTo.CREDIT)
    await refund(order_id=second.id, amount_fen=10_000, reason="退货", key="c")
    third = await a_sale(400)
    await from_purse(third, 300, Method.CREDIT)
    given_up = await a_sale()
    await of_deposit(given_up, 2_000)
    await set_deposit_rule(keeps_bp=10_000)
    await by_hand(given_up, 2_500, Method.CARD)
    await close_order(order_id=given_up.id, reason=CloseReason.CANCELLED)
    await tell_everyone()
    await sql("UPDATE orders_order SET closed_at = closed_at - interval '1 hour'")


CORRUPTIONS = {
    "payments.booked": [
        "UPDATE payments_payment SET method = 'card' WHERE method = 'cash' AND top_up_id IS NULL",
        "UPDATE payments_payment SET amount_fen = amount_fen + 1 WHERE method = 'stored_value'",
        "UPDATE payments_payment SET kept_fen = kept_fen - 1 WHERE kept_fen > 0",
        "UPDATE payments_refund SET goes_to = 'origin' WHERE goes_to = 'credit'",
        "UPDATE payments_refund SET state = 'settled', settled_at = now() WHERE state = 'waiting'",
        "UPDATE payments_top_up SET bonus_fen = bonus_fen + 1",
        "DELETE FROM payments_top_up",
    ],
    "payments.unwanted": [
        "UPDATE payments_payment SET kept_fen = 0 WHERE kept_fen > 0",
        "UPDATE payments_payment SET refunding_fen = 0 WHERE kept_fen > 0",
    ],
    "payments.customers": [
        "DELETE FROM payments_payment WHERE method = 'credit'",
        "UPDATE orders_order SET paid_at = NULL, state = 'closed' WHERE state = 'paid'",
        (
            "UPDATE core_ledger_entry SET amount = amount + 1 WHERE account_id ="
            " (SELECT id FROM core_ledger_account WHERE kind = 'money_customer')"
        ),
    ],
    "payments.paid": ["UPDATE orders_money SET amount_fen = amount_fen + 1 WHERE id = 1"],
    "payments.refunds": ["UPDATE payments_refund SET amount_fen = amount_fen + 1"],
    "orders.money": [
        "DELETE FROM orders_money_back",
        "UPDATE orders_order SET refunded_fen = refunded_fen - 1 WHERE refunded_fen > 0",
    ],
}


async def test_clean_books_find_nothing() -> None:
    await a_busy_day()

    assert await named_in(ROOMS) == set()


async def test_every_corruption_of_a_tender_is_named() -> None:
    await a_busy_day()

    assert await overlooked_of(CORRUPTIONS, ROOMS) == []

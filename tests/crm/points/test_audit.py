"""The auditor of points names every row that was tampered with, and nothing in a clean shop."""

import pytest

from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.people import a_member
from tests.scenes.points import a_paid_order, a_program, pays_back, some_gifts

pytestmark = pytest.mark.usefixtures("db")
ROOMS = {"points"}
EXCHANGE = """
INSERT INTO points_exchange (exchange_no, alliance_id, member_id, request_key, direction, purse,
    ours, theirs, account_id, state, why, partner_no, day, at)
VALUES ('PJ1', 1, 1, 'k', '{way}', 'points', 5, 5, 1, 'unknown', '', '', current_date, {at})
"""
CORRUPTIONS = {
    "points.orders": [
        "UPDATE orders_order SET points_earned = 1",
        "UPDATE points_earning SET order_no = 'another'",
        "UPDATE points_earning SET base = base + 1",
    ],
    "points.booked": [
        "UPDATE points_earning SET points = points + 1",
        "UPDATE points_earning SET purse = 'behaviour_points'",
        "UPDATE points_earning SET member_id = 99",
        "DELETE FROM core_ledger_entry WHERE amount = 399",
        "DELETE FROM points_earning",
    ],
    "points.arithmetic": [
        "UPDATE points_earning SET steps = '[]'",
        "UPDATE points_earning SET state = 'void', given_at = NULL",
    ],
    "points.refunds": [
        "UPDATE points_earning SET refunded_fen = 0",
        "DELETE FROM points_taking",
        (
            "WITH old AS (UPDATE payments_refund SET settled_at = now() - interval '1 day'),"
            " gone AS (DELETE FROM points_taking) UPDATE points_earning SET refunded_fen = 0"
        ),
    ],
    "points.waiting": [
        (
            "UPDATE points_earning SET state = 'pending', given_at = NULL,"
            " available_at = now() - interval '2 hours'"
        ),
    ],
    "points.redemptions": [
        "UPDATE points_redemption SET points = points + 1",
        "DELETE FROM points_redemption WHERE request_key = 'gift-0001'",
        "UPDATE points_reward SET redeemed = redeemed + 1",
        "UPDATE points_redemption SET state = 'cancelled', ended_at = now()",
    ],
    "points.exchanges": [
        EXCHANGE.format(way="out", at="now()"),
        EXCHANGE.format(way="in", at="now() - interval '2 days'"),
        (
            "INSERT INTO points_difference (alliance_id, day, exchange_no, what, found_at,"
            " settled_by, note) VALUES"
            " (1, '2026-01-01', 'PJ1', 'amount', now() - interval '9 days', '', '')"
        ),
    ],
}


async def test_each_damage_is_named_and_a_clean_shop_has_none() -> None:
    await a_program(as_promised=True)
    member = await a_member()
    order = await a_paid_order(member)
    await pays_back(order, 10_000)
    await some_gifts(member.id, order.store_id)

    assert await named_in(ROOMS) == set()
    assert await overlooked_of(CORRUPTIONS, ROOMS) == []

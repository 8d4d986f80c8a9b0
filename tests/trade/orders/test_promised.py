"""Points an order was priced with: spent with its money, freed with its end, back with a refund."""

from datetime import timedelta

import pytest

from core import clock
from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, balance, hold, house, post
from tests.scenes.orders import MEMBER, overdue
from tests.scenes.tenders import a_sale, by_hand, of_deposit
from trade.orders.queries import CloseReason, OrderState, OrderView, order_of
from trade.orders.service import close_order, take_money
from trade.payments.service import Counter, refund

pytestmark = pytest.mark.usefixtures("db")
POINTS = Account(AccountKind.POINTS, f"member:{MEMBER}")


@use_case
async def with_points(order: OrderView, points: int = 300) -> None:
    """As if the order had been placed with points of a member who had just so many."""
    entries = [Entry(POINTS, points), Entry(house(AccountKind.POINTS_ISSUED), -points)]
    await post(Cause("scene.points", order.order_no), entries)
    until = clock.now() + timedelta(hours=1)
    await hold(Cause("order_placed.spent_points", order.order_no), POINTS, points, until)
    await sql("UPDATE orders_order SET points_spent = $2 WHERE id = $1", order.id, points)


async def test_points_are_spent_with_the_money_and_return_in_proportion() -> None:
    order = await a_sale()
    await with_points(order)
    await by_hand(order, 4_000)
    held = await balance(POINTS.held)
    await by_hand(order, 6_000)
    spent = await balance(POINTS.held), await balance(POINTS)
    counter = Counter(order.store_id, "store_manager:1")
    back = []
    for place, fen in enumerate((3_333, 6_667)):
        await refund(
            order_id=order.id, amount_fen=fen, reason="退货", key=f"r{place}", counter=counter
        )
        back.append(await balance(POINTS))

    assert (held, spent, back) == (300, (0, 0), [100, 300])


@pytest.mark.parametrize("deposit_fen", [0, 2_000])
async def test_points_of_an_order_that_ends_unsold_come_back_whole(deposit_fen: int) -> None:
    order = await a_sale()
    await with_points(order)
    await of_deposit(order, deposit_fen)
    await by_hand(order, 2_000)
    await close_order(order_id=order.id, reason=CloseReason.CANCELLED)

    assert (await balance(POINTS), await balance(POINTS.held)) == (300, 0)


@pytest.mark.parametrize("are_there", [True, False], ids=["still there", "spent elsewhere"])
async def test_late_money_revives_an_order_only_with_its_points(*, are_there: bool) -> None:
    order = await a_sale()
    await with_points(order)
    await overdue(order)
    await close_order(order_id=order.id, reason=CloseReason.EXPIRED)
    if not are_there:
        await _spend_all(order)
    took = await take_money(order_id=order.id, payment_no="P1", amount_fen=10_000, at=clock.now())
    state = (await order_of(order.id)).state

    assert took is are_there
    assert state is (OrderState.PAID if are_there else OrderState.CLOSED)
    assert await balance(POINTS) == 0


@use_case
async def _spend_all(order: OrderView) -> None:
    entries = [Entry(POINTS, -300), Entry(house(AccountKind.POINTS_ISSUED), 300)]
    await post(Cause("scene.elsewhere", order.order_no), entries)

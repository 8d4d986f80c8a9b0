"""Points of an order: once, in proportion to what stays bought, whatever comes first."""

from datetime import timedelta

import pytest

from core import clock
from core.database import sql
from core.ledger import Cause, debts, expire_lots, explain, lots
from crm.points.audit import paid_orders_earned_what_their_quotes_promised
from crm.points.models import Earning
from crm.points.rules import State
from crm.points.service import earn_points, give_due, start_waiting, take_points_back
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in
from tests.scenes.people import a_member
from tests.scenes.points import POINTS, a_paid_order, a_program, has, pays_back, purse, spends

pytestmark = pytest.mark.usefixtures("db")


async def clean() -> bool:
    return await named_in({"points", "ledger", "orders"}) == set()


async def test_a_paid_order_earns_its_points_once_however_often_it_is_told() -> None:
    order = await a_paid_order()
    for _ in range(3):
        await earn_points(order_id=order.id, at=order.placed_at)

    assert order.points_earned == 399
    assert await has(order.member_id or 0) == 399
    assert await paid_orders_earned_what_their_quotes_promised() == []


async def test_points_are_explained_in_words() -> None:
    order = await a_paid_order()
    [zh] = await explain(Cause("order_paid.points", order.order_no))
    [en] = await explain(Cause("order_paid.points", order.order_no), "en")

    assert "订单支付积分" in zh
    assert "+399 分" in zh
    assert order.order_no in zh
    assert "points for a paid order" in en


async def test_a_refund_takes_its_part_of_the_points_back() -> None:
    order = await a_paid_order()
    await pays_back(order, order.payable_fen // 3)

    assert await has(order.member_id or 0) == 266


async def test_nobody_keeps_points_by_buying_and_sending_back_again_and_again() -> None:
    member = await a_member()
    for _ in range(3):
        order = await a_paid_order(member)
        await pays_back(order, order.payable_fen)

    assert await has(member.id) == 0
    assert await clean()


async def test_a_refund_told_twice_takes_once() -> None:
    order = await a_paid_order()
    await pays_back(order, 10_000)
    for _ in range(3):
        await take_points_back(order_id=order.id)

    assert await has(order.member_id or 0) == 299
    assert await clean()


async def test_a_refund_heard_of_before_the_payment_is_taken_when_points_come() -> None:
    order = await a_paid_order(tell=False)
    await pays_back(order, 10_000, tell=False)
    await take_points_back(order_id=order.id)
    assert await has(order.member_id or 0) == 0
    await tell_everyone()

    assert await has(order.member_id or 0) == 299
    assert await clean()


async def test_spent_points_of_a_refunded_order_are_a_debt_that_the_next_earning_pays() -> None:
    member = await a_member()
    order = await a_paid_order(member)
    await spends(member.id, 300)
    await pays_back(order, order.payable_fen)
    owed = await has(member.id)
    seen = await debts(POINTS)
    await a_paid_order(member, fen=40_000)

    assert owed == -300
    assert seen == {purse(member.id): -300}
    assert await has(member.id) == 100
    assert await clean()


async def test_refunded_goods_do_not_count_in_the_next_order() -> None:
    member = await a_member()
    first = await a_paid_order(member)
    await pays_back(first, 20_000)
    await a_paid_order(member, fen=10_000)

    assert await has(member.id) == 199 + 100


async def test_freight_that_earned_nothing_hides_no_points_from_a_refund() -> None:
    """Goods 399.00 and freight 10.00 were paid; when 399.00 go back, no point stays."""
    order = await a_paid_order(tell=False)
    await sql(
        "UPDATE orders_order SET freight_fen = 1000, payable_fen = payable_fen + 1000,"
        " paid_fen = paid_fen + 1000 WHERE id = $1",
        order.id,
    )
    await tell_everyone()
    [earning] = await Earning.filter(order_id=order.id)
    await pays_back(order, 39_900)

    assert earning.basis_fen == 39_900
    assert await has(order.member_id or 0) == 0


async def test_points_wait_until_the_return_window_has_ended() -> None:
    await a_program(as_promised=True, pending={"since": "done", "days": 7})
    order = await a_paid_order()
    waiting = await Earning.get(order_id=order.id)
    await start_waiting(order_id=order.id, at=clock.now() - timedelta(days=6))
    for_six_days = await give_due(), await has(order.member_id or 0)
    await Earning.filter(id=waiting.id).update(available_at=clock.now() - timedelta(seconds=1))
    given = await give_due(), await has(order.member_id or 0)

    assert (waiting.state, waiting.available_at) == (State.PENDING, None)
    assert (for_six_days, given) == ((0, 0), (1, 399))
    assert (await give_due(), await has(order.member_id or 0)) == (0, 399)
    assert await clean()


async def test_what_goes_back_while_points_wait_is_never_given() -> None:
    await a_program(as_promised=True, pending={"since": "paid", "days": 7})
    half, whole = await a_paid_order(), await a_paid_order()
    await pays_back(half, 19_950)
    await pays_back(whole, whole.payable_fen)
    await sql("UPDATE points_earning SET available_at = now() - interval '1 second'")
    await give_due()

    assert (await Earning.get(order_id=whole.id)).state is State.VOID
    assert await explain(Cause("order_paid.points", whole.order_no)) == []
    assert await has(half.member_id or 0) == 199
    assert await clean()


async def test_goods_handed_over_before_the_payment_was_told_start_the_wait_all_the_same() -> None:
    await a_program(as_promised=True, pending={"since": "done", "days": 1})
    order = await a_paid_order(tell=False)
    await sql("UPDATE orders_order SET state = 'done' WHERE id = $1", order.id)
    await sql(
        "INSERT INTO orders_timeline (order_id, action, state, cause, actor, at)"
        " VALUES ($1, 'receive', 'done', 'x', 'x', now() - interval '2 days')",
        order.id,
    )
    await start_waiting(order_id=order.id, at=clock.now())
    await tell_everyone()

    assert await has(order.member_id or 0) == 399


async def test_points_that_expired_unused_are_not_taken_a_second_time_by_a_refund() -> None:
    await a_program(as_promised=True, expires={"count": 0, "span": "day", "to_end_of": "day"})
    member = await a_member()
    order = await a_paid_order(member, tell=False)
    await earn_points(order_id=order.id, at=clock.now() - timedelta(days=3))
    await spends(member.id, 300)
    await expire_lots()
    gone = await has(member.id)
    await pays_back(order, 13_300)
    a_third_back = await has(member.id)
    await pays_back(order, 26_600)

    assert (gone, a_third_back) == (0, -34)  # 133, of which 99 had expired
    assert await has(member.id) == -300  # what was spent, and no more
    assert await clean()


async def test_points_expire_at_the_end_of_a_month_and_the_soonest_are_spent_first() -> None:
    member = await a_member()
    await a_program(as_promised=True, expires={"count": 12})
    await a_paid_order(member, fen=10_000)
    await a_program(as_promised=True, expires={"count": 1})
    await a_paid_order(member, fen=20_000)
    await spends(member.id, 50)
    soon, late = await lots(purse(member.id))

    assert (soon.remaining, late.remaining) == (150, 100)
    assert soon.expires_at is not None
    assert soon.expires_at.astimezone(clock.SHOP_ZONE).day == 1

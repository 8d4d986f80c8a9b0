"""Money of what comes back: when, whose decision, where to, and in every book once."""

import asyncio

import pytest
from tortoise.transactions import in_transaction

from core.database import sql
from core.security.scope import Role
from tests.scene import tell_everyone
from tests.scenes.fulfilment import (
    ME,
    key,
    people_of,
    refunds_arrive,
)
from tests.scenes.orders import a_shelf
from tests.scenes.returns import a_case, brought, received_by_member
from trade.fulfilment.errors import (
    GoodsFirst,
    ManagerNeeded,
    NotWorthThat,
    ReturnCannotMove,
)
from trade.fulfilment.models import ReturnRuleRow
from trade.fulfilment.queries import (
    Condition,
    MoneyState,
    ReceiptState,
    RefundTo,
)
from trade.fulfilment.service import (
    GiveBack,
    allow_money,
    pay_back,
    receive_goods,
    withdraw_return,
)
from trade.orders.queries import order_of
from trade.payments.queries import refunds_of

pytestmark = pytest.mark.usefixtures("db")


async def test_money_follows_the_goods_unless_the_policy_pays_first() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case = await a_case(order)
    with pytest.raises(GoodsFirst):
        await pay_back(
            scope=people_of(shelf.store_id), return_id=case.public_id, wish=GiveBack(key())
        )
    _ = await ReturnRuleRow.create(
        code="trusted", priority=5, data={"days": 30, "money": "before", "zh": "", "en": ""}
    )

    early = await a_case(order)
    early = await pay_back(
        scope=people_of(shelf.store_id), return_id=early.public_id, wish=GiveBack(key())
    )

    assert (early.asked_fen, early.receipt) == (39_900, ReceiptState.AWAITED)
    with pytest.raises(ReturnCannotMove):
        await withdraw_return(scope=ME, return_id=early.public_id)


async def test_staff_above_their_limit_need_a_manager_and_money_goes_once() -> None:
    shelf = await a_shelf()
    _ = await ReturnRuleRow.create(
        code="small", priority=5, data={"money": "before", "manager_over_fen": 30_000}
    )
    order = await received_by_member(shelf)
    case, staff = await a_case(order), people_of(shelf.store_id)
    manager = people_of(shelf.store_id, role=Role.STORE_MANAGER)

    case = await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key()))
    with pytest.raises(ManagerNeeded):
        await allow_money(scope=staff, return_id=case.public_id)
    before = await refunds_of(order.id)
    await asyncio.gather(*(allow_money(scope=manager, return_id=case.public_id) for _ in range(3)))

    assert (case.money, before) == (MoneyState.WAITING, ())
    assert [refund.amount_fen for refund in await refunds_of(order.id)] == [39_900]
    with pytest.raises(NotWorthThat):
        await pay_back(scope=manager, return_id=case.public_id, wish=GiveBack(key(), 1))


async def test_odd_pieces_make_the_money_a_managers_decision() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case, staff = await a_case(order), people_of(shelf.store_id)
    worn = brought(case, shelf.store_id, condition=Condition.WORN)
    await receive_goods(scope=staff, return_no=case.return_no, delivered=worn)

    case = await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key(), 20_000))

    assert (case.money, case.asked_fen) == (MoneyState.WAITING, 20_000)


async def test_store_credit_instead_of_money_where_the_policy_says_so() -> None:
    shelf = await a_shelf()
    _ = await ReturnRuleRow.create(
        code="late", priority=5, data={"days": 30, "origin_days": 7, "money": "before"}
    )
    order = await received_by_member(shelf)
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")  # the timeline is never changed
        await sql("UPDATE orders_timeline SET at = at - interval '10 days'")

    case = await a_case(order)
    case = await pay_back(
        scope=people_of(shelf.store_id), return_id=case.public_id, wish=GiveBack(key())
    )

    [refund] = await refunds_of(order.id)
    assert (case.refund_to, refund.goes_to) == (RefundTo.CREDIT, "credit")
    assert case.money is MoneyState.SETTLED


async def test_a_refund_mirrors_the_book_of_every_party() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    staff = people_of(shelf.store_id)
    for _ in range(3):
        case = await a_case(order)
        case = await receive_goods(
            scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id)
        )
        await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key()))
    await refunds_arrive(order)
    await tell_everyone()

    done = await order_of(order.id)
    assert (done.refunded_fen, done.paid_fen) == (119_700, 119_700)
    [row] = await sql(
        "SELECT count(*) AS n FROM core_ledger_journal AS j"
        " WHERE cause_kind = 'order_refunded.sale'"
    )
    assert row["n"] == 3

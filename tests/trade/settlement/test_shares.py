import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.ledger import AccountKind, balance, house
from tests.scene import tell_everyone
from tests.scenes.orders import (
    a_payment,
    a_shelf,
    an_order,
    money_back,
    money_for,
    some_rates,
)
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.fulfilment.queries import TaskKind, TaskState, task_of
from trade.orders.queries import Delivery, OrderView, Source
from trade.orders.service import Consignee
from trade.payments.queries import payment_of
from trade.payments.service import book_refund, register_refund, settle
from trade.settlement.queries import (
    credit_of,
    credits_of,
    earned_by,
    explain_sale,
    shares_of,
)
from trade.settlement.rules import shares_of_sale
from trade.settlement.service import CreditSale, claw_back, credit_sale
from trade.stores.models import Franchisee, Staff, Store

database = pytest.mark.usefixtures("db")


@given(
    paid_fen=st.integers(1, 10**10),
    commission_bp=st.integers(0, 10_000),
    share_bp_=st.integers(0, 10_000),
    has_guide=st.booleans(),
    is_franchise=st.booleans(),
)
def test_nobody_gets_more_than_was_paid_and_nobody_there_gets_nothing(
    paid_fen: int,
    commission_bp: int,
    share_bp_: int,
    has_guide: bool,  # noqa: FBT001
    is_franchise: bool,  # noqa: FBT001
) -> None:
    shares = shares_of_sale(
        paid_fen,
        commission_bp=commission_bp,
        share_bp_=share_bp_,
        has_guide=has_guide,
        is_franchise=is_franchise,
    )

    assert 0 <= shares.commission_fen <= paid_fen
    assert 0 <= shares.share_fen <= paid_fen
    assert has_guide or shares.commission_fen == 0
    assert is_franchise or shares.share_fen == 0


async def a_franchise_sale() -> tuple[OrderView, Staff, Franchisee]:
    """An order of 100 yuan in a franchise store, paid, begun by one of its guides."""
    await some_rates()
    owner = await a_franchisee()
    store = await a_store(franchisee=owner)
    guide = await a_member_of_staff(store=store)
    shelf = await a_shelf(store_id=store.id, list_price_fen=10_000)
    order = await an_order(shelf, source=Source(guide.id, store.id))
    await settle(await money_for(await a_payment(order)))
    return order, guide, owner


def credit(order: OrderView, guide_id: int | None) -> CreditSale:
    return CreditSale(
        order_no=order.order_no,
        order_id=order.id,
        store_id=order.store_id,
        paid_fen=order.payable_fen,
        guide_id=guide_id,
        at=clock.now(),
    )


async def give_back(order: OrderView, refund_no: str, refund_fen: int) -> None:
    payment = await payment_of(order.id)
    assert payment is not None
    await register_refund(payment_no=payment.payment_no, refund_no=refund_no, refund_fen=refund_fen)
    await book_refund(
        money_back(
            payment.payment_no, refund_no, refund_fen=refund_fen, total_fen=payment.amount_fen
        )
    )


@database
async def test_a_franchise_sale_is_shared_by_its_guide_and_its_franchisee() -> None:
    order, guide, owner = await a_franchise_sale()
    for _ in range(3):
        await credit_sale(credit(order, guide.id))

    assert (await earned_by(guide.id), await shares_of(owner.id)) == (300, 7_000)
    assert await balance(house(AccountKind.COMMISSION_COST)) == -300
    assert await balance(house(AccountKind.SHARE_COST)) == -7_000
    [view] = await credits_of(guide.id)
    assert view == await credit_of(order.order_no)
    told = await explain_sale(order.order_no)
    assert any("佣金" in sentence and "3.00" in sentence for sentence in told)
    assert any("分账" in sentence and "70.00" in sentence for sentence in told)


@database
async def test_a_store_of_ones_own_shares_with_nobody() -> None:
    await some_rates()
    order = await an_order(await a_shelf(list_price_fen=10_000))
    await settle(await money_for(await a_payment(order)))
    await credit_sale(credit(order, None))

    view = await credit_of(order.order_no)
    assert view is not None
    assert (view.commission_fen, view.share_fen, view.franchisee_id) == (0, 0, None)
    assert await explain_sale(order.order_no) == []


@database
async def test_what_is_refunded_is_taken_back_in_proportion() -> None:
    order, guide, owner = await a_franchise_sale()
    await credit_sale(credit(order, guide.id))
    await give_back(order, "RF1", 3_333)
    for _ in range(2):
        await claw_back(order_id=order.id)
    partly = await earned_by(guide.id), await shares_of(owner.id)
    await give_back(order, "RF2", 6_667)
    await tell_everyone()

    assert partly == (200, 4_667)
    assert (await earned_by(guide.id), await shares_of(owner.id)) == (0, 0)
    assert len(await explain_sale(order.order_no)) == 6


@database
async def test_a_refund_before_the_credit_is_taken_back_with_it() -> None:
    order, guide, owner = await a_franchise_sale()
    await give_back(order, "RF1", 5_000)
    await claw_back(order_id=order.id)
    await credit_sale(credit(order, guide.id))

    assert (await earned_by(guide.id), await shares_of(owner.id)) == (150, 3_500)


@database
async def test_crediting_and_taking_back_at_once_leave_one_truth() -> None:
    order, guide, owner = await a_franchise_sale()
    await give_back(order, "RF1", 5_000)
    await asyncio.gather(
        *[credit_sale(credit(order, guide.id)) for _ in range(4)],
        *[claw_back(order_id=order.id) for _ in range(4)],
    )

    assert (await earned_by(guide.id), await shares_of(owner.id)) == (150, 3_500)


@database
async def test_a_paid_order_is_a_task_of_its_store_until_it_is_refunded() -> None:
    order, _, _ = await a_franchise_sale()
    await tell_everyone()
    opened = await task_of(order.id)
    await give_back(order, "RF1", order.payable_fen)
    await tell_everyone()
    ended = await task_of(order.id)

    assert opened is not None
    assert (opened.kind, opened.state, opened.store_id) == (
        *(TaskKind.PICKUP, TaskState.OPEN, order.store_id),
    )
    assert opened.code is not None
    assert len(opened.code) == 8
    assert ended is not None
    assert ended.state is TaskState.CANCELLED


@database
async def test_a_parcel_is_picked_and_has_no_pick_up_code() -> None:
    to = Consignee("何远", "13800138000", "杭州市西湖区文三路 1 号")
    order = await an_order(delivery=Delivery.EXPRESS, consignee=to)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()

    task = await task_of(order.id)
    assert task is not None
    assert (task.kind, task.code) == (TaskKind.PICK, None)


@database
async def test_the_sale_of_a_guide_reaches_all_who_have_a_part_in_it() -> None:
    order, guide, owner = await a_franchise_sale()
    await tell_everyone()

    assert (await earned_by(guide.id), await shares_of(owner.id)) == (300, 7_000)
    assert await Store.exists(id=order.store_id)

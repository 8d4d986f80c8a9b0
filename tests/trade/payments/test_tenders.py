"""One order, several tenders: they add up, race, and go back to where they came from."""

import asyncio
from pathlib import Path

import pytest

from core.database import sql
from core.ledger import Account, AccountKind, InsufficientBalance, balance
from core.money import yuan
from tests.scene import tell_everyone
from tests.scenes.orders import a_payment, money_for, overdue
from tests.scenes.tenders import (
    a_purse,
    a_sale,
    by_hand,
    by_wechat,
    customers,
    from_purse,
    of_deposit,
    purse,
)
from trade.orders.queries import CloseReason, OrderState, order_of, timeline_of
from trade.orders.service import close_order
from trade.payments.errors import (
    NobodyToCredit,
    NotAtTheCounter,
    NotSoldYet,
    OrderWantsLess,
    RefundKeyReused,
    RefundTooMuch,
    TenderAmount,
    TenderKeyReused,
)
from trade.payments.models import Payment, Refund
from trade.payments.queries import RefundState, payments_of, refunds_of
from trade.payments.service import (
    Method,
    RefundTo,
    Settled,
    expire_order,
    refund,
    set_deposit_rule,
    settle,
)
from trade.stock.queries import held_orders

PAGE = (Path(__file__).parents[3] / "docs/why/payments.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.usefixtures("db")


async def cash_of(store_id: int) -> int:
    return await balance(Account(AccountKind.MONEY_CASH, f"store:{store_id}"))


async def test_stored_value_and_wechat_pay_one_order_together() -> None:
    await a_purse(3_000)
    order = await a_sale()
    part = await from_purse(order, 3_000)
    after_part = await order_of(order.id)
    await by_wechat(order)
    sold = await order_of(order.id)

    assert (after_part.state, after_part.paid_fen) == (OrderState.PLACED, 3_000)
    assert (sold.state, sold.paid_fen) == (OrderState.PAID, 10_000)
    methods = [(view.method, view.amount_fen) for view in await payments_of(order.id)]
    assert methods == [(Method.STORED_VALUE, 3_000), (Method.WECHAT_JSAPI, 7_000)]
    assert part.has_paid_order
    assert (await purse(), await customers()) == (0, 0)
    actions = [step.action for step in await timeline_of(order.id)]
    assert actions == ["place", "pay_part", "pay"]


async def test_cash_and_a_card_at_the_counter() -> None:
    order = await a_sale()
    cash = await by_hand(order, 4_000, given_fen=5_000)
    card = await by_hand(order, 6_000, Method.CARD, slip_no="0042")

    assert (cash.given_fen, card.slip_no) == (5_000, "0042")
    assert (await order_of(order.id)).state is OrderState.PAID
    assert await cash_of(order.store_id) == 4_000
    assert await balance(Account(AccountKind.MONEY_BANK, f"store:{order.store_id}")) == 6_000


async def test_a_tender_again_under_its_key_is_one_tender() -> None:
    order = await a_sale()
    first, again = [await by_hand(order, 4_000, key="till-1") for _ in range(2)]
    with pytest.raises(TenderKeyReused):
        await by_hand(order, 4_001, key="till-1")

    assert first.payment_no == again.payment_no
    assert (await order_of(order.id)).paid_fen == 4_000


async def test_tenders_that_make_no_sense_are_refused() -> None:
    order = await a_sale()
    with pytest.raises(OrderWantsLess):
        await by_hand(order, 10_001)
    with pytest.raises(TenderAmount):
        await by_hand(order, 0)
    with pytest.raises(TenderAmount):
        await by_hand(order, 4_000, given_fen=3_999)
    with pytest.raises(NotAtTheCounter):
        await by_hand(order, 1, Method.WECHAT_CODE)
    with pytest.raises(NotAtTheCounter):
        await from_purse(order, 1, Method.CASH)
    with pytest.raises(InsufficientBalance):
        await from_purse(order, 1)

    assert await Payment.all().count() == 0
    assert (await order_of(order.id)).paid_fen == 0


async def test_an_order_of_nobody_has_no_purse() -> None:
    order = await a_sale(member_id=None, placed_by="till:1")
    with pytest.raises(OrderWantsLess):
        await from_purse(order, 1)
    await by_hand(order, 10_000)
    with pytest.raises(NobodyToCredit):
        await refund(order_id=order.id, amount_fen=1, reason="退货", key="r", to=RefundTo.CREDIT)


async def test_six_tenders_at_once_never_pay_more_than_is_due() -> None:
    await a_purse(20_000)
    order = await a_sale()
    number = await a_payment(order)
    told = await money_for(number)
    answers = await asyncio.gather(
        settle(told),
        *[by_hand(order, 6_000) for _ in range(3)],
        *[from_purse(order, 6_000) for _ in range(2)],
        return_exceptions=True,
    )
    await tell_everyone()
    after = await order_of(order.id)
    refused = [answer for answer in answers if isinstance(answer, OrderWantsLess)]

    assert after.paid_fen == sum(
        view.amount_fen for view in await payments_of(order.id) if view.has_paid_order
    )
    assert after.paid_fen in {6_000, 10_000}
    if after.paid_fen == 6_000:  # one of 60 yuan was first: the phone's 100 go back
        assert answers[0] is Settled.SURPLUS
        assert len(refused) == 4
        assert [row.amount_fen for row in await Refund.all()] == [10_000]
    else:
        assert len(refused) == 5
        assert await Refund.all().count() == 0


async def test_two_phones_that_pay_one_order_are_noticed() -> None:
    """The second payment of an order goes back by itself, whatever way it was made."""
    order = await a_sale()
    number = await a_payment(order)
    await by_hand(order, 10_000)

    assert await settle(await money_for(number)) is Settled.SURPLUS
    [back] = await Refund.all()
    assert (back.amount_fen, back.reason) == (10_000, "订单已关闭")
    assert not (await refunds_of(order.id))[0].is_of_sale


@pytest.mark.parametrize("reason", [CloseReason.EXPIRED, CloseReason.CANCELLED])
async def test_an_order_that_ends_with_part_money_gives_every_fen_back(
    reason: CloseReason,
) -> None:
    await a_purse(3_000)
    order = await a_sale()
    await from_purse(order, 3_000)
    await by_hand(order, 2_000)
    await overdue(order)
    await close_order(order_id=order.id, reason=reason)
    for _ in range(2):
        await tell_everyone()

    states = {row.amount_fen: row.state for row in await Refund.all()}
    assert states == {3_000: RefundState.SETTLED, 2_000: RefundState.WAITING}
    assert await purse() == 3_000
    assert await held_orders() == set()
    assert not any(view.is_of_sale for view in await refunds_of(order.id))
    assert (await order_of(order.id)).refunded_fen == 3_000


async def test_late_money_for_the_rest_goes_back_when_the_first_part_has() -> None:
    await a_purse(3_000)
    order = await a_sale()
    await from_purse(order, 3_000)
    number = await a_payment(order)
    await overdue(order)
    await close_order(order_id=order.id, reason=CloseReason.EXPIRED)
    await tell_everyone()

    assert await settle(await money_for(number)) is Settled.SURPLUS
    assert (await order_of(order.id)).state is OrderState.CLOSED


async def test_a_deposit_by_wechat_and_the_balance_in_the_store() -> None:
    order = await a_sale()
    await of_deposit(order, 2_000)
    await by_wechat(order)
    deposited = await order_of(order.id)
    await by_hand(order, 8_000)
    sold = await order_of(order.id)

    assert (deposited.state, deposited.paid_fen) == (OrderState.DEPOSITED, 2_000)
    assert deposited.balance_due_at is not None
    assert sold.state is OrderState.PAID
    steps = [step.action for step in await timeline_of(order.id)]
    assert steps == ["place", "pay_deposit", "pay_balance"]


@pytest.mark.parametrize(("keeps_bp", "kept_fen"), [(None, 0), (5_000, 1_000), (10_000, 2_000)])
async def test_a_deposit_without_its_balance_ends_by_the_rule_of_the_store(
    keeps_bp: int | None, kept_fen: int
) -> None:
    order = await a_sale()
    await of_deposit(order, 2_000)
    await by_hand(order, 1_500)
    await by_hand(order, 1_500, Method.CARD)
    if keeps_bp is not None:
        await set_deposit_rule(keeps_bp=10_000 - keeps_bp)
        await set_deposit_rule(keeps_bp=keeps_bp, store_id=order.store_id)
    early = await close_order(order_id=order.id, reason=CloseReason.EXPIRED)
    await of_balance_now(order.id)
    await expire_order(order_id=order.id)
    await tell_everyone()

    assert not early
    assert (await order_of(order.id)).close_reason is CloseReason.EXPIRED
    store = Account(AccountKind.DEPOSIT_KEPT, f"store:{order.store_id}")
    assert -await balance(store) == kept_fen
    assert sum(row.amount_fen for row in await Refund.all()) == 3_000 - kept_fen


async def of_balance_now(order_id: int) -> None:
    await sql(
        "UPDATE orders_order SET balance_due_at = now() - interval '1 second' WHERE id = $1",
        order_id,
    )


async def test_refunds_follow_the_proportion_of_the_tenders_and_never_drift() -> None:
    """The worked numbers of the page on payments: 30 + 70 yuan, refunded in thirds."""
    await a_purse(3_000)
    order = await a_sale()
    await from_purse(order, 3_000)
    await by_hand(order, 7_000)
    parts = []
    for place, fen in enumerate((3_333, 3_333, 3_334)):
        views = await refund(order_id=order.id, amount_fen=fen, reason="退货", key=f"r{place}")
        parts.append([view.amount_fen for view in views])

    assert parts == [[1_000, 2_333], [1_000, 2_333], [1_000, 2_334]]
    for fen, (purse_fen, cash_fen) in zip((3_333, 3_333, 3_334), parts, strict=True):
        assert f"| {yuan(fen)} | {yuan(purse_fen)} | {yuan(cash_fen)} |" in PAGE
    assert await purse() == 3_000
    assert (await order_of(order.id)).refunded_fen == 3_000  # the cash waits to be handed out
    with pytest.raises(RefundTooMuch):
        await refund(order_id=order.id, amount_fen=1, reason="退货", key="more")


async def test_a_refund_to_credit_spares_the_way_back_and_pays_the_next_order() -> None:
    order, following = await a_sale(), await a_sale(4_000)
    await by_wechat(order)
    views = await refund(
        order_id=order.id, amount_fen=4_000, reason="换货", key="r", to=RefundTo.CREDIT
    )
    again = await refund(
        order_id=order.id, amount_fen=4_000, reason="换货", key="r", to=RefundTo.CREDIT
    )
    with pytest.raises(RefundKeyReused):
        await refund(order_id=order.id, amount_fen=4_000, reason="换货", key="r")
    held = await purse(AccountKind.CREDIT)
    await from_purse(following, 4_000, Method.CREDIT)

    assert [view.state for view in views] == [RefundState.SETTLED]
    assert views == again
    assert (held, await purse(AccountKind.CREDIT), await customers()) == (4_000, 0, 0)
    assert (await order_of(following.id)).state is OrderState.PAID


async def test_nothing_is_refunded_of_an_order_that_is_not_sold_yet() -> None:
    order = await a_sale()
    await by_hand(order, 1_000)
    with pytest.raises(NotSoldYet):
        await refund(order_id=order.id, amount_fen=1, reason="退货", key="r")

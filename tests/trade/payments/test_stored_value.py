"""Stored value: bought with a bonus, for cash or by WeChat Pay, once."""

import asyncio

import pytest

from core import clock
from core.ledger import AccountKind, balance, house
from core.settings import current
from sandbox.world import World
from tests.scenes.orders import MEMBER
from tests.scenes.payments import confirm, goes_wrong, open_id_of, there
from tests.scenes.tenders import CASHIER, customers, purse
from trade.payments.errors import (
    AlreadyPaid,
    NobodyToPay,
    PaymentUnclear,
    TopUpAmount,
    TopUpKeyReused,
    TopUpTooMuch,
)
from trade.payments.models import Payment, Refund, TopUp
from trade.payments.queries import Method, PaymentState, explain_purse, purses_of, top_up_offers
from trade.payments.service import (
    PaidFact,
    Settled,
    ToppedUp,
    TopUpSheet,
    ask_payment,
    offer_bonus,
    settle,
    start_top_up,
    top_up,
)

pytestmark = pytest.mark.usefixtures("db")


async def sold(fen: int, *, key: str = "till-0001", store_id: int = 1) -> ToppedUp:
    return await top_up(
        member_id=MEMBER,
        amount_fen=fen,
        method=Method.CASH,
        key=key,
        by=CASHIER,
        store_id=store_id,
    )


async def wished(world: World, fen: int = 50_000, *, key: str = "phone-001") -> TopUpSheet:
    open_id = open_id_of(world)
    return await start_top_up(member_id=MEMBER, amount_fen=fen, open_id=open_id, key=key)


async def test_cash_buys_value_and_the_highest_offer_that_fits_its_bonus() -> None:
    for fen, bonus in ((10_000, 500), (50_000, 5_000), (100_000, 15_000)):
        await offer_bonus(amount_fen=fen, bonus_fen=bonus)
    done = await sold(60_000)
    again = await sold(60_000)
    with pytest.raises(TopUpKeyReused):
        await sold(60_001)

    assert done == again
    assert (done.amount_fen, done.bonus_fen, await purse()) == (60_000, 5_000, 65_000)
    assert await customers() == -65_000  # what members have is money of customers with us
    assert await balance(house(AccountKind.STORED_VALUE_BONUS)) == 5_000
    offers = await top_up_offers(clock.shop_day(clock.now()))
    assert [offer.amount_fen for offer in offers] == [10_000, 50_000, 100_000]
    [told] = await explain_purse(MEMBER, Method.STORED_VALUE)
    assert "650.00" in told


async def test_a_purse_holds_no_more_than_a_prepaid_card_may() -> None:
    with pytest.raises(TopUpAmount):
        await sold(99)
    with pytest.raises(TopUpAmount):
        await sold(500_001)
    await sold(400_000)
    with pytest.raises(TopUpTooMuch):
        await sold(100_001, key="till-0002")

    assert (await purses_of(MEMBER)).stored_value_fen == 400_000


async def test_eight_clicks_sell_value_once() -> None:
    answers = await asyncio.gather(*[sold(10_000) for _ in range(8)], return_exceptions=True)
    good = [answer for answer in answers if isinstance(answer, ToppedUp)]

    assert good
    assert len({answer.payment_no for answer in good}) == 1
    assert await purse() == 10_000


async def test_a_phone_buys_value_and_a_lost_notice_is_no_loss(world: World) -> None:
    await offer_bonus(amount_fen=50_000, bonus_fen=5_000)
    first, again = await wished(world), await wished(world)
    confirm(world, again.sheet)
    before = await purse()
    await ask_payment(payment_id=(await Payment.get()).id)
    with pytest.raises(AlreadyPaid):
        await wished(world)

    assert first.sheet.payment_no == again.sheet.payment_no
    assert (first.bonus_fen, before, await purse()) == (5_000, 0, 55_000)


async def test_value_paid_twice_is_filled_once_and_the_second_goes_back(world: World) -> None:
    await wished(world)
    payment = await Payment.get()
    pay = current().pay
    assert pay is not None

    def told(transaction_id: str) -> PaidFact:
        return PaidFact(
            payment_no=payment.payment_no,
            transaction_id=transaction_id,
            trade_state="SUCCESS",
            total_fen=50_000,
            payer_fen=50_000,
            currency="CNY",
            mch_id=pay.mch_id,
            app_id=pay.app_id,
            open_id=open_id_of(world),
            at=clock.now(),
        )

    answers = [await settle(told(number)) for number in ("42" + "1" * 26, "42" + "2" * 26)]

    assert answers == [Settled.PAID, Settled.SURPLUS]
    assert (await purse(), await Refund.all().count()) == (50_000, 1)


async def test_a_wish_that_is_not_paid_in_time_ends(world: World) -> None:
    sheet = await wished(world)
    await Payment.all().update(expires_at=clock.now())
    await ask_payment(payment_id=(await Payment.get()).id)
    ended = await TopUp.get()

    assert ((await Payment.get()).state, ended.state) == (PaymentState.CLOSED, "closed")
    assert there(world, sheet.sheet.payment_no) == "CLOSED"
    with pytest.raises(AlreadyPaid):
        await wished(world)


async def test_who_cannot_buy_value(world: World) -> None:
    with pytest.raises(NobodyToPay):
        await start_top_up(member_id=MEMBER, amount_fen=10_000, open_id=None, key="phone-001")
    goes_wrong(world, "jsapi", "http500")
    with pytest.raises(PaymentUnclear):
        await wished(world)

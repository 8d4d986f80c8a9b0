"""Stored value goes back as money: what was bought, to where it came from, once."""

import asyncio

import pytest
from httpx2 import AsyncClient

from core.errors import DomainError
from core.ledger import AccountKind, balance, house
from core.security.scope import Role
from core.security.sessions import open_session
from core.settings import current
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.orders import MEMBER, money_back, money_for
from tests.scenes.tenders import CASHIER, a_purse, a_sale, customers, from_purse, purse
from trade.payments.errors import NothingToPayOut
from trade.payments.models import Payment, PayOut, Refund, TopUp
from trade.payments.queries import Method, RefundState
from trade.payments.rules import PaymentState, TopUpState
from trade.payments.service import (
    Counter,
    PaidOut,
    book_refund,
    offer_bonus,
    pay_out,
    pay_out_fen,
    refund,
    settle,
)

pytestmark = pytest.mark.usefixtures("db")
ROOMS = {"payments", "ledger"}


async def by_phone(fen: int, bonus_fen: int = 0) -> str:
    """Stored value bought by WeChat Pay; the number of the payment."""
    number, pay = f"P-phone-{fen}", current().pay
    assert pay is not None
    row = await TopUp.create(
        top_up_no=f"T-{fen}",
        request_key=f"phone-{fen}",
        member_id=MEMBER,
        amount_fen=fen,
        bonus_fen=bonus_fen,
        state=TopUpState.CREATED,
    )
    _ = await Payment.create(
        payment_no=number,
        top_up=row,
        order_no=row.top_up_no,
        member_id=MEMBER,
        method=Method.WECHAT_JSAPI,
        amount_fen=fen,
        mch_id=pay.mch_id,
        app_id=pay.app_id,
        open_id="o-shopper",
        state=PaymentState.PREPAID,
        expires_at=row.created_at,
    )
    await settle(await money_for(number))
    return number


async def out(key: str = "out-00001", counter: Counter | None = None) -> PaidOut:
    return await pay_out(member_id=MEMBER, key=key, by=f"member:{MEMBER}", counter=counter)


async def test_what_is_left_goes_back_by_phone_and_out_of_the_till() -> None:
    await offer_bonus(amount_fen=30_000, bonus_fen=3_000)
    await a_purse(20_000)
    number = await by_phone(30_000, 3_000)
    await from_purse(await a_sale(12_000), 12_000)
    offered = await pay_out_fen(MEMBER)
    done = await out()
    again = await out()
    with pytest.raises(NothingToPayOut):
        await out("out-00002")
    sent, waiting = done.refunds

    assert (offered, done.refund_fen, done.bonus_fen, await purse()) == (38_000, 38_000, 3_000, 0)
    assert again.pay_out_no == done.pay_out_no
    assert [(sent.amount_fen, sent.state), (waiting.amount_fen, waiting.state)] == [
        (30_000, RefundState.CREATED),
        (8_000, RefundState.WAITING),
    ]
    assert await named_in(ROOMS) == set()
    await book_refund(money_back(number, sent.refund_no, refund_fen=30_000))
    assert await named_in(ROOMS) == set()
    assert await balance(house(AccountKind.STORED_VALUE_BONUS)) == 0


async def test_a_counter_hands_it_out_at_once_and_late_refunds_can_follow() -> None:
    await a_purse(10_000)
    order = await a_sale(4_000)
    await from_purse(order, 4_000)
    first = await out(counter=Counter(1, CASHIER))
    await refund(order_id=order.id, amount_fen=4_000, reason="退货", key="a")
    second = await out("out-00002", counter=Counter(1, CASHIER))

    assert [one.refund_fen for one in (first, second)] == [6_000, 4_000]
    assert {one.state for one in (*first.refunds, *second.refunds)} == {RefundState.SETTLED}
    assert (await purse(), await customers()) == (0, 0)
    assert await named_in(ROOMS) == set()


async def test_what_wechat_pay_closed_is_sent_again_when_asked_again() -> None:
    number = await by_phone(30_000)
    [sent] = (await out()).refunds
    closed = money_back(number, sent.refund_no, refund_fen=30_000, status="CLOSED")
    await book_refund(closed)
    named = await named_in(ROOMS)
    again = await out("out-00002")

    assert named == {"payments.paid_out"}
    assert [one.state for one in again.refunds] == [RefundState.CLOSED, RefundState.CREATED]
    assert await PayOut.all().count() == 1
    assert await named_in(ROOMS) == set()


async def test_paying_out_and_spending_at_once_never_give_it_twice() -> None:
    await a_purse(10_000)
    order = await a_sale(10_000)
    acts = [out(f"out-{turn:05}") for turn in range(3)]
    answers = await asyncio.gather(*acts, from_purse(order, 10_000), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    back = sum([refund.amount_fen for refund in await Refund.all()])

    assert len(refused) == 3
    assert (await purse(), back) in {(0, 10_000), (0, 0)}
    assert await named_in(ROOMS) == set()


async def test_the_auditor_sees_a_pay_out_that_is_not_what_went_back() -> None:
    await a_purse(10_000)
    await out(counter=Counter(1, CASHIER))
    corruptions = {
        "payments.paid_out": [
            "UPDATE payments_refund SET amount_fen = amount_fen - 1",
            "UPDATE payments_pay_out SET refund_fen = 10001, balance_fen = 10001",
        ],
        "payments.booked": [
            "UPDATE payments_pay_out SET bonus_fen = 1, balance_fen = balance_fen + 1",
            "DELETE FROM payments_pay_out",
        ],
        "payments.customers": ["DELETE FROM payments_pay_out"],
    }

    assert await overlooked_of(corruptions, ROOMS) == []


async def test_a_member_takes_their_value_back_on_the_phone(client: AsyncClient) -> None:
    await a_purse(10_000)
    me = {"authorization": f"Bearer {await open_session(role=Role.MEMBER, member_id=MEMBER)}"}
    seen = (await client.get("/api/v1/wallet", headers=me)).json()
    asked = {**me, "idempotency-key": "out-00001"}
    done = [await client.post("/api/v1/wallet/pay-outs", headers=asked) for _ in range(2)]
    other = {**me, "idempotency-key": "out-00002"}
    refused = await client.post("/api/v1/wallet/pay-outs", headers=other)

    assert (seen["storedValueFen"], seen["payOutFen"]) == (10_000, 10_000)
    assert [each.status_code for each in done] == [201, 201]
    assert done[0].json()["refunds"][0]["state"] == "waiting"
    assert refused.json()["error"]["code"] == "payments.nothing_to_pay_out"
    assert await purse() == 0

"""Notices that were kept, and transfers."""

import json

import pytest

from core import inbox
from tests.scene import make_due, tell_everyone
from tests.scenes.orders import (
    a_payment,
    an_order,
    money_for,
)
from trade.orders.queries import OrderState, order_of
from trade.payments.models import OddNotice, Transfer
from trade.payments.protocol.notices import TransferFact
from trade.payments.queries import (
    count_transfers_booked,
)
from trade.payments.service import (
    TransferBooked,
    book_transfer,
    register_transfer,
)

pytestmark = pytest.mark.usefixtures("db")


async def test_a_transfer_is_booked_once() -> None:
    for _ in range(2):
        await register_transfer(bill_no="TB1", amount_fen=101)
    fact = TransferFact("TB1", "133", "SUCCESS", 101, "1900000109", "o", "")
    booked = [await book_transfer(fact) for _ in range(3)]
    odd = [
        await book_transfer(TransferFact("TB1", "133", "FAIL", 101, "m", "o", "")),
        await book_transfer(TransferFact("TB1", "133", "SUCCESS", 1, "m", "o", "")),
        await book_transfer(TransferFact("TB2", "133", "SUCCESS", 101, "m", "o", "")),
    ]

    assert booked == [TransferBooked.BOOKED] + [TransferBooked.KNOWN] * 2
    assert odd == [TransferBooked.PARKED] * 3
    assert (await Transfer.get()).transfer_no == "133"
    assert await count_transfers_booked() == 1


async def test_a_kept_notice_is_believed_once() -> None:
    order = await an_order()
    number = await a_payment(order)
    fact = await money_for(number)
    body = {
        "out_trade_no": number,
        "transaction_id": fact.transaction_id,
        "trade_state": "SUCCESS",
        "amount": {"total": fact.total_fen, "currency": "CNY"},
        "mchid": fact.mch_id,
        "appid": fact.app_id,
        "payer": {"openid": fact.open_id},
        "success_time": "2026-01-01T08:01:40+08:00",
    }
    for key, text in (("a", json.dumps(body)), ("b", json.dumps(body) + " "), ("c", "{}")):
        await inbox.receive("wechat_pay", key, text, {"kind": "transaction"})
    await inbox.receive("wechat_pay", "d", "{}", {"kind": "profitsharing"})
    await tell_everyone()
    await make_due()
    await tell_everyone()

    assert (await order_of(order.id)).state is OrderState.PAID
    assert not await OddNotice.exists()

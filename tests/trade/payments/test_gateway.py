"""Pay v3 against the sandbox: three kinds of outcome, whatever happens on the way."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from core import clock
from core.settings import Settings, current
from tests.scenes.platform import the_platform
from tests.scenes.wechat_world import Play
from trade.payments import gateway
from trade.payments.protocol.answers import (
    Closed,
    Prepaid,
    Refunded,
    Refused,
    Transaction,
    Unknown,
)
from trade.payments.protocol.requests import PrepayOrder, RefundOrder

NO = "2611210123456789"


@pytest.fixture
async def play(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[Play]:
    async with the_platform(settings, secrets) as play:
        yield play


async def an_order(play: Play, *, payment_no: str = NO, total_fen: int = 39_900) -> PrepayOrder:
    mini = current().mini_program
    assert mini
    code = (await play.sim("POST", "/users/u1/login"))["js_code"]
    query = {"appid": mini.app_id, "secret": mini.secret.get_secret_value(), "js_code": code}
    said = await play.get("/sns/jscode2session", grant_type="authorization_code", **query)
    return PrepayOrder(
        payment_no=payment_no,
        description="羊绒围巾",
        total_fen=total_fen,
        open_id=said["openid"],
        expires_at=clock.now() + timedelta(minutes=30),
        notify_url="http://127.0.0.1:9/callbacks/pay",
    )


async def paid(play: Play) -> None:
    """The phone pays, and checks our paySign on the way."""
    said = await gateway.prepay(await an_order(play))
    assert isinstance(said, Prepaid)
    sheet = gateway.sheet(said.prepay_id)
    await play.sim(
        "POST",
        "/users/u1/pay",
        timeStamp=sheet.time_stamp,
        nonceStr=sheet.nonce_str,
        package=sheet.package,
        signType=sheet.sign_type,
        paySign=sheet.pay_sign,
    )


def a_refund(**changes: Any) -> RefundOrder:
    given: dict[str, Any] = {
        "refund_no": "R2611210000000001",
        "payment_no": NO,
        "refund_fen": 900,
        "total_fen": 39_900,
        "reason": "尺码不合适",
        "notify_url": "http://127.0.0.1:9/callbacks/refund",
    }
    return RefundOrder(**(given | changes))


async def test_a_payment_goes_from_prepay_to_refund(play: Play) -> None:
    await paid(play)
    found = await gateway.query(NO)
    assert isinstance(found, Transaction)
    assert (found.trade_state, found.total_fen, found.currency) == ("SUCCESS", 39_900, "CNY")

    first, again = await gateway.refund(a_refund()), await gateway.refund(a_refund())

    assert isinstance(first, Refunded)
    assert first == again
    assert (first.status, first.refund_fen) == ("PROCESSING", 900)
    await play.sim("POST", "/clock", advance_s=60)
    later = await gateway.query_refund(first.refund_no)
    assert isinstance(later, Refunded)
    assert (later.status, later.transaction_id) == ("SUCCESS", found.transaction_id)


async def test_prepaying_twice_gives_a_fresh_sheet_and_never_another_price(play: Play) -> None:
    order = await an_order(play)
    first, again = await gateway.prepay(order), await gateway.prepay(order)
    dearer = await gateway.prepay(await an_order(play, total_fen=40_000))

    assert isinstance(first, Prepaid)
    assert isinstance(again, Prepaid)
    assert isinstance(dearer, Refused)


async def test_a_closed_payment_cannot_be_paid_and_a_paid_one_not_closed(play: Play) -> None:
    await gateway.prepay(await an_order(play))

    assert await gateway.close(NO) == Closed()
    found = await gateway.query(NO)
    assert isinstance(found, Transaction)
    assert (found.trade_state, found.transaction_id, found.at) == ("CLOSED", "", None)


async def test_a_paid_payment_is_not_closed(play: Play) -> None:
    await paid(play)

    assert isinstance(await gateway.close(NO), Refused)


async def test_what_never_reached_them_is_refused_by_name(play: Play) -> None:
    nothing = await gateway.query("2611219999999999")
    no_refund = await gateway.query_refund("R9999999999")

    assert isinstance(nothing, Refused)
    assert isinstance(no_refund, Refused)
    assert (nothing.code, no_refund.code) == ("ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS")


UNBELIEVABLE = ["unsigned", "wrong_signature", "wrong_serial", "stale", "signtest"]


async def test_an_answer_that_cannot_be_believed_is_unknown(play: Play) -> None:
    """Before the effect or after it: the same number again ends in one payment."""
    kinds = [*UNBELIEVABLE, "garbage", "http500", "reset"]
    order = await an_order(play)
    ended: dict[tuple[str, str], tuple[type, type]] = {}
    for kind, when in product(kinds, ["before", "after"]):
        await play.sim("POST", "/faults", match="jsapi", kind=kind, times=1, when=when)
        spoiled, repeated = await gateway.prepay(order), await gateway.prepay(order)
        ended[kind, when] = (type(spoiled), type(repeated))

    assert ended == dict.fromkeys(product(kinds, ["before", "after"]), (Unknown, Prepaid))
    assert len(await play.sim("GET", "/orders")) == 1


async def test_a_busy_platform_refuses_for_now(play: Play) -> None:
    order = await an_order(play)
    await play.sim("POST", "/faults", match="jsapi", kind="429", times=1)
    said = await gateway.prepay(order)

    assert isinstance(said, Refused)
    assert (said.code, said.is_passing) == ("RATELIMIT_EXCEEDED", True)


async def test_a_refusal_is_believed_when_it_is_signed(play: Play) -> None:
    await paid(play)
    await play.sim("POST", "/faults", match="refunds", kind="errcode:NOTENOUGH", times=1)
    said = await gateway.refund(a_refund())

    assert isinstance(said, Refused)
    assert (said.code, said.is_passing) == ("NOT_ENOUGH", False)


async def test_nobody_at_home_is_unknown(settings: Settings) -> None:
    for said in (
        await gateway.query(NO),
        await gateway.close(NO),
        await gateway.query_refund("R1"),
        await gateway.refund(a_refund()),
    ):
        assert isinstance(said, Unknown)

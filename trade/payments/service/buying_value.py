"""A member buys stored value on the phone, by WeChat Pay."""

from dataclasses import dataclass
from datetime import timedelta

from core import clock
from core.database import use_case
from trade.payments.errors import AlreadyPaid, NobodyToPay
from trade.payments.models import TopUp
from trade.payments.rules import Method, TopUpState
from trade.payments.service.starting import (
    PaySheet,
    Wanted,
    check_outside,
    sheet_for,
    under_way,
)
from trade.payments.service.topping_up import intend_top_up

PAY_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class TopUpSheet:
    """What is bought, and what the phone hands to wx.requestPayment."""

    top_up_no: str
    amount_fen: int
    bonus_fen: int
    sheet: PaySheet


async def start_top_up(
    *, member_id: int, amount_fen: int, open_id: str | None, key: str
) -> TopUpSheet:
    """Pre-order a top-up; the purse is filled when the money is known to have come.

    Again with its `key`: the same top-up, freshly signed. Raises NobodyToPay, AlreadyPaid when this
    one is done or over, TopUpAmount, TopUpTooMuch, TopUpKeyReused, PaymentParked, PaymentRefused,
    PaymentUnclear, NotConfigured, RuntimeError inside a transaction.
    """
    check_outside()
    if open_id is None:
        raise NobodyToPay
    row = await _intend(member_id, amount_fen, key)
    if row.state is not TopUpState.CREATED:
        raise AlreadyPaid(order_no=row.top_up_no)
    wanted = Wanted(
        method=Method.WECHAT_JSAPI,
        amount_fen=row.amount_fen,
        order_no=row.top_up_no,
        description="储值充值",
        until=clock.now() + PAY_WITHIN,
        top_up_id=row.id,
        member_id=member_id,
        open_id=open_id,
    )
    sheet = await sheet_for(await under_way(wanted))
    return TopUpSheet(row.top_up_no, row.amount_fen, row.bonus_fen, sheet)


@use_case
async def _intend(member_id: int, amount_fen: int, key: str) -> TopUp:
    return await intend_top_up(member_id=member_id, amount_fen=amount_fen, key=key)

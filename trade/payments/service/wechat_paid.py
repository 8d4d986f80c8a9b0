"""What was paid inside the mini-program: the payments that WeChat wants shipping information of."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.queryset import QuerySet

from trade.payments.models import Payment
from trade.payments.rules import Method, PaymentState


@dataclass(frozen=True, slots=True)
class WechatPaid:
    """A JSAPI payment that was made; `order_id` is None for a top-up of stored value."""

    payment_no: str
    order_id: int | None
    order_no: str
    store_id: int | None
    mch_id: str
    transaction_id: str
    open_id: str
    paid_at: datetime


async def paid_in_mini_program(order_id: int) -> tuple[WechatPaid, ...]:
    """The payments that an order took, deposit and balance each; the first one first."""
    return await _seen(Payment.filter(order_id=order_id, has_paid_order=True))


async def top_ups_in_mini_program(since: datetime) -> tuple[WechatPaid, ...]:
    """Top-ups of stored value paid since a moment."""
    return await _seen(Payment.filter(top_up_id__isnull=False, paid_at__gte=since))


async def _seen(rows: QuerySet[Payment]) -> tuple[WechatPaid, ...]:
    made = rows.filter(method=Method.WECHAT_JSAPI, state=PaymentState.PAID).order_by("id")
    return tuple([_view(row) for row in await made])


def _view(row: Payment) -> WechatPaid:
    assert row.transaction_id is not None
    assert row.paid_at is not None
    return WechatPaid(
        payment_no=row.payment_no,
        order_id=row.order_id,
        order_no=row.order_no,
        store_id=row.store_id,
        mch_id=row.mch_id,
        transaction_id=row.transaction_id,
        open_id=row.open_id,
        paid_at=row.paid_at,
    )

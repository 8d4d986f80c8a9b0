"""What can be asked about payments. Nothing here writes; models never leave, views do."""

from dataclasses import dataclass
from datetime import datetime

from trade.payments.models import OddNotice, Payment, Refund, Transfer
from trade.payments.rules import PaymentState, RefundState, TransferState

__all__ = ["PaymentState", "RefundState", "TransferState"]


@dataclass(frozen=True, slots=True)
class PaymentView:
    """`has_paid_order` is None until money came; False: the order did not want it."""

    payment_no: str
    order_id: int
    order_no: str
    amount_fen: int
    state: PaymentState
    transaction_id: str | None
    has_paid_order: bool | None
    refunding_fen: int
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundView:
    """`is_of_sale` is False when money goes back that no order wanted."""

    refund_no: str
    order_id: int
    order_no: str
    amount_fen: int
    reason: str
    state: RefundState
    is_of_sale: bool
    settled_at: datetime | None


def _view(row: Payment) -> PaymentView:
    return PaymentView(
        payment_no=row.payment_no,
        order_id=row.order_id,
        order_no=row.order_no,
        amount_fen=row.amount_fen,
        state=row.state,
        transaction_id=row.transaction_id,
        has_paid_order=row.has_paid_order,
        refunding_fen=row.refunding_fen,
        paid_at=row.paid_at,
    )


def refund_view(row: Refund) -> RefundView:
    return RefundView(
        refund_no=row.refund_no,
        order_id=row.payment.order_id,
        order_no=row.payment.order_no,
        amount_fen=row.amount_fen,
        reason=row.reason,
        state=row.state,
        is_of_sale=row.surplus_id is None and row.payment.has_paid_order is not False,
        settled_at=row.settled_at,
    )


async def payment_of(order_id: int) -> PaymentView | None:
    """The payment that paid an order, else the latest attempt."""
    rows = Payment.filter(order_id=order_id)
    row = await rows.filter(has_paid_order=True).first() or await rows.order_by("-id").first()
    return _view(row) if row else None


async def find_payment(payment_no: str) -> PaymentView | None:
    row = await Payment.get_or_none(payment_no=payment_no)
    return _view(row) if row else None


async def refunds_of(order_id: int) -> tuple[RefundView, ...]:
    """All refunds of an order's payments, the first one first."""
    rows = Refund.filter(payment__order_id=order_id).select_related("payment").order_by("id")
    return tuple(refund_view(row) for row in await rows)


async def count_refunds_booked() -> int:
    """How many refunds are settled."""
    return await Refund.filter(state=RefundState.SETTLED).count()


async def count_transfers_booked() -> int:
    """How many transfers have ended, with success or without."""
    return await Transfer.exclude(state=TransferState.WAITING).count()


async def count_odd_notices() -> int:
    """How many verified notices did not fit our books."""
    return await OddNotice.all().count()

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class PaymentSettled(Event):
    """Money arrived. Whether it paid the order is told by `OrderPaid`."""

    name: ClassVar[str] = "payments.payment_settled"
    payment_no: str
    order_id: int
    order_no: str
    amount_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundSettled(Event):
    """Money of a sale went back: `refund_fen` of the `paid_fen` of the order, under `refund_no`.

    A payment that no order wanted goes back without this news, for it never was a sale.
    """

    name: ClassVar[str] = "payments.refund_settled"
    order_id: int
    order_no: str
    refund_no: str
    refund_fen: int
    paid_fen: int
    at: datetime

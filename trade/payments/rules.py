"""What a payment and a refund may become, when they are asked about, and whether a notice fits."""

from dataclasses import dataclass
from enum import StrEnum

MINUTE, HOUR = 60, 3600
ASK_AFTER_S = (
    15,
    30,
    MINUTE,
    3 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    20 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    24 * HOUR,
)
MAX_REFUNDS = 50  # WeChat Pay: partial refunds of one payment
CURRENCY = "CNY"


class PaymentState(StrEnum):
    CREATED = "created"  # our number is stored, nothing was sent yet
    PREPAID = "prepaid"  # 已预下单: the phone may pay
    UNKNOWN = "unknown"  # sent, and no answer that can be believed
    PARKED = "parked"  # a notice did not fit: a person looks, a fitting one still settles
    PAID = "paid"  # 已支付
    CLOSED = "closed"  # 已关闭; money that comes nevertheless still settles


LIVE = (PaymentState.CREATED, PaymentState.PREPAID, PaymentState.UNKNOWN, PaymentState.PARKED)


class RefundState(StrEnum):
    CREATED = "created"  # our number is stored, nothing was sent yet
    PROCESSING = "processing"  # 退款中
    UNKNOWN = "unknown"  # sent, and no answer that can be believed: the same number again
    SETTLED = "settled"  # 已退款
    CLOSED = "closed"  # the platform closed it: the money was not given back
    ABNORMAL = "abnormal"  # the bank or the platform refuses: a person looks


class TransferState(StrEnum):
    WAITING = "waiting"
    SUCCESS = "success"
    FAIL = "fail"
    CANCELLED = "cancelled"


REFUND_MOVES = {
    (before, said): after
    for before in (
        RefundState.CREATED,
        RefundState.PROCESSING,
        RefundState.UNKNOWN,
        RefundState.ABNORMAL,
    )
    for said, after in {
        "PROCESSING": RefundState.PROCESSING,
        "SUCCESS": RefundState.SETTLED,
        "CLOSED": RefundState.CLOSED,
        "ABNORMAL": RefundState.ABNORMAL,
    }.items()
}
TRANSFER_ENDS = {
    "SUCCESS": TransferState.SUCCESS,
    "FAIL": TransferState.FAIL,
    "CANCELLED": TransferState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What our own row says of a payment, in the words a notice uses."""

    total_fen: int
    currency: str
    mch_id: str
    app_id: str
    open_id: str


def misfit(ours: Terms, told: Terms) -> str | None:
    """The name of the first thing in which a notice differs from our row; None when it fits."""
    for name in ("mch_id", "app_id", "currency", "total_fen", "open_id"):
        if getattr(ours, name) != getattr(told, name):
            return name
    return None

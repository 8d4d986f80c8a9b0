"""What a payment and a refund may become, when they are asked about, and whether a notice fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.money import share_bp, split_fen

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
# A scanned code is answered within the minute: asked often, then taken back.
CODE_ASK_AFTER_S = (
    *range(5, 65, 5),
    *(90, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR),
)
REVERSE_AFTER_S = 45
MIN_TOP_UP_FEN = 100
MAX_PURSE_FEN = 500_000  # 记名预付卡: no more than 5,000 yuan on one card
MAX_REFUNDS = 50  # WeChat Pay: partial refunds of one payment
CURRENCY = "CNY"
# The merchant's account lacks the money: the same number again, every hour at last, until it is in.
TOP_UP = frozenset({"NOT_ENOUGH", "ACCOUNT_ERROR"})


class Method(StrEnum):
    """With what somebody pays (支付方式). Each tender of an order is a payment of its own."""

    WECHAT_JSAPI = "wechat_jsapi"  # 小程序里付款
    WECHAT_NATIVE = "wechat_native"  # 顾客扫二维码
    WECHAT_CODE = "wechat_code"  # 收银员扫付款码
    CASH = "cash"  # 现金
    CARD = "card"  # 刷卡
    STORED_VALUE = "stored_value"  # 储值
    CREDIT = "credit"  # 购物金
    OTHER = "other"  # 其他: a voucher of a mall, a past that was imported


WECHAT = frozenset({Method.WECHAT_JSAPI, Method.WECHAT_NATIVE, Method.WECHAT_CODE})
WALLET = frozenset({Method.STORED_VALUE, Method.CREDIT})
BY_HAND = frozenset({Method.CASH, Method.CARD, Method.OTHER})  # staff give it back, too


class RefundTo(StrEnum):
    ORIGIN = "origin"  # 原路退回
    CREDIT = "credit"  # 退到购物金


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
    WAITING = "waiting"  # 待柜台退款: staff hand it out
    PROCESSING = "processing"  # 退款中
    UNKNOWN = "unknown"  # sent, and no answer that can be believed: the same number again
    SETTLED = "settled"  # 已退款
    CLOSED = "closed"  # the platform closed it: the money was not given back
    ABNORMAL = "abnormal"  # the bank or the platform refuses: a person looks


class TopUpState(StrEnum):
    CREATED = "created"  # the money has not come yet
    DONE = "done"
    CLOSED = "closed"  # nobody paid it; money that comes nevertheless still tops up


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
    """The name of the first thing in which a notice differs from our row; None when it fits.

    Who scans a code is not known before: our row then names no payer.
    """
    for name in ("mch_id", "app_id", "currency", "total_fen", "open_id"):
        if getattr(ours, name) != getattr(told, name) and (name != "open_id" or ours.open_id):
            return name
    return None


def split_refund(amount_fen: int, left_fen: Sequence[int]) -> list[int]:
    """What each tender gives back of a refund: in proportion to what is left in it.

    Exact to the fen, odd fen to the largest remainders, and never more than a tender has left. So
    the parts of many refunds follow the proportion of the whole, and the last empties every tender.
    """
    return split_fen(amount_fen, left_fen)


def keeps_fen(deposit_fen: int, keeps_bp: int) -> int:
    """What the shop keeps of a deposit whose balance nobody paid."""
    return share_bp(deposit_fen, keeps_bp)


@dataclass(frozen=True, slots=True)
class Bought:
    """A top-up: what was paid, what came on top, and what of the payment can still go back."""

    amount_fen: int
    bonus_fen: int
    left_fen: int


def pay_out_parts(balance_fen: int, newest_first: Sequence[Bought]) -> tuple[list[int], int]:
    """What each top-up gives back of a purse, and how much of the balance that empties.

    The oldest value is spent first, so the newest top-ups are what is left. Of each the bought
    share goes back, odd fen to the member; the share that was given is given up.
    """
    parts, rest = [], balance_fen
    for one in newest_first:
        whole = one.amount_fen + one.bonus_fen
        taken = min(whole, rest)
        parts.append(min(-(-taken * one.amount_fen // whole), one.left_fen))
        rest -= taken
    return parts, balance_fen - rest

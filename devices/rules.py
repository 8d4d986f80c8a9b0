"""What a print job may become, and how long the shop waits for a printer."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from core.clock import shop_day
from devices.errors import PrintJobCannotMove


class PrintState(StrEnum):
    QUEUED = "queued"  # 待打印
    SENDING = "sending"  # 发送中
    PRINTED = "printed"  # 已打印: the printer answered after the job
    MAYBE_PRINTED = "maybe_printed"  # 可能已打印: bytes left us, nothing more is known
    FAILED = "failed"  # 打印失败: no byte left us


class ReceiptKind(StrEnum):
    """What a till's receipt (收银小票) says."""

    SALE = "sale"  # 销售
    RETURN = "return"  # 退货: of some goods of an earlier receipt
    VOID = "void"  # 作废: an earlier receipt as a whole
    CANCELLED = "cancelled"  # 取消: begun and never sold; its number is used up


class ReceiptState(StrEnum):
    WAITING = "waiting"  # 待入账
    PARKED = "parked"  # 挂起: goods or an earlier receipt are not known yet, or a person looks
    BOOKED = "booked"  # 已入账


class ConflictAnswer(StrEnum):
    """What a person says of another content under a number that was taken."""

    DISMISSED = "dismissed"  # 忽略: the first is right, this one is nothing
    DIFFERENCE = "difference"  # 补差: the first is a part of it, the rest is a sale of its own
    WHOLE = "whole"  # 另一笔: another sale; the till used the number twice


MOVES = {
    (PrintState.QUEUED, "send"): PrintState.SENDING,
    (PrintState.QUEUED, "give_up"): PrintState.FAILED,
    (PrintState.SENDING, "confirm"): PrintState.PRINTED,
    (PrintState.SENDING, "lose_sight"): PrintState.MAYBE_PRINTED,
    (PrintState.SENDING, "put_back"): PrintState.QUEUED,
}
END_STATES = frozenset({PrintState.PRINTED, PrintState.MAYBE_PRINTED, PrintState.FAILED})

PATIENCE = timedelta(minutes=8)  # after that a late receipt helps nobody; a person may reprint
PAUSE_S = 15.0  # between two knocks at a printer that does not open
BUSY_S = 2.0  # while another worker writes to the printer
TURN_S = 60.0  # how long one writer goes on with what waits
LEASE_S = 10  # kept alive every third of it while a delivery lasts
COLUMNS = frozenset({32, 48})  # 58 mm and 80 mm paper


def move(state: PrintState, action: str) -> PrintState:
    """Raises PrintJobCannotMove when the table has no such road."""
    if (state, action) not in MOVES:
        raise PrintJobCannotMove(state=state, action=action)
    return MOVES[state, action]


def last_invoice_day(paid_at: datetime) -> date:
    """Until when the QR is good: half a year, and never past the closing of the year's books.

    `invoicing.rules.lines` keeps guests to the same day; a test compares the two.
    """
    paid_on = shop_day(paid_at)
    return min(paid_on + timedelta(days=180), date(paid_on.year + 1, 3, 31))


def is_stale(created_at: datetime, at: datetime) -> bool:
    return at - created_at > PATIENCE

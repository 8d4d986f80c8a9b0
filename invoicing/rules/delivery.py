"""What a delivery may become. A mail whose fate is not known is not sent again by itself."""

from enum import StrEnum

from invoicing.errors import DeliveryCannotMove


class Channel(StrEnum):
    MAIL = "mail"  # 邮件


class DeliveryState(StrEnum):
    QUEUED = "queued"  # 待发送
    SENDING = "sending"  # 发送中
    SENT = "sent"  # 已发送
    MAYBE_SENT = "maybe_sent"  # 可能已发送: the line broke behind the text
    FAILED = "failed"  # 发送失败


S = DeliveryState
MOVES = {
    (S.QUEUED, "send"): S.SENDING,
    (S.SENDING, "confirm"): S.SENT,
    (S.SENDING, "lose_sight"): S.MAYBE_SENT,
    (S.SENDING, "refuse"): S.FAILED,
    (S.SENDING, "put_back"): S.QUEUED,
    (S.QUEUED, "give_up"): S.FAILED,
}
OPEN = frozenset({S.QUEUED, S.SENDING})
MOST_ATTEMPTS = 10


def move(state: DeliveryState, action: str) -> DeliveryState:
    """Raises DeliveryCannotMove when the table has no such road."""
    if (state, action) not in MOVES:
        raise DeliveryCannotMove(state=state, action=action)
    return MOVES[state, action]


def retry_after_s(attempts: int) -> float:
    """10 s, 20 s, 40 s … up to an hour: greylisting servers want a few minutes."""
    return float(min(3600, 5 * 2**attempts))

"""What a delivery may become. A mail whose fate is not known is not sent again by itself."""

from enum import StrEnum

from invoicing.errors import DeliveryCannotMove


class Channel(StrEnum):
    MAIL = "mail"  # 邮件
    SMS = "sms"  # 短信, with a link
    WECHAT = "wechat"  # 小程序订阅消息: a card that opens the invoice


class DeliveryState(StrEnum):
    QUEUED = "queued"  # 待发送
    SENDING = "sending"  # 发送中
    SENT = "sent"  # 已发送
    MAYBE_SENT = "maybe_sent"  # 可能已发送: the line broke behind the text
    FAILED = "failed"  # 发送失败
    BOUNCED = "bounced"  # 被退回: taken by our server, sent back by theirs


S = DeliveryState
MOVES = {
    (S.QUEUED, "send"): S.SENDING,
    (S.SENDING, "confirm"): S.SENT,
    (S.SENDING, "lose_sight"): S.MAYBE_SENT,
    (S.SENDING, "refuse"): S.FAILED,
    (S.SENDING, "put_back"): S.QUEUED,
    (S.QUEUED, "give_up"): S.FAILED,
    (S.SENT, "bounce"): S.BOUNCED,
    (S.MAYBE_SENT, "bounce"): S.BOUNCED,
}
OPEN = frozenset({S.QUEUED, S.SENDING})
MOST_ATTEMPTS = 10
MOST_A_DAY = 5  # that somebody asks for, of one invoice
LINK_DAYS = 90
MOST_ATTACHED = 10 * 1024 * 1024  # of all files of one mail; above it, the link alone


def move(state: DeliveryState, action: str) -> DeliveryState:
    """Raises DeliveryCannotMove when the table has no such road."""
    if (state, action) not in MOVES:
        raise DeliveryCannotMove(state=state, action=action)
    return MOVES[state, action]


def retry_after_s(attempts: int) -> float:
    """10 s, 20 s, 40 s … up to an hour: greylisting servers want a few minutes."""
    return float(min(3600, 5 * 2**attempts))

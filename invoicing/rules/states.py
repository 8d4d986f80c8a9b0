"""What an invoice request may become, and when the provider is asked again."""

from datetime import datetime, timedelta
from enum import StrEnum

from invoicing.errors import RequestCannotMove


class RequestState(StrEnum):
    DRAFT = "draft"  # 草稿
    QUEUED = "queued"  # 待开具
    HELD = "held"  # 暂停: login, quota, or the seller is switched off
    SENDING = "sending"  # 提交中
    SUBMITTED = "submitted"  # 开具中
    UNKNOWN = "unknown"  # 待确认: the answer was lost
    ISSUED = "issued"  # 已开具
    DELIVERED = "delivered"  # 已发送
    REFUSED = "refused"  # 开具失败
    CANCELLED = "cancelled"  # 已取消
    EXPIRED = "expired"  # 已过期
    REVERSED = "reversed"  # 已红冲: wholly taken back by red letters


S = RequestState
MOVES = {
    (S.DRAFT, "queue"): S.QUEUED,
    (S.DRAFT, "expire"): S.EXPIRED,
    (S.DRAFT, "cancel"): S.CANCELLED,
    (S.QUEUED, "cancel"): S.CANCELLED,  # never sent, and all of it was refunded meanwhile
    (S.HELD, "cancel"): S.CANCELLED,
    (S.QUEUED, "send"): S.SENDING,
    (S.QUEUED, "hold"): S.HELD,
    (S.HELD, "resume"): S.QUEUED,
    (S.SENDING, "accept"): S.SUBMITTED,
    (S.SENDING, "refuse"): S.REFUSED,
    (S.SENDING, "lose_sight"): S.UNKNOWN,
    (S.SENDING, "put_back"): S.QUEUED,
    (S.SENDING, "hold"): S.HELD,
    (S.SUBMITTED, "issue"): S.ISSUED,
    (S.SUBMITTED, "refuse"): S.REFUSED,
    (S.SUBMITTED, "put_back"): S.QUEUED,
    (S.SUBMITTED, "hold"): S.HELD,  # the bureau would not: sent again later, the same number
    (S.UNKNOWN, "accept"): S.SUBMITTED,
    (S.UNKNOWN, "issue"): S.ISSUED,
    (S.UNKNOWN, "refuse"): S.REFUSED,
    (S.UNKNOWN, "put_back"): S.QUEUED,
    (S.UNKNOWN, "hold"): S.HELD,
    (S.ISSUED, "deliver"): S.DELIVERED,
    (S.ISSUED, "reverse"): S.REVERSED,
    (S.DELIVERED, "reverse"): S.REVERSED,
}
DEAD = frozenset({S.REFUSED, S.CANCELLED, S.EXPIRED, S.REVERSED})  # a new request may follow
INVOICED = frozenset({S.ISSUED, S.DELIVERED, S.REVERSED})  # there is an invoice
SETTLED = frozenset({S.ISSUED, S.DELIVERED})
ASKABLE = frozenset({S.SUBMITTED, S.UNKNOWN})

FIRST_LOOK_S = 1.0  # after a plain yes: many issue at once
ASK_AFTER_S = (3, 5, 15, 60, 300, 900)
ASK_HOURLY_S = 3600
PERSON_AFTER = timedelta(hours=24)
NOT_FOUND_COUNTS_AFTER = timedelta(minutes=10)  # before that the provider may only be slow
HELD_AGAIN_S = 600


def move(state: RequestState, action: str) -> RequestState:
    """Raises RequestCannotMove when the table has no such road."""
    if (state, action) not in MOVES:
        raise RequestCannotMove(state=state, action=action)
    return MOVES[state, action]


def ask_after_s(asked: int) -> int:
    """Seconds to wait before the question that follows `asked` earlier ones."""
    return ASK_AFTER_S[asked] if asked < len(ASK_AFTER_S) else ASK_HOURLY_S


def is_not_there(sent_at: datetime, at: datetime) -> bool:
    """A provider that does not know our number this long after the last send never got it."""
    return at - sent_at >= NOT_FOUND_COUNTS_AFTER


def needs_person(sent_at: datetime, at: datetime) -> bool:
    return at - sent_at >= PERSON_AFTER

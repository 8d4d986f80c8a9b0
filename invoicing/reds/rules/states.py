"""What a red letter may become, and what the states of its confirmation form mean for it."""

from datetime import datetime, timedelta
from enum import StrEnum

from invoicing.backends.port import FormState
from invoicing.reds.errors import RedCannotMove


class RedState(StrEnum):
    QUEUED = "queued"  # 待开具
    HELD = "held"  # 暂停: login, quota, or the seller is switched off
    SENDING = "sending"  # 提交中
    SUBMITTED = "submitted"  # 开具中
    CONFIRMING = "confirming"  # 待确认: one side has 72 hours for the form
    UNKNOWN = "unknown"  # 结果未知: the answer was lost
    ISSUED = "issued"  # 已开具
    REFUSED = "refused"  # 需处理: a person says whether to try again
    WITHDRAWN = "withdrawn"  # 已撤销


S = RedState
MOVES = {
    (S.QUEUED, "send"): S.SENDING,
    (S.QUEUED, "hold"): S.HELD,
    (S.QUEUED, "withdraw"): S.WITHDRAWN,
    (S.HELD, "resume"): S.QUEUED,
    (S.HELD, "withdraw"): S.WITHDRAWN,
    (S.SENDING, "accept"): S.SUBMITTED,
    (S.SENDING, "refuse"): S.REFUSED,
    (S.SENDING, "hold"): S.HELD,
    (S.SENDING, "put_back"): S.QUEUED,
    (S.SENDING, "lose_sight"): S.UNKNOWN,
    (S.SUBMITTED, "accept"): S.SUBMITTED,
    (S.SUBMITTED, "wait"): S.CONFIRMING,
    (S.SUBMITTED, "issue"): S.ISSUED,
    (S.SUBMITTED, "refuse"): S.REFUSED,
    (S.SUBMITTED, "lapse"): S.QUEUED,
    (S.SUBMITTED, "close"): S.WITHDRAWN,
    (S.SUBMITTED, "put_back"): S.QUEUED,
    (S.CONFIRMING, "accept"): S.SUBMITTED,
    (S.CONFIRMING, "wait"): S.CONFIRMING,
    (S.CONFIRMING, "issue"): S.ISSUED,
    (S.CONFIRMING, "refuse"): S.REFUSED,
    (S.CONFIRMING, "lapse"): S.QUEUED,
    (S.CONFIRMING, "close"): S.WITHDRAWN,
    (S.UNKNOWN, "accept"): S.SUBMITTED,
    (S.UNKNOWN, "wait"): S.CONFIRMING,
    (S.UNKNOWN, "issue"): S.ISSUED,
    (S.UNKNOWN, "refuse"): S.REFUSED,
    (S.UNKNOWN, "lapse"): S.QUEUED,
    (S.UNKNOWN, "close"): S.WITHDRAWN,
    (S.UNKNOWN, "put_back"): S.QUEUED,
    (S.REFUSED, "retry"): S.QUEUED,
    (S.REFUSED, "withdraw"): S.WITHDRAWN,
}
ASKABLE = frozenset({S.SUBMITTED, S.CONFIRMING, S.UNKNOWN})
ENDED = frozenset({S.ISSUED, S.WITHDRAWN})
CLAIMING = frozenset(S) - {S.WITHDRAWN}  # what counts against the blue invoice

F = FormState
FORM_ACTS = {
    F.APPLYING: "accept",
    F.APPLY_FAILED: "refuse",
    F.NOT_NEEDED: "accept",
    F.WAITS_FOR_BUYER: "wait",
    F.WAITS_FOR_SELLER: "wait",
    F.CONFIRMED: "accept",
    F.REFUSED_BY_BUYER: "refuse",
    F.REFUSED_BY_SELLER: "refuse",
    F.LAPSED: "lapse",
    F.WITHDRAWN: "close",
    F.WITHDRAWN_LATE: "close",
    F.VOID: "refuse",
}
WAITING = frozenset({F.WAITS_FOR_BUYER, F.WAITS_FOR_SELLER})

FORM_LIVES = timedelta(hours=72)
REMIND_AFTER = timedelta(hours=48)
MOST_FORMS = 3  # a form that lapsed so often is for a person, not for another form
CONFIRMING_ASK_S = 1800


def move(state: RedState, action: str) -> RedState:
    """Raises RedCannotMove when the table has no such road."""
    if (state, action) not in MOVES:
        raise RedCannotMove(state=state, action=action)
    return MOVES[state, action]


def needs_reminder(opened_at: datetime, at: datetime) -> bool:
    """Two days of the three are over."""
    return at - opened_at >= REMIND_AFTER


def is_overdue(opened_at: datetime, at: datetime) -> bool:
    """The form must have lapsed, an hour of slow clocks allowed."""
    return at - opened_at >= FORM_LIVES + timedelta(hours=1)

"""What the ledger refuses. Unbalanced entries are a bug of the poster, not a refusal."""

from core.errors import Conflict, NotFound


class Unbalanced(ValueError):
    """The entries of a journal do not sum to zero in each unit."""


class CauseReused(Conflict):
    code = "ledger.cause_reused"
    zh = "同一业务单号已按不同内容记账，请用新的单号"
    en = "This cause is already in the book with other entries: use a key of its own."


class InsufficientBalance(Conflict):
    code = "ledger.insufficient_balance"
    zh = "余额不足，请减少使用数量"
    en = "The balance does not cover this: use less."


class JournalNotFound(NotFound):
    code = "ledger.journal_not_found"
    zh = "没有这笔账，请核对业务单号"
    en = "There is no such journal: check the cause."


class HoldNotFound(NotFound):
    code = "ledger.hold_not_found"
    zh = "没有这笔冻结，请核对业务单号"
    en = "There is no such hold: check the cause."


class HoldEnded(Conflict):
    code = "ledger.hold_ended"
    zh = "冻结已扣款或已释放，请重新下单"
    en = "The hold has been captured or released: start again."


class MoreThanHeld(Conflict):
    code = "ledger.more_than_held"
    zh = "扣款超过冻结数量，请核对金额"
    en = "More is captured than was held: check the amount."


class MirrorsTooMuch(Conflict):
    code = "ledger.mirrors_too_much"
    zh = "冲回合计超过原账，请核对退款金额"
    en = "The mirrors together exceed the journal: check the refunded amounts."


class NotMirrorable(Conflict):
    code = "ledger.not_mirrorable"
    zh = "这类账目不能冲回，请用新的账目更正"
    en = "A journal of this act is not mirrored: correct it with a new journal."

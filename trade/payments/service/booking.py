"""What a tender does to the book: money at WeChat, in the till, in the bank, or a member's balance.

Each tender has one journal; "customers" (`MONEY_CUSTOMER`) is the other side of all of them, so
that a sale does not ask how it was paid.
"""

from datetime import datetime

from core.ledger import Account, AccountKind, Cause, Entry, Memo, house, mirror, name_cause, post
from trade.payments.models import Payment, Refund
from trade.payments.rules import BY_HAND, WECHAT, Method, RefundTo

name_cause("payment_received", zh="收到微信支付", en="paid by WeChat Pay")
name_cause("cash_received", zh="收到现金", en="paid in cash")
name_cause("card_received", zh="收到刷卡", en="paid by card")
name_cause("other_received", zh="收到其他方式付款", en="paid in another way")
name_cause("stored_value_spent", zh="储值支付", en="paid from stored value")
name_cause("credit_spent", zh="购物金支付", en="paid from store credit")
name_cause("payment_refunded", zh="原路退款", en="refunded the way it was paid")
name_cause("refunded_to_credit", zh="退款到购物金", en="refunded as store credit")
name_cause("deposit_kept", zh="定金不退", en="a deposit that was kept")

KINDS = {
    Method.CASH: "cash_received",
    Method.CARD: "card_received",
    Method.OTHER: "other_received",
    Method.STORED_VALUE: "stored_value_spent",
    Method.CREDIT: "credit_spent",
}
PURSES = {
    Method.STORED_VALUE: (AccountKind.STORED_VALUE, AccountKind.STORED_VALUE_ISSUED),
    Method.CREDIT: (AccountKind.CREDIT, AccountKind.CREDIT_ISSUED),
}


def received(payment: Payment) -> Cause:
    """The journal of money that came; its refunds mirror it."""
    if payment.method in WECHAT:
        assert payment.transaction_id is not None
        return Cause("payment_received", payment.transaction_id)
    return Cause(KINDS[payment.method], payment.payment_no)


def tender(payment: Payment, fen: int, *, store_id: int | None = None) -> list[Entry]:
    """`fen` of a tender come in; negative ones leave, by hand from the till of `store_id`."""
    if payment.method in PURSES:
        purse, issued = PURSES[payment.method]
        member = Account(purse, f"member:{payment.member_id}")
        return [Entry(member, -fen), Entry(house(issued), fen)]
    return [
        Entry(_money_of(payment, store_id or payment.store_id), fen),
        Entry(house(AccountKind.MONEY_CUSTOMER), -fen),
    ]


def _money_of(payment: Payment, store_id: int | None) -> Account:
    if payment.method in WECHAT:
        return Account(AccountKind.MONEY_WECHAT, f"merchant:{payment.mch_id}")
    kind = AccountKind.MONEY_CASH if payment.method is Method.CASH else AccountKind.MONEY_BANK
    return Account(kind, f"store:{store_id}")


async def book(payment: Payment, cause: Cause, at: datetime) -> None:
    """Money came. Raises InsufficientBalance when a member's balance does not cover it."""
    memo = {"order_no": payment.order_no, "payment_no": payment.payment_no}
    await post(cause, tender(payment, payment.amount_fen), memo=memo, at=at)


async def book_back(payment: Payment, row: Refund) -> None:
    """A part of a tender went back: the way it came, or as credit of the member."""
    memo: Memo = {"order_no": payment.order_no, "refund_no": row.refund_no}
    cause = Cause("payment_refunded", row.refund_no)
    if row.goes_to is RefundTo.CREDIT:
        member = Account(AccountKind.CREDIT, f"member:{payment.member_id}")
        issued = house(AccountKind.CREDIT_ISSUED)
        entries = [Entry(member, row.amount_fen), Entry(issued, -row.amount_fen)]
        to_credit = Cause("refunded_to_credit", row.refund_no)
        await post(to_credit, entries, memo=memo, at=row.settled_at)
    elif payment.method in BY_HAND:
        entries = tender(payment, -row.amount_fen, store_id=row.store_id)
        await post(cause, entries, memo=memo, at=row.settled_at)
    else:
        part, whole = row.amount_fen, payment.amount_fen
        await mirror(cause, of=received(payment), numerator=part, denominator=whole, memo=memo)

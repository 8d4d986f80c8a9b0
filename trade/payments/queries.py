"""What can be asked about payments. Nothing here writes; models never leave, views do."""

from dataclasses import dataclass
from datetime import date, datetime

from tortoise.expressions import Q

from core.database import sql
from core.ledger import Account, AccountKind, balance, explain
from core.security.scope import Scope
from trade.payments.cash import CountView, DrawerView, cash_counts, drawers
from trade.payments.due import due_fen
from trade.payments.models import DepositRule, OddNotice, Payment, Refund, Transfer
from trade.payments.rules import (
    TOP_UP,
    Method,
    PaymentState,
    RefundState,
    RefundTo,
    TransferState,
)

__all__ = [
    "CountView",
    "DrawerView",
    "Method",
    "PaymentState",
    "RefundState",
    "RefundTo",
    "TransferState",
    "cash_counts",
    "drawers",
    "due_fen",
]


OFFERS = """
SELECT DISTINCT ON (amount_fen) amount_fen, bonus_fen FROM payments_top_up_offer
WHERE $1 >= valid_from AND ($1 <= valid_until OR valid_until IS NULL)
ORDER BY amount_fen, valid_from DESC
"""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One tender. `has_paid_order` is None until money came; False: the order did not want it.

    `order_id` is None for a top-up. `transaction_id` and `mch_id` are WeChat Pay's alone.
    """

    payment_no: str
    order_id: int | None
    order_no: str
    method: Method
    amount_fen: int
    given_fen: int | None
    slip_no: str | None
    mch_id: str
    state: PaymentState
    transaction_id: str | None
    has_paid_order: bool | None
    refunding_fen: int
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundView:
    """A part of a refund, to one tender. `is_of_sale` is False for money no order was sold for.

    `goes_to` is the way it came (origin) or the member's store credit. Refunds of one wish, one for
    each tender, share the `batch`.
    """

    refund_no: str
    payment_no: str
    method: Method
    goes_to: RefundTo
    order_id: int | None
    order_no: str
    amount_fen: int
    reason: str
    state: RefundState
    is_of_sale: bool
    settled_at: datetime | None
    batch: str


def payment_view(row: Payment) -> PaymentView:
    return PaymentView(
        payment_no=row.payment_no,
        order_id=row.order_id,
        order_no=row.order_no,
        method=row.method,
        amount_fen=row.amount_fen,
        given_fen=row.given_fen,
        slip_no=row.slip_no,
        mch_id=row.mch_id,
        state=row.state,
        transaction_id=row.transaction_id,
        has_paid_order=row.has_paid_order,
        refunding_fen=row.refunding_fen,
        paid_at=row.paid_at,
    )


def refund_view(row: Refund) -> RefundView:
    return RefundView(
        refund_no=row.refund_no,
        payment_no=row.payment.payment_no,
        method=row.payment.method,
        goes_to=row.goes_to,
        order_id=row.payment.order_id,
        order_no=row.payment.order_no,
        amount_fen=row.amount_fen,
        reason=row.reason,
        state=row.state,
        is_of_sale=_is_of_sale(row),
        settled_at=row.settled_at,
        batch=row.batch_key,
    )


def _is_of_sale(row: Refund) -> bool:
    is_wanted = row.surplus_id is None and row.payment.has_paid_order is not False
    return is_wanted and not row.batch_key.startswith("unsold:")


async def payments_of(order_id: int) -> tuple[PaymentView, ...]:
    """Every tender of an order and every attempt at one, the first one first."""
    return tuple(
        payment_view(row) for row in await Payment.filter(order_id=order_id).order_by("id")
    )


async def payment_of(order_id: int) -> PaymentView | None:
    """The first tender an order took, else the latest attempt."""
    rows = Payment.filter(order_id=order_id)
    row = (
        await rows.filter(has_paid_order=True).order_by("id").first()
        or await rows.order_by("-id").first()
    )
    return payment_view(row) if row else None


async def find_payment(payment_no: str) -> PaymentView | None:
    row = await Payment.get_or_none(payment_no=payment_no)
    return payment_view(row) if row else None


async def orders_paid_by(number: str) -> tuple[int, ...]:
    """Orders that took a payment with this number: ours, the platform's, or of a card's slip."""
    named = Q(payment_no=number) | Q(transaction_id=number) | Q(slip_no=number)
    rows = Payment.filter(named, has_paid_order=True).order_by("-id").limit(20)
    return tuple(row.order_id for row in await rows if row.order_id is not None)


async def refunds_of(order_id: int) -> tuple[RefundView, ...]:
    """All refunds of an order's payments, the first one first."""
    rows = Refund.filter(payment__order_id=order_id).select_related("payment").order_by("id")
    return tuple(refund_view(row) for row in await rows)


async def refunds_of_batch(batch: str) -> tuple[RefundView, ...]:
    """The refunds of one wish, one for each tender it touched."""
    found = Refund.filter(batch_key=batch).select_related("payment")
    return tuple(refund_view(row) for row in await found.order_by("id"))


async def refunds_to_hand_out(scope: Scope) -> tuple[RefundView, ...]:
    """What staff of the asker's stores owe to buyers in cash or at a terminal, the oldest first."""
    rows = Refund.filter(scope.stores_q("payment__store_id"), state=RefundState.WAITING)
    found = await rows.select_related("payment").order_by("id").limit(200)
    return tuple(refund_view(row) for row in found)


@dataclass(frozen=True, slots=True)
class DepositRuleView:
    """What a store keeps of a deposit; `store_id` None: all stores without a rule of their own."""

    store_id: int | None
    keeps_bp: int


async def deposit_rules() -> tuple[DepositRuleView, ...]:
    """The one for all others first."""
    rows = await DepositRule.all().order_by("id")
    found = [DepositRuleView(row.store_id, row.keeps_bp) for row in rows]
    return tuple(sorted(found, key=lambda one: one.store_id or 0))


UNFUNDED = """
SELECT p.mch_id, count(*)::int AS refunds, sum(r.amount_fen)::bigint AS fen,
    min(r.created_at) AS since
FROM payments_refund AS r JOIN payments_payment AS p ON p.id = r.payment_id
WHERE r.state = 'created' AND r.said = ANY($1::text[])
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class UnfundedView:
    """Refunds that wait because a merchant's account at WeChat Pay lacks the money."""

    mch_id: str
    refunds: int
    fen: int
    since: datetime


async def unfunded_refunds() -> tuple[UnfundedView, ...]:
    """By merchant: top its account up, and they go out by themselves within the hour."""
    return tuple(UnfundedView(**row) for row in await sql(UNFUNDED, sorted(TOP_UP)))


@dataclass(frozen=True, slots=True)
class PurseView:
    """What a member has, in fen: bought stored value (储值) and store credit (购物金)."""

    stored_value_fen: int
    credit_fen: int


async def purses_of(member_id: int) -> PurseView:
    owner = f"member:{member_id}"
    return PurseView(
        stored_value_fen=await balance(Account(AccountKind.STORED_VALUE, owner)),
        credit_fen=await balance(Account(AccountKind.CREDIT, owner)),
    )


async def explain_purse(member_id: int, kind: Method, lang: str = "zh") -> list[str]:
    """The newest movements of a purse in words, with the balance after each."""
    purse = AccountKind.STORED_VALUE if kind is Method.STORED_VALUE else AccountKind.CREDIT
    return await explain(Account(purse, f"member:{member_id}"), lang)


@dataclass(frozen=True, slots=True)
class OfferView:
    """A top-up of at least `amount_fen` gets `bonus_fen` on top."""

    amount_fen: int
    bonus_fen: int


async def top_up_offers(day: date) -> tuple[OfferView, ...]:
    """What is offered on a day of the shop, the smallest first."""
    rows = await sql(OFFERS, day)
    return tuple(OfferView(row["amount_fen"], row["bonus_fen"]) for row in rows)


async def count_refunds_booked() -> int:
    """How many refunds are settled."""
    return await Refund.filter(state=RefundState.SETTLED).count()


async def count_transfers_booked() -> int:
    """How many transfers have ended, with success or without."""
    return await Transfer.exclude(state=TransferState.WAITING).count()


async def count_odd_notices() -> int:
    """How many verified notices did not fit our books."""
    return await OddNotice.all().count()

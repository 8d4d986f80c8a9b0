"""Refund rows: what is to go back, and what a refund that went back takes out of the books.

Talking to WeChat Pay about them is `refunding`. Nothing here dials out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from core.database import sql, use_case
from core.ids import new_no
from core.jobs import owe
from core.ledger import Cause, mirror
from core.outbox import publish
from trade.orders.queries import order_of
from trade.orders.service import book_refund as take_out_of_order
from trade.payments.errors import (
    NobodyToCredit,
    NotSoldYet,
    PaymentNotFound,
    RefundAmountNotPositive,
    RefundKeyReused,
    RefundTooMuch,
)
from trade.payments.events import RefundSettled
from trade.payments.models import Payment, Refund, Surplus
from trade.payments.queries import RefundView, refund_view
from trade.payments.rules import (
    BY_HAND,
    MAX_REFUNDS,
    WALLET,
    WECHAT,
    PaymentState,
    RefundState,
    RefundTo,
    split_refund,
)
from trade.payments.service.booking import book_back

INSERT = """
INSERT INTO payments_refund (
    refund_no, request_key, batch_key, payment_id, surplus_id, amount_fen, reason, goes_to, state,
    ask_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text,
    CASE WHEN $9 = 'created' THEN now() + interval '60 seconds' END)
ON CONFLICT (request_key) DO NOTHING
RETURNING id
"""

# The row of the payment is the lock: two refunds at once never claim more than was paid.
CLAIM = """
UPDATE payments_payment SET refunding_fen = refunding_fen + $2
WHERE id = $1 AND state = 'paid' AND refunding_fen + kept_fen + $2 <= amount_fen
    AND (method NOT LIKE 'wechat%'
        OR (SELECT count(*) FROM payments_refund WHERE payment_id = $1) <= $3)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Counter:
    """Who hands money back, in which store: cash of its till, a card at its terminal."""

    store_id: int
    by: str


@use_case
async def refund(
    *,
    order_id: int,
    amount_fen: int,
    reason: str,
    key: str,
    to: RefundTo = RefundTo.ORIGIN,
    counter: Counter | None = None,
) -> tuple[RefundView, ...]:
    """Give back a part or all of what an order was paid: one refund a tender, adding up exactly.

    Each tender gives in proportion to what is left in it. To WeChat Pay a job carries it, into a
    member's balance it goes at once; what was paid by hand is handed out by `counter`, or waits for
    `hand_out_refund`. With `to` CREDIT all of it becomes the member's store credit at once.

    The same `key` again is the same refund. Raises PaymentNotFound when the order took no money,
    NotSoldYet, NobodyToCredit, RefundTooMuch, RefundKeyReused, RefundAmountNotPositive.
    """
    if amount_fen <= 0:
        raise RefundAmountNotPositive(amount_fen=amount_fen)
    taken = Payment.filter(order_id=order_id, has_paid_order=True).order_by("id")
    tenders = await taken.select_for_update()  # refunds of one order take turns
    if not tenders:
        raise PaymentNotFound(order_id=order_id)
    batch_key = f"order:{order_id}:{key}"
    known = await Refund.filter(batch_key=batch_key).order_by("id")
    if known:
        return await _known(known, amount_fen, to)
    await _check(order_id, tenders, to)
    return await _split(tenders, amount_fen, Wish(batch_key, reason, to, counter))


@dataclass(frozen=True, slots=True)
class Wish:
    """Why and whereto money goes back."""

    key: str
    reason: str
    to: RefundTo = RefundTo.ORIGIN
    counter: Counter | None = None


async def _known(rows: Sequence[Refund], amount_fen: int, to: RefundTo) -> tuple[RefundView, ...]:
    if sum(row.amount_fen for row in rows) != amount_fen or rows[0].goes_to is not to:
        raise RefundKeyReused(refund_no=rows[0].refund_no)
    return await _views([row.id for row in rows])


async def _check(order_id: int, tenders: Sequence[Payment], to: RefundTo) -> None:
    if (await order_of(order_id)).paid_at is None:
        raise NotSoldYet(order_no=tenders[0].order_no)
    if to is RefundTo.CREDIT and any(tender.member_id is None for tender in tenders):
        raise NobodyToCredit(order_no=tenders[0].order_no)


async def _split(tenders: Sequence[Payment], amount_fen: int, wish: Wish) -> tuple[RefundView, ...]:
    left = [row.amount_fen - row.refunding_fen - row.kept_fen for row in tenders]
    if sum(left) < amount_fen:
        raise RefundTooMuch(order_no=tenders[0].order_no, amount_fen=amount_fen)
    parts = split_refund(amount_fen, left)
    ids = [
        await owe_back(tender, part, wish, key=f"{wish.key}:{place}")
        for place, (tender, part) in enumerate(zip(tenders, parts, strict=True))
        if part
    ]
    return await _views(ids)


async def give_back(payment: Payment, *, key: str, reason: str) -> None:
    """All that is left of a payment that no order wants. Again: no change."""
    left = payment.amount_fen - payment.refunding_fen - payment.kept_fen
    if left:
        await owe_back(payment, left, Wish(key, reason), key=key)


async def give_surplus_back(surplus: Surplus) -> None:
    """All of a second payment under one number."""
    key = f"surplus:{surplus.transaction_id}"
    rows = await sql(
        INSERT,
        *(new_no("R"), key, key, surplus.payment_id, surplus.id, surplus.amount_fen, "重复支付"),
        *(RefundTo.ORIGIN, RefundState.CREATED),
    )
    await owe("payments.send_refund", key=str(rows[0]["id"]), refund_id=rows[0]["id"])


async def owe_back(payment: Payment, amount_fen: int, wish: Wish, *, key: str) -> int:
    """A part of one tender is to go back; answers the refund. Again with its `key`: the same one.

    Raises RefundTooMuch and RefundKeyReused.
    """
    by_hand = wish.to is RefundTo.ORIGIN and payment.method in BY_HAND
    state = RefundState.WAITING if by_hand else RefundState.CREATED
    facts = (payment.id, None, amount_fen, wish.reason[:80], wish.to, state)
    rows = await sql(INSERT, new_no("R"), key, wish.key, *facts)
    row = await Refund.get(request_key=key)
    if not rows:
        if (row.payment_id, row.amount_fen) != (payment.id, amount_fen):
            raise RefundKeyReused(refund_no=row.refund_no)
        return row.id
    if not await sql(CLAIM, payment.id, amount_fen, MAX_REFUNDS):
        raise RefundTooMuch(order_no=payment.order_no, amount_fen=amount_fen)
    if wish.to is RefundTo.CREDIT or payment.method in WALLET:
        await settle_here(payment, row)
    elif payment.method in WECHAT:
        await owe("payments.send_refund", key=str(row.id), refund_id=row.id)
    elif wish.counter is not None:
        await settle_here(payment, row, wish.counter)
    return row.id


async def settle_here(payment: Payment, row: Refund, counter: Counter | None = None) -> None:
    """No platform is asked: the refund is in the book, or in the buyer's hand, now."""
    row.state, row.settled_at = RefundState.SETTLED, clock.now()
    row.ask_at = None
    if counter is not None:
        row.store_id, row.handed_by = counter.store_id, counter.by
    await row.save(update_fields=["state", "settled_at", "ask_at", "store_id", "handed_by"])
    await take_out(payment, row)


async def take_out(payment: Payment, row: Refund) -> None:
    """A settled refund leaves the books it came into: its tender, and the sale.

    A refund told before its payment waits for `take_out_early_refunds`.
    """
    if row.surplus_id is not None:
        surplus = await Surplus.get(id=row.surplus_id)
        cause = Cause("payment_refunded", row.refund_no)
        memo = {"order_no": payment.order_no, "refund_no": row.refund_no}
        came = Cause("payment_received", surplus.transaction_id)
        await mirror(cause, of=came, numerator=1, denominator=1, memo=memo)
        return
    if payment.state is not PaymentState.PAID:
        return
    await book_back(payment, row)
    if payment.has_paid_order and payment.order_id is not None:
        await _tell(payment, row, payment.order_id)


async def _tell(payment: Payment, row: Refund, order_id: int) -> None:
    sold_fen = await take_out_of_order(
        order_id=order_id, refund_no=row.refund_no, refund_fen=row.amount_fen
    )
    assert row.settled_at is not None
    if sold_fen:
        await publish(
            RefundSettled(
                order_id=order_id,
                order_no=payment.order_no,
                refund_no=row.refund_no,
                refund_fen=row.amount_fen,
                paid_fen=sold_fen,
                at=row.settled_at,
            )
        )


async def take_out_early_refunds(payment_id: int) -> None:
    """Refunds that were told before their payment was."""
    rows = Refund.filter(payment_id=payment_id, surplus_id=None, state=RefundState.SETTLED)
    early = await rows.order_by("id")
    if early:
        payment = await Payment.get(id=payment_id)
        for row in early:
            await take_out(payment, row)


async def _views(ids: Sequence[int]) -> tuple[RefundView, ...]:
    found = Refund.filter(id__in=list(ids)).select_related("payment")
    return tuple(refund_view(row) for row in await found.order_by("id"))

"""Tenders that need no platform: cash, card and the like at the counter, and a member's balance.

The money is on the table or in the book already, so an order that wants less refuses it.
"""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.database import sql, use_case
from core.ids import new_no
from core.jobs import owe
from trade.orders.queries import OrderView, order_of
from trade.payments.errors import (
    NotAtTheCounter,
    OrderWantsLess,
    TenderAmount,
    TenderKeyReused,
)
from trade.payments.models import Payment
from trade.payments.queries import PaymentView, payment_view
from trade.payments.rules import BY_HAND, LIVE, WALLET, Method
from trade.payments.service.arriving import arrive
from trade.payments.service.booking import book, received

INSERT = """
INSERT INTO payments_payment (
    payment_no, request_key, order_id, order_no, store_id, member_id, method, amount_fen,
    given_fen, slip_no, taken_by, state, expires_at, paid_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'paid', $12::timestamptz, $12)
ON CONFLICT (request_key) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Tender:
    """What somebody pays with. `given_fen` is the cash laid down, `slip_no` of a card's slip."""

    method: Method
    amount_fen: int
    given_fen: int | None = None
    slip_no: str | None = None


@use_case
async def record_tender(
    *, order_id: int, tender: Tender, key: str, by: str, at: datetime | None = None
) -> PaymentView:
    """Staff took money in a store for an order, or a till did: it counts at once.

    `by` is the actor, `at` when it was taken (now, or any past). The change is what was laid down
    above the amount. Again with its `key`: the same tender. Raises NotAtTheCounter, TenderAmount,
    OrderWantsLess when the order is due less or is not open, TenderKeyReused, OrderNotFound.
    """
    if tender.method not in BY_HAND:
        raise NotAtTheCounter(method=tender.method)
    if tender.given_fen is not None and tender.given_fen < tender.amount_fen:
        raise TenderAmount(amount_fen=tender.amount_fen, given_fen=tender.given_fen)
    return await _take(await order_of(order_id), tender, key=key, by=by, at=at or clock.now())


@use_case
async def pay_from_balance(
    *, order_id: int, kind: Method, amount_fen: int, key: str
) -> PaymentView:
    """The order's member pays from stored value or store credit (`kind`); it counts at once.

    Again with its `key`: the same tender. Raises InsufficientBalance, TenderAmount, OrderWantsLess
    (also when the order has no member), TenderKeyReused, OrderNotFound.
    """
    if kind not in WALLET:
        raise NotAtTheCounter(method=kind)
    order = await order_of(order_id)
    if order.member_id is None:
        raise OrderWantsLess(order_no=order.order_no)
    by = f"member:{order.member_id}"
    return await _take(order, Tender(kind, amount_fen), key=key, by=by, at=clock.now())


async def _take(
    order: OrderView, tender: Tender, *, key: str, by: str, at: datetime
) -> PaymentView:
    if tender.amount_fen <= 0:
        raise TenderAmount(amount_fen=tender.amount_fen)
    request_key = f"order:{order.id}:{key}"
    is_new = await sql(
        INSERT,
        *(new_no("P"), request_key, order.id, order.order_no, order.store_id, order.member_id),
        *(tender.method, tender.amount_fen, tender.given_fen, tender.slip_no, by, at),
    )
    payment = await Payment.get(request_key=request_key)
    if is_new:
        await book(payment, received(payment), at)
        if not await arrive(payment, at):
            raise OrderWantsLess(order_no=order.order_no)
        await look_at_others(order.id)
    elif (payment.method, payment.amount_fen) != (tender.method, tender.amount_fen):
        raise TenderKeyReused(payment_no=payment.payment_no)
    return payment_view(payment)


async def look_at_others(order_id: int) -> None:
    """What the order is due has changed: a code or sheet under way for more is to be closed."""
    for live in await Payment.filter(order_id=order_id, state__in=LIVE):
        await owe("payments.ask_payment", key=str(live.id), payment_id=live.id)

"""From the code on a receipt to the order it names, with every reason why not (invoicing.md 9)."""

from dataclasses import dataclass
from datetime import date, datetime

from core import clock
from core.security.receipt_code import BadReceiptCode, check, read
from invoicing.errors import (
    AmountDiffers,
    CodeExpired,
    CodeUnknown,
    NothingToInvoice,
    OrderNotHereYet,
    OrderNotPaid,
    OrderRefunded,
)
from invoicing.models import InvoiceableOrder
from invoicing.rules.lines import last_day
from trade.orders.queries import CloseReason, OrderState, OrderView, order_of
from trade.payments.queries import RefundState, refunds_of
from trade.stores.errors import ReceiptKeyNotFound
from trade.stores.queries import receipt_key


@dataclass(frozen=True, slots=True)
class Scanned:
    """A genuine code and its order. `amount_fen` is what the receipt says was paid."""

    code: str
    order: OrderView
    amount_fen: int


async def scanned(code: str) -> Scanned:
    """What a guest's code names. Raises CodeUnknown, OrderNotHereYet."""
    try:
        said = read(code)
        store_id, key = await receipt_key(said.kid)
        check(code, key)
    except (BadReceiptCode, ReceiptKeyNotFound):
        raise CodeUnknown from None
    if store_id != said.store_id:
        raise CodeUnknown
    rows = await InvoiceableOrder.filter(store_id=store_id, order_key=said.order_key.hex())
    if not rows:
        raise OrderNotHereYet
    same = [row for row in rows if row.paid_fen == said.amount_fen and _minute(row) == said.at]
    order = await order_of((same or rows)[0].order_id)
    return Scanned(code, order, said.amount_fen)


def _minute(row: InvoiceableOrder) -> datetime:
    return row.paid_at.replace(second=0, microsecond=0)


async def net_paid_fen(order: OrderView) -> int:
    """What was paid and is not given back, or about to be."""
    back = sum(
        refund.amount_fen
        for refund in await refunds_of(order.id)
        if refund.is_of_sale and refund.state is not RefundState.CLOSED
    )
    return order.paid_fen - back


async def check_invoiceable(found: Scanned) -> int:
    """The fen that may be invoiced now.

    Raises OrderNotPaid, OrderRefunded, NothingToInvoice, AmountDiffers, CodeExpired.
    """
    order = found.order
    if order.state is OrderState.CLOSED:
        raise OrderRefunded if order.close_reason is CloseReason.REFUNDED else NothingToInvoice
    if order.paid_at is None:
        raise OrderNotPaid
    if found.amount_fen != order.paid_fen:
        raise AmountDiffers
    if clock.shop_day(clock.now()) > last_day(order.paid_at):
        raise CodeExpired
    net_fen = await net_paid_fen(order)
    if net_fen <= 0:
        raise OrderRefunded
    return net_fen


def good_until(order: OrderView) -> date | None:
    return last_day(order.paid_at) if order.paid_at else None

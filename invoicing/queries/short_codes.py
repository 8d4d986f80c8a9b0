"""Typed instead of scanned: eight characters and the total lead to the code of a receipt."""

from core.security.receipt_code import mint, order_key_of, short_of, typed_short
from invoicing.errors import ShortCodeUnknown
from invoicing.models import InvoiceableOrder
from invoicing.queries.terms import terms_of
from trade.orders.queries import OrderView, order_of
from trade.stores.errors import ReceiptKeyNotFound
from trade.stores.queries import receipt_key_of, seller_of

LENGTH = 8


async def short_code_of(order: OrderView) -> str:
    """What stands under the QR of an order's receipt; empty where the store signs none."""
    code = await _code_of(order)
    return short_of(code) if code else ""


async def short_codes_at(store_id: int) -> bool:
    """Whether the seller at a store lets short codes be typed: its paper shows them."""
    return (await terms_of((await seller_of(store_id)).tax_entity_id)).has_short_entry


async def code_for(short: str, *, total_fen: int) -> str:
    """The whole code, where the seller allows short ones.

    Raises ShortCodeUnknown: which of the two was wrong is not said.
    """
    wanted = typed_short(short)
    rows = InvoiceableOrder.filter(short_code=wanted, paid_fen=total_fen)
    for row in await rows.order_by("-id") if len(wanted) == LENGTH else []:
        terms = await terms_of((await seller_of(row.store_id)).tax_entity_id)
        if not terms.has_short_entry:
            continue
        code = row.code
        if not code and row.order_id is not None:
            code = await _code_of(await order_of(row.order_id))
        if code:
            return code
    raise ShortCodeUnknown


async def _code_of(order: OrderView) -> str:
    if order.paid_at is None:
        return ""
    try:
        key = await receipt_key_of(order.store_id)
    except ReceiptKeyNotFound:
        return ""
    return mint(
        key,
        store_id=order.store_id,
        order_key=order_key_of(order.order_no),
        amount_fen=order.paid_fen,
        at=order.paid_at,
    )

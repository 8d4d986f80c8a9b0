"""From the code on a receipt to the sale it names, with every reason why not (invoicing.md 9)."""

from dataclasses import dataclass
from datetime import date, datetime

from core import clock
from core.security.receipt_code import BadReceiptCode, ReceiptCode, check, read
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
from invoicing.queries.sales import SaleView, open_fen, view_of_sale
from invoicing.queries.terms import terms_of
from invoicing.rules.sales import SaleState
from invoicing.rules.terms import last_day
from trade.stores.errors import ReceiptKeyNotFound
from trade.stores.queries import receipt_key, seller_of

NOT_OPEN = {
    SaleState.UNPAID: OrderNotPaid,
    SaleState.REFUNDED: OrderRefunded,
    SaleState.VOID: NothingToInvoice,
}


@dataclass(frozen=True, slots=True)
class Scanned:
    """A genuine code and its sale. `amount_fen` is what the receipt says was paid."""

    code: str
    sale: SaleView
    amount_fen: int

    @property
    def store_id(self) -> int:
        return self.sale.store_id


@dataclass(frozen=True, slots=True)
class Awaited:
    """A genuine code whose sale has not reached us yet. `at` is the minute on the receipt."""

    code: str
    store_id: int
    order_key: str
    amount_fen: int
    at: datetime


async def look_up(code: str) -> Scanned | Awaited:
    """What a guest's code names. Raises CodeUnknown."""
    said = await _genuine(code)
    row = await _row_of(code, said)
    if row is None:
        key = said.order_key.hex()
        return Awaited(code, said.store_id, key, said.amount_fen, said.at)
    return Scanned(code, await view_of_sale(row), said.amount_fen)


async def scanned(code: str) -> Scanned:
    """As `look_up`, for a sale that must be here. Raises CodeUnknown, OrderNotHereYet."""
    found = await look_up(code)
    if isinstance(found, Awaited):
        raise OrderNotHereYet
    return found


async def _genuine(code: str) -> ReceiptCode:
    try:
        said = read(code)
        store_id, key = await receipt_key(said.kid)
        check(code, key)
    except (BadReceiptCode, ReceiptKeyNotFound):
        raise CodeUnknown from None
    if store_id != said.store_id:
        raise CodeUnknown
    return said


async def _row_of(code: str, said: ReceiptCode) -> InvoiceableOrder | None:
    """Running numbers of two tills in one store may be alike: key, amount and minute decide."""
    named = InvoiceableOrder.filter(store_id=said.store_id, order_key=said.order_key.hex())
    rows = [row for row in await named.order_by("id") if _may_be(row, said)]
    exact = [row for row in rows if row.code == code]
    same = [row for row in rows if row.paid_fen == said.amount_fen and _minute(row) == said.at]
    return next(iter([*exact, *same, *rows]), None)


def _may_be(row: InvoiceableOrder, said: ReceiptCode) -> bool:
    """A receipt that another box read is another sale."""
    return not row.code or read(row.code).kid == said.kid


def _minute(row: InvoiceableOrder) -> datetime:
    return row.paid_at.replace(second=0, microsecond=0)


async def check_invoiceable(found: Scanned) -> int:
    """The fen that may be invoiced now.

    Raises OrderNotPaid, OrderRefunded, NothingToInvoice, AmountDiffers, CodeExpired.
    """
    sale = found.sale
    check_state(sale)
    if found.amount_fen != sale.paid_fen:
        raise AmountDiffers
    if clock.shop_day(clock.now()) > await good_until(sale):
        raise CodeExpired
    left_fen = await open_fen(sale)
    if left_fen <= 0:
        raise NothingToInvoice
    return left_fen


def check_state(sale: SaleView) -> None:
    """Raises OrderNotPaid, OrderRefunded, NothingToInvoice."""
    if refusal := NOT_OPEN.get(sale.state):
        raise refusal
    if sale.net_fen <= 0:
        raise NothingToInvoice


async def good_until(sale: SaleView | Awaited) -> date:
    """The last day on which a guest may ask."""
    paid_at = sale.at if isinstance(sale, Awaited) else sale.paid_at
    seller = await seller_of(sale.store_id)
    return last_day(paid_at, await terms_of(seller.tax_entity_id))

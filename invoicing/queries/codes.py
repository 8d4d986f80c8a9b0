"""From the code on a receipt to the sale it names, with every reason why not (invoicing.md 9)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from core import clock
from core.database import sql
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
from invoicing.queries.sales import FACTS, Row, SaleView, view_of_sale
from invoicing.queries.terms import terms_in, terms_of
from invoicing.rules.sales import SaleState
from invoicing.rules.terms import Terms, last_day
from trade.stores.errors import ReceiptKeyNotFound
from trade.stores.queries import SigningStore, seller_of, signing_store

NOT_OPEN = {
    SaleState.UNPAID: OrderNotPaid,
    SaleState.REFUNDED: OrderRefunded,
    SaleState.VOID: NothingToInvoice,
}


@dataclass(frozen=True, slots=True)
class Scanned:
    """A genuine code and its sale. `amount_fen` is what the receipt says was paid.

    `terms` are those of the seller; `covered_fen` of the sale is invoiced or about to be;
    `is_asked`: somebody has asked for an invoice of it, whatever came of that.
    """

    code: str
    sale: SaleView
    amount_fen: int
    store: SigningStore
    terms: Terms
    covered_fen: int
    is_asked: bool

    @property
    def store_id(self) -> int:
        return self.sale.store_id

    @property
    def until(self) -> date:
        """The last day on which a guest may ask."""
        return last_day(self.sale.paid_at, self.terms)

    def uncovered(self) -> "Scanned":
        """As it is once somebody holding the lock of the sale has seen that nobody covers it."""
        return replace(self, covered_fen=0)


@dataclass(frozen=True, slots=True)
class Awaited:
    """A genuine code whose sale has not reached us yet. `at` is the minute on the receipt."""

    code: str
    store: SigningStore
    terms: Terms
    order_key: str
    amount_fen: int
    at: datetime

    @property
    def store_id(self) -> int:
        return self.store.id

    @property
    def until(self) -> date:
        return last_day(self.at, self.terms)


# Hand-written: what a scan needs in one question of nine. There is always a row, for the terms.
FOUND = f"""
SELECT array(
        SELECT rules::text FROM invoicing_terms
        WHERE tax_entity_id IS NULL OR tax_entity_id = $3 ORDER BY tax_entity_id NULLS FIRST
    ) AS terms,
    {FACTS},
    (SELECT coalesce(sum(fen - red_fen), 0)::bigint FROM invoicing_covered
     WHERE sale_id = o.id AND is_live) AS covered_fen,
    EXISTS (SELECT FROM invoicing_covered WHERE sale_id = o.id) AS is_asked
FROM (SELECT) AS always
LEFT JOIN invoicing_order AS o ON o.store_id = $1 AND o.order_key = $2
ORDER BY o.id
"""  # noqa: S608 - our own words


async def look_up(code: str) -> Scanned | Awaited:
    """What a guest's code names. Raises CodeUnknown."""
    said, store = await _genuine(code)
    key = said.order_key.hex()
    rows = await sql(FOUND, store.id, key, store.seller.tax_entity_id)
    terms = terms_in(*rows[0]["terms"])
    row = _row_of(code, said, [row for row in rows if row["id"] is not None])
    if row is None:
        return Awaited(code, store, terms, key, said.amount_fen, said.at)
    return Scanned(
        code=code,
        sale=await view_of_sale(row),
        amount_fen=said.amount_fen,
        store=store,
        terms=terms,
        covered_fen=row["covered_fen"],
        is_asked=row["is_asked"],
    )


async def scanned(code: str) -> Scanned:
    """As `look_up`, for a sale that must be here. Raises CodeUnknown, OrderNotHereYet."""
    found = await look_up(code)
    if isinstance(found, Awaited):
        raise OrderNotHereYet
    return found


async def _genuine(code: str) -> tuple[ReceiptCode, SigningStore]:
    try:
        said = read(code)
        store = await signing_store(said.kid)
        check(code, store.key)
    except (BadReceiptCode, ReceiptKeyNotFound):
        raise CodeUnknown from None
    if store.id != said.store_id:
        raise CodeUnknown
    return said, store


def _row_of(code: str, said: ReceiptCode, named: Sequence[Row]) -> Row | None:
    """Running numbers of two tills in one store may be alike: key, amount and minute decide."""
    rows = [row for row in named if _may_be(row, said)]
    exact = [row for row in rows if row["code"] == code]
    same = [row for row in rows if row["paid_fen"] == said.amount_fen and _minute(row) == said.at]
    return next(iter([*exact, *same, *rows]), None)


def _may_be(row: Row, said: ReceiptCode) -> bool:
    """A receipt that another box read is another sale."""
    return not row["code"] or read(row["code"]).kid == said.kid


def _minute(row: Row) -> datetime:
    paid_at: datetime = row["paid_at"]
    return paid_at.replace(second=0, microsecond=0)


def check_invoiceable(found: Scanned) -> int:
    """The fen that may be invoiced, as the sale stood when it was looked up.

    Raises OrderNotPaid, OrderRefunded, NothingToInvoice, AmountDiffers, CodeExpired.
    """
    check_state(found.sale)
    if found.amount_fen != found.sale.paid_fen:
        raise AmountDiffers
    if clock.shop_day(clock.now()) > found.until:
        raise CodeExpired
    left_fen = found.sale.net_fen - found.covered_fen
    if left_fen <= 0:
        raise NothingToInvoice
    return left_fen


def check_state(sale: SaleView) -> None:
    """Raises OrderNotPaid, OrderRefunded, NothingToInvoice."""
    if refusal := NOT_OPEN.get(sale.state):
        raise refusal
    if sale.net_fen <= 0:
        raise NothingToInvoice


async def good_until(sale: SaleView) -> date:
    """The last day on which a guest may ask."""
    seller = await seller_of(sale.store_id)
    return last_day(sale.paid_at, await terms_of(seller.tax_entity_id))

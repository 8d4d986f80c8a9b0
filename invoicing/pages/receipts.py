"""The receipts a guest has scanned, as the page shows them: one, or several for one invoice."""

from dataclasses import dataclass
from datetime import date, datetime

from starlette.requests import Request

from core.errors import DomainError
from invoicing.pages.limits import opened
from invoicing.queries import (
    Awaited,
    SaleLine,
    Scanned,
    check_invoiceable,
    good_until,
)
from trade.stores.queries import StoreView, get_store


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of a receipt. One that has not been uploaded has no number and no lines."""

    code: str
    store_id: int
    tax_entity_id: int
    store_name: str
    order_no: str
    paid_at: datetime
    paid_fen: int
    net_fen: int
    freight_fen: int
    lines: tuple[SaleLine, ...]
    until: date
    is_here: bool

    @property
    def kept_back_fen(self) -> int:
        """What was paid and is not invoiced: given back, or paid with stored value."""
        return self.paid_fen - self.net_fen


async def receipt_of(found: Scanned | Awaited) -> Receipt:
    """As the page shows it. Raises what `check_invoiceable` raises."""
    store = await get_store(found.store_id)
    if isinstance(found, Awaited):
        return Receipt(
            code=found.code,
            store_id=found.store_id,
            tax_entity_id=store.tax_entity_id,
            store_name=store.name,
            order_no="",
            paid_at=found.at,
            paid_fen=found.amount_fen,
            net_fen=found.amount_fen,
            freight_fen=0,
            lines=(),
            until=await good_until(found),
            is_here=False,
        )
    net_fen = await check_invoiceable(found)
    return await _here(found, store, net_fen)


async def _here(found: Scanned, store: StoreView, net_fen: int) -> Receipt:
    sale = found.sale
    return Receipt(
        code=found.code,
        store_id=sale.store_id,
        tax_entity_id=store.tax_entity_id,
        store_name=store.name,
        order_no=sale.order_no,
        paid_at=sale.paid_at,
        paid_fen=sale.paid_fen,
        net_fen=net_fen,
        freight_fen=sale.freight_fen,
        lines=sale.lines,
        until=await good_until(sale),
        is_here=True,
    )


async def shown(found: Scanned | Awaited) -> Receipt:
    """As `receipt_of`, also when nothing of it may be invoiced any more."""
    try:
        return await receipt_of(found)
    except DomainError:
        if isinstance(found, Awaited):
            raise
        store = await get_store(found.store_id)
        return await _here(found, store, found.sale.net_fen)


async def others(request: Request, codes: tuple[str, ...]) -> list[Receipt]:
    """The further receipts of one invoice; each is looked at as strictly as the first."""
    return [await receipt_of(await opened(request, code, is_look=True)) for code in codes]

"""The receipts a guest has scanned, as the page shows them: one, or several for one invoice."""

from dataclasses import dataclass
from datetime import date, datetime

from starlette.requests import Request

from core.errors import DomainError
from invoicing.pages.limits import opened
from invoicing.queries import Awaited, SaleLine, Scanned, check_invoiceable


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of a receipt. One that has not been uploaded has no number and no lines."""

    code: str
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


def receipt_of(found: Scanned | Awaited) -> Receipt:
    """As the page shows it. Raises what `check_invoiceable` raises."""
    if isinstance(found, Scanned):
        return _here(found, check_invoiceable(found))
    return Receipt(
        code=found.code,
        store_name=found.store.name,
        order_no="",
        paid_at=found.at,
        paid_fen=found.amount_fen,
        net_fen=found.amount_fen,
        freight_fen=0,
        lines=(),
        until=found.until,
        is_here=False,
    )


def _here(found: Scanned, net_fen: int) -> Receipt:
    sale = found.sale
    return Receipt(
        code=found.code,
        store_name=found.store.name,
        order_no=sale.order_no,
        paid_at=sale.paid_at,
        paid_fen=sale.paid_fen,
        net_fen=net_fen,
        freight_fen=sale.freight_fen,
        lines=sale.lines,
        until=found.until,
        is_here=True,
    )


def shown(found: Scanned | Awaited) -> Receipt:
    """As `receipt_of`, also when nothing of it may be invoiced any more."""
    if isinstance(found, Awaited):
        return receipt_of(found)
    try:
        return receipt_of(found)
    except DomainError:
        return _here(found, found.sale.net_fen)


async def others(request: Request, codes: tuple[str, ...]) -> list[Receipt]:
    """The further receipts of one invoice; each is looked at as strictly as the first."""
    return [receipt_of(await opened(request, code, is_look=True)) for code in codes]

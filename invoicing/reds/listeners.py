"""What may call for a red letter. Each bears being called twice."""

from core.events import on
from core.jobs import owe
from invoicing.backends.events import BackendBack
from invoicing.events import InvoiceIssued, SaleReduced
from invoicing.queries.blues import find_blue, find_sale_id
from invoicing.reds.events import RedWaits
from invoicing.reds.service import let_go_on, settle_sale
from trade.payments.events import RefundSettled


@on(RefundSettled)
async def take_back_what_was_given_back(event: RefundSettled) -> None:
    sale_id = await find_sale_id(event.order_id)
    if sale_id is not None:
        await settle_sale(sale_id=sale_id)


@on(SaleReduced)
async def take_back_what_a_box_saw_given_back(event: SaleReduced) -> None:
    await settle_sale(sale_id=event.sale_id)


@on(InvoiceIssued)
async def take_back_what_was_given_back_meanwhile(event: InvoiceIssued) -> None:
    """Money that went back while the invoice was on its way."""
    blue = await find_blue(event.invoice_id)
    for cover in blue.covers if blue else ():
        await settle_sale(sale_id=cover.sale_id)


@on(RedWaits)
async def tell_the_buyer(event: RedWaits) -> None:
    """Only they can confirm the form: told when it opens, and once more after two days."""
    if event.why in {"buyer", "reminder"}:
        key = f"red:{event.red_id}:{event.why}:{event.at:%y%m%d%H}"
        await owe("reds.tell_buyer", key=key, letter_id=event.red_id, why=event.why)


@on(BackendBack)
async def go_on(event: BackendBack) -> None:
    await let_go_on(event.account_id)

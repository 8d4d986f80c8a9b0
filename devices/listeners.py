"""How this room reacts to news from others. It only writes the intent; a job does the printing."""

from core.events import on
from devices.counter.service import note_invoiced
from devices.service import print_receipt
from devices.service.picks import print_pick_of
from devices.service.till_booking import retry_unknown_goods
from invoicing.events import InvoiceIssued
from trade.catalog.events import ProductChanged
from trade.fulfilment.events import StoreAsked
from trade.orders.events import OrderPaid


@on(OrderPaid)
async def print_the_receipt(event: OrderPaid) -> None:
    await print_receipt(order_id=event.order_id)


@on(StoreAsked)
async def print_the_pick_ticket(event: StoreAsked) -> None:
    if not event.is_late:
        await print_pick_of(order_no=event.order_no, task_id=event.task_id)


@on(ProductChanged)
async def book_what_waited_for_its_goods(event: ProductChanged) -> None:
    await retry_unknown_goods()


@on(InvoiceIssued)
async def forbid_the_void(event: InvoiceIssued) -> None:
    await note_invoiced(order_nos=event.order_nos, at=event.at)

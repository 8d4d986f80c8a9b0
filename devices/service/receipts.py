"""Receipts as intents: what is printed is decided and stored here, `devices.jobs` sends it."""

from core.audit_log import record
from core.database import use_case
from core.jobs import owe
from core.security.scope import Scope
from core.settings import current
from devices.errors import NoPrinter, PrintJobNotFound
from devices.models import Printer, PrintJob
from devices.protocol.escpos import render
from devices.protocol.receipt import Sale, SoldLine, receipt
from devices.queries import document_of_order, receipt_code_of
from devices.rules import last_invoice_day
from trade.orders.queries import Entrance, OrderLineView, OrderView, order_of
from trade.stores.queries import get_store


@use_case
async def print_receipt(*, order_id: int) -> int | None:
    """Owe the paper of a paid order to its store's printer. Again owes nothing new.

    None: the store has no printer, the order is not paid (the order itself shows the code), or it
    came from a till, which has printed already. Raises OrderNotFound.
    """
    order = await order_of(order_id)
    if order.entrance in {Entrance.TILL, Entrance.IMPORT}:
        return None
    printer = await _printer_of(order.store_id)
    if printer is None or order.paid_at is None:
        return None
    return await _owe_paper(printer, order, copy=0)


@use_case
async def reprint(scope: Scope, *, print_job_id: int) -> int:
    """Owe one more copy, marked 补打, with the code of the first. Answers the new job's id.

    Raises PrintJobNotFound, NoPrinter.
    """
    first = await PrintJob.filter(scope.stores_q(), id=print_job_id).first()
    if first is None:
        raise PrintJobNotFound(print_job_id=print_job_id)
    printer = await _printer_of(first.store_id)
    if printer is None:
        raise NoPrinter(store_id=first.store_id)
    await Printer.filter(id=printer.id).select_for_update().first()  # copies are counted in turn
    same = PrintJob.filter(store_id=first.store_id, document=first.document)
    order = await order_of(int(first.document.removeprefix("order:")))
    job_id = await _owe_paper(printer, order, copy=await same.count())
    await record(scope, "devices.reprinted", f"print_job:{job_id}", first=first.id)
    return job_id


async def _printer_of(store_id: int) -> Printer | None:
    return await Printer.filter(store_id=store_id, is_active=True).order_by("id").first()


async def _owe_paper(printer: Printer, order: OrderView, *, copy: int) -> int:
    code = await receipt_code_of(order)
    sale = await _sale_of(order, code)
    payload = render(receipt(sale, is_reprint=copy > 0), printer.columns)
    job, is_new = await PrintJob.get_or_create(
        {"printer": printer, "code": code, "payload": payload},
        store_id=order.store_id,
        document=document_of_order(order.id),
        copy=copy,
    )
    if is_new:
        await owe("devices.print", key=f"print:{job.id}", print_job_id=job.id)
    return job.id


async def _sale_of(order: OrderView, code: str) -> Sale:
    assert order.paid_at is not None
    store = await get_store(order.store_id)
    lines = tuple(_sold(line) for line in order.lines)
    return Sale(
        store_name=store.name,
        store_address=store.address,
        store_phone=store.phone,
        order_no=order.order_no,
        paid_at=order.paid_at,
        lines=lines,
        goods_fen=sum(line.list_fen * line.quantity for line in lines),
        discount_fen=sum(line.discount_fen for line in lines),
        freight_fen=order.freight_fen,
        paid_fen=order.paid_fen,
        points=order.points_earned,
        invoice_url=f"{current().public_url}/i/{code}",
        invoice_until=last_invoice_day(order.paid_at),
    )


def _sold(line: OrderLineView) -> SoldLine:
    unit_fen = max(line.list_fen, line.price_fen)  # a store may ask more than the list price
    return SoldLine(
        title=line.title,
        spec_text=line.spec_text,
        quantity=line.quantity,
        list_fen=unit_fen,
        discount_fen=unit_fen * line.quantity - line.payable_fen,
        payable_fen=line.payable_fen,
    )

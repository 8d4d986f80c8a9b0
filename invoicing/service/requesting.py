"""A guest asks for an invoice. Here it is only written down; `invoicing.jobs` has it issued."""

import secrets
from dataclasses import asdict
from datetime import datetime

from tortoise.exceptions import IntegrityError

from core import clock
from core.clock import SHOP_ZONE
from core.database import use_case
from core.jobs import owe
from core.security.receipt_code import order_key_of
from invoicing.backends.port import Seller
from invoicing.errors import AlreadyRequested
from invoicing.models import InvoiceableOrder, InvoiceRequest
from invoicing.queries.codes import Scanned, check_invoiceable, scanned
from invoicing.queries.requests import RequestView, live_row, view_of
from invoicing.rules.buyers import Buyer
from invoicing.rules.lines import Sold, invoice_lines
from invoicing.rules.tax import totals
from invoicing.rules.texts import clean
from invoicing.sealing import open_buyer, seal_buyer
from trade.orders.queries import OrderView, order_of
from trade.stores.queries import SellerView, get_store, seller_of

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@use_case
async def note_paid_order(*, order_id: int) -> None:
    """From now on a receipt code may name this order. Again changes nothing."""
    order = await order_of(order_id)
    if order.paid_at is None:
        return
    await InvoiceableOrder.get_or_create(
        {
            "store_id": order.store_id,
            "order_key": order_key_of(order.order_no).hex(),
            "paid_fen": order.paid_fen,
            "paid_at": order.paid_at,
        },
        order_id=order.id,
    )


@use_case
async def request_invoice(*, code: str, buyer: Buyer) -> RequestView:
    """Write down that this receipt's order is to be invoiced to `buyer`, once.

    The same buyer again is answered with the request that is there.
    Raises what `scanned` and `check_invoiceable` raise, TaxClassMissing, and AlreadyRequested when
    somebody else was first.
    """
    found = await scanned(code)
    if live := await live_row(found.order.id):
        return await _same(live, buyer)
    net_fen = await check_invoiceable(found)
    try:
        row = await _write_down(found, buyer, net_fen)
    except IntegrityError:  # two phones at once: the other one was first
        live = await live_row(found.order.id)
        if live is None:
            raise
        return await _same(live, buyer)
    await owe("invoicing.issue", key=f"issue:{row.request_no}", request_id=row.id)
    return await view_of(row)


async def _same(live: InvoiceRequest, buyer: Buyer) -> RequestView:
    first = open_buyer(live.buyer, request_id=live.id)
    if (first.kind, first.title, first.tax_no) != (buyer.kind, buyer.title, buyer.tax_no):
        raise AlreadyRequested
    return await view_of(live)


def new_request_no(at: datetime) -> str:
    """16 characters that sort by time and carry no count; every provider's field is long enough."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"{at.astimezone(SHOP_ZONE):%y%m%d%H%M}{tail}"


@use_case
async def _write_down(found: Scanned, buyer: Buyer, net_fen: int) -> InvoiceRequest:
    order = found.order
    seller, store = await seller_of(order.store_id), await get_store(order.store_id)
    lines = invoice_lines(_sold(order), net_fen)
    sums = totals(lines)
    row = await InvoiceRequest.create(
        request_no=new_request_no(clock.now()),
        order_id=order.id,
        order_no=order.order_no,
        store_id=order.store_id,
        tax_entity_id=seller.tax_entity_id,
        receipt_code=found.code,
        buyer="",
        seller=asdict(_seller(seller)),
        lines=[asdict(line) for line in lines],
        remark=clean(f"订单号 {order.order_no}；{store.name}")[:200],
        ex_fen=sums.ex_fen,
        tax_fen=sums.tax_fen,
        incl_fen=sums.incl_fen,
    )
    row.buyer = seal_buyer(buyer, request_id=row.id)  # bound to the row, so after it has an id
    await row.save(update_fields=["buyer"])
    return row


def _sold(order: OrderView) -> list[Sold]:
    return [
        Sold(
            name=clean(line.title),
            spec=clean(line.spec_text),
            unit=line.unit,
            quantity=line.quantity,
            tax_code=line.tax_code,
            tax_bp=line.tax_bp,
            payable_fen=line.payable_fen,
        )
        for line in order.lines
    ]


def _seller(seller: SellerView) -> Seller:
    return Seller(
        tax_no=seller.tax_no,
        name=seller.name,
        address=seller.address,
        phone=seller.phone,
        bank_account=seller.bank_account,
        drawer=seller.drawer or "管理员",  # providers want a name; many sellers have none
    )

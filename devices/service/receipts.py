"""The receipt of a paid order, and the slip with its invoice QR."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

from core.database import use_case
from core.security.receipt_code import short_of
from core.security.scope import Scope
from core.settings import current
from devices.errors import NoPrinter, OrderUnpaid
from devices.protocol.receipt import Sale, SoldLine, facts_of
from devices.protocol.standard import NAMES
from devices.queries import document_of_order, receipt_code_of
from devices.rules import DocumentKind
from devices.service.papers import Paper, print_document
from trade.orders.errors import OrderNotFound
from trade.orders.queries import Entrance, OrderLineView, OrderView, order_of
from trade.payments.queries import Method, payments_of
from trade.stores.queries import get_store

PAID_BY = {
    Method.WECHAT_JSAPI: "微信支付",
    Method.WECHAT_NATIVE: "微信支付",
    Method.WECHAT_CODE: "微信支付",
    Method.CASH: "现金",
    Method.CARD: "刷卡",
    Method.STORED_VALUE: "储值",
    Method.CREDIT: "购物金",
    Method.OTHER: "其他",
}

LastDay = Callable[[int, datetime], Awaitable[date]]
_last_day: list[LastDay] = []
Asked = Callable[[int], Awaitable[bool]]
_has_short_codes: list[Asked] = []


def find_last_days_with(find: LastDay) -> None:
    """Said by `app.wiring`: which room knows until when the seller of a store invoices."""
    _last_day[:] = [find]


def show_short_codes_where(ask: Asked) -> None:
    """Said by `app.wiring`: which room knows whether a store's seller lets short codes be typed."""
    _has_short_codes[:] = [ask]


@use_case
async def print_receipt(
    *, order_id: int, opens_drawer: bool = False, made_by: str = ""
) -> int | None:
    """Owe the paper of a paid order to its store's printer. Again owes nothing new.

    `opens_drawer`: somebody stands there with cash. None: the store has no printer, the order is
    not paid (the order itself shows the code), or it came from a till, which has printed already.
    Raises OrderNotFound.
    """
    order = await order_of(order_id)
    if order.entrance in {Entrance.TILL, Entrance.IMPORT} or order.paid_at is None:
        return None
    document = document_of_order(order.id)
    return await _print(
        order, DocumentKind.RECEIPT, document, made_by=made_by, opens_drawer=opens_drawer
    )


@use_case
async def print_invoice_slip(scope: Scope, *, order_id: int) -> int:
    """Owe the slip with the invoice QR (开票码) of a paid order, also of a till's. Once for each.

    Raises OrderNotFound for an order of stores not theirs, OrderUnpaid, NoPrinter.
    """
    order = await order_of(order_id)
    if not scope.sees_store(order.store_id):
        raise OrderNotFound(order_id=order_id)
    if order.paid_at is None:
        raise OrderUnpaid(order_no=order.order_no)
    document = f"invoice:{order.id}"
    job_id = await _print(order, DocumentKind.INVOICE, document, made_by=scope.actor)
    if job_id is None:
        raise NoPrinter(store_id=order.store_id)
    return job_id


async def _print(
    order: OrderView,
    kind: DocumentKind,
    document: str,
    *,
    made_by: str = "",
    opens_drawer: bool = False,
) -> int | None:
    code = await receipt_code_of(order)
    facts = facts_of(await sale_of(order, code))
    return await print_document(
        Paper(
            store_id=order.store_id,
            kind=kind,
            document=document,
            facts={name: value for name, value in facts.items() if name in NAMES[kind]},
            code=code,
            made_by=made_by,
            opens_drawer=opens_drawer,
        )
    )


async def sale_of(order: OrderView, code: str) -> Sale:
    """What the papers of a paid order tell of it."""
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
        invoice_until=await _invoice_until(order.store_id, order.paid_at),
        short_code=await _short_code(order.store_id, code),
        entry_url=f"{current().public_url}/i",
        payment=await _payment_of(order.id),
    )


async def _invoice_until(store_id: int, paid_at: datetime) -> date | None:
    return await _last_day[0](store_id, paid_at) if _last_day else None


async def _short_code(store_id: int, code: str) -> str:
    """Eight characters beside the QR, where the seller chose them."""
    is_shown = bool(_has_short_codes) and await _has_short_codes[0](store_id)
    return short_of(code) if is_shown and code else ""


async def _payment_of(order_id: int) -> str:
    """With what it was paid, each way once; what was paid elsewhere says nothing."""
    paid = [one.method for one in await payments_of(order_id) if one.has_paid_order]
    return "+".join(dict.fromkeys(PAID_BY[method] for method in paid)) or "微信支付"


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

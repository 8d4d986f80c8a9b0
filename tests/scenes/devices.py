"""A sale worth printing, and a paid order."""

from datetime import UTC, date, datetime
from typing import Any

from core import clock
from devices.protocol.blocks import Block
from devices.protocol.receipt import Sale, SoldLine, facts_of
from devices.protocol.standard import NAMES, TEXTS
from devices.protocol.templates import fill, parse
from devices.rules import DocumentKind
from tests.scenes.orders import Shelf, a_shelf, an_order
from trade.orders.queries import OrderView, order_of
from trade.orders.service import take_money
from trade.stores.service import renew_receipt_key

INVOICE_URL = "https://shop.example.cn/i/" + "AQABAAAAAQAAAAAAAQAAJxAAZG5mYWJjZGVmZ2hpams"[:42]


def a_line(**more: Any) -> SoldLine:
    facts: dict[str, Any] = {
        "title": "羊绒围巾",
        "spec_text": "烟灰 / 均码",
        "quantity": 2,
        "list_fen": 39_900,
        "discount_fen": 4_000,
        "payable_fen": 75_800,
    }
    return SoldLine(**{**facts, **more})


def a_sale(**more: Any) -> Sale:
    facts: dict[str, Any] = {
        "store_name": "木棉与麻·南京西路店",
        "store_address": "上海市静安区南京西路 1266 号",
        "store_phone": "021-60000000",
        "order_no": "2511210123456789",
        "paid_at": datetime(2025, 11, 21, 6, 3, 9, tzinfo=UTC),
        "lines": (a_line(),),
        "goods_fen": 79_800,
        "discount_fen": 4_000,
        "freight_fen": 0,
        "paid_fen": 75_800,
        "points": 758,
        "invoice_url": INVOICE_URL,
        "invoice_until": date(2026, 5, 20),
    }
    return Sale(**{**facts, **more})


def a_receipt_of(sale: Sale) -> list[Block]:
    """The paper of a sale as the standard template writes it."""
    template = parse(TEXTS[DocumentKind.RECEIPT], NAMES[DocumentKind.RECEIPT])
    return fill(template, facts_of(sale))


async def a_paid_order(shelf: Shelf | None = None, *, quantity: int = 1) -> OrderView:
    """An order whose money has come, in a store that can sign its receipts; nobody was told yet."""
    order = await an_order(shelf or await a_shelf(), quantity=quantity)
    await renew_receipt_key(order.store_id)
    await take_money(
        order_id=order.id,
        payment_no=f"P{order.order_no}",
        amount_fen=order.payable_fen,
        at=clock.now(),
    )
    return await order_of(order.id)

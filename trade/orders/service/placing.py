"""Placing an order: the one way, whatever entrance the cart came through."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from core import clock
from core.database import sql, use_case
from core.ids import new_id, new_no
from core.outbox import publish
from trade.catalog.queries import SkuView, skus
from trade.orders.errors import (
    ConsigneeNeeded,
    NothingToPay,
    OrderKeyReused,
    StoreIsClosed,
)
from trade.orders.events import OrderPlaced
from trade.orders.privacy import Consignee, keep_consignee
from trade.orders.queries import OrderView, order_of
from trade.orders.rules import PAY_WITHIN, Delivery, Source, fingerprint, merge_lines
from trade.promotions.service import Quote, QuotedLine, QuoteLine, QuoteRequest, quote_cart
from trade.stock.service import ReserveLine, ReserveRequest, reserve
from trade.stores.queries import get_store

KNOWN = """
SELECT id, order_no, fingerprint FROM orders_order WHERE placed_by = $1 AND idempotency_key = $2
"""

# One round trip for the order, its lines and the first row of its timeline.
INSERT = """
WITH placed AS (
    INSERT INTO orders_order (
        public_id, order_no, member_id, store_id, state, entrance, placed_by,
        idempotency_key, fingerprint,
        goods_fen, discount_fen, freight_fen, payable_fen, points_earned, reasons,
        delivery, guide_id, source_store_id, group_id, expires_at
    )
    SELECT public_id, order_no, member_id, store_id, 'placed', 'mini_program', $4,
        idempotency_key, fingerprint,
        goods_fen, discount_fen, freight_fen, payable_fen, points_earned, reasons,
        delivery, guide_id, source_store_id, group_id,
        now() + $3::bigint * interval '1 second'
    FROM jsonb_populate_record(NULL::orders_order, $1::jsonb)
    ON CONFLICT (placed_by, idempotency_key) DO NOTHING
    RETURNING id
), line AS (
    INSERT INTO orders_line (
        order_id, sku_id, sku_code, title, spec_text, picture, unit, quantity,
        list_fen, price_fen, discount_fen, payable_fen, tax_code, tax_bp
    )
    SELECT placed.id, sku_id, sku_code, title, spec_text, picture, unit, quantity,
        list_fen, price_fen, discount_fen, payable_fen, tax_code, tax_bp
    FROM placed, jsonb_populate_recordset(NULL::orders_line, $2::jsonb) AS line
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, 'place', 'placed', 'checkout', $4::text FROM placed
)
SELECT id FROM placed
"""


@dataclass(frozen=True, slots=True)
class OrderedLine:
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """What a member wants to buy, where, and where the wish began. `tier` is crm's word."""

    member_id: int
    store_id: int
    lines: tuple[OrderedLine, ...]
    idempotency_key: str
    source: Source | None = None
    delivery: Delivery = Delivery.PICKUP
    consignee: Consignee | None = None
    tier: str = ""


@use_case
async def place_order(request: PlaceOrder) -> OrderView:
    """Quote a cart, reserve its stock and keep the order; it must be paid within 15 minutes.

    The same member and `idempotency_key` again give the same order and change nothing. Two lines of
    one SKU become one. Raises BadLines, ConsigneeNeeded, StoreIsClosed, NothingToPay, OutOfStock,
    what the quote refuses, and OrderKeyReused when the key placed an order of other content.
    """
    content = fingerprint(asdict(replace(request, idempotency_key="", tier="")))
    known = await _placed_before(request, content)
    if known is not None:
        return known
    await _check(request)
    order_id = await _insert(request, content)
    if order_id is None:  # the same request won while this one was quoted
        known = await _placed_before(request, content)
        assert known is not None
        return known
    if request.delivery is Delivery.EXPRESS and request.consignee is not None:
        await keep_consignee(order_id, request.consignee)
    return await _reserve_and_tell(await order_of(order_id))


async def _check(request: PlaceOrder) -> None:
    if request.delivery is Delivery.EXPRESS and request.consignee is None:
        raise ConsigneeNeeded
    if not (await get_store(request.store_id)).is_open:
        raise StoreIsClosed(store_id=request.store_id)


async def _insert(request: PlaceOrder, content: str) -> int | None:
    units = merge_lines((line.sku_id, line.quantity) for line in request.lines)
    quote = await _quote(request, units)
    order, lines = _order(request, quote, content), _lines(quote, await skus(units))
    seconds, actor = int(PAY_WITHIN.total_seconds()), f"member:{request.member_id}"
    rows = await sql(INSERT, json.dumps(order), json.dumps(lines), seconds, actor)
    return rows[0]["id"] if rows else None


async def _placed_before(request: PlaceOrder, content: str) -> OrderView | None:
    known = await sql(KNOWN, f"member:{request.member_id}", request.idempotency_key)
    if not known:
        return None
    if known[0]["fingerprint"] != content:
        raise OrderKeyReused(order_no=known[0]["order_no"])
    return await order_of(known[0]["id"])


async def _quote(request: PlaceOrder, units: dict[int, int]) -> Quote:
    lines = [QuoteLine(sku_id, quantity) for sku_id, quantity in units.items()]
    quote = await quote_cart(
        QuoteRequest(store_id=request.store_id, lines=lines, tier=request.tier, at=clock.now())
    )
    if quote.payable_fen <= 0:
        raise NothingToPay
    return quote


async def _reserve_and_tell(order: OrderView) -> OrderView:
    """The shelf comes last: other buyers wait for it until this transaction ends."""
    await publish(
        OrderPlaced(
            order_id=order.id,
            order_no=order.order_no,
            member_id=order.member_id,
            store_id=order.store_id,
            payable_fen=order.payable_fen,
            at=order.placed_at,
        )
    )
    wanted = tuple(ReserveLine(line.sku_id, line.quantity) for line in order.lines)
    await reserve(ReserveRequest(order.order_no, order.store_id, wanted, order.expires_at))
    return order


def _order(request: PlaceOrder, quote: Quote, content: str) -> dict[str, Any]:
    source = request.source
    return {
        "public_id": new_id("ord"),
        "order_no": new_no(),
        "member_id": request.member_id,
        "store_id": request.store_id,
        "idempotency_key": request.idempotency_key,
        "fingerprint": content,
        "goods_fen": quote.goods_fen,
        "discount_fen": quote.discount_fen,
        "freight_fen": quote.freight_fen,
        "payable_fen": quote.payable_fen,
        "points_earned": quote.points_earned,
        "reasons": [asdict(reason) for reason in quote.reasons],
        "delivery": request.delivery,
        "guide_id": source.guide_id if source else None,
        "source_store_id": source.store_id if source else None,
        "group_id": source.group_id if source else None,
    }


def _lines(quote: Quote, by_id: dict[int, SkuView]) -> list[dict[str, Any]]:
    return [_line(line, by_id[line.sku_id]) for line in quote.lines]


def _line(line: QuotedLine, sku: SkuView) -> dict[str, Any]:
    return {
        "sku_id": line.sku_id,
        "sku_code": sku.code,
        "title": sku.title,
        "spec_text": " / ".join(sku.spec.values()),
        "picture": sku.picture,
        "unit": sku.unit,
        "quantity": line.quantity,
        "list_fen": line.list_fen,
        "price_fen": line.price_fen,
        "discount_fen": line.discount_fen,
        "payable_fen": line.payable_fen,
        "tax_code": sku.tax_code,
        "tax_bp": sku.tax_bp,
    }

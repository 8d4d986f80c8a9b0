"""Which events of the rooms become which messages of the feed. Nothing personal is told.

The data is the fact with the views around it as they are when the message is written: an order may
be further by then than the kind says, and `state` tells how far.
"""

from typing import Any

from core.feed import Part, tells
from core.security.scope import Grant
from invoicing.write_back.events import InvoiceVersionWritten
from invoicing.write_back.queries import version_of
from trade.catalog.events import ProductChanged
from trade.catalog.queries import skus
from trade.fulfilment.events import ReturnReceived, Shipped
from trade.orders.events import OrderClosed, OrderDone, OrderPaid, OrderPlaced
from trade.orders.queries import OrderLineView, OrderView, find_order
from trade.payments.events import RefundSettled
from trade.stock.events import StockChange, StockChanged
from trade.stores.queries import get_store, stores_of

READ = Grant.ORDERS_READ


async def _order(order_no: str, **more: Any) -> list[Part]:
    order = await find_order(order_no)
    if order is None:
        return []
    store = await get_store(order.store_id)
    return [Part(order_no, order.store_id, {"storeCode": store.code, **_facts(order), **more})]


def _facts(order: OrderView) -> dict[str, Any]:
    return {
        "orderNo": order.order_no,
        "state": order.state,
        "entrance": order.entrance,
        "outsideNo": order.outside_no,
        "delivery": order.delivery,
        "goodsFen": order.goods_fen,
        "discountFen": order.discount_fen,
        "freightFen": order.freight_fen,
        "payableFen": order.payable_fen,
        "paidFen": order.paid_fen,
        "refundedFen": order.refunded_fen,
        "placedAt": order.placed_at,
        "paidAt": order.paid_at,
        "lines": [_line(line) for line in order.lines],
    }


def _line(line: OrderLineView) -> dict[str, Any]:
    return {
        "skuCode": line.sku_code,
        "quantity": line.quantity,
        "priceFen": line.price_fen,
        "discountFen": line.discount_fen,
        "payableFen": line.payable_fen,
        "taxBp": line.tax_bp,
    }


@tells("order.placed", OrderPlaced, needs=READ)
async def order_placed(event: OrderPlaced) -> list[Part]:
    return await _order(event.order_no)


@tells("order.paid", OrderPaid, needs=READ)
async def order_paid(event: OrderPaid) -> list[Part]:
    return await _order(event.order_no)


@tells("order.shipped", Shipped, needs=READ)
async def order_shipped(event: Shipped) -> list[Part]:
    parcel = {
        "shipmentNo": event.shipment_no,
        "carrier": event.carrier,
        "trackingNo": event.tracking_no,
        "isLast": event.is_last,
    }
    return await _order(event.order_no, shipment=parcel)


@tells("order.done", OrderDone, needs=READ)
async def order_done(event: OrderDone) -> list[Part]:
    return await _order(event.order_no)


@tells("order.closed", OrderClosed, needs=READ)
async def order_closed(event: OrderClosed) -> list[Part]:
    return await _order(event.order_no, reason=event.reason)


@tells("order.refunded", RefundSettled, needs=READ)
async def order_refunded(event: RefundSettled) -> list[Part]:
    refund = {"refundNo": event.refund_no, "refundFen": event.refund_fen}
    return await _order(event.order_no, refund=refund)


@tells("order.returned", ReturnReceived, needs=READ)
async def order_returned(event: ReturnReceived) -> list[Part]:
    return await _order(
        event.order_no,
        returned={"returnNo": event.return_no, "pieces": event.pieces, "worthFen": event.worth_fen},
    )


@tells("stock.changed", StockChanged, needs=Grant.STOCK_READ)
async def stock_changed(event: StockChanged) -> list[Part]:
    """One message for each store; absolute numbers, so that a late one can be told by its `no`."""
    by_store: dict[int, list[StockChange]] = {}
    for change in event.changes:
        by_store.setdefault(change.store_id, []).append(change)
    codes = {store.id: store.code for store in await stores_of(by_store)}
    known = await skus(change.sku_id for change in event.changes)
    return [
        Part(
            f"store:{codes[store_id]}",
            store_id,
            {
                "storeCode": codes[store_id],
                "levels": [_level(c, known[c.sku_id].code) for c in changes if c.sku_id in known],
            },
        )
        for store_id, changes in sorted(by_store.items())
        if store_id in codes
    ]


def _level(change: StockChange, sku_code: str) -> dict[str, Any]:
    return {
        "skuCode": sku_code,
        "no": change.no,
        "onHand": change.on_hand,
        "reserved": change.reserved,
        "available": change.available,
        "inTransit": change.in_transit,
    }


@tells("product.changed", ProductChanged, needs=Grant.CATALOG_READ)
async def product_changed(event: ProductChanged) -> list[Part]:
    """Which products are different; what they are now is asked of the catalogue."""
    return [Part("catalog", None, {"productIds": list(event.product_ids), "what": event.what})]


@tells("invoice.changed", InvoiceVersionWritten, needs=Grant.INVOICES_READ)
async def invoice_changed(event: InvoiceVersionWritten) -> list[Part]:
    """One version of one invoice or red letter (发票回写), without its buyer."""
    version = await version_of(event.version_id)
    return [] if version is None else [Part(version.subject, version.store_id, version.facts)]

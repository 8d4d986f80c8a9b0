"""What became known of an order's goods is owed to WeChat: by news, and by a look each hour."""

from datetime import datetime, time, timedelta

from core import clock
from core.database import sql, use_case
from core.jobs import owe
from trade.fulfilment.queries import ShipmentKind, shipments_of
from trade.fulfilment.shipping_info.models import Upload
from trade.fulfilment.shipping_info.rules import (
    LIMIT,
    Goods,
    Logistics,
    Parcel,
    UploadState,
    describe,
    next_sheet,
)
from trade.orders.queries import CloseReason, Delivery, OrderState, OrderView, order_of
from trade.payments.service.wechat_paid import (
    WechatPaid,
    paid_in_mini_program,
    top_ups_in_mini_program,
)

KINDS = {
    Delivery.EXPRESS: Logistics.EXPRESS,
    Delivery.CITY: Logistics.CITY,
    Delivery.PICKUP: Logistics.PICKUP,
    Delivery.TAKEN: Logistics.PICKUP,
}
GONE = {OrderState.SHIPPED, OrderState.DONE}
TOP_UP = Goods(Logistics.VIRTUAL, is_all=True, desc="储值")
LOOK_BACK = timedelta(hours=2)

ADD = """
INSERT INTO shipping_info_upload (payment_no, order_id, order_no, store_id, mch_id, transaction_id,
    open_id, kind, state, paid_at, limit_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9, $10)
ON CONFLICT (payment_no) DO NOTHING
"""
WANT = """
UPDATE shipping_info_upload SET state = 'owed', wanted = wanted + 1, kind = $2, tries = 0,
    try_at = now(), looked_at = now()
WHERE id = $1 AND state IN ('waiting', 'partial', 'owed', 'parked') RETURNING id
"""
LOOK = """
WITH due AS (
    SELECT id FROM shipping_info_upload
    WHERE state IN ('waiting', 'partial') AND looked_at < now() - interval '1 hour'
    ORDER BY looked_at LIMIT 200 FOR UPDATE SKIP LOCKED
)
UPDATE shipping_info_upload AS row SET looked_at = now() FROM due WHERE row.id = due.id
RETURNING row.order_id
"""
DUE = """
WITH due AS (
    SELECT id FROM shipping_info_upload WHERE state = 'owed' AND try_at <= now()
    ORDER BY try_at LIMIT 200 FOR UPDATE SKIP LOCKED
)
UPDATE shipping_info_upload AS row SET try_at = now() + interval '5 minutes'
FROM due WHERE row.id = due.id RETURNING row.id
"""


async def goods_of(order: OrderView) -> Goods:
    """What of an order has left, and whether that is all there will be."""
    titles = [(line.title, line.quantity) for line in order.lines]
    is_all, desc = order.state in GONE, describe(titles)
    shipments = [one for one in await shipments_of(order.id) if one.left_at is not None]
    parcels = tuple(
        Parcel(label.carrier, label.tracking_no)
        for one in shipments
        if one.kind is ShipmentKind.EXPRESS
        for label in one.parcels
    )
    if parcels:  # also where another store sent what was to be collected
        return Goods(Logistics.EXPRESS, is_all, desc, parcels)
    kind = KINDS[order.delivery]
    if kind is Logistics.EXPRESS and is_all:
        kind = Logistics.CITY if shipments else Logistics.PICKUP
    return Goods(kind, is_all, desc)


@use_case
async def look_at_order(*, order_id: int) -> None:
    """Bring what WeChat is owed of an order up to what is known. Again: nothing changes."""
    order = await order_of(order_id)
    if order.paid_at is None:
        return
    goods = await goods_of(order)
    for paid in await paid_in_mini_program(order_id):
        await _add(paid, goods, _limit(paid.paid_at, order), store_id=order.store_id)
    if order.state is OrderState.CLOSED and order.close_reason is CloseReason.REFUNDED:
        rows = Upload.filter(order_id=order_id, sent="[]").exclude(state=UploadState.DONE)
        await rows.update(state=UploadState.NOT_NEEDED, try_at=None)
        return
    for row in await Upload.filter(order_id=order_id).order_by("id"):
        await _want(row, goods)


async def _add(paid: WechatPaid, goods: Goods, limit_at: datetime, *, store_id: int | None) -> None:
    await sql(
        ADD,
        *(paid.payment_no, paid.order_id, paid.order_no, store_id, paid.mch_id),
        *(paid.transaction_id, paid.open_id, goods.kind, paid.paid_at, limit_at),
    )


async def _want(row: Upload, goods: Goods) -> None:
    if row.state in {UploadState.DONE, UploadState.NOT_NEEDED, UploadState.PARKED}:
        return
    if next_sheet(goods, row.sent) is None:
        return
    if await sql(WANT, row.id, goods.kind):
        await owe("shipping_info.upload", key=str(row.id), upload_id=row.id)


def _limit(paid_at: datetime, order: OrderView) -> datetime:
    """48 hours after the payment; of a pre-sale, after the day that was promised."""
    if order.promised_on is None:
        return paid_at + LIMIT
    promised = datetime.combine(order.promised_on, time.max, clock.SHOP_ZONE)
    return max(paid_at, promised) + LIMIT


@use_case
async def look_at_all() -> None:
    """The net below the news: goods that left without being told, top-ups, uploads that failed."""
    for row in await sql(LOOK):
        if row["order_id"] is not None:
            await look_at_order(order_id=row["order_id"])
    for paid in await top_ups_in_mini_program(clock.now() - LOOK_BACK):
        await _add(paid, TOP_UP, paid.paid_at + LIMIT, store_id=paid.store_id)
        for upload in await Upload.filter(payment_no=paid.payment_no, state=UploadState.WAITING):
            await _want(upload, TOP_UP)
    for row in await sql(DUE):
        await owe("shipping_info.upload", key=str(row["id"]), upload_id=row["id"])

"""Receipts of tills become orders, money and movements: each once, whenever it comes.

What cannot be booked yet waits with its reason: unknown goods for the catalog, a return for its
sale. A lock on the number of the sale settles which of two that come together sees the other.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql, use_case
from core.errors import DomainError
from core.jobs import owe
from core.security.vault import decrypt
from devices.errors import TillGoodsUnknown, TillOriginAwaited
from devices.rules import ReceiptKind, ReceiptState
from devices.service.till_returns import TakenBack, take_back
from devices.till.shapes import Receipt
from devices.till.sums import Sold, sold_goods
from trade.catalog.queries import SkuView, skus_by_barcode, skus_by_code
from trade.orders.queries import Source
from trade.orders.service import (
    Agreed,
    AgreedLine,
    Delivery,
    Entrance,
    PlaceOrder,
    place_order,
)
from trade.payments.service import Method, Tender, record_tender
from trade.stores.queries import find_staff_by_user

METHODS = {"cash": Method.CASH, "card": Method.CARD}
FindMember = Callable[[str], Awaitable[int | None]]
_find_member: list[FindMember] = []


def resolve_till_members_with(find: FindMember) -> None:
    """Said by `app.wiring`: which room knows whose phone or card number it is."""
    _find_member[:] = [find]


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt as it is kept."""

    id: int
    store_id: int
    till: str
    receipt_no: str
    kind: ReceiptKind
    sold_at: datetime
    receipt: Receipt
    member_cipher: str | None
    origin: tuple[int, str, str] | None

    @property
    def actor(self) -> str:
        return f"till:{self.store_id}:{self.till}"

    @property
    def place(self) -> tuple[int, str, str]:
        return self.store_id, self.till, self.receipt_no


MINE = "SELECT * FROM devices_till_receipt WHERE id = $1 AND state <> 'booked' FOR UPDATE"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 727003))"
BOOKED = """
UPDATE devices_till_receipt
SET state = 'booked', reason = '', order_id = $2, booked_at = now(), member_cipher = NULL
WHERE id = $1
"""
PARK = """
UPDATE devices_till_receipt SET state = 'parked', reason = $2
WHERE id = $1 AND state <> 'booked'
"""
AWAITED = """
SELECT id FROM devices_till_receipt
WHERE origin_store_id = $1 AND origin_till = $2 AND origin_no = $3 AND state <> 'booked'
"""
ORIGIN = """
SELECT order_id FROM devices_till_receipt
WHERE store_id = $1 AND till = $2 AND receipt_no = $3 AND kind = 'sale' AND state = 'booked'
"""
GOODS_UNKNOWN = """
SELECT id FROM devices_till_receipt WHERE state = 'parked' AND reason = $1 ORDER BY id LIMIT $2
"""


async def book(receipt_id: int) -> ReceiptState:
    """Book one receipt, or park it with the reason. Booking it again changes nothing.

    Raises what may be over in a moment, so that the job comes back.
    """
    try:
        return await _book(receipt_id)
    except DomainError as refused:
        if refused.retryable:
            raise
        await sql(PARK, receipt_id, refused.code)
        return ReceiptState.PARKED


@use_case
async def _book(receipt_id: int) -> ReceiptState:
    rows = await sql(MINE, receipt_id)
    if not rows:
        return ReceiptState.BOOKED
    kept = _kept(rows[0])
    await sql(LOCK, _name_of(kept.origin or kept.place))
    if kept.kind is ReceiptKind.CANCELLED:
        order_id = None
    elif kept.origin is None:
        order_id = await _book_sale(kept)
    else:
        order_id = await _take_back(kept, kept.origin)
    if order_id is None and kept.origin is not None:
        await sql(PARK, receipt_id, TillOriginAwaited.code)
        return ReceiptState.PARKED
    await sql(BOOKED, receipt_id, order_id)
    await _wake(kept)
    return ReceiptState.BOOKED


@use_case
async def retry_unknown_goods(limit: int = 500) -> int:
    """Owe another try to receipts whose goods were unknown. Answers how many."""
    waiting = await sql(GOODS_UNKNOWN, TillGoodsUnknown.code, limit)
    for row in waiting:
        key = f"till:{row['id']}:goods"
        await owe("devices.book_receipt", key=key, receipt_id=row["id"])
    return len(waiting)


async def _book_sale(kept: Kept) -> int:
    """Raises TillGoodsUnknown, and what orders and payments refuse."""
    goods = await _goods(kept.receipt)
    sold = sold_goods(kept.receipt, [sku.id for sku in goods])
    order = await place_order(await _request(kept, sold, {sku.id: sku for sku in goods}))
    for number, tender in enumerate(kept.receipt.tenders):
        await record_tender(
            order_id=order.id,
            tender=Tender(
                METHODS.get(tender.kind, Method.OTHER), tender.amount_fen, slip_no=tender.reference
            ),
            key=f"till:{kept.id}:{number}",
            by=kept.actor,
            at=kept.sold_at,
        )
    return order.id


async def _request(kept: Kept, sold: tuple[Sold, ...], known: dict[int, SkuView]) -> PlaceOrder:
    lines = tuple(
        AgreedLine(
            one.sku_id,
            one.quantity,
            max(known[one.sku_id].list_price_fen, one.price_fen),
            one.price_fen,
            one.discount_fen,
            one.payable_fen,
        )
        for one in sold
    )
    member_id = await _member(kept)
    earned = None if member_id else 0  # nobody is there to earn points
    return PlaceOrder(
        store_id=kept.store_id,
        lines=(),
        idempotency_key=kept.receipt_no,
        placed_by=kept.actor,
        member_id=member_id,
        source=await _seller(kept),
        delivery=Delivery.TAKEN,
        entrance=Entrance.TILL,
        outside_no=f"{kept.till}/{kept.receipt_no}",
        agreed=Agreed(lines=lines, at=kept.sold_at, is_forced=True, points_earned=earned),
    )


async def _goods(receipt: Receipt) -> list[SkuView]:
    """In the order of the lines. Raises TillGoodsUnknown."""
    by_code = await skus_by_code(line.sku for line in receipt.lines if line.sku)
    by_label = await skus_by_barcode(line.barcode for line in receipt.lines if line.barcode)
    found = [
        by_code.get(line.sku) if line.sku else by_label.get(line.barcode or "")
        for line in receipt.lines
    ]
    if not all(found):
        raise TillGoodsUnknown(lines=found.count(None))
    return [sku for sku in found if sku is not None]


async def _member(kept: Kept) -> int | None:
    if kept.member_cipher is None or not _find_member:
        return None
    return await _find_member[0](decrypt(kept.member_cipher, bound_to=f"till_receipt:{kept.id}"))


async def _seller(kept: Kept) -> Source | None:
    """The clerk who sold it, when the till's code is a user id of ours."""
    clerk = await find_staff_by_user(kept.receipt.clerk) if kept.receipt.clerk else None
    return Source(clerk.id, kept.store_id) if clerk and clerk.is_active else None


async def _take_back(kept: Kept, origin: tuple[int, str, str]) -> int | None:
    """None: the sale is not booked yet."""
    rows = await sql(ORIGIN, *origin)
    if not rows:
        return None
    pieces: dict[int, int] | None = None
    if kept.kind is ReceiptKind.RETURN:
        goods = await _goods(kept.receipt)
        pieces = {
            sold.sku_id: sold.quantity for sold in sold_goods(kept.receipt, [s.id for s in goods])
        }
    await take_back(
        TakenBack(
            order_id=rows[0]["order_id"],
            pieces=pieces,
            amount_fen=kept.receipt.total_fen,
            store_id=kept.store_id,
            key=f"till:{kept.id}",
            at=kept.sold_at,
            actor=kept.actor,
        )
    )
    return int(rows[0]["order_id"])


async def _wake(kept: Kept) -> None:
    """What waited for this receipt may be booked now."""
    for row in await sql(AWAITED, *kept.place):
        key = f"till:{row['id']}:after:{kept.id}"
        await owe("devices.book_receipt", key=key, receipt_id=row["id"])


def _name_of(place: tuple[int, str, str]) -> str:
    return "/".join(map(str, place))


def _kept(row: dict[str, Any]) -> Kept:
    origin = (row["origin_store_id"], row["origin_till"], row["origin_no"])
    return Kept(
        id=row["id"],
        store_id=row["store_id"],
        till=row["till"],
        receipt_no=row["receipt_no"],
        kind=ReceiptKind(row["kind"]),
        sold_at=row["sold_at"],
        receipt=Receipt.model_validate_json(json.dumps(json.loads(row["content"]))),
        member_cipher=row["member_cipher"],
        origin=origin if row["origin_no"] else None,
    )

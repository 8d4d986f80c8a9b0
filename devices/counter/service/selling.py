"""A sale at the counter: order, money and paper in one transaction, each once."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from core import clock
from core.database import sql, use_case
from core.ids import new_id
from core.security.scope import Role, Scope
from devices.counter.errors import (
    BuyerUnknown,
    NotHere,
    PriceChanged,
    SaleKeyReused,
    ShelfShort,
    SoldInFuture,
    SoldTooLongAgo,
    TendersDiffer,
)
from devices.counter.queries import SaleView, sale_of
from devices.counter.rules import is_paid_in_full
from devices.counter.service.asking import Buyer, RingUp, buyer_known_as
from devices.counter.service.pricing import Priced, price_sale
from devices.service import print_receipt
from trade.orders.queries import OrderView, order_of
from trade.orders.service import Agreed, Delivery, Entrance, PlaceOrder, Source, place_order
from trade.payments.service import Method, Tender, record_tender
from trade.stock.errors import OutOfStock

KNOWN = "SELECT id, digest FROM counter_sale WHERE store_id = $1 AND request_key = $2"
KEEP = """
INSERT INTO counter_sale (public_id, store_id, request_key, digest, order_id, sold_by, is_offline,
    differs_fen, content, sold_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10)
ON CONFLICT (store_id, request_key) DO NOTHING
"""
LATEST, FAST_CLOCK = timedelta(days=30), timedelta(minutes=10)
SELLERS = frozenset({Role.GUIDE, Role.STORE_MANAGER})


async def ring_up(scope: Scope, sale: RingUp) -> SaleView:
    """Sell: the order with its money, and the receipt owed to the printer, or nothing of it.

    With `money` that adds up it is sold at once; without it waits for `charge_code`, for the code
    of `show_sale_code`, or for the member's phone, and ends by itself after a while. The same key
    with the same content is the same sale, however often it comes.

    Raises NotHere, NothingSold, BadSale, GoodsUnknown, DepartmentUnknown, BuyerUnknown,
    PriceChanged with the new total, TendersDiffer, ShelfShort, SaleKeyReused, SoldInFuture,
    SoldTooLongAgo, and what the quote refuses.
    """
    check_may_sell(scope, sale.store_id)
    check_time(sale.sold_at, clock.now())
    return await _ring_up(scope, sale)


def check_may_sell(scope: Scope, store_id: int) -> None:
    """Raises NotHere."""
    if store_id not in scope.store_ids:
        raise NotHere


def check_time(sold_at: datetime | None, now: datetime) -> None:
    """Raises SoldInFuture, SoldTooLongAgo."""
    if sold_at is None:
        return
    if sold_at > now + FAST_CLOCK:
        raise SoldInFuture
    if sold_at < now - LATEST:
        raise SoldTooLongAgo


@use_case
async def _ring_up(scope: Scope, sale: RingUp) -> SaleView:
    known = await _known(sale)
    if known is not None:
        return await sale_of(known)
    buyer = await _buyer(sale)
    priced = await price_sale(sale, buyer)
    _check_money(sale, priced)
    order = await _placed(scope, sale, priced, buyer)
    await _take(scope, sale, order)
    await sql(
        KEEP,
        *(new_id("sal"), sale.store_id, sale.key, sale.digest, order.id, scope.actor),
        *(sale.is_offline, priced.differs_fen, json.dumps(sale.content)),
        sale.sold_at or clock.now(),
    )
    await print_receipt(
        order_id=order.id,
        opens_drawer=any(one.method is Method.CASH for one in sale.money),
        made_by=scope.actor,
    )
    sale_id = await _known(sale)
    assert sale_id is not None
    return await sale_of(sale_id)


async def _known(sale: RingUp) -> int | None:
    """Raises SaleKeyReused."""
    rows = await sql(KNOWN, sale.store_id, sale.key)
    if rows and rows[0]["digest"] != sale.digest:
        raise SaleKeyReused
    return int(rows[0]["id"]) if rows else None


async def _buyer(sale: RingUp) -> Buyer | None:
    """Offline nobody could look: a member not found is no reason to refuse what is sold."""
    buyer = await buyer_known_as(sale.member)
    if sale.member and buyer is None and not sale.is_offline:
        raise BuyerUnknown
    return buyer


def _check_money(sale: RingUp, priced: Priced) -> None:
    if priced.payable_fen != sale.expected_fen:
        raise PriceChanged(payable_fen=priced.payable_fen)
    amounts = [one.amount_fen for one in sale.money]
    if (amounts or sale.is_offline) and not is_paid_in_full(priced.payable_fen, amounts):
        raise TendersDiffer(payable_fen=priced.payable_fen, taken_fen=sum(amounts))


async def _placed(scope: Scope, sale: RingUp, priced: Priced, buyer: Buyer | None) -> OrderView:
    """The books are asked first; what is sold and paid anyway leaves them owing."""
    request = _request(scope, sale, priced.agreed, buyer)
    try:
        return await place_order(request)
    except OutOfStock as short:
        if not sale.is_offline and not (sale.sells_anyway and sale.money):
            raise ShelfShort(**short.facts) from None
    forced = replace(priced.agreed, is_forced=True)
    return await place_order(_request(scope, sale, forced, buyer))


def _request(scope: Scope, sale: RingUp, agreed: Agreed, buyer: Buyer | None) -> PlaceOrder:
    is_seller = scope.role in SELLERS and scope.staff_id is not None
    return PlaceOrder(
        store_id=sale.store_id,
        lines=(),
        idempotency_key=sale.key,
        placed_by=f"counter:{sale.store_id}",
        member_id=buyer.member_id if buyer else None,
        tier=buyer.tier if buyer else "",
        source=Source(scope.staff_id or 0, sale.store_id) if is_seller else None,
        delivery=Delivery.TAKEN,
        entrance=Entrance.COUNTER,
        agreed=agreed,
    )


async def _take(scope: Scope, sale: RingUp, order: OrderView) -> None:
    for number, one in enumerate(sale.money):
        await record_tender(
            order_id=order.id,
            tender=Tender(one.method, one.amount_fen, one.given_fen, one.slip_no),
            key=f"counter:{number}",
            by=scope.actor,
            at=sale.sold_at,
        )
    if sale.money:
        assert (await order_of(order.id)).paid_at is not None

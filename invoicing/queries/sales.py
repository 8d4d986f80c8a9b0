"""Sales that a receipt code may name: orders of ours, and receipts that a code box read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql
from invoicing.errors import SaleUnknown
from invoicing.queries.terms import terms_of
from invoicing.rules.sales import SaleSource, SaleState
from trade.orders.queries import CloseReason, OrderState, OrderView, order_of
from trade.payments.queries import RefundState, RefundView, payments_of, refunds_of
from trade.stores.queries import seller_of


@dataclass(frozen=True, slots=True)
class SaleLine:
    """`payable_fen` is the whole line after its discounts. `key` names it within its sale.

    A line that a box read has no tax class of its own: rules of the seller give it one.
    """

    key: str
    name: str
    spec: str
    unit: str
    quantity: int
    tax_code: str
    tax_bp: int
    payable_fen: int
    discount_fen: int = 0
    goods_no: str = ""


@dataclass(frozen=True, slots=True)
class SaleView:
    """What was sold, and what of it may be invoiced.

    `net_fen` is what was paid with money that is invoiced here and is not given back or about to
    be; `kept_fen` counts only refunds that have gone through.
    """

    id: int
    source: SaleSource
    order_id: int | None
    box_id: int | None
    store_id: int
    order_no: str
    paid_at: datetime
    paid_fen: int
    net_fen: int
    kept_fen: int
    freight_fen: int
    lines: tuple[SaleLine, ...]
    state: SaleState
    alarm: str = ""


# Hand-written: every scan asks them; the ORM needs two questions for the sale and its returns.
FACTS = """
    o.id, o.source, o.store_id, o.order_id, o.box_id, o.order_no, o.code, o.lines::text AS lines,
    o.paid_fen, o.paid_at, o.is_void, o.alarm,
    (SELECT coalesce(sum(fen), 0)::bigint FROM invoicing_return WHERE sale_id = o.id) AS back_fen
"""
BY_ID = f"SELECT {FACTS} FROM invoicing_order AS o WHERE o.id = $1"  # noqa: S608 - our own words
BY_ORDER = f"SELECT {FACTS} FROM invoicing_order AS o WHERE o.order_id = $1"  # noqa: S608
COVERED = """
SELECT coalesce(sum(fen - red_fen), 0)::bigint AS fen
FROM invoicing_covered WHERE sale_id = $1 AND is_live
"""
Row = Mapping[str, Any]


async def sale_of(sale_id: int) -> SaleView:
    """Raises SaleUnknown."""
    rows = await sql(BY_ID, sale_id)
    if not rows:
        raise SaleUnknown(sale_id=sale_id)
    return await view_of_sale(rows[0])


async def sale_of_order(order_id: int) -> SaleView:
    """The sale that an order of ours is. Raises SaleUnknown before it was paid."""
    sale = await find_sale_of_order(order_id)
    if sale is None:
        raise SaleUnknown(order_id=order_id)
    return sale


async def find_sale_of_order(order_id: int) -> SaleView | None:
    """As `sale_of_order`; None before it was paid."""
    rows = await sql(BY_ORDER, order_id)
    return await view_of_sale(rows[0]) if rows else None


async def view_of_sale(row: Row) -> SaleView:
    """For this room's own files: from a record with the columns of `FACTS`."""
    if row["order_id"] is None:
        return _of_box(row)
    return await _of_order(row, await order_of(row["order_id"]))


async def open_fen(sale: SaleView) -> int:
    """What of a sale may be invoiced and is not yet, or about to be."""
    [covered] = await sql(COVERED, sale.id)
    return sale.net_fen - int(covered["fen"])


def _of_box(row: Row) -> SaleView:
    net_fen = max(0, row["paid_fen"] - row["back_fen"])
    return SaleView(
        id=row["id"],
        source=SaleSource.BOX,
        order_id=None,
        box_id=row["box_id"],
        store_id=row["store_id"],
        order_no=row["order_no"],
        paid_at=row["paid_at"],
        paid_fen=row["paid_fen"],
        net_fen=net_fen,
        kept_fen=net_fen,
        freight_fen=0,
        lines=tuple(SaleLine(**line) for line in json.loads(row["lines"])),
        state=_box_state(row, net_fen),
        alarm=row["alarm"],
    )


def _box_state(row: Row, net_fen: int) -> SaleState:
    if row["is_void"]:
        return SaleState.VOID
    return SaleState.OPEN if net_fen else SaleState.REFUNDED


async def _of_order(row: Row, order: OrderView) -> SaleView:
    terms = await terms_of((await seller_of(order.store_id)).tax_entity_id)
    fen = await _net_of(order, frozenset(terms.not_invoiced))
    return SaleView(
        id=row["id"],
        source=SaleSource.ORDER,
        order_id=order.id,
        box_id=None,
        store_id=order.store_id,
        order_no=order.order_no,
        paid_at=order.paid_at or row["paid_at"],
        paid_fen=order.paid_fen,
        net_fen=fen[0],
        kept_fen=fen[1],
        freight_fen=order.freight_fen,
        lines=tuple(_lines(order)),
        state=_state(order, fen[0]),
        alarm=row["alarm"],
    )


def _lines(order: OrderView) -> list[SaleLine]:
    return [
        SaleLine(
            key=str(line.id),
            name=line.title,
            spec=line.spec_text,
            unit=line.unit,
            quantity=line.quantity,
            tax_code=line.tax_code,
            tax_bp=line.tax_bp,
            payable_fen=line.payable_fen,
            discount_fen=line.discount_fen,
            goods_no=line.sku_code,
        )
        for line in order.lines
    ]


def _state(order: OrderView, net_fen: int) -> SaleState:
    if order.state is OrderState.CLOSED:
        is_refunded = order.close_reason is CloseReason.REFUNDED
        return SaleState.REFUNDED if is_refunded else SaleState.VOID
    if order.paid_at is None:
        return SaleState.UNPAID
    return SaleState.OPEN if net_fen > 0 else SaleState.REFUNDED


async def _net_of(order: OrderView, not_invoiced: frozenset[str]) -> tuple[int, int]:
    """What may be invoiced with every refund taken off, and with those that have gone through."""
    paid = [one for one in await payments_of(order.id) if one.has_paid_order]
    elsewhere_fen = sum(one.amount_fen for one in paid if one.method in not_invoiced)
    back = [one for one in await refunds_of(order.id) if _counts(one, not_invoiced)]
    whole_fen = order.paid_fen - elsewhere_fen
    net_fen = whole_fen - sum(one.amount_fen for one in back)
    settled = [one for one in back if one.state is RefundState.SETTLED]
    return net_fen, whole_fen - sum(one.amount_fen for one in settled)


def _counts(refund: RefundView, not_invoiced: frozenset[str]) -> bool:
    is_alive = refund.is_of_sale and refund.state is not RefundState.CLOSED
    return is_alive and refund.method not in not_invoiced

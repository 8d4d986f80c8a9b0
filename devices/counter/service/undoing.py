"""Taking back: a void of today's sale before its invoice, a refund of a part or of all of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Role, Scope
from devices.counter.errors import (
    ManagerNeeded,
    RefundTooBig,
    SaleInvoiced,
    SaleOver,
    SaleUnpaid,
    VoidTooLate,
)
from devices.counter.queries import SaleView, sale_for
from devices.counter.service.selling import check_may_sell
from devices.service import print_receipt, reprint
from trade.fulfilment.service import Pieces, RecordReturn, record_return

SECOND_THOUGHTS = timedelta(minutes=15)
LOCK = "SELECT id FROM counter_sale WHERE id = $1 FOR UPDATE"
KEEP = """
INSERT INTO counter_undone (sale_id, request_key, is_void, amount_fen, reason, by)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sale_id, request_key) DO NOTHING RETURNING id
"""
KNOWN = "SELECT FROM counter_undone WHERE sale_id = $1 AND request_key = $2"
INVOICED = """
UPDATE counter_sale SET invoiced_at = $2
WHERE invoiced_at IS NULL AND order_id IN (SELECT id FROM orders_order WHERE order_no = ANY($1))
"""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What comes back over the counter: pieces by order line; empty: all that is left.

    `amount_fen` None: what the pieces were worth.
    """

    sale_id: str
    key: str
    reason: str
    pieces: Mapping[int, int]
    amount_fen: int | None = None


@use_case
async def void_sale(scope: Scope, *, sale_id: str, key: str, reason: str) -> SaleView:
    """Undo today's sale as a whole (作废): goods to the shelf, money back to the buyer; its receipt
    code opens no invoice. Who sold it may for a quarter of an hour, a manager all day. Again with
    its key changes nothing.

    Raises SaleNotFound, NotHere, ManagerNeeded, SaleUnpaid, SaleInvoiced, SaleOver, VoidTooLate,
    and what a return is refused for.
    """
    sale = await _locked(scope, sale_id)
    if await sql(KNOWN, sale.id, key):
        return sale
    _check_may_void(scope, sale)
    if sale.invoiced_at is not None:
        raise SaleInvoiced(sale=sale_id)
    if clock.shop_day(sale.sold_at) != clock.shop_day(clock.now()):
        raise VoidTooLate(sale=sale_id)
    if sale.order.refunded_fen:
        raise SaleOver(sale=sale_id)
    await _give_back(scope, sale, TakeBack(sale_id, key, reason, {}), is_void=True)
    return await sale_for(scope, sale_id)


@use_case
async def refund_sale(scope: Scope, back: TakeBack) -> SaleView:
    """Goods come back over the counter and their money goes back the way it came (退款).

    An invoice of the sale gets its red letter from the news of the money. Managers only, as any
    refund. Again with its key changes nothing. Raises ManagerNeeded, SaleNotFound, NotHere,
    SaleUnpaid, SaleOver, RefundTooBig, and what a return is refused for.
    """
    if scope.role is Role.GUIDE:
        raise ManagerNeeded(sale=back.sale_id)
    sale = await _locked(scope, back.sale_id)
    if await sql(KNOWN, sale.id, back.key):
        return sale
    if back.amount_fen is not None and not 0 < back.amount_fen <= sale.left_fen:
        raise RefundTooBig(left_fen=sale.left_fen)
    await _give_back(scope, sale, back, is_void=False)
    return await sale_for(scope, back.sale_id)


def _check_may_void(scope: Scope, sale: SaleView) -> None:
    """Raises ManagerNeeded."""
    is_own = sale.sold_by == scope.actor and clock.now() - sale.sold_at < SECOND_THOUGHTS
    if scope.role is Role.GUIDE and not is_own:
        raise ManagerNeeded(sale=sale.public_id)


async def _locked(scope: Scope, sale_id: str) -> SaleView:
    sale = await sale_for(scope, sale_id)
    if scope.role is not Role.HEAD_OFFICE:
        check_may_sell(scope, sale.store_id)
    await sql(LOCK, sale.id)
    sale = await sale_for(scope, sale_id)
    if not sale.is_paid:
        raise SaleUnpaid(sale=sale_id)
    return sale


async def _give_back(scope: Scope, sale: SaleView, back: TakeBack, *, is_void: bool) -> None:
    if sale.is_over:
        raise SaleOver(sale=sale.public_id)
    wanted = back.pieces or {line.id: line.quantity for line in sale.order.lines}
    before = sale.order.refunded_fen
    await record_return(
        RecordReturn(
            order_id=sale.order.id,
            pieces=tuple(Pieces(line_id, pieces) for line_id, pieces in wanted.items()),
            store_id=sale.store_id,
            key=f"counter:{sale.id}:{back.key}",
            actor=scope.actor,
            at=clock.now(),
            amount_fen=back.amount_fen,
            reason=back.reason[:80],
        )
    )
    given_fen = (await sale_for(scope, sale.public_id)).order.refunded_fen - before
    facts = (is_void, given_fen, back.reason[:80], scope.actor)
    await sql(KEEP, sale.id, back.key, *facts)
    done = "counter.voided" if is_void else "counter.refunded"
    await record(scope, done, f"sale:{sale.id}", amount_fen=given_fen)


async def print_again(scope: Scope, *, sale_id: str) -> SaleView:
    """One more copy, marked 补打, with the code of the first; or the first, if none was owed.

    Raises SaleNotFound, SaleUnpaid, NoPrinter.
    """
    sale = await sale_for(scope, sale_id)
    if not sale.is_paid:
        raise SaleUnpaid(sale=sale_id)
    if sale.papers:
        await reprint(scope, print_job_id=sale.papers[0].id)
    else:
        await print_receipt(order_id=sale.order.id)
    return await sale_for(scope, sale_id)


@use_case
async def note_invoiced(*, order_nos: Collection[str], at: datetime) -> None:
    """The news that these orders have their invoice: their sales can no longer be voided. Orders
    of other entrances are passed over. Again changes nothing."""
    await sql(INVOICED, list(order_nos), at)

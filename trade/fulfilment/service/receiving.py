"""Goods of a return arrive (退货签收): in any store, with or without money."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.database import sql, use_case
from core.outbox import publish
from core.security.scope import Scope
from trade.fulfilment.cases import ReturnView, left_pieces, return_view
from trade.fulfilment.errors import BadPieces, ReturnCannotMove, ReturnNotFound
from trade.fulfilment.events import ReturnReceived
from trade.fulfilment.models import Return, ReturnedPieces, ReturnLine
from trade.fulfilment.return_rules import (
    HOUSE_RULE,
    Condition,
    ReceiptState,
    ReturnState,
)
from trade.fulfilment.service.asking import add_line, log_case
from trade.fulfilment.service.pieces import Pieces, counted, stock_items
from trade.fulfilment.service.worth import share_fen, unclaim_returned
from trade.orders.queries import OrderLineView, OrderView, order_of
from trade.stock.service import receive_return

LOCK = "SELECT id FROM fulfilment_return WHERE id = $1 AND state = 'open' FOR UPDATE"

KEEP = """
INSERT INTO fulfilment_returned_pieces
    (case_id, request_key, line_id, sku_id, store_id, quantity, condition, place, by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (case_id, request_key, line_id, condition) DO NOTHING RETURNING id
"""

RECEIPT = """
UPDATE fulfilment_return SET store_id = $2, receipt = CASE WHEN EXISTS (
    SELECT FROM fulfilment_return_line WHERE case_id = $1 AND received < quantity
) THEN 'partly' ELSE 'received' END,
    manager_over_fen = CASE WHEN $3 THEN 0 ELSE manager_over_fen END
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Pieces of one line that lie on the counter, all in one condition."""

    line_id: int
    quantity: int
    condition: Condition = Condition.INTACT


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came back to which store, and the place it was laid in until somebody decides."""

    store_id: int
    arrived: tuple[Arrived, ...]
    key: str
    place: str = ""
    at: datetime | None = None


@use_case
async def receive_goods(*, scope: Scope, return_no: str, delivered: Delivered) -> ReturnView:
    """Note what arrived in a store of the asker, which need not be the one that sold it.

    It may be fewer, more or other lines of the order than were announced. The goods wait, promised
    to nobody, until their disposition; no money moves by this. Pieces in a condition the policy
    does not take make the money a manager's decision. The same `key` again changes nothing. Raises
    ReturnNotFound, BadPieces, TooManyPieces beyond what the buyer had, ReturnCannotMove.
    """
    case = await Return.get_or_none(return_no=return_no)
    if case is None or not scope.sees_store(delivered.store_id):
        raise ReturnNotFound(return_no=return_no)
    return await take_in(case, delivered, by=scope.actor)


async def take_in(case: Return, delivered: Delivered, *, by: str) -> ReturnView:
    if not await sql(LOCK, case.id):
        raise ReturnCannotMove(state=case.state, action="receive")
    if await ReturnedPieces.exists(case_id=case.id, request_key=delivered.key):
        return await return_view(case.id)
    counted(Pieces(one.line_id, one.quantity) for one in delivered.arrived)
    order = await order_of(case.order_id)
    lines = {line.id: line for line in order.lines}
    if not delivered.arrived or any(one.line_id not in lines for one in delivered.arrived):
        raise BadPieces
    worth, kept = 0, []
    for one in delivered.arrived:
        worth += await _announce_more(case, order, lines[one.line_id], one.quantity)
        kept.append(await _keep(case, lines[one.line_id], one, delivered, by))
    is_odd = any(one.condition not in HOUSE_RULE.takes for one in delivered.arrived)
    await sql(RECEIPT, case.id, delivered.store_id, is_odd)
    await log_case(case.id, "receive", actor=by, note=delivered.place)
    await _tell(case, delivered, worth, receipt_id=kept[0])
    return await return_view(case.id)


async def _announce_more(case: Return, order: OrderView, line: OrderLineView, pieces: int) -> int:
    """Count pieces as arrived, claiming those nobody announced; answers what they are worth."""
    row = await ReturnLine.get_or_none(case_id=case.id, line_id=line.id)
    spare = row.quantity - row.received if row else 0
    if pieces > spare:
        left = (await left_pieces(order))[line.id]
        await add_line(case, line, pieces - spare, left=left)
        row = await ReturnLine.get(case_id=case.id, line_id=line.id)
    assert row is not None
    before = share_fen(row.worth_fen, row.quantity, row.received)
    row.received += pieces
    await row.save(update_fields=["received"])
    return share_fen(row.worth_fen, row.quantity, row.received) - before


async def _keep(
    case: Return, line: OrderLineView, one: Arrived, delivered: Delivered, by: str
) -> int:
    what = (line.id, line.sku_id, delivered.store_id, one.quantity, one.condition)
    rows = await sql(KEEP, case.id, delivered.key, *what, delivered.place[:20], by)
    if not rows:
        raise BadPieces(line_id=line.id)  # two rows of one line in one condition: say it once
    for sku_id, units in stock_items(line, one.quantity):
        await receive_return(
            cause=f"return:{rows[0]['id']}:{sku_id}",
            sku_id=sku_id,
            store_id=delivered.store_id,
            quantity=units,
            actor=by,
            at=delivered.at,
        )
    return int(rows[0]["id"])


async def _tell(case: Return, delivered: Delivered, worth_fen: int, *, receipt_id: int) -> None:
    await publish(
        ReturnReceived(
            order_id=case.order_id,
            order_no=case.order_no,
            return_no=case.return_no,
            receipt_id=receipt_id,
            sold_store_id=case.sold_store_id,
            store_id=delivered.store_id,
            pieces=sum(one.quantity for one in delivered.arrived),
            worth_fen=worth_fen,
            at=delivered.at or clock.now(),
        )
    )


MISSING = """
SELECT line_id, quantity, received, worth_fen FROM fulfilment_return_line
WHERE case_id = $1 AND received < quantity ORDER BY line_id
"""
SHRINK = """
UPDATE fulfilment_return_line SET quantity = received, worth_fen = worth_fen - $3
WHERE case_id = $1 AND line_id = $2
"""
WORTH = """
UPDATE fulfilment_return SET worth_fen = worth_fen - $2, receipt = 'received'
WHERE id = $1 AND asked_fen <= worth_fen - $2 RETURNING id
"""


@use_case
async def finish_receipt(*, scope: Scope, return_no: str) -> ReturnView:
    """Nothing more comes: what was announced and is not there stays the buyer's, with its worth.

    Raises ReturnNotFound, and ReturnCannotMove before anything arrived or when money was already
    given for what is missing.
    """
    case = await Return.get_or_none(scope.stores_q("store_id"), return_no=return_no)
    if case is None:
        raise ReturnNotFound(return_no=return_no)
    is_open = bool(await sql(LOCK, case.id))
    await case.refresh_from_db()
    if case.state is ReturnState.OPEN and case.receipt is ReceiptState.RECEIVED:
        return await return_view(case.id)
    if not is_open or case.receipt is not ReceiptState.PARTLY:
        raise ReturnCannotMove(state=case.receipt, action="finish_receipt")
    order, gone_fen = await order_of(case.order_id), 0
    lines = {line.id: line for line in order.lines}
    for row in await sql(MISSING, case.id):
        pieces = row["quantity"] - row["received"]
        fen = row["worth_fen"] - share_fen(row["worth_fen"], row["quantity"], row["received"])
        await unclaim_returned(lines[row["line_id"]], order.id, pieces, fen)
        await sql(SHRINK, case.id, row["line_id"], fen)
        gone_fen += fen
    if not await sql(WORTH, case.id, gone_fen):
        raise ReturnCannotMove(state=case.receipt, action="finish_receipt")
    await sql("DELETE FROM fulfilment_return_line WHERE case_id = $1 AND quantity = 0", case.id)
    await log_case(case.id, "finish_receipt", actor=scope.actor)
    return await return_view(case.id)

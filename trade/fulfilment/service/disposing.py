"""What becomes of pieces that came back (退货处置): a person says it, piece by piece.

No tick puts everything on the shelf, and what shall be sold again counts once it was put away.
"""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql, use_case
from core.security.scope import Scope
from trade.fulfilment.cases import ReturnView, return_view
from trade.fulfilment.errors import (
    NotResellable,
    ReturnCannotMove,
    ReturnNotFound,
    TooManyPieces,
)
from trade.fulfilment.models import DispositionRow, Return, ReturnedPieces
from trade.fulfilment.return_rules import Disposition, may_become
from trade.fulfilment.service.asking import log_case
from trade.fulfilment.service.pieces import stock_items
from trade.orders.queries import order_of
from trade.stock.queries import Disposition as Fate
from trade.stock.service import put_back

TAKE = """
UPDATE fulfilment_returned_pieces SET disposed = disposed + $2
WHERE id = $1 AND disposed + $2 <= quantity RETURNING id
"""

INSERT = """
INSERT INTO fulfilment_disposition
    (public_id, request_key, pieces_id, what, quantity, to_store_id, note, by)
VALUES ('dsp_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (request_key) DO NOTHING RETURNING id
"""

PUT_AWAY = """
UPDATE fulfilment_disposition SET put_away_at = now(), put_away_by = $2
WHERE id = $1 AND put_away_at IS NULL RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """`quantity` pieces of what arrived become `what`; `to_store_id` for a transfer."""

    pieces_id: int
    what: Disposition
    quantity: int
    key: str
    to_store_id: int | None = None
    note: str = ""


@use_case
async def dispose(*, scope: Scope, decision: Decision) -> ReturnView:
    """Decide about pieces that wait in a store of the asker. The same `key` again changes nothing.

    To be sold again here they wait for `put_away`; every other decision moves them at once. Raises
    ReturnNotFound, TooManyPieces, NotResellable for worn or broken pieces, and what stock refuses.
    """
    pieces = await _pieces_in(scope, decision.pieces_id)
    if not may_become(pieces.condition, decision.what):
        raise NotResellable(condition=pieces.condition)
    rows = await sql(
        INSERT,
        f"{scope.actor}:{decision.key}",
        pieces.id,
        decision.what,
        decision.quantity,
        decision.to_store_id,
        decision.note[:200],
        scope.actor,
    )
    if rows:
        if decision.quantity < 1 or not await sql(TAKE, pieces.id, decision.quantity):
            raise TooManyPieces(pieces_id=pieces.id)
        note = f"{decision.what} {decision.quantity}"
        await log_case(pieces.case_id, "dispose", actor=scope.actor, note=note)
        if decision.what is not Disposition.RESTOCK:
            await move_pieces(rows[0]["id"], actor=scope.actor)
    return await return_view(pieces.case_id)


@use_case
async def put_away(*, scope: Scope, disposition_id: str) -> ReturnView:
    """The pieces lie on the shelf again: only now do they count as stock. Again: nothing changes.

    Raises ReturnNotFound.
    """
    row = await DispositionRow.get_or_none(public_id=disposition_id).select_related("pieces")
    if row is None:
        raise ReturnNotFound(disposition_id=disposition_id)
    pieces = await _pieces_in(scope, row.pieces_id)
    if await move_pieces(row.id, actor=scope.actor):
        await log_case(pieces.case_id, "put_away", actor=scope.actor, note=str(row.quantity))
    return await return_view(pieces.case_id)


async def _pieces_in(scope: Scope, pieces_id: int) -> ReturnedPieces:
    pieces = await ReturnedPieces.get_or_none(scope.stores_q("store_id"), id=pieces_id)
    if pieces is None:
        raise ReturnNotFound(pieces_id=pieces_id)
    return pieces


async def move_pieces(row_id: int, *, actor: str, at: datetime | None = None) -> bool:
    """The stock movements of a decision, once."""
    if not await sql(PUT_AWAY, row_id, actor):
        return False
    row = await DispositionRow.get(id=row_id).select_related("pieces")
    case = await Return.get(id=row.pieces.case_id)
    order = await order_of(case.order_id)
    line = next(line for line in order.lines if line.id == row.pieces.line_id)
    for sku_id, units in stock_items(line, row.quantity):
        await put_back(
            cause=f"disposition:{row.id}:{sku_id}",
            sku_id=sku_id,
            store_id=row.pieces.store_id,
            quantity=units,
            disposition=Fate(row.what.value),
            to_store_id=row.to_store_id,
            actor=actor,
            at=at,
        )
    return True


CLOSE = """
UPDATE fulfilment_return AS c SET state = 'closed', closed_at = now()
WHERE id = $1 AND state = 'open' AND receipt = 'received'
    AND NOT EXISTS (SELECT FROM fulfilment_returned_pieces AS p
        WHERE p.case_id = c.id AND p.disposed < p.quantity)
    AND NOT EXISTS (SELECT FROM fulfilment_disposition AS d
        JOIN fulfilment_returned_pieces AS p ON p.id = d.pieces_id
        WHERE p.case_id = c.id AND d.put_away_at IS NULL)
    AND NOT EXISTS (SELECT FROM fulfilment_return_money AS m
        WHERE m.case_id = c.id AND m.state = 'waiting')
RETURNING id
"""


@use_case
async def close_return(*, scope: Scope, return_no: str) -> ReturnView:
    """Nothing is left to do: all pieces have their place, and the money is as it shall be.

    Raises ReturnNotFound, and ReturnCannotMove while pieces or a manager's word are awaited.
    """
    case = await Return.get_or_none(scope.stores_q("store_id"), return_no=return_no)
    if case is None:
        raise ReturnNotFound(return_no=return_no)
    if await sql(CLOSE, case.id):
        await log_case(case.id, "close", actor=scope.actor)
    else:
        await case.refresh_from_db()
        if case.state != "closed":
            raise ReturnCannotMove(state=case.state, action="close")
    return await return_view(case.id)

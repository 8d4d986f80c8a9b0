"""Pieces of order lines on their way out: what is left of a task, and what that means for an order.

The rows of `fulfilment_task_line` are the lock: never more leaves than was asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.database import sql
from trade.fulfilment.errors import BadPieces, TooManyPieces
from trade.orders.queries import OrderLineView, OrderView
from trade.orders.service import mark_shipped, note_progress
from trade.stock.queries import Disposition as Fate
from trade.stock.service import put_back, receive_return

MAX_PIECES = 9_999

LEFT = """
SELECT line_id, quantity - gone - refused AS pieces FROM fulfilment_task_line
WHERE task_id = $1 AND quantity > gone + refused ORDER BY line_id
"""

TAKE = """
UPDATE fulfilment_task_line AS line
SET gone = gone + CASE WHEN $4 THEN wanted.pieces ELSE 0 END,
    refused = refused + CASE WHEN $4 THEN 0 ELSE wanted.pieces END
FROM unnest($2::bigint[], $3::bigint[]) AS wanted (line_id, pieces)
WHERE line.task_id = $1 AND line.line_id = wanted.line_id
    AND line.gone + line.refused + wanted.pieces <= line.quantity
RETURNING line.line_id
"""

END_TASK = """
UPDATE fulfilment_store_task AS task SET ended_at = now(), state = CASE
    WHEN EXISTS (SELECT FROM fulfilment_task_line WHERE task_id = $1 AND gone > 0) THEN 'done'
    ELSE 'refused' END
WHERE id = $1 AND state IN ('open', 'accepted', 'picked', 'ready')
    AND NOT EXISTS (SELECT FROM fulfilment_task_line
        WHERE task_id = $1 AND gone + refused < quantity)
RETURNING id
"""

# What stays of the whole order, in all places asked; a rider who was called has taken nothing yet.
WHOLE = """
SELECT coalesce(sum(line.gone), 0)::bigint AS gone,
    coalesce(sum(line.quantity - line.gone - line.refused)
        FILTER (WHERE task.state <> 'cancelled'), 0)::bigint AS staying,
    EXISTS (SELECT FROM fulfilment_shipment
        WHERE order_id = $1 AND state = 'called') AS is_called
FROM fulfilment_task_line AS line JOIN fulfilment_store_task AS task ON task.id = line.task_id
WHERE task.order_id = $1
"""


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many pieces of one order line."""

    line_id: int
    quantity: int


def counted(pieces: Iterable[Pieces]) -> dict[int, int]:
    """Pieces per line. Raises BadPieces for a quantity outside 1 to 9999."""
    found: dict[int, int] = {}
    for piece in pieces:
        if not 1 <= piece.quantity <= MAX_PIECES:
            raise BadPieces(line_id=piece.line_id, quantity=piece.quantity)
        found[piece.line_id] = found.get(piece.line_id, 0) + piece.quantity
    return dict(sorted(found.items()))


async def take_pieces(task_id: int, pieces: Iterable[Pieces], *, is_gone: bool) -> dict[int, int]:
    """Let pieces leave a task, or be refused; without `pieces` all that are left.

    Raises BadPieces, and TooManyPieces when fewer are left than that.
    """
    wanted = counted(pieces)
    if not wanted:
        wanted = {row["line_id"]: row["pieces"] for row in await sql(LEFT, task_id)}
    taken = await sql(TAKE, task_id, list(wanted), list(wanted.values()), is_gone)
    if not wanted or len(taken) != len(wanted):
        raise TooManyPieces(task_id=task_id)
    return wanted


async def end_task(task_id: int) -> None:
    await sql(END_TASK, task_id)


async def is_all_gone(order_id: int) -> bool:
    """Whether something left, and nothing of the order is still to leave."""
    [whole] = await sql(WHOLE, order_id)
    return bool(whole["gone"] and not whole["staying"] and not whole["is_called"])


async def tell_order(order_id: int, *, action: str, cause: str, actor: str) -> bool:
    """Move an order whose last piece left to shipped; before that, a step in its timeline.

    True when nothing stays. Raises OrderCannotMove when the order was given back meanwhile.
    """
    if await is_all_gone(order_id):
        await mark_shipped(order_id=order_id, cause=cause, actor=actor)
        return True
    await note_progress(order_id=order_id, action=action, cause=cause, actor=actor)
    return False


def stock_items(line: OrderLineView, pieces: int) -> list[tuple[int, int]]:
    """The stock items of so many pieces of a line, as (SKU, units): a kit's parts, or itself.

    None of what is not counted.
    """
    parts = line.parts or ((line.sku_id, 1),)
    return [(sku_id, each * pieces) for sku_id, each in parts if each]


async def shelve(
    order: OrderView, pieces: Mapping[int, int], *, store_id: int, cause: str, fate: Fate
) -> None:
    """Sold pieces that never left are the store's again, or gone for good as `fate` says."""
    if not order.moves_stock:
        return
    for line in order.lines:
        for sku_id, units in stock_items(line, pieces.get(line.id, 0)):
            if units:
                named = f"{cause}:{line.id}:{sku_id}"
                await receive_return(
                    cause=f"{named}:in", sku_id=sku_id, store_id=store_id, quantity=units
                )
                await put_back(
                    cause=f"{named}:out",
                    sku_id=sku_id,
                    store_id=store_id,
                    quantity=units,
                    disposition=fate,
                )

"""What comes onto a shelf by hand, and what a store keeps back.

Each use case is one SQL statement that decides and writes at once.
"""

from core.database import sql, use_case
from trade.stock.errors import MovementCauseReused, QuantityNotPositive
from trade.stock.rules import MovementKind

RECEIVE = """
WITH moved AS (
    INSERT INTO stock_movement (cause, sku_id, store_id, quantity, kind, actor)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (cause) DO NOTHING
    RETURNING sku_id, store_id, quantity
)
INSERT INTO stock_level AS level (sku_id, store_id, on_hand)
SELECT sku_id, store_id, quantity FROM moved
ON CONFLICT (sku_id, store_id) DO UPDATE SET on_hand = level.on_hand + excluded.on_hand,
    shortfall = greatest(level.reserved - level.on_hand - excluded.on_hand, 0)
RETURNING level.sku_id
"""

IS_SAME_MOVEMENT = """
SELECT FROM stock_movement WHERE cause = $1 AND sku_id = $2 AND store_id = $3 AND quantity = $4
"""

SET_SAFETY = """
INSERT INTO stock_level (sku_id, store_id, on_hand, safety) VALUES ($1, $2, 0, $3)
ON CONFLICT (sku_id, store_id) DO UPDATE SET safety = excluded.safety
RETURNING sku_id
"""


@use_case
async def receive_stock(
    *,
    cause: str,
    sku_id: int,
    store_id: int,
    quantity: int,
    kind: MovementKind = MovementKind.RECEIVED,
    actor: str = "system",
) -> None:
    """Put units on a store's shelf. The same cause again changes nothing.

    Raises QuantityNotPositive, and MovementCauseReused when the cause named another movement.
    """
    if quantity <= 0:
        raise QuantityNotPositive(quantity=quantity)
    movement = (cause, sku_id, store_id, quantity)
    if not await sql(RECEIVE, *movement, kind, actor) and not await sql(
        IS_SAME_MOVEMENT, *movement
    ):
        raise MovementCauseReused(cause=cause)


@use_case
async def set_safety(*, sku_id: int, store_id: int, safety: int) -> None:
    """Units this store does not promise to anybody. Raises QuantityNotPositive below 0."""
    if safety < 0:
        raise QuantityNotPositive(quantity=safety)
    await sql(SET_SAFETY, sku_id, store_id, safety)

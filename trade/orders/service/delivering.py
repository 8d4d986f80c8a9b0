"""An order leaves the store and arrives. Which parcel, and who carried it, is fulfilment's."""

from core.database import sql, use_case
from core.outbox import publish
from trade.orders.errors import OrderCannotMove, OrderNotFound
from trade.orders.events import OrderDone
from trade.orders.rules import OrderState, road

MOVE = """
WITH moved AS (
    UPDATE orders_order SET state = $3 WHERE id = $1 AND state = $2
    RETURNING id, order_no, member_id, store_id
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, $4::text, $3, $5::text, $6::text FROM moved
)
SELECT order_no, member_id, store_id, now() AS at FROM moved
"""

# The row of the order is the lock: a refund that closes it and goods that leave never both win.
STEP = """
WITH mine AS (
    UPDATE orders_order SET state = state WHERE id = $1 AND state = 'paid' RETURNING id, state
)
INSERT INTO orders_timeline (order_id, action, state, cause, actor)
SELECT id, $2::text, state, $3::text, $4::text FROM mine RETURNING id
"""

STATE = "SELECT state FROM orders_order WHERE id = $1"

# Once people have moved its goods piece by piece, no refund puts all of them back at one tick.
IN_HAND = ("part_ship", "part_hand_over", "part_refuse")
IS_IN_HAND = """
SELECT FROM orders_timeline WHERE order_id = $1 AND action = ANY($2::text[]) LIMIT 1
"""


@use_case
async def mark_shipped(*, order_id: int, cause: str, actor: str) -> bool:
    """All goods of a paid order are on their way. False: that was known before.

    Raises OrderNotFound, and OrderCannotMove for an order that is not paid or was given back.
    """
    if await sql(MOVE, order_id, *road("ship"), "ship", cause, actor):
        return True
    return await _known(order_id, "ship", {OrderState.SHIPPED, OrderState.DONE})


@use_case
async def mark_done(*, order_id: int, cause: str, actor: str) -> bool:
    """The buyer has everything: handed over in the store, or received. Told once, by `OrderDone`.

    False: that was known before. Raises OrderNotFound, and OrderCannotMove for an order that is not
    paid or was given back.
    """
    for action in ("hand_over", "confirm"):
        moved = await sql(MOVE, order_id, *road(action), action, cause, actor)
        if moved:
            await publish(OrderDone(order_id=order_id, **moved[0]))
            return True
    return await _known(order_id, "confirm", {OrderState.DONE})


@use_case
async def note_progress(*, order_id: int, action: str, cause: str, actor: str) -> None:
    """A step of a paid order that does not move it: a part was shipped, handed over or refused.

    Raises OrderCannotMove when the order is not paid (any more), OrderNotFound.
    """
    if not await sql(STEP, order_id, action, cause, actor):
        await _known(order_id, action, set())


async def is_in_hand(order_id: int) -> bool:
    """Whether goods of the order were moved piece by piece, so that fulfilment puts them back."""
    return bool(await sql(IS_IN_HAND, order_id, list(IN_HAND)))


async def _known(order_id: int, action: str, there: set[OrderState]) -> bool:
    found = await sql(STATE, order_id)
    if not found:
        raise OrderNotFound(order_id=order_id)
    if found[0]["state"] not in there:
        raise OrderCannotMove(state=found[0]["state"], action=action)
    return False

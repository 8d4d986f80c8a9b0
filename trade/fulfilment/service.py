"""What stores are given to do."""

import secrets

from core.database import sql, use_case
from trade.fulfilment.rules import TaskKind, TaskState
from trade.orders.queries import Delivery, OrderState, OrderView, order_of

# Either constraint may be in the way: the order has its task, or the store has given out that code.
OPEN = """
INSERT INTO fulfilment_store_task (order_id, order_no, store_id, kind, state, code)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
RETURNING id
"""

CANCEL = """
INSERT INTO fulfilment_store_task (order_id, order_no, store_id, kind, state)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (order_id) DO UPDATE SET state = excluded.state
RETURNING id
"""

HAS_TASK = "SELECT FROM fulfilment_store_task WHERE order_id = $1"


def _facts(order: OrderView, state: TaskState) -> tuple[int, str, int, TaskKind, TaskState]:
    kind = TaskKind.PICKUP if order.delivery is Delivery.PICKUP else TaskKind.PICK
    return order.id, order.order_no, order.store_id, kind, state


@use_case
async def open_task(*, order_id: int) -> None:
    """Give the store of a paid order its task, with a pick-up code of eight digits. Once.

    An order that has been given back meanwhile gets none.
    """
    order = await order_of(order_id)
    if order.state is not OrderState.PAID:
        return
    is_picked_up = order.delivery is Delivery.PICKUP
    while not await sql(HAS_TASK, order_id):
        code = f"{secrets.randbelow(10**8):08}" if is_picked_up else None
        await sql(OPEN, *_facts(order, TaskState.OPEN), code)


@use_case
async def cancel_task(*, order_id: int) -> None:
    """The store need not do it any more; also when this is heard before the order was paid."""
    await sql(CANCEL, *_facts(await order_of(order_id), TaskState.CANCELLED))

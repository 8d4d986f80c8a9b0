"""What stores are given to do, and how far they are with it."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from core import clock
from core.database import sql, use_case
from core.outbox import publish
from core.security.scope import Scope
from trade.fulfilment.errors import TaskCannotMove, TaskNotFound
from trade.fulfilment.events import ReadyForPickup, StoreAsked
from trade.fulfilment.models import StoreTask, TaskStep
from trade.fulfilment.queries import work_policy
from trade.fulfilment.rules import TASK_MOVES, TaskKind, TaskState
from trade.fulfilment.service.pieces import LEFT, shelve
from trade.orders.queries import Delivery, OrderState, OrderView, order_of
from trade.orders.service import is_in_hand
from trade.stock.queries import Disposition

KINDS = {
    Delivery.PICKUP: TaskKind.PICKUP,
    Delivery.EXPRESS: TaskKind.PICK,
    Delivery.CITY: TaskKind.CITY,
}

# Either constraint may be in the way: the order has its task, or the store has given out that code.
OPEN = """
INSERT INTO fulfilment_store_task
    (public_id, order_id, order_no, store_id, round, kind, state, code, due_at)
VALUES ('tsk_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING RETURNING id
"""

LINES = """
INSERT INTO fulfilment_task_line (task_id, line_id, sku_id, quantity)
SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[])
"""

CANCEL = """
UPDATE fulfilment_store_task SET state = 'cancelled', ended_at = now()
WHERE order_id = $1 AND state IN ('open', 'accepted', 'picked', 'ready') RETURNING id, store_id
"""

HAS_TASK = "SELECT id FROM fulfilment_store_task WHERE order_id = $1 AND round = $2"

MOVE = """
UPDATE fulfilment_store_task SET state = $3::text, due_at = $4,
    hold_place = coalesce($5::text, hold_place),
    ready_at = CASE WHEN $3::text = 'ready' THEN now() ELSE ready_at END
WHERE id = $1 AND state = $2 RETURNING id
"""

NOTICE = """
UPDATE fulfilment_store_task SET notices = notices + 1
WHERE id = $1 AND state = 'ready' AND kind = 'pickup' AND ($2 OR notices = 0) RETURNING notices
"""


@use_case
async def open_task(*, order_id: int) -> None:
    """Give the store of a paid order its task, with a pick-up code of eight digits. Once.

    An order that was taken along, or has been given back meanwhile, gets none.
    """
    order = await order_of(order_id)
    if order.state is not OrderState.PAID or order.delivery not in KINDS:
        return
    pieces = {line.id: line.quantity for line in order.lines}
    await ask_store(order, order.store_id, pieces, number=1)


async def ask_store(
    order: OrderView, store_id: int, pieces: Mapping[int, int], *, number: int
) -> int:
    """The id of the task by which a store is asked for `pieces` of lines; the store is told."""
    known = await sql(HAS_TASK, order.id, number)
    if known:
        return int(known[0]["id"])
    task_id = await _insert(order, store_id, TaskState.OPEN, number)
    lines = [line for line in order.lines if pieces.get(line.id)]
    ids, skus = [line.id for line in lines], [line.sku_id for line in lines]
    await sql(LINES, task_id, ids, skus, [pieces[line.id] for line in lines])
    await log_step(task_id, "ask", actor="system")
    now = clock.now()
    await publish(
        StoreAsked(
            task_id=task_id, order_no=order.order_no, store_id=store_id, is_late=False, at=now
        )
    )
    return task_id


async def _insert(order: OrderView, store_id: int, state: TaskState, number: int) -> int:
    kind = KINDS.get(order.delivery, TaskKind.PICKUP)
    due_at = (await work_policy()).due_at(clock.now())
    while True:
        is_coded = kind is TaskKind.PICKUP and state is TaskState.OPEN
        code = f"{secrets.randbelow(10**8):08}" if is_coded else None
        facts = (order.id, order.order_no, store_id, number, kind, state, code, due_at)
        rows = await sql(OPEN, *facts) or await sql(HAS_TASK, order.id, number)
        if rows:
            return int(rows[0]["id"])


@use_case
async def cancel_task(*, order_id: int) -> None:
    """The stores need not do it any more; also when this is heard before the order was paid.

    Of goods that people moved piece by piece, what never left is put back on the shelf here.
    """
    order = await order_of(order_id)
    if not await sql(HAS_TASK, order_id, 1):
        await _insert(order, order.store_id, TaskState.CANCELLED, 1)
    ended = await sql(CANCEL, order_id)
    if not await is_in_hand(order_id):
        return
    for task in ended:
        stays = {row["line_id"]: row["pieces"] for row in await sql(LEFT, task["id"])}
        where = {"store_id": task["store_id"], "cause": f"unsent:{task['id']}"}
        await shelve(order, stays, fate=Disposition.RESTOCK, **where)


async def task_in(scope: Scope, task_id: str) -> StoreTask:
    """Raises TaskNotFound, for what is not there and for another store's alike."""
    row = await StoreTask.get_or_none(scope.stores_q("store_id"), public_id=task_id)
    if row is None:
        raise TaskNotFound(task_id=task_id)
    return row


async def log_step(task_id: int, action: str, *, actor: str, note: str = "") -> None:
    await TaskStep(task_id=task_id, action=action, actor=actor, note=note[:200]).save()


@use_case
async def accept_task(*, scope: Scope, task_id: str) -> None:
    """The store says it will do it. Again: nothing changes. Raises TaskNotFound, TaskCannotMove."""
    policy = await work_policy()
    _ = await _move(scope, task_id, "accept", due_at=policy.ready_by(clock.now()))


@use_case
async def pick_task(*, scope: Scope, task_id: str) -> None:
    """All goods are in the hands of the store's people. Again: nothing changes.

    Raises TaskNotFound, TaskCannotMove.
    """
    _ = await _move(scope, task_id, "pick")


@use_case
async def mark_ready(*, scope: Scope, task_id: str, hold_place: str = "") -> None:
    """Goods are packed, or lie under `hold_place` (待取货位) for the guest, who is told once.

    Again: nothing changes. Raises TaskNotFound, TaskCannotMove.
    """
    task = await _move(scope, task_id, "ready", hold_place=hold_place[:20])
    await _tell_guest(task, is_again=False, actor=scope.actor)


@use_case
async def resend_notice(*, scope: Scope, task_id: str) -> None:
    """Tell the guest again that the goods wait; each time is logged.

    Raises TaskNotFound, and TaskCannotMove while nothing waits.
    """
    task = await task_in(scope, task_id)
    if not await _tell_guest(task, is_again=True, actor=scope.actor):
        raise TaskCannotMove(state=task.state, action="notice")


async def _move(
    scope: Scope,
    task_id: str,
    action: str,
    *,
    due_at: datetime | None = None,
    hold_place: str | None = None,
) -> StoreTask:
    task = await task_in(scope, task_id)
    [(before, after)] = [
        (here, there) for (here, name), there in TASK_MOVES.items() if name == action
    ]
    moved = await sql(MOVE, task.id, before, after, due_at or task.due_at, hold_place)
    if moved:
        await log_step(task.id, action, actor=scope.actor, note=hold_place or "")
        return task
    await task.refresh_from_db()
    if task.state is not after:
        raise TaskCannotMove(state=task.state, action=action)
    return task


async def _tell_guest(task: StoreTask, *, is_again: bool, actor: str) -> bool:
    told = await sql(NOTICE, task.id, is_again)
    if not told:
        return False
    await log_step(task.id, "notice", actor=actor, note=str(told[0]["notices"]))
    await publish(
        ReadyForPickup(
            order_id=task.order_id,
            order_no=task.order_no,
            store_id=task.store_id,
            times=told[0]["notices"],
            at=clock.now(),
        )
    )
    return True


async def remind_guest(task_id: int) -> None:
    """As `resend_notice`, by the clock instead of a person."""
    task = await StoreTask.get(id=task_id)
    await _tell_guest(task, is_again=True, actor="system")

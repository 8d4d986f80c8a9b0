"""What the clock does for stores: tell who is late, remind guests, and end what nobody came for."""

from core import clock
from core.database import sql, use_case
from core.outbox import publish
from trade.fulfilment.events import StoreAsked
from trade.fulfilment.models import Return, StoreTask
from trade.fulfilment.queries import work_policy
from trade.fulfilment.rules import RefuseReason, TaskState
from trade.fulfilment.service.asking import end_unclaimed
from trade.fulfilment.service.refusing import Why, give_up
from trade.fulfilment.service.tasks import log_step, remind_guest

LATE = """
UPDATE fulfilment_store_task SET late_at = now()
WHERE id IN (SELECT id FROM fulfilment_store_task
    WHERE state IN ('open', 'accepted', 'picked') AND due_at < now() AND late_at IS NULL
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING id, order_no, store_id
"""

WAITING = """
UPDATE fulfilment_store_task SET reminded_at = now()
WHERE id IN (SELECT id FROM fulfilment_store_task
    WHERE state = 'ready' AND kind = 'pickup' AND reminded_at IS NULL
        AND ready_at < now() - $1::bigint * interval '1 day'
    ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id
"""

UNCLAIMED = """
SELECT id FROM fulfilment_store_task
WHERE state = 'ready' AND kind = 'pickup' AND ready_at < now() - $1::bigint * interval '1 day'
ORDER BY id LIMIT $2
"""

NEVER_CAME = """
SELECT id FROM fulfilment_return
WHERE state = 'open' AND receipt = 'awaited' AND asked_fen = 0 AND ends_at < now()
ORDER BY id LIMIT $1
"""


@use_case
async def escalate(limit: int = 200) -> int:
    """Tell the store manager of tasks whose next step is overdue; once a task."""
    late = await sql(LATE, limit)
    for row in late:
        await log_step(row["id"], "late", actor="system")
        await publish(
            StoreAsked(
                task_id=row["id"],
                order_no=row["order_no"],
                store_id=row["store_id"],
                is_late=True,
                at=clock.now(),
            )
        )
    return len(late)


@use_case
async def remind_waiting(limit: int = 200) -> int:
    """Tell guests again whose goods wait for so many days; once more each, logged."""
    waiting = await sql(WAITING, (await work_policy()).remind_days, limit)
    for row in waiting:
        await remind_guest(row["id"])
    return len(waiting)


async def end_waiting(limit: int = 50) -> int:
    """Goods nobody came for go back on the shelf and their money back, if the policy says so."""
    policy = await work_policy()
    if not policy.pickup_refund:
        return 0
    rows = await sql(UNCLAIMED, policy.pickup_days, limit)
    for row in rows:
        await _end(row["id"])
    return len(rows)


@use_case
async def _end(task_id: int) -> None:
    task = await StoreTask.filter(id=task_id).select_for_update().get()
    if task.state is TaskState.READY:
        await give_up(task, Why(RefuseReason.UNCLAIMED, "", "system"))


async def end_forgotten_returns(limit: int = 100) -> int:
    """Returns that were announced and never came are withdrawn; their pieces may be asked again."""
    rows = await sql(NEVER_CAME, limit)
    for row in rows:
        await _withdraw(row["id"])
    return len(rows)


@use_case
async def _withdraw(case_id: int) -> None:
    await end_unclaimed(await Return.get(id=case_id), actor="system")

"""What can be asked about the work of stores. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from core.security.scope import Scope
from trade.fulfilment.models import StoreTask
from trade.fulfilment.rules import TaskKind, TaskState

__all__ = ["TaskKind", "TaskState"]


@dataclass(frozen=True, slots=True)
class TaskView:
    order_id: int
    order_no: str
    store_id: int
    kind: TaskKind
    state: TaskState
    code: str | None
    created_at: datetime


def _view(row: StoreTask) -> TaskView:
    return TaskView(
        row.order_id, row.order_no, row.store_id, row.kind, row.state, row.code, row.created_at
    )


async def task_of(order_id: int) -> TaskView | None:
    """What a store has to do for an order; None before it is paid."""
    row = await StoreTask.get_or_none(order_id=order_id)
    return _view(row) if row else None


async def open_tasks_for(scope: Scope, *, limit: int = 50) -> tuple[TaskView, ...]:
    """What the stores in scope have to do, the oldest first."""
    rows = StoreTask.filter(scope.stores_q("store_id"), state=TaskState.OPEN)
    return tuple(_view(row) for row in await rows.order_by("id").limit(min(limit, 200)))

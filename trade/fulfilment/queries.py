"""What can be asked about the work of stores and about parcels. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from core.security.scope import Scope
from trade.fulfilment.behind import pieces_behind
from trade.fulfilment.cases import (
    ArrivedView,
    CaseStepView,
    DispositionView,
    MoneyView,
    ReturnLineView,
    ReturnView,
    return_at_counter,
    return_for,
    returns_for,
)
from trade.fulfilment.errors import TaskNotFound
from trade.fulfilment.models import Shipment, StoreTask, TaskStep, WorkPolicyRow
from trade.fulfilment.parcels import (
    ParcelView,
    ShipmentLineView,
    ShipmentView,
    TrackView,
    shipment_view,
    shipment_views,
)
from trade.fulfilment.past_policies import return_rule_history, work_policy_history
from trade.fulfilment.proofs import (
    Explained,
    Returnable,
    ReturnableLine,
    find_purchases,
    purchases_of_member,
    returnable,
)
from trade.fulfilment.return_rules import (
    Condition,
    Disposition,
    MoneyState,
    Proof,
    ReceiptState,
    RefundTo,
    ReturnKind,
    ReturnState,
)
from trade.fulfilment.rules import (
    CARRIERS,
    LIVE,
    Carrier,
    RefuseReason,
    ShipmentKind,
    ShipmentState,
    TaskKind,
    TaskState,
    TrackStep,
    WorkPolicy,
)
from trade.fulfilment.visit_rules import VisitState
from trade.fulfilment.visits import (
    SlotView,
    VisitView,
    slots_in,
    visit_for,
    visit_of,
    visits_for,
    visits_of,
)

__all__ = [
    "CARRIERS",
    "ArrivedView",
    "Carrier",
    "CaseStepView",
    "Condition",
    "Disposition",
    "DispositionView",
    "Explained",
    "MoneyState",
    "MoneyView",
    "ParcelView",
    "Proof",
    "ReceiptState",
    "RefundTo",
    "RefuseReason",
    "ReturnKind",
    "ReturnLineView",
    "ReturnState",
    "ReturnView",
    "Returnable",
    "ReturnableLine",
    "ShipmentKind",
    "ShipmentLineView",
    "ShipmentState",
    "ShipmentView",
    "SlotView",
    "TaskKind",
    "TaskState",
    "TrackStep",
    "TrackView",
    "VisitState",
    "VisitView",
    "WorkPolicy",
    "find_purchases",
    "pieces_behind",
    "purchases_of_member",
    "return_at_counter",
    "return_for",
    "return_rule_history",
    "returnable",
    "returns_for",
    "slots_in",
    "visit_for",
    "visit_of",
    "visits_for",
    "visits_of",
    "work_policy",
    "work_policy_history",
]

LINES = """
SELECT own.task_id, own.line_id, own.sku_id, line.sku_code, line.title, line.spec_text,
    line.picture, own.quantity, own.gone, own.refused
FROM fulfilment_task_line AS own JOIN orders_line AS line ON line.id = own.line_id
WHERE own.task_id = ANY($1::bigint[]) ORDER BY own.line_id
"""


@dataclass(frozen=True, slots=True)
class TaskLineView:
    """`left` pieces still have to leave the store."""

    line_id: int
    sku_id: int
    sku_code: str
    title: str
    spec_text: str
    picture: str
    quantity: int
    gone: int
    refused: int

    @property
    def left(self) -> int:
        return self.quantity - self.gone - self.refused


@dataclass(frozen=True, slots=True)
class TaskView:
    id: int
    public_id: str
    order_id: int
    order_no: str
    store_id: int
    kind: TaskKind
    state: TaskState
    code: str | None
    hold_place: str
    due_at: datetime
    late_at: datetime | None
    ready_at: datetime | None
    notices: int
    created_at: datetime
    lines: tuple[TaskLineView, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether the store still has something to do for it."""
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class TaskStepView:
    action: str
    note: str
    actor: str
    at: datetime


async def work_policy() -> WorkPolicy:
    """How long people may take, as the newest row says; the house's values before there is one."""
    row = await WorkPolicyRow.all().order_by("-id").first()
    return WorkPolicy.of(row.data) if row else WorkPolicy()


async def _views(rows: Sequence[StoreTask]) -> tuple[TaskView, ...]:
    lines: dict[int, list[TaskLineView]] = {row.id: [] for row in rows}
    for found in await sql(LINES, list(lines)):
        lines[found.pop("task_id")].append(TaskLineView(**found))
    return tuple(
        TaskView(
            **{name: getattr(row, name) for name in PLAIN},
            lines=tuple(lines[row.id]),
        )
        for row in rows
    )


PLAIN = tuple(name for name in TaskView.__slots__ if name != "lines")


async def task_of(order_id: int) -> TaskView | None:
    """What a store has to do for an order, the newest place asked; None before it is paid."""
    row = await StoreTask.filter(order_id=order_id).order_by("-round").first()
    return (await _views([row]))[0] if row else None


async def tasks_of(order_id: int) -> tuple[TaskView, ...]:
    """All places that were asked for an order, in order."""
    return await _views(await StoreTask.filter(order_id=order_id).order_by("round"))


async def task_for(scope: Scope, task_id: str) -> TaskView:
    """Raises TaskNotFound, for what is not there and for another store's alike."""
    row = await StoreTask.get_or_none(scope.stores_q("store_id"), public_id=task_id)
    if row is None:
        raise TaskNotFound(task_id=task_id)
    return (await _views([row]))[0]


async def open_tasks_for(scope: Scope, *, limit: int = 50) -> tuple[TaskView, ...]:
    """What the stores in scope have to do, what is due soonest first."""
    rows = StoreTask.filter(scope.stores_q("store_id"), state__in=LIVE)
    return await _views(await rows.order_by("due_at", "id").limit(min(limit, 200)))


async def task_steps(task_id: int) -> tuple[TaskStepView, ...]:
    """What was done for a task, and told about it, in order."""
    rows = await TaskStep.filter(task_id=task_id).order_by("id")
    return tuple(TaskStepView(row.action, row.note, row.actor, row.at) for row in rows)


async def shipments_of(order_id: int) -> tuple[ShipmentView, ...]:
    """What of an order left, in order; a rider's call that was taken back is not told."""
    rows = Shipment.filter(order_id=order_id).exclude(state=ShipmentState.CALLED_OFF)
    return await shipment_views(await rows.order_by("id"))


async def find_shipment(shipment_no: str) -> ShipmentView | None:
    row = await Shipment.get_or_none(shipment_no=shipment_no)
    return await shipment_view(row.id) if row else None

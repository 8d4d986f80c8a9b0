"""Pick tickets (拣货单): what to fetch from the shelf, printed where the goods are."""

from core.clock import SHOP_ZONE
from core.database import use_case
from core.security.scope import Scope
from devices.errors import NoPrinter
from devices.models import Printer
from devices.protocol.templates import Facts
from devices.rules import DocumentKind, PrinterRole
from devices.service.papers import Paper, print_document
from trade.fulfilment.queries import TaskView, task_for, tasks_of
from trade.orders.queries import find_order
from trade.stores.queries import get_store

KINDS = {"pickup": "到店自提", "pick": "快递", "city": "同城配送"}


@use_case
async def print_pick_of(*, order_no: str, task_id: int) -> int | None:
    """Owe the ticket of a task that a store was asked for. Again owes nothing new.

    None: the store has no printer at the back (后仓): who puts one there wants these tickets.
    """
    order = await find_order(order_no)
    tasks = await tasks_of(order.id) if order is not None else ()
    task = next((one for one in tasks if one.id == task_id), None)
    if task is None:
        return None
    at_back = Printer.filter(store_id=task.store_id, role=PrinterRole.BACK, is_active=True)
    return await _print(task, "") if await at_back.exists() else None


@use_case
async def print_pick_ticket(scope: Scope, task_id: str) -> int:
    """The ticket of a task, by hand, on whatever printer there is. Raises TaskNotFound, NoPrinter.

    The one that came out by itself is the same paper: print it again for a copy.
    """
    task = await task_for(scope, task_id)
    job_id = await _print(task, scope.actor)
    if job_id is None:
        raise NoPrinter(store_id=task.store_id)
    return job_id


async def _print(task: TaskView, made_by: str) -> int | None:
    return await print_document(
        Paper(
            store_id=task.store_id,
            kind=DocumentKind.PICK,
            document=f"pick:{task.id}",
            facts=await _facts(task),
            made_by=made_by,
        )
    )


async def _facts(task: TaskView) -> Facts:
    store = await get_store(task.store_id)
    lines = tuple(
        {
            "title": line.title,
            "spec": line.spec_text,
            "quantity": str(line.left),
            "sku": line.sku_code,
        }
        for line in task.lines
        if line.left
    )
    return {
        "store_name": store.name,
        "store_address": store.address,
        "store_phone": store.phone,
        "task_no": f"T{task.id}",
        "order_no": task.order_no,
        "kind": KINDS.get(task.kind, ""),
        "due_at": f"{task.due_at.astimezone(SHOP_ZONE):%m-%d %H:%M}",
        "pieces": str(sum(line.left for line in task.lines)),
        "lines": lines,
    }

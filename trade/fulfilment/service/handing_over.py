"""A guest comes for goods (提货); and whom a parcel goes to, for those who pack it."""

from collections.abc import Sequence

from core import clock
from core.audit_log import record
from core.database import use_case
from core.outbox import publish
from core.security.scope import Scope
from trade.fulfilment.errors import NotReadyYet, TaskNotFound, WrongCode
from trade.fulfilment.events import HandedOver
from trade.fulfilment.models import Shipment, StoreTask
from trade.fulfilment.parcels import ShipmentView, shipment_view
from trade.fulfilment.rules import LIVE, ShipmentKind, ShipmentState, TaskKind, TaskState
from trade.fulfilment.service.pieces import Pieces, is_all_gone
from trade.fulfilment.service.shipping import fill_shipment, make_shipment, request_key
from trade.fulfilment.service.tasks import log_step, task_in
from trade.orders.queries import Consignee, consignee_of
from trade.orders.service import mark_done, note_progress


@use_case
async def hand_over(
    *, scope: Scope, code: str, key: str, pieces: Sequence[Pieces] = ()
) -> ShipmentView:
    """Give a guest the goods that wait under a pick-up code; without `pieces` all that are left.

    The same `key` again is the same hand-over, and a code whose goods are gone opens nothing. The
    entrance counts tries. Raises WrongCode, NotReadyYet, BadPieces, TooManyPieces.
    """
    task = await StoreTask.filter(scope.stores_q("store_id"), code=code).first()
    if task is None or not code:
        raise WrongCode
    known = await Shipment.get_or_none(request_key=request_key(task, key))
    if known is None:
        _check_waiting(task)
    made = await make_shipment(task, ShipmentKind.PICKUP, ShipmentState.ARRIVED, key, scope.actor)
    if made.is_new:
        await fill_shipment(task, made.id, pieces)
        await _handed(task, made.id, scope.actor)
    return await shipment_view(made.id)


def _check_waiting(task: StoreTask) -> None:
    if task.state not in LIVE:
        raise WrongCode
    if task.state is not TaskState.READY:
        raise NotReadyYet(order_no=task.order_no)


async def _handed(task: StoreTask, shipment_id: int, actor: str) -> None:
    now, cause = clock.now(), f"shipment:{shipment_id}"
    await Shipment.filter(id=shipment_id).update(arrived_at=now, confirmed_at=now)
    await log_step(task.id, "hand_over", actor=actor)
    if not await is_all_gone(task.order_id):
        await note_progress(
            order_id=task.order_id, action="part_hand_over", cause=cause, actor=actor
        )
        return
    if await mark_done(order_id=task.order_id, cause=cause, actor=actor):
        await publish(HandedOver(order_id=task.order_id, order_no=task.order_no, at=now))


@use_case
async def read_consignee(*, scope: Scope, task_id: str) -> Consignee | None:
    """Whom a parcel goes to, in the clear: only for people of the store that packs it, on record.

    None for what is collected. Raises TaskNotFound, also for head office and after the task ended.
    """
    task = await task_in(scope, task_id)
    if task.store_id not in scope.store_ids or task.state not in LIVE:
        raise TaskNotFound(task_id=task_id)
    if task.kind is TaskKind.PICKUP:
        return None
    await record(scope, "order.consignee_read", f"order:{task.order_id}", task_id=task.id)
    return await consignee_of(task.order_id)

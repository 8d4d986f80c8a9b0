"""Goods leave the store: as parcels, with a rider, or with the guest who came for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from core.database import sql, use_case
from core.ids import new_no
from core.outbox import publish
from core.security.scope import Scope
from trade.fulfilment.errors import (
    BadTrackingNo,
    ParcelKnown,
    ShipmentNotFound,
    TaskCannotMove,
)
from trade.fulfilment.events import Shipped
from trade.fulfilment.models import Parcel, Shipment, StoreTask
from trade.fulfilment.parcels import ShipmentView, shipment_view
from trade.fulfilment.rules import (
    LIVE,
    ShipmentKind,
    ShipmentState,
    TaskKind,
    TaskState,
    is_tracking_no,
)
from trade.fulfilment.service.pieces import (
    Pieces,
    end_task,
    take_pieces,
    tell_order,
)
from trade.fulfilment.service.tasks import log_step, task_in

INSERT = """
INSERT INTO fulfilment_shipment (public_id, shipment_no, request_key, order_id, order_no, task_id,
    store_id, kind, state, rider, by, left_at)
SELECT 'shp_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, order_id, order_no, id,
    store_id, $4, $5::text, $6, $7, CASE WHEN $5::text = 'called' THEN NULL ELSE now() END
FROM fulfilment_store_task WHERE id = $3
ON CONFLICT (request_key) DO NOTHING RETURNING id
"""

LINES = """
INSERT INTO fulfilment_shipment_line (shipment_id, line_id, sku_id, quantity)
SELECT $1, own.line_id, own.sku_id, wanted.pieces
FROM unnest($3::bigint[], $4::bigint[]) AS wanted (line_id, pieces)
JOIN fulfilment_task_line AS own ON own.task_id = $2 AND own.line_id = wanted.line_id
"""

PARCELS = """
INSERT INTO fulfilment_parcel (shipment_id, carrier, tracking_no)
SELECT $1, * FROM unnest($2::text[], $3::text[])
ON CONFLICT (carrier, tracking_no) DO NOTHING RETURNING id
"""

STEP = """
UPDATE fulfilment_shipment SET state = $3::text, left_at = CASE WHEN $3::text = 'on_way' THEN now()
    ELSE left_at END, arrived_at = CASE WHEN $3::text = 'arrived' THEN now() ELSE arrived_at END
WHERE id = $1 AND state = ANY($2::text[]) RETURNING id
"""

STAYED = """
UPDATE fulfilment_task_line AS line SET gone = line.gone - sent.quantity
FROM fulfilment_shipment_line AS sent
WHERE sent.shipment_id = $1 AND line.task_id = $2 AND line.line_id = sent.line_id
"""


@dataclass(frozen=True, slots=True)
class Label:
    """A carrier's label: its code and the number on it."""

    carrier: str
    tracking_no: str


@use_case
async def ship(
    *,
    scope: Scope,
    task_id: str,
    labels: Sequence[Label],
    key: str,
    pieces: Sequence[Pieces] = (),
) -> ShipmentView:
    """Send pieces of a task as one shipment of one or more parcels; without `pieces` all left.

    The same `key` again is the same shipment. Raises TaskNotFound, TaskCannotMove, BadTrackingNo,
    ParcelKnown, BadPieces, TooManyPieces, and OrderCannotMove when the order was given back.
    """
    task = await task_in(scope, task_id)
    if not labels or not all(is_tracking_no(label.carrier, label.tracking_no) for label in labels):
        raise BadTrackingNo
    made = await make_shipment(task, ShipmentKind.EXPRESS, ShipmentState.ON_WAY, key, scope.actor)
    if made.is_new:
        await fill_shipment(task, made.id, pieces)
        await _stick(made.id, labels)
        await _left(made.id, actor=scope.actor)
    return await shipment_view(made.id)


@use_case
async def call_rider(
    *, scope: Scope, task_id: str, key: str, label: Label | None = None, rider: str = ""
) -> ShipmentView:
    """Call a rider for all that is left of a same-city task; without `label` one's own people.

    The goods wait in the store until the rider took them. The same `key` again is the same call.
    Raises TaskNotFound, TaskCannotMove, BadTrackingNo, ParcelKnown, TooManyPieces.
    """
    task = await task_in(scope, task_id)
    if task.kind is not TaskKind.CITY:
        raise TaskCannotMove(state=task.state, action="call_rider")
    if label is not None and not is_tracking_no(label.carrier, label.tracking_no):
        raise BadTrackingNo
    made = await make_shipment(
        task, ShipmentKind.CITY, ShipmentState.CALLED, key, scope.actor, rider=rider[:40]
    )
    if made.is_new:
        await fill_shipment(task, made.id, ())
        await _stick(made.id, [label] if label else [])
        await log_step(task.id, "call_rider", actor=scope.actor)
    return await shipment_view(made.id)


@use_case
async def give_to_rider(*, scope: Scope, shipment_id: str) -> ShipmentView:
    """The rider took the goods. Again: nothing changes. Raises ShipmentNotFound, TaskCannotMove."""
    row = await shipment_in(scope, shipment_id)
    if await sql(STEP, row.id, [ShipmentState.CALLED], ShipmentState.ON_WAY):
        await _left(row.id, actor=scope.actor)
    else:
        await _expect(row, {ShipmentState.ON_WAY, ShipmentState.ARRIVED}, "give_to_rider")
    return await shipment_view(row.id)


@use_case
async def call_off(*, scope: Scope, shipment_id: str) -> ShipmentView:
    """The rider does not come: the goods stay and another may be called. Again: nothing changes.

    Raises ShipmentNotFound, TaskCannotMove once the goods left.
    """
    row = await shipment_in(scope, shipment_id)
    if await sql(STEP, row.id, [ShipmentState.CALLED], ShipmentState.CALLED_OFF):
        await sql(STAYED, row.id, row.task_id)
        await StoreTask.filter(id=row.task_id, state=TaskState.DONE).update(
            state=TaskState.READY, ended_at=None
        )
        await log_step(row.task_id, "call_off", actor=scope.actor)
    else:
        await _expect(row, {ShipmentState.CALLED_OFF}, "call_off")
    return await shipment_view(row.id)


@use_case
async def mark_arrived(*, scope: Scope, shipment_id: str) -> ShipmentView:
    """Own people brought it to the buyer (签收). Again: nothing changes.

    Raises ShipmentNotFound, TaskCannotMove before it left.
    """
    row = await shipment_in(scope, shipment_id)
    going = [ShipmentState.ON_WAY, ShipmentState.TROUBLE]
    if await sql(STEP, row.id, going, ShipmentState.ARRIVED):
        await log_step(row.task_id, "arrive", actor=scope.actor)
    else:
        await _expect(row, {ShipmentState.ARRIVED}, "arrive")
    return await shipment_view(row.id)


@dataclass(frozen=True, slots=True)
class Made:
    id: int
    is_new: bool


def request_key(task: StoreTask, key: str) -> str:
    return f"task:{task.id}:{key}"


async def make_shipment(
    task: StoreTask,
    kind: ShipmentKind,
    state: ShipmentState,
    key: str,
    by: str,
    *,
    rider: str = "",
) -> Made:
    number = new_no("D")
    rows = await sql(INSERT, number, request_key(task, key), task.id, kind, state, rider, by)
    if rows:
        await task.refresh_from_db()
        if task.state not in LIVE:
            raise TaskCannotMove(state=task.state, action="ship")
        return Made(rows[0]["id"], is_new=True)
    known = await Shipment.get(request_key=request_key(task, key))
    return Made(known.id, is_new=False)


async def fill_shipment(task: StoreTask, shipment_id: int, pieces: Sequence[Pieces]) -> None:
    taken = await take_pieces(task.id, pieces, is_gone=True)
    await sql(LINES, shipment_id, task.id, list(taken), list(taken.values()))
    await end_task(task.id)


async def _stick(shipment_id: int, labels: Sequence[Label]) -> None:
    if not labels:
        return
    carriers = [label.carrier for label in labels]
    numbers = [label.tracking_no for label in labels]
    if len(await sql(PARCELS, shipment_id, carriers, numbers)) != len(labels):
        raise ParcelKnown(tracking_no=",".join(numbers))


async def _left(shipment_id: int, *, actor: str) -> None:
    row = await Shipment.get(id=shipment_id)
    parcel = await Parcel.filter(shipment_id=row.id).order_by("id").first()
    await log_step(row.task_id, "ship", actor=actor, note=row.shipment_no)
    is_last = await tell_order(
        row.order_id, action="part_ship", cause=f"shipment:{row.shipment_no}", actor=actor
    )
    await publish(
        Shipped(
            order_id=row.order_id,
            order_no=row.order_no,
            shipment_no=row.shipment_no,
            delivery=row.kind,
            carrier=parcel.carrier if parcel else "",
            tracking_no=parcel.tracking_no if parcel else "",
            at=row.left_at or clock.now(),
            is_last=is_last,
        )
    )


async def shipment_in(scope: Scope, shipment_id: str) -> Shipment:
    """Raises ShipmentNotFound, for what is not there and for another store's alike."""
    row = await Shipment.get_or_none(scope.stores_q("store_id"), public_id=shipment_id)
    if row is None:
        raise ShipmentNotFound(shipment_id=shipment_id)
    return row


async def _expect(row: Shipment, there: set[ShipmentState], action: str) -> None:
    await row.refresh_from_db()
    if row.state not in there:
        raise TaskCannotMove(state=row.state, action=action)

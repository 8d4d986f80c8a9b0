"""门店任务. What a store has to do for paid orders, for its people: pick, pack, send, hand over."""

from datetime import datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.limits import TooManyTries, check_rate
from core.web.policy import allow
from miniapp_api.cases import PieceIn, pieces_of
from miniapp_api.shipments import ShipmentOut, shown_shipment
from trade.fulfilment.errors import (
    BadPieces,
    BadTrackingNo,
    NotReadyYet,
    ParcelKnown,
    ShipmentNotFound,
    TaskCannotMove,
    TaskNotFound,
    TooManyPieces,
    WrongCode,
)
from trade.fulfilment.queries import (
    RefuseReason,
    ShipmentView,
    TaskKind,
    TaskState,
    TaskView,
    open_tasks_for,
    task_for,
)
from trade.fulfilment.service import (
    Label,
    accept_task,
    call_off,
    call_rider,
    give_to_rider,
    hand_over,
    mark_arrived,
    mark_ready,
    pick_task,
    read_consignee,
    refuse,
    resend_notice,
    ship,
)
from trade.orders.errors import OrderCannotMove
from trade.orders.queries import order_of

router = Router("/api/v1/store", "store tasks")
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
PACKERS = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE)
MOVES = (TaskNotFound, TaskCannotMove)


class TaskLineOut(Schema):
    """`left` pieces are still to leave the store."""

    sku_code: str
    title: str
    spec_text: str
    picture: str
    quantity: int
    left: int


class TaskOut(Schema):
    task_id: str
    order_no: str
    kind: TaskKind
    state: TaskState
    hold_place: str
    due_at: datetime
    is_late: bool
    notices: int
    created_at: datetime
    lines: list[TaskLineOut]


def shown(view: TaskView) -> TaskOut:
    return TaskOut.of(
        view,
        task_id=view.public_id,
        is_late=view.late_at is not None,
        lines=[TaskLineOut.of(line, left=line.left) for line in view.lines],
    )


@router.get("/tasks", who=STAFF, summary="What my store has to do (门店任务)")
async def list_tasks(scope: Scope) -> list[TaskOut]:
    return [shown(view) for view in await open_tasks_for(scope, limit=100)]


@router.get("/tasks/{task_id}", who=STAFF, summary="One task (任务详情)", errors=(TaskNotFound,))
async def one_task(scope: Scope, task_id: str) -> TaskOut:
    return shown(await task_for(scope, task_id))


class ConsigneeOut(Schema):
    name: str
    phone: str
    address: str


class AddressedOut(Schema):
    """`consignee` is null for what is collected. Each look is on record."""

    order_no: str
    consignee: ConsigneeOut | None


@router.get(
    "/tasks/{task_id}/consignee",
    who=PACKERS,
    summary="Whom the parcel goes to (收货人)",
    errors=(TaskNotFound, TooManyTries),
)
async def get_consignee(scope: Scope, task_id: str) -> AddressedOut:
    await check_rate("fulfilment.consignee", scope.actor, per_minute=30)
    task = await task_for(scope, task_id)
    found = await read_consignee(scope=scope, task_id=task_id)
    return AddressedOut(order_no=task.order_no, consignee=ConsigneeOut.of(found) if found else None)


@router.post("/tasks/{task_id}/accept", who=STAFF, summary="We do it (接单)", errors=MOVES)
async def post_accept(scope: Scope, task_id: str) -> TaskOut:
    await accept_task(scope=scope, task_id=task_id)
    return shown(await task_for(scope, task_id))


@router.post("/tasks/{task_id}/pick", who=STAFF, summary="All is picked (拣货完成)", errors=MOVES)
async def post_pick(scope: Scope, task_id: str) -> TaskOut:
    await pick_task(scope=scope, task_id=task_id)
    return shown(await task_for(scope, task_id))


class ReadyIn(Schema):
    """`hold_place` is the label of the shelf where the goods wait (待取货位)."""

    hold_place: str = Field(default="", max_length=20)


@router.post("/tasks/{task_id}/ready", who=STAFF, summary="It is ready (备货完成)", errors=MOVES)
async def post_ready(scope: Scope, task_id: str, body: ReadyIn) -> TaskOut:
    await mark_ready(scope=scope, task_id=task_id, hold_place=body.hold_place)
    return shown(await task_for(scope, task_id))


@router.post(
    "/tasks/{task_id}/notice", who=STAFF, summary="Tell the guest again (再次通知)", errors=MOVES
)
async def post_notice(scope: Scope, task_id: str) -> TaskOut:
    await resend_notice(scope=scope, task_id=task_id)
    return shown(await task_for(scope, task_id))


class RefuseIn(Schema):
    """Without `lines` all that is left."""

    reason: RefuseReason
    lines: list[PieceIn] = Field(default=[], max_length=50)
    note: str = Field(default="", max_length=200)


class RefusedOut(Schema):
    """Another store is asked, or so much goes back to the buyer."""

    is_asked_elsewhere: bool
    refund_fen: int


@router.post(
    "/tasks/{task_id}/refuse",
    who=STAFF,
    summary="We cannot (无法履约)",
    errors=(*MOVES, BadPieces, TooManyPieces, OrderCannotMove),
)
async def post_refuse(scope: Scope, task_id: str, body: RefuseIn) -> RefusedOut:
    order = await order_of((await task_for(scope, task_id)).order_id)
    told = await refuse(
        scope=scope,
        task_id=task_id,
        reason=body.reason,
        pieces=pieces_of(order, body.lines),
        note=body.note,
    )
    return RefusedOut(is_asked_elsewhere=told.store_id is not None, refund_fen=told.refund_fen)


class LabelIn(Schema):
    carrier: str = Field(min_length=1, max_length=16)
    tracking_no: str = Field(min_length=4, max_length=32)


class ShipIn(Schema):
    """One label a parcel; without `lines` all that is left."""

    labels: list[LabelIn] = Field(min_length=1, max_length=20)
    lines: list[PieceIn] = Field(default=[], max_length=50)


@router.post(
    "/tasks/{task_id}/shipments",
    who=STAFF,
    status=201,
    summary="It is sent (发货)",
    errors=(*MOVES, BadTrackingNo, ParcelKnown, BadPieces, TooManyPieces, OrderCannotMove),
)
async def post_shipment(request: Request, scope: Scope, task_id: str, body: ShipIn) -> ShipmentOut:
    order = await order_of((await task_for(scope, task_id)).order_id)
    view = await ship(
        scope=scope,
        task_id=task_id,
        labels=[Label(one.carrier, one.tracking_no) for one in body.labels],
        key=request.headers["idempotency-key"],
        pieces=pieces_of(order, body.lines),
    )
    return await _sent(request, view)


class RiderIn(Schema):
    """A platform's rider with its number, or `rider`: who of the store goes."""

    label: LabelIn | None = None
    rider: str = Field(default="", max_length=40)


@router.post(
    "/tasks/{task_id}/riders",
    who=STAFF,
    status=201,
    summary="Call a rider (呼叫骑手)",
    errors=(*MOVES, BadTrackingNo, ParcelKnown, TooManyPieces),
)
async def post_rider(request: Request, scope: Scope, task_id: str, body: RiderIn) -> ShipmentOut:
    label = Label(body.label.carrier, body.label.tracking_no) if body.label else None
    key = request.headers["idempotency-key"]
    view = await call_rider(scope=scope, task_id=task_id, key=key, label=label, rider=body.rider)
    return await _sent(request, view)


@router.post(
    "/shipments/{shipment_id}/call-off",
    who=STAFF,
    summary="The rider does not come (取消呼叫)",
    errors=(ShipmentNotFound, TaskCannotMove),
)
async def post_call_off(request: Request, scope: Scope, shipment_id: str) -> ShipmentOut:
    return await _sent(request, await call_off(scope=scope, shipment_id=shipment_id))


@router.post(
    "/shipments/{shipment_id}/leave",
    who=STAFF,
    summary="The rider took it (骑手取货)",
    errors=(ShipmentNotFound, TaskCannotMove, OrderCannotMove),
)
async def post_leave(request: Request, scope: Scope, shipment_id: str) -> ShipmentOut:
    return await _sent(request, await give_to_rider(scope=scope, shipment_id=shipment_id))


@router.post(
    "/shipments/{shipment_id}/arrive",
    who=STAFF,
    summary="It was brought (送达)",
    errors=(ShipmentNotFound, TaskCannotMove),
)
async def post_arrive(request: Request, scope: Scope, shipment_id: str) -> ShipmentOut:
    return await _sent(request, await mark_arrived(scope=scope, shipment_id=shipment_id))


class HandOverIn(Schema):
    """The code the guest shows (提货码). Parts of an order go by the task's page."""

    code: str = Field(pattern=r"^[0-9]{8}$")


@router.post(
    "/hand-overs",
    who=STAFF,
    status=201,
    summary="Give goods against their code (核销提货码)",
    errors=(WrongCode, NotReadyYet, TooManyPieces, OrderCannotMove, TooManyTries),
)
async def post_hand_over(request: Request, scope: Scope, body: HandOverIn) -> ShipmentOut:
    await check_rate("fulfilment.hand_over", scope.actor, per_minute=10)
    key = request.headers["idempotency-key"]
    return await _sent(request, await hand_over(scope=scope, code=body.code, key=key))


async def _sent(request: Request, view: ShipmentView) -> ShipmentOut:
    return shown_shipment(view, await order_of(view.order_id), language_of(request))

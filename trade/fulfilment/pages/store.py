"""The work of a store (门店任务) on a phone or at the till: what is due, and the next step."""

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.errors import Conflict, DomainError, Invalid
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.limits import check_rate
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.fulfilment.errors import BadPieces, WrongCode
from trade.fulfilment.queries import (
    CARRIERS,
    RefuseReason,
    TaskView,
    open_tasks_for,
    returns_for,
    task_for,
)
from trade.fulfilment.service import (
    Label,
    accept_task,
    call_rider,
    hand_over,
    mark_ready,
    pick_task,
    read_consignee,
    refuse,
    resend_notice,
    ship,
)
from trade.orders.queries import Consignee, order_of
from trade.stores.queries import StoreView, get_store, stores_of

router = Router("/store", "store", login="/wecom/login")
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
PACKERS = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE)
add_to_console(
    "/store/tasks", zh="门店任务", en="Store tasks", section=Section.TRADE, who=STAFF, order=10
)


@dataclass(frozen=True, slots=True)
class Row:
    """A task with its store, its age and how long it is overdue, in whole minutes."""

    task: TaskView
    store: StoreView
    age: int
    overdue: int


async def _rows(scope: Scope) -> list[Row]:
    tasks, now = await open_tasks_for(scope, limit=100), clock.now()
    stores = {store.id: store for store in await stores_of(task.store_id for task in tasks)}
    return [
        Row(
            task,
            stores[task.store_id],
            _minutes(now - task.created_at),
            _minutes(now - task.due_at) if task.state != "ready" else 0,
        )
        for task in tasks
    ]


def _minutes(span: timedelta) -> int:
    return max(int(span.total_seconds()) // 60, 0)


async def _page(request: Request, scope: Scope, *, refused: DomainError | None = None) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    cases = [case for case in await returns_for(scope) if case.state == "open"]
    return render(
        request,
        "fulfilment/store.html",
        rows=await _rows(scope),
        cases=cases,
        carriers=CARRIERS.values(),
        told=told,
        done=request.query_params.get("done", "")[:8],
        key=token_hex(12),
    )


@router.page("GET", "/tasks", who=STAFF, summary="What my store has to do (门店任务)")
async def show_tasks(request: Request, scope: Scope) -> Response:
    return await _page(request, scope)


@router.page("POST", "/tasks/{task_id}", who=STAFF, summary="The next step of a task")
async def take_step(request: Request, scope: Scope, task_id: str) -> Response:
    """What is refused is told on the page; the form's own key makes two taps one."""
    fields = await form(request)
    try:
        await _do(scope, task_id, fields)
    except (Conflict, Invalid) as refused:
        return await _page(request, scope, refused=refused)
    return redirect("/store/tasks?done=step")


async def _do(scope: Scope, task_id: str, fields: FormData) -> None:
    said = {name: str(value).strip()[:200] for name, value in fields.items()}
    await task_for(scope, task_id)
    match said.get("do"):
        case "accept":
            await accept_task(scope=scope, task_id=task_id)
        case "pick":
            await pick_task(scope=scope, task_id=task_id)
        case "ready":
            place = said.get("hold_place", "")
            await mark_ready(scope=scope, task_id=task_id, hold_place=place)
        case "notice":
            await resend_notice(scope=scope, task_id=task_id)
        case _:
            await _leave_or_refuse(scope, task_id, said)


async def _leave_or_refuse(scope: Scope, task_id: str, said: dict[str, str]) -> None:
    key = said.get("key", "")
    match said.get("do"):
        case "ship":
            label = Label(said.get("carrier", ""), said.get("tracking_no", "").upper())
            await ship(scope=scope, task_id=task_id, labels=[label], key=key)
        case "rider":
            rider = said.get("rider", "")
            await call_rider(scope=scope, task_id=task_id, key=key, rider=rider)
        case "refuse" if said.get("reason") in set(RefuseReason):
            reason, note = RefuseReason(said["reason"]), said.get("note", "")
            await refuse(scope=scope, task_id=task_id, reason=reason, note=note)
        case _:
            raise BadPieces


@router.page("POST", "/hand-over", who=STAFF, summary="Give goods against their code (核销提货码)")
async def give(request: Request, scope: Scope) -> Response:
    """Ten tries a minute: a code is not to be guessed."""
    fields = await form(request)
    await check_rate("fulfilment.hand_over", scope.actor, per_minute=10)
    code, key = str(fields.get("code", "")).strip()[:8], str(fields.get("key", ""))[:60]
    try:
        await hand_over(scope=scope, code=code, key=key)
    except (Conflict, Invalid, WrongCode) as refused:
        return await _page(request, scope, refused=refused)
    return redirect("/store/tasks?done=given")


@router.page("GET", "/tasks/{task_id}/packing", who=PACKERS, summary="A packing list (装箱单)")
async def show_packing_list(request: Request, scope: Scope, task_id: str) -> Response:
    """To be printed and packed. Each look at the consignee is on record."""
    task = await task_for(scope, task_id)
    await check_rate("fulfilment.consignee", scope.actor, per_minute=30)
    to: Consignee | None = await read_consignee(scope=scope, task_id=task_id)
    return render(
        request,
        "fulfilment/packing.html",
        task=task,
        order=await order_of(task.order_id),
        store=await get_store(task.store_id),
        to=to,
    )

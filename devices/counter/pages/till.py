"""The till on a page (柜台收银): a clerk types, scans and takes money, on any screen.

The page is kept by the browser and sells without a network; what it has sold then comes later,
each sale once. `static/till.js` is that part; here is what it asks.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.limits import check_rate
from core.web.navigation import Section, add_to_console
from core.web.pages import form, render
from core.web.policy import PUBLIC, allow
from core.web.reading import read
from devices.counter.errors import NotHere
from devices.counter.pages.shapes import (
    ChargeIn,
    HandIn,
    NoneIn,
    QrOut,
    SaleIn,
    SaleOut,
    ScanIn,
    ScannedOut,
    TaskOut,
    TasksOut,
    TotalOut,
    UndoIn,
    answered,
    qr_out,
    sale_in,
    sale_out,
    scanned_out,
    total_out,
)
from devices.counter.queries import departments_of, sale_for
from devices.counter.service import (
    charge_code,
    give_up_sale,
    look_up,
    print_again,
    ring_up,
    show_sale_code,
    total_of,
    void_sale,
)
from trade.fulfilment.queries import open_tasks_for
from trade.fulfilment.service import hand_over
from trade.stores.queries import StoreView, find_store, stores_of

router = Router("/store/till", "till", login="/wecom/login")
CLERKS = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE)
LOOKERS = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
add_to_console("/store/till", zh="收银", en="Till", section=Section.TRADE, who=LOOKERS, order=15)
STATIC = Path(__file__).parent / "static"


async def my_stores(scope: Scope) -> list[StoreView]:
    """Where they may sell, by code."""
    return sorted(await stores_of(scope.store_ids), key=lambda store: store.code)


async def my_store(scope: Scope, code: str) -> StoreView:
    """Raises NotHere."""
    store = await find_store(code)
    if store is None or store.id not in scope.store_ids:
        raise NotHere
    return store


@router.page("GET", "", who=LOOKERS, summary="The till on a page (柜台收银)")
async def show_till(request: Request, scope: Scope) -> Response:
    stores = await my_stores(scope)
    wanted = request.query_params.get("store", "")[:32]
    chosen = next((one for one in stores if one.code == wanted), stores[0] if stores else None)
    known = await departments_of(scope, chosen.id) if chosen is not None else []
    return render(
        request,
        "counter/till.html",
        stores=stores,
        chosen=chosen,
        departments=[one for one in known if one.is_active],
    )


@router.raw("GET", "/worker.js", who=PUBLIC, summary="What keeps the till for offline hours")
async def show_worker(request: Request) -> Response:
    """A script may keep pages only at and below its own address, and this one is beside it."""
    return FileResponse(
        STATIC / "worker.js",
        media_type="text/javascript",
        headers={"service-worker-allowed": "/store/till", "cache-control": "no-cache"},
    )


@router.page("POST", "/scan", who=CLERKS, summary="What a barcode is here (扫码)")
async def post_scan(request: Request, scope: Scope) -> Response:
    async def work() -> ScannedOut:
        await form(request)
        body = await read(request, ScanIn)
        store = await my_store(scope, body.store_code)
        return scanned_out(await look_up(scope, store_id=store.id, text=body.text))

    return await answered(request, work())


@router.page("POST", "/total", who=CLERKS, summary="What the sale costs so far (合计)")
async def post_total(request: Request, scope: Scope) -> Response:
    """Whose phone or card it is may be asked thirty times a minute: members are not looked up."""

    async def work() -> TotalOut:
        await form(request)
        body = await read(request, SaleIn)
        if body.member:
            await check_rate("counter.member", scope.actor, per_minute=30)
        store = await my_store(scope, body.store_code)
        return total_out(request, await total_of(scope, sale_in(body, store.id)))

    return await answered(request, work())


@router.page("POST", "/sales", who=CLERKS, summary="Sell (收银)")
async def post_sale(request: Request, scope: Scope) -> Response:
    """The key in the body makes one sale of it, however often it is sent."""

    async def work() -> SaleOut:
        await form(request)
        body = await read(request, SaleIn)
        store = await my_store(scope, body.store_code)
        return sale_out(await ring_up(scope, sale_in(body, store.id)))

    return await answered(request, work())


@router.page("GET", "/sales/{sale_id}", who=CLERKS, summary="How a sale stands (收银状态)")
async def show_sale(request: Request, scope: Scope, sale_id: str) -> Response:
    async def work() -> SaleOut:
        return sale_out(await sale_for(scope, sale_id))

    return await answered(request, work())


@router.page("POST", "/sales/{sale_id}/code", who=CLERKS, summary="Charge a pay code (付款码)")
async def post_code(request: Request, scope: Scope, sale_id: str) -> Response:
    async def work() -> SaleOut:
        await form(request)
        body = await read(request, ChargeIn)
        paid = await charge_code(scope, sale_id=sale_id, auth_code=body.auth_code, key=body.key)
        return sale_out(paid)

    return await answered(request, work())


@router.page("POST", "/sales/{sale_id}/qr", who=CLERKS, summary="A code to be scanned (收款码)")
async def post_qr(request: Request, scope: Scope, sale_id: str) -> Response:
    async def work() -> QrOut:
        await _nothing(request)
        return qr_out(await show_sale_code(scope, sale_id=sale_id))

    return await answered(request, work())


@router.page("POST", "/sales/{sale_id}/again", who=CLERKS, summary="Print once more (补打)")
async def post_again(request: Request, scope: Scope, sale_id: str) -> Response:
    async def work() -> SaleOut:
        await _nothing(request)
        return sale_out(await print_again(scope, sale_id=sale_id))

    return await answered(request, work())


@router.page("POST", "/sales/{sale_id}/drop", who=CLERKS, summary="Nobody paid (取消收银)")
async def post_drop(request: Request, scope: Scope, sale_id: str) -> Response:
    async def work() -> SaleOut:
        await _nothing(request)
        return sale_out(await give_up_sale(scope, sale_id=sale_id))

    return await answered(request, work())


@router.page("POST", "/sales/{sale_id}/void", who=CLERKS, summary="Undo a sale of today (作废)")
async def post_void(request: Request, scope: Scope, sale_id: str) -> Response:
    async def work() -> SaleOut:
        await form(request)
        body = await read(request, UndoIn)
        gone = await void_sale(scope, sale_id=sale_id, key=body.key, reason=body.reason)
        return sale_out(gone)

    return await answered(request, work())


async def _nothing(request: Request) -> None:
    await form(request)
    await read(request, NoneIn)


@router.page("GET", "/tasks", who=CLERKS, summary="Orders from elsewhere (线上订单)")
async def show_tasks(request: Request, scope: Scope) -> Response:
    async def work() -> Schema:
        return await _tasks(scope)

    return await answered(request, work())


async def _tasks(scope: Scope) -> TasksOut:
    return TasksOut(
        tasks=[
            TaskOut(
                order_no=task.order_no,
                kind=task.kind,
                state=task.state,
                what="、".join(f"{x.title} ×{x.left}" for x in task.lines if x.left)[:120],
                place=task.hold_place,
                since=task.created_at,
            )
            for task in await open_tasks_for(scope, limit=50)
        ]
    )


@router.page("POST", "/hand-over", who=CLERKS, summary="Give goods against their code (核销)")
async def post_hand_over(request: Request, scope: Scope) -> Response:
    """Ten tries a minute: a code is not to be guessed."""

    async def work() -> Schema:
        await form(request)
        body = await read(request, HandIn)
        await check_rate("fulfilment.hand_over", scope.actor, per_minute=10)
        await hand_over(scope=scope, code=body.code.strip(), key=body.key)
        return await _tasks(scope)

    return await answered(request, work())

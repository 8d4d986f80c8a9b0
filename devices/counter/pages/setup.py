"""Setting the counter up (收银设置): the keys for typed goods, and how scales write labels."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from devices.counter.errors import DepartmentUnfit
from devices.counter.pages.fields import bp_in
from devices.counter.pages.till import router
from devices.counter.queries import departments_of, scales_of
from devices.counter.service import DepartmentDraft, put_department, put_scale
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView, all_stores, find_store

SETTERS = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
add_to_console(
    "/store/till/setup",
    zh="收银设置",
    en="Till set-up",
    section=Section.TRADE,
    who=SETTERS,
    order=42,
)
TYPED = ("store", "code", "name", "tax_code", "rate", "unit", "position", "is_active")


@router.page("GET", "/setup", who=SETTERS, summary="Departments and scales (收银设置)")
async def show_setup(request: Request, scope: Scope) -> Response:
    return await _page(request, scope, {"store": request.query_params.get("store", "")[:32]})


@router.page("POST", "/setup/departments", who=SETTERS, summary="Put a department (类目)")
async def post_department(request: Request, scope: Scope) -> Response:
    said = await form(request)
    typed = {name: str(said.get(name, "")).strip()[:80] for name in TYPED}
    try:
        await put_department(scope, await _draft(scope, typed, said))
    except StoreNotFound:
        raise
    except DomainError as refused:
        return await _page(request, scope, typed, refused=refused)
    return redirect(f"/store/till/setup?store={typed['store']}")


async def _draft(scope: Scope, typed: dict[str, str], said: FormData) -> DepartmentDraft:
    store_id = (await _store(scope, typed["store"])).id if typed["store"] else None
    tax_bp, position = bp_in(typed["rate"]), typed["position"] or "0"
    is_place = position.isascii() and position.isdigit() and len(position) < 5
    if tax_bp is None or not is_place:
        raise DepartmentUnfit(field="rate" if tax_bp is None else "position")
    return DepartmentDraft(
        code=typed["code"].lower(),
        name=typed["name"],
        tax_code=typed["tax_code"],
        tax_bp=tax_bp,
        store_id=store_id,
        unit=typed["unit"] or "件",
        position=int(position),
        is_active=said.get("is_active") == "yes",
    )


async def _store(scope: Scope, code: str) -> StoreView:
    """Raises StoreNotFound, also for another's."""
    store = await find_store(code[:32])
    if store is None or not scope.sees_store(store.id):
        raise StoreNotFound(store_code=code[:32])
    return store


@router.page("POST", "/setup/scales", who=SETTERS, summary="How a scale's labels are read (秤签)")
async def post_scale(request: Request, scope: Scope) -> Response:
    said = await form(request)
    store = await _store(scope, str(said.get("store", "")))
    flag, says = str(said.get("flag", ""))[:4], str(said.get("says", ""))[:12]
    try:
        await put_scale(scope, store_id=store.id, flag=flag, says=says)
    except DomainError as refused:
        return await _page(request, scope, {"store": store.code}, refused=refused)
    return redirect(f"/store/till/setup?store={store.code}")


async def _page(
    request: Request, scope: Scope, typed: dict[str, str], *, refused: DomainError | None = None
) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    stores = [store for store in await all_stores() if scope.sees_store(store.id)]
    chosen = next((one for one in stores if one.code == typed.get("store")), None)
    if chosen is None and len(stores) == 1:
        chosen = stores[0]
    shown: dict[str, Any] = {**dict.fromkeys(TYPED, ""), "is_active": "yes", **typed}
    return render(
        request,
        "counter/setup.html",
        422 if refused else 200,
        stores=stores,
        chosen=chosen,
        departments=await departments_of(scope, chosen.id if chosen else None),
        scales=await scales_of(chosen.id) if chosen else {},
        names={store.id: store.name for store in stores},
        typed=shown,
        told=told,
        sees_all=scope.sees_all_stores,
    )

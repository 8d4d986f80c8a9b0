"""Tills (收银机上传) for those who answer for them: how far each is, and what a person decides."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import Conflict, Invalid
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from devices.errors import ConflictNotFound, ReasonNeeded
from devices.queries import odd_receipts, open_conflicts, tills_for
from devices.service import ConflictAnswer, Resolve, resolve_conflict
from trade.stores.queries import stores_of

router = Router("/console/tills", "tills page", login="/login")
WHO = allow(Role.HEAD_OFFICE, Role.STORE_MANAGER, Role.FRANCHISEE)
add_to_console("/console/tills", zh="收银机", en="Tills", section=Section.TRADE, who=WHO, order=40)


@router.page("GET", "", who=WHO, summary="Tills and what a person must decide (收银机上传)")
async def show_tills(request: Request, scope: Scope) -> Response:
    return await _page(request, scope)


@router.page("POST", "/conflicts/{conflict}", who=WHO, summary="Say what a conflict is (处理冲突)")
async def answer(request: Request, scope: Scope, conflict: str) -> Response:
    fields = await form(request)
    said, reason = str(fields.get("answer", "")), str(fields.get("reason", "")).strip()
    if not conflict.isascii() or not conflict.isdigit() or len(conflict) > 18:
        raise ConflictNotFound(conflict=conflict[:20])
    try:
        if said not in set(ConflictAnswer) or len(reason) < 2:
            raise ReasonNeeded
        wish = Resolve(int(conflict), ConflictAnswer(said), reason[:200], scope.actor)
        await resolve_conflict(scope, wish)
    except (Conflict, Invalid) as refused:
        told = refused.en if language_of(request) == "en" else refused.zh
        return await _page(request, scope, told=told, status=422)
    return redirect("/console/tills")


async def _page(request: Request, scope: Scope, *, told: str = "", status: int = 200) -> Response:
    odd, conflicts = await odd_receipts(scope), await open_conflicts(scope)
    ids = {one.store_id for one in odd} | {one.store_id for one in conflicts}
    return render(
        request,
        "devices/tills.html",
        status,
        tills=await tills_for(scope),
        odd=[one for one in odd if not one.conflicts],
        conflicts=conflicts,
        stores={store.id: store for store in await stores_of(ids)},
        told=told,
    )

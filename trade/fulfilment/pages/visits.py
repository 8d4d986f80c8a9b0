"""Who comes to the store (到店预约), on a phone or at the till, and what became of each visit."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import Conflict
from core.security.scope import Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from trade.catalog.queries import product_names
from trade.fulfilment.pages.store import STAFF
from trade.fulfilment.queries import visits_for
from trade.fulfilment.service import cancel_visit, note_visit
from trade.stores.queries import stores_of

router = Router("/store/visits", "store visits", login="/wecom/login")
add_to_console(
    "/store/visits", zh="到店预约", en="Visits", section=Section.TRADE, who=STAFF, order=12
)


@router.page("GET", "", who=STAFF, summary="Who comes to my store (到店预约)")
async def show_visits(request: Request, scope: Scope) -> Response:
    return await _page(request, scope)


@router.page("POST", "/{visit_id}", who=STAFF, summary="What became of a visit")
async def end_visit(request: Request, scope: Scope, visit_id: str) -> Response:
    said = str((await form(request)).get("do", ""))
    try:
        if said == "cancel":
            await cancel_visit(scope, visit_id=visit_id)
        else:
            await note_visit(scope, visit_id=visit_id, has_come=said == "came")
    except Conflict as refused:
        told = refused.en if language_of(request) == "en" else refused.zh
        return await _page(request, scope, told=told)
    return redirect("/store/visits")


async def _page(request: Request, scope: Scope, *, told: str = "") -> Response:
    visits = await visits_for(scope)
    names = await product_names(one.product_id for one in visits if one.product_id is not None)
    stores = {store.id: store for store in await stores_of(one.store_id for one in visits)}
    return render(
        request,
        "fulfilment/visits.html",
        409 if told else 200,
        visits=visits,
        names=names,
        stores=stores,
        told=told,
    )

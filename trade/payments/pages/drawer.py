"""Counting the drawer at the end of a shift (交班点款), on a phone or at the till."""

import re
from secrets import token_hex

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.payments.errors import CountAmount
from trade.payments.queries import cash_counts, drawers
from trade.payments.service import Drawer, count_drawer
from trade.stores.errors import StoreNotFound
from trade.stores.queries import all_stores, find_store

router = Router("/store/cash", "drawer pages", login="/wecom/login")
COUNTERS = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
add_to_console(
    "/store/cash", zh="交班点款", en="Drawers", section=Section.MONEY, who=COUNTERS, order=60
)
MONEY = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")
TYPED = ("store", "counted", "left", "reason")


@router.page("GET", "", who=COUNTERS, summary="What should lie in the drawer (交班点款)")
async def show_drawer(request: Request, scope: Scope) -> Response:
    chosen = request.query_params.get("store", "")[:32]
    return await _page(request, scope, {**dict.fromkeys(TYPED, ""), "store": chosen})


@router.page("POST", "", who=COUNTERS, summary="Keep a count of the drawer (点款)")
async def post_count(request: Request, scope: Scope) -> Response:
    """The form's own key makes one count of it, however often it is sent."""
    said = await form(request)
    typed = {name: str(said.get(name, ""))[:200].strip() for name in TYPED}
    try:
        store = await find_store(typed["store"][:32])
        if store is None or not scope.sees_store(store.id):
            raise StoreNotFound(store_code=typed["store"][:32])
        drawer = _drawer(store.id, typed, said)
        await count_drawer(scope, drawer, key=str(said.get("key", ""))[:40] or token_hex(16))
    except StoreNotFound:
        raise
    except DomainError as refused:
        return await _page(request, scope, typed, refused=refused)
    return redirect(f"/store/cash?store={store.code}")


def _drawer(store_id: int, typed: dict[str, str], said: FormData) -> Drawer:
    after = str(said.get("after", ""))
    return Drawer(
        store_id,
        _fen(typed["counted"], "counted"),
        _fen(typed["left"], "left"),
        int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0,
        typed["reason"],
    )


def _fen(text: str, field: str) -> int:
    found = MONEY.fullmatch(text)
    if found is None:
        raise CountAmount(field=field)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


async def _page(
    request: Request, scope: Scope, typed: dict[str, str], *, refused: DomainError | None = None
) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    stores = [store for store in await all_stores() if scope.sees_store(store.id)]
    chosen = next((one for one in stores if one.code == typed.get("store")), None)
    chosen = chosen or (stores[0] if len(stores) == 1 else None)
    counts = await cash_counts(scope)
    return render(
        request,
        "payments/drawer.html",
        422 if refused else 200,
        stores=stores,
        chosen=chosen,
        drawer=(await drawers([chosen.id]))[chosen.id] if chosen else None,
        counts=[one for one in counts if chosen is None or one.store_id == chosen.id],
        names={store.id: store.name for store in stores},
        typed=typed,
        told=told,
        wrong=str(refused.facts.get("field", "reason")) if refused else "",
        key=token_hex(16),
    )

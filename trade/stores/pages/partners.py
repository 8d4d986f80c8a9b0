"""Partners (外部系统) for head office: who may call with which rights; a key is shown this once."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import Conflict, DomainError, Invalid
from core.security.api_keys import (
    NewKey,
    add_partner,
    partners,
    renew_key,
    revoke_keys,
)
from core.security.scope import Grant, Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.stores.errors import StoreNotFound
from trade.stores.queries import all_stores, store_ids

router = Router("/console/partners", "partners page", login="/login")
OFFICE = allow(Role.HEAD_OFFICE)
add_to_console(
    "/console/partners", zh="外部系统", en="Partners", section=Section.TRADE, who=OFFICE, order=80
)


@router.page("GET", "", who=OFFICE, summary="Partners and their keys (外部系统)")
async def show_partners(request: Request, scope: Scope) -> Response:
    return await _page(request)


@router.page("POST", "", who=OFFICE, summary="Admit a partner (新增外部系统)")
async def add(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    grants = {str(value) for value in fields.getlist("grants")} & set(Grant)
    try:
        key = await add_partner(
            name=str(fields.get("name", ""))[:60],
            grants=[Grant(one) for one in grants],
            store_ids=await _stores(str(fields.get("stores", ""))[:2_000]),
            by=scope.actor,
        )
    except (Conflict, Invalid, StoreNotFound) as refused:
        return await _page(request, refused=refused)
    return await _page(request, key=key)


async def _stores(text: str) -> list[int] | None:
    """Codes parted by blanks; none: every store. Raises StoreNotFound."""
    codes = text.replace(",", " ").split()
    known = await store_ids() if codes else {}
    for code in codes:
        if code not in known:
            raise StoreNotFound(store_code=code[:32])
    return [known[code] for code in codes] or None


@router.page("POST", "/renew", who=OFFICE, summary="A new key, the old one ends soon (更换密钥)")
async def renew(request: Request, scope: Scope) -> Response:
    name = str((await form(request)).get("name", ""))[:60]
    return await _page(request, key=await renew_key(name=name, by=scope.actor))


@router.page("POST", "/revoke", who=OFFICE, summary="End keys now (吊销密钥)")
async def revoke(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    name, prefix = str(fields.get("name", ""))[:60], str(fields.get("prefix", ""))[:16]
    await revoke_keys(name=name, by=scope.actor, prefix=prefix)
    return redirect("/console/partners")


async def _page(
    request: Request, *, key: NewKey | None = None, refused: DomainError | None = None
) -> Response:
    """The answer with a key is kept by nobody on its way, and is not repeated."""
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    answer = render(
        request,
        "stores/partners.html",
        422 if refused else 200,
        partners=await partners(),
        names={store.id: store.name for store in await all_stores()},
        grants=list(Grant),
        key=key,
        told=told,
    )
    answer.headers["cache-control"] = "no-store"
    return answer

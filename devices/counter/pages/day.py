"""A store's sales of a day (今日销售), and taking them back: works without a script."""

from datetime import date
from secrets import token_hex
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.errors import DomainError
from core.security.scope import Scope
from core.web.i18n import language_of
from core.web.pages import form, redirect, render
from devices.counter.errors import BadSale, RefundTooBig
from devices.counter.pages.fields import fen_in
from devices.counter.pages.till import LOOKERS, router
from devices.counter.queries import SaleView, sale_for, sales_for
from devices.counter.service import TakeBack, give_up_sale, print_again, refund_sale, void_sale
from trade.payments.queries import drawers
from trade.stores.queries import all_stores, get_staff


@router.page("GET", "/day", who=LOOKERS, summary="The sales of a day (今日销售)")
async def show_day(request: Request, scope: Scope) -> Response:
    stores = [store for store in await all_stores() if scope.sees_store(store.id)]
    asked = request.query_params
    wanted = asked.get("store", "")[:32]
    chosen = next((one for one in stores if one.code == wanted), stores[0] if stores else None)
    day = _day(asked.get("day", ""))
    rows = await sales_for(scope, chosen.id, day) if chosen else []
    paid = [row for row in rows if row.is_paid]
    return render(
        request,
        "counter/day.html",
        stores=stores,
        chosen=chosen,
        day=day,
        today=clock.shop_day(clock.now()),
        rows=rows,
        sells=chosen is not None and chosen.id in scope.store_ids,
        taken_fen=sum(row.left_fen for row in paid),
        count=len(paid),
        drawer=(await drawers([chosen.id]))[chosen.id] if chosen else None,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return clock.shop_day(clock.now())


@router.page("GET", "/day/{sale_id}", who=LOOKERS, summary="A sale and what can be done (销售明细)")
async def show_one(request: Request, scope: Scope, sale_id: str) -> Response:
    return await _page(request, await sale_for(scope, sale_id))


@router.page("POST", "/day/{sale_id}", who=LOOKERS, summary="Void, refund, print again")
async def act(request: Request, scope: Scope, sale_id: str) -> Response:
    """What is refused is told on the page; the form's own key makes two taps one."""
    said = await form(request)
    sale = await sale_for(scope, sale_id)
    try:
        await _do(scope, sale, said)
    except DomainError as refused:
        return await _page(request, await sale_for(scope, sale_id), said=said, refused=refused)
    return redirect(f"/store/till/day/{sale.public_id}")


async def _do(scope: Scope, sale: SaleView, said: FormData) -> None:
    key = str(said.get("key", ""))[:40] or token_hex(8)
    reason = str(said.get("reason", "")).strip()[:80]
    match said.get("do"):
        case "again":
            await print_again(scope, sale_id=sale.public_id)
        case "drop":
            await give_up_sale(scope, sale_id=sale.public_id)
        case "void" if len(reason) > 1:
            await void_sale(scope, sale_id=sale.public_id, key=key, reason=reason)
        case "refund" if len(reason) > 1:
            amount_fen, pieces = _amount(said), _pieces(sale, said)
            back = TakeBack(sale.public_id, key, reason, pieces, amount_fen)
            await refund_sale(scope, back)
        case _:
            raise BadSale(field="reason")


def _amount(said: FormData) -> int | None:
    """None: what the pieces were worth. Raises RefundTooBig."""
    text = str(said.get("amount", "")).strip()
    if not text:
        return None
    found = fen_in(text)
    if found is None:
        raise RefundTooBig
    return found


def _pieces(sale: SaleView, said: FormData) -> dict[int, int]:
    """Raises BadSale when nothing is said to come back."""
    found = {}
    for line in sale.order.lines:
        text = str(said.get(f"back-{line.id}", "0")).strip()
        if not (text.isascii() and text.isdigit() and len(text) < 5):
            raise BadSale(field="pieces")
        if int(text):
            found[line.id] = int(text)
    if not found:
        raise BadSale(field="pieces")
    return found


async def _page(
    request: Request,
    sale: SaleView,
    *,
    said: FormData | None = None,
    refused: DomainError | None = None,
) -> Response:
    typed: dict[str, Any] = {name: str(value) for name, value in said.items()} if said else {}
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    status = 422 if refused else 200
    return render(
        request,
        "counter/sale.html",
        status,
        sale=sale,
        clerk=await _clerk(sale.sold_by),
        typed=typed,
        told=told,
        key=token_hex(12),
        is_today=clock.shop_day(sale.sold_at) == clock.shop_day(clock.now()),
    )


async def _clerk(actor: str) -> str:
    """Whom the staff know by this name."""
    number = actor.rpartition(":")[2]
    return (await get_staff(int(number))).display_name if number.isdigit() else actor

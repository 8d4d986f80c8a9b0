"""Shipping information (发货信息) that WeChat still misses: as far as the asker's stores go."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.fulfilment.service.shipping_info import UploadUnknown, late_uploads, try_again
from trade.stores.queries import all_stores

router = Router("/console/shipping-info", "shipping_info", login="/login")
WHO = allow(Role.STORE_MANAGER, Role.HEAD_OFFICE)
add_to_console(
    "/console/shipping-info",
    zh="发货信息",
    en="Shipping information",
    section=Section.TRADE,
    who=WHO,
)


@router.page("GET", "", who=WHO, summary="What WeChat still misses (待上传的发货信息)")
async def show_late(request: Request, scope: Scope) -> Response:
    now = clock.now()
    names = {store.id: store.name for store in await all_stores()}
    return render(
        request,
        "fulfilment/shipping_info.html",
        uploads=await late_uploads(scope, now),
        names=names,
        now=now,
        hours_left=_hours_left,
    )


def _hours_left(limit_at: datetime, now: datetime) -> int:
    """Whole hours until the limit; negative ones are over it."""
    return int((limit_at - now).total_seconds() // 3600)


@router.page("POST", "/again", who=WHO, summary="Send it once more (重新上传)")
async def send_again(request: Request, scope: Scope) -> Response:
    number = str((await form(request)).get("upload", ""))
    if not number.isdecimal() or len(number) > 18:
        raise UploadUnknown(upload=number[:20])
    await try_again(scope, upload_id=int(number))
    return redirect("/console/shipping-info")

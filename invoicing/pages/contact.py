"""What may follow an invoice (IV-13): the way into the brand's mini-program, as a member.

The link says which store the guest bought in, and whose guide served them; it names no guest.
"""

from urllib.parse import urlencode

from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core.errors import NotFound
from core.security.source_code import mint_source
from core.settings import current
from core.web.api import Router
from core.web.policy import PUBLIC
from invoicing.pages.limits import opened
from invoicing.queries import Awaited, Scanned
from trade.orders.queries import order_of
from trade.stores.queries import get_store

router = Router(tag="scan")
JOIN_PAGE = "pages/join/index"
FOLLOWED = Counter("daogou_invoice_contacts_total", "Guests who went on from their invoice")


class NothingToJoin(NotFound):
    code = "invoicing.nothing_to_join"
    zh = "门店还没有开通会员小程序，请咨询店员"
    en = "This store has no members' app yet: please ask the staff."


def has_contact() -> bool:
    """There is a mini-program to go on to."""
    return current().mini_program is not None


@router.page("GET", "/i/{code}/join", who=PUBLIC, summary="On to membership (入会)")
async def join(request: Request, code: str) -> Response:
    """Into the mini-program, by the link that WeChat opens. Raises NothingToJoin."""
    found = await opened(request, code, is_look=True)
    app = current().mini_program
    if app is None:
        raise NothingToJoin
    FOLLOWED.inc()
    query = urlencode(await _facts(found))
    link = urlencode({"appid": app.app_id, "path": JOIN_PAGE, "query": query})
    return RedirectResponse(f"weixin://dl/business/?{link}", 303)


async def _facts(found: Scanned | Awaited) -> dict[str, str]:
    store = await get_store(found.store_id)
    facts = {"from": "invoice", "store": store.code}
    if isinstance(found, Scanned) and found.sale.order_id is not None:
        source = (await order_of(found.sale.order_id)).source
        if source is not None:
            facts["source"] = mint_source(source.guide_id, source.store_id, source.group_id)
    return facts

"""A product card (小程序卡片) for a customer group, whose path says who shared it where."""

from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

from core import settings
from core.errors import NotConfigured
from core.security.scope import Scope
from core.security.source_code import mint_source
from crm.people.errors import GroupNotFound
from crm.people.queries import find_group
from crm.people.rules import card_title
from trade.catalog.queries import product_by_public_id
from trade.stores.queries import get_staff

PRODUCT_PAGE = "pages/product/index"


@dataclass(frozen=True, slots=True)
class ShareCard:
    """What WeCom's `sendChatMessage` needs; `path` has no leading slash, as the phone opens it."""

    title: str
    app_id: str
    path: str
    image_url: str


async def make_share_card(*, scope: Scope, product_id: str, group_id: str) -> ShareCard:
    """A card of one product for one group of the asker's store; nothing is written.

    The guide in the signed source code is the asker, whatever else the request says (S2).
    Raises ProductNotFound, GroupNotFound.
    """
    app = settings.current().mini_program
    if app is None:
        raise NotConfigured(setting="mini_program")
    assert scope.staff_id is not None
    guide = await get_staff(scope.staff_id)
    group = await find_group(scope, group_id)
    product = await product_by_public_id(product_id)
    store_id = guide.store_id or group.store_id
    if store_id is None:
        raise GroupNotFound(group_id=group_id)
    source = mint_source(guide.id, store_id, group.id, product.id)
    query = urlencode({"id": product.public_id, "source": source})
    return ShareCard(
        title=card_title(product.title),
        app_id=app.app_id,
        path=f"{PRODUCT_PAGE}?{query}",
        image_url=urljoin(settings.current().public_url, product.picture or "/static/icon.svg"),
    )

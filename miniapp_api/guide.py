"""For guides (导购): groups, cards to share, what they earned. Who asks, the session says."""

from datetime import datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from crm.people.errors import GroupNotFound
from crm.people.queries import earnings_of, groups_for
from crm.people.service import make_share_card
from trade.catalog.errors import ProductNotFound

router = Router("/api/v1/guide", "guide")
GUIDE = allow(Role.GUIDE, Role.STORE_MANAGER)


class GroupOut(Schema):
    group_id: str
    name: str


@router.get("/groups", who=GUIDE, summary="Customer groups of my store (客户群)")
async def list_groups(scope: Scope) -> list[GroupOut]:
    return [GroupOut(group_id=view.public_id, name=view.name) for view in await groups_for(scope)]


class ShareCardIn(Schema):
    product_id: str = Field(max_length=40)
    group_id: str = Field(max_length=40)


class ShareCardOut(Schema):
    """`path` carries a signed source code: who shared it, of which store, to which group."""

    title: str
    app_id: str
    path: str
    image_url: str


@router.post(
    "/share-cards",
    who=GUIDE,
    summary="A product card for a group (分享卡片)",
    errors=(ProductNotFound, GroupNotFound),
)
async def post_share_card(scope: Scope, body: ShareCardIn) -> ShareCardOut:
    card = await make_share_card(scope=scope, product_id=body.product_id, group_id=body.group_id)
    return ShareCardOut.of(card)


class SaleOut(Schema):
    """A sale credited to the guide, as it was worth then; refunds are in the balance."""

    order_no: str
    paid_fen: int
    commission_fen: int
    at: datetime


class EarningsOut(Schema):
    """`explained` tells the newest movements of the balance in words."""

    today_fen: int
    balance_fen: int
    sales: list[SaleOut]
    explained: list[str]


@router.get("/earnings", who=GUIDE, summary="What I earned, and why (业绩与佣金)")
async def get_earnings(scope: Scope, request: Request) -> EarningsOut:
    assert scope.staff_id is not None
    earned = await earnings_of(scope.staff_id, lang=language_of(request))
    return EarningsOut(
        today_fen=earned.today_fen,
        balance_fen=earned.balance_fen,
        sales=[SaleOut.of(sale) for sale in earned.sales],
        explained=earned.explained,
    )

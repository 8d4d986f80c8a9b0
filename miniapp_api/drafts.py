"""代客下单. A guide prepares an order with its price frozen; the member places it, or the guide."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from crm.people.errors import MemberNotFound
from crm.people.queries import member_view
from crm.tiers.queries import tier_of
from miniapp_api.audiences import segments_for
from miniapp_api.order_views import ConsigneeIn, OrderOut, shown_order
from miniapp_api.quotes import LineIn, chosen
from miniapp_api.stores import open_store
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import skus
from trade.orders.errors import (
    BadLines,
    BelowMinimum,
    ConsigneeNeeded,
    DeliveryNotOffered,
    DraftEnded,
    DraftNotFound,
    DraftOfSomebodyElse,
    GoodsWithdrawn,
)
from trade.orders.queries import Delivery
from trade.orders.service import (
    DraftView,
    MakeDraft,
    OrderedLine,
    drafts_of,
    get_draft,
    make_draft,
    place_draft,
    withdraw_draft,
)
from trade.promotions.errors import (
    PromotionSpent,
    PromotionTakenOften,
    QuantityOutOfRange,
    SkuOffShelf,
)
from trade.stock.errors import OutOfStock
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView, stores_of

router = Router("/api/v1", "drafts")
GUIDE = allow(Role.GUIDE, Role.STORE_MANAGER)
MEMBER = allow(Role.MEMBER)
PLACING = (
    DraftNotFound,
    DraftEnded,
    DraftOfSomebodyElse,
    GoodsWithdrawn,
    ConsigneeNeeded,
    OutOfStock,
    PromotionSpent,
    PromotionTakenOften,
)


class DraftIn(Schema):
    """`member_id` names for whom; without it the draft is for whoever gets its code first."""

    store_code: str = Field(min_length=1, max_length=32)
    lines: list[LineIn] = Field(min_length=1, max_length=50)
    member_id: str | None = Field(default=None, max_length=40)
    delivery: Delivery = Delivery.PICKUP
    note: str = Field(default="", max_length=200)


class DraftLineOut(Schema):
    """`list_fen` and `price_fen` are for one piece, the other amounts for the line."""

    sku_code: str
    title: str
    spec: dict[str, str]
    picture: str
    quantity: int
    list_fen: int
    price_fen: int
    discount_fen: int
    payable_fen: int
    is_gift: bool


class DraftOut(Schema):
    """At this price until `valid_until`; nothing is reserved. `is_open`: it may be placed."""

    code: str
    store_code: str
    store_name: str
    lines: list[DraftLineOut]
    freight_fen: int
    payable_fen: int
    delivery: Delivery
    note: str
    valid_until: datetime
    is_open: bool


class PlaceIn(Schema):
    """`consignee` is for deliveries."""

    consignee: ConsigneeIn | None = None


@router.post(
    "/guide/drafts",
    who=GUIDE,
    status=201,
    summary="Prepare an order at the price of now (代客下单)",
    errors=(
        StoreNotFound,
        MemberNotFound,
        SkuNotFound,
        SkuOffShelf,
        BadLines,
        QuantityOutOfRange,
        DeliveryNotOffered,
        BelowMinimum,
    ),
)
async def post_draft(scope: Scope, body: DraftIn) -> DraftOut:
    assert scope.staff_id is not None
    store, views = await open_store(body.store_code), await chosen(body.lines)
    if not scope.sees_store(store.id):
        raise StoreNotFound(store_code=body.store_code)
    member = await member_view(scope, body.member_id) if body.member_id else None
    draft = await make_draft(
        MakeDraft(
            guide_id=scope.staff_id,
            store_id=store.id,
            lines=tuple(OrderedLine(views[one.sku_code].id, one.quantity) for one in body.lines),
            member_id=member.id if member else None,
            delivery=body.delivery,
            tier=await tier_of(member.id) if member else "",
            segments=await segments_for(member.id if member else None),
            note=body.note,
        )
    )
    return await _one(draft)


@router.get("/guide/drafts", who=GUIDE, summary="What I have prepared (我的代客订单)")
async def my_drafts(scope: Scope) -> list[DraftOut]:
    assert scope.staff_id is not None
    return await _shown(await drafts_of(scope.staff_id))


@router.delete(
    "/guide/drafts/{code}",
    who=GUIDE,
    status=204,
    summary="Take a prepared order back (撤回代客订单)",
    errors=(DraftNotFound, DraftEnded),
)
async def delete_draft(scope: Scope, code: str) -> None:
    assert scope.staff_id is not None
    await withdraw_draft(code=code, guide_id=scope.staff_id)


@router.post(
    "/guide/drafts/{code}/order",
    who=GUIDE,
    status=201,
    summary="Place it for the buyer at the counter (代客提交)",
    errors=PLACING,
)
async def post_order_of_guide(request: Request, scope: Scope, code: str, body: PlaceIn) -> OrderOut:
    draft = await get_draft(code)
    if draft.guide_id != scope.staff_id:
        raise DraftNotFound
    return await _place(request, draft, scope, body)


@router.get(
    "/drafts/{code}",
    who=MEMBER,
    summary="What a guide has prepared for me (代客订单)",
    errors=(DraftNotFound,),
)
async def one_draft(scope: Scope, code: str) -> DraftOut:
    return await _one(await _mine(scope, code))


@router.post(
    "/drafts/{code}/order",
    who=MEMBER,
    status=201,
    summary="Place what a guide has prepared (确认代客订单)",
    errors=PLACING,
)
async def post_order_of_member(
    request: Request, scope: Scope, code: str, body: PlaceIn
) -> OrderOut:
    return await _place(request, await _mine(scope, code), scope, body)


async def _mine(scope: Scope, code: str) -> DraftView:
    """A draft for another member is none at all."""
    draft = await get_draft(code)
    if draft.member_id not in {None, scope.member_id}:
        raise DraftNotFound
    return draft


async def _place(request: Request, draft: DraftView, scope: Scope, body: PlaceIn) -> OrderOut:
    order = await place_draft(
        code=draft.code,
        actor=scope.actor,
        member_id=scope.member_id,
        consignee=body.consignee.value if body.consignee else None,
    )
    [store] = await stores_of([order.store_id])
    return shown_order(order, store, language_of(request))


async def _one(draft: DraftView) -> DraftOut:
    return (await _shown([draft]))[0]


async def _shown(drafts: Iterable[DraftView]) -> list[DraftOut]:
    found = list(drafts)
    stores = {store.id: store for store in await stores_of(one.store_id for one in found)}
    return [await _draft(one, stores[one.store_id]) for one in found]


async def _draft(draft: DraftView, store: StoreView) -> DraftOut:
    known = await skus(line.sku_id for line in draft.lines)
    lines = [
        DraftLineOut.of(
            line,
            sku_code=known[line.sku_id].code,
            title=known[line.sku_id].title,
            spec=known[line.sku_id].spec,
            picture=known[line.sku_id].picture,
        )
        for line in draft.lines
    ]
    return DraftOut.of(draft, store_code=store.code, store_name=store.name, lines=lines)

"""电话留货. Staff keep goods of their store for whoever called, to be bought at the counter."""

from datetime import datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from crm.people.errors import MemberNotFound
from crm.people.queries import member_view
from crm.tiers.queries import tier_of
from miniapp_api.quotes import LineIn, chosen
from miniapp_api.store_returns import own_store
from trade.catalog.errors import SkuNotFound
from trade.orders.errors import (
    BadLines,
    HoldTooLong,
    OrderCannotMove,
    OrderKeyReused,
    OrderNotFound,
    TooManyBought,
    TooManyHeldUnits,
    TooManyOpenOrders,
)
from trade.orders.queries import HoldView, OrderState, consignee_of, holds_for
from trade.orders.service import HoldGoods, OrderedLine, hold_goods
from trade.payments.errors import AlreadyPaid, PaymentUnclear
from trade.payments.service import release_hold
from trade.promotions.errors import SkuOffShelf
from trade.stock.errors import OutOfStock
from trade.stores.errors import StoreNotFound
from trade.stores.queries import stores_of

router = Router("/api/v1/store", "store holds")
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER)


class HoldIn(Schema):
    """`member_id` gives a member's own price; without it anybody may be named."""

    store_code: str = Field(min_length=1, max_length=32)
    lines: list[LineIn] = Field(min_length=1, max_length=50)
    name: str = Field(min_length=1, max_length=40)
    phone: str = Field(pattern=r"^\+?[0-9-]{5,20}$")
    hours: int = Field(default=24, ge=1, le=1_000)
    member_id: str | None = Field(default=None, max_length=40)
    note: str = Field(default="", max_length=200)


class HeldOut(Schema):
    sku_code: str
    title: str
    spec_text: str
    quantity: int


class HoldOut(Schema):
    """Paid at the counter (`/counter/orders/{orderId}/tenders`) it is bought; else it ends."""

    order_id: str
    order_no: str
    store_code: str
    store_name: str
    state: OrderState
    name: str
    phone: str
    lines: list[HeldOut]
    payable_fen: int
    note: str
    placed_at: datetime
    expires_at: datetime


@router.get("/holds", who=STAFF, summary="What my store keeps for callers (留货列表)")
async def list_holds(scope: Scope) -> list[HoldOut]:
    return await _shown(await holds_for(scope))


@router.post(
    "/holds",
    who=STAFF,
    status=201,
    summary="Keep goods for somebody who called (电话留货)",
    errors=(
        StoreNotFound,
        SkuNotFound,
        SkuOffShelf,
        MemberNotFound,
        BadLines,
        HoldTooLong,
        OutOfStock,
        OrderKeyReused,
        TooManyOpenOrders,
        TooManyBought,
        TooManyHeldUnits,
    ),
)
async def post_hold(request: Request, scope: Scope, body: HoldIn) -> HoldOut:
    store_id = await own_store(scope, body.store_code)
    views = await chosen(body.lines)
    member = await member_view(scope, body.member_id) if body.member_id else None
    order = await hold_goods(
        HoldGoods(
            store_id=store_id,
            lines=tuple(OrderedLine(views[one.sku_code].id, one.quantity) for one in body.lines),
            name=body.name,
            phone=body.phone,
            hours=body.hours,
            key=request.headers["idempotency-key"],
            by=scope.actor,
            member_id=member.id if member else None,
            tier=await tier_of(member.id) if member else "",
            note=body.note,
        )
    )
    [shown] = await _shown([HoldView(order, body.name, body.phone)])
    return shown


@router.post(
    "/holds/{order_id}/release",
    who=STAFF,
    summary="They are not coming: give the goods free (取消留货)",
    errors=(OrderNotFound, OrderCannotMove, AlreadyPaid, PaymentUnclear),
)
async def post_release(scope: Scope, order_id: str) -> HoldOut:
    order = await release_hold(scope, order_id=order_id)
    who = await consignee_of(order.id)
    held = HoldView(order, who.name if who else "", who.phone if who else "")
    [shown] = await _shown([held])
    return shown


async def _shown(holds: list[HoldView] | tuple[HoldView, ...]) -> list[HoldOut]:
    stores = {store.id: store for store in await stores_of(one.order.store_id for one in holds)}
    return [
        HoldOut.of(
            one.order,
            order_id=one.order.public_id,
            store_code=stores[one.order.store_id].code,
            store_name=stores[one.order.store_id].name,
            name=one.name,
            phone=one.phone,
            lines=[HeldOut.of(line) for line in one.order.lines],
        )
        for one in holds
    ]

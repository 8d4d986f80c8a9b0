"""到店预约. Book an hour in a store that has the product to show; the store sees who comes."""

from datetime import date, datetime

from pydantic import AwareDatetime, Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import PUBLIC, allow
from miniapp_api.stores import open_store
from trade.catalog.errors import ProductNotFound
from trade.catalog.queries import product_by_public_id, product_names
from trade.fulfilment.errors import (
    NoSuchSlot,
    NotShownHere,
    SlotTaken,
    TooManyVisits,
    VisitCannotMove,
    VisitKeyReused,
    VisitNotFound,
)
from trade.fulfilment.queries import VisitState, VisitView, slots_in, visits_for, visits_of
from trade.fulfilment.service import BookVisit, book_visit, cancel_visit, note_visit
from trade.stores.errors import StoreNotFound
from trade.stores.queries import stores_of

router = Router("/api/v1", "visits")
MEMBER = allow(Role.MEMBER)
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER)


class SlotsQuery(Schema):
    """A day of the shop."""

    store_code: str = Field(min_length=1, max_length=32)
    day: date


class SlotOut(Schema):
    starts_at: datetime
    free: int


class VisitIn(Schema):
    """`starts_at` is one of the slots; `product_id` is what the store is to show."""

    store_code: str = Field(min_length=1, max_length=32)
    starts_at: AwareDatetime
    product_id: str | None = Field(default=None, max_length=40)
    note: str = Field(default="", max_length=200)


class VisitOut(Schema):
    visit_id: str
    store_code: str
    store_name: str
    address: str
    product_title: str
    starts_at: datetime
    state: VisitState
    note: str


@router.get(
    "/visits/slots",
    who=PUBLIC,
    summary="When a store takes visits (可预约时间)",
    errors=(StoreNotFound,),
)
async def list_slots(scope: Scope | None, query: SlotsQuery) -> list[SlotOut]:
    """Empty for a day that is over, too far ahead, or on which the store is closed."""
    store = await open_store(query.store_code)
    return [SlotOut.of(slot) for slot in await slots_in(store.id, query.day)]


@router.get("/visits", who=MEMBER, summary="My visits (我的预约)")
async def list_visits(scope: Scope) -> list[VisitOut]:
    assert scope.member_id is not None
    return await _shown(await visits_of(scope.member_id))


@router.post(
    "/visits",
    who=MEMBER,
    status=201,
    summary="Book a visit to a store (预约到店)",
    errors=(
        StoreNotFound,
        ProductNotFound,
        NoSuchSlot,
        SlotTaken,
        NotShownHere,
        TooManyVisits,
        VisitKeyReused,
    ),
)
async def post_visit(request: Request, scope: Scope, body: VisitIn) -> VisitOut:
    assert scope.member_id is not None
    store = await open_store(body.store_code)
    product = await product_by_public_id(body.product_id) if body.product_id else None
    wish = BookVisit(
        member_id=scope.member_id,
        store_id=store.id,
        starts_at=body.starts_at,
        key=request.headers["idempotency-key"],
        product_id=product.id if product else None,
        note=body.note,
    )
    return (await _shown([await book_visit(wish)]))[0]


@router.post(
    "/visits/{visit_id}/cancel",
    who=MEMBER,
    summary="I am not coming (取消预约)",
    errors=(VisitNotFound, VisitCannotMove),
)
async def post_cancel(scope: Scope, visit_id: str) -> VisitOut:
    return (await _shown([await cancel_visit(scope, visit_id=visit_id)]))[0]


class EndIn(Schema):
    """`state` says what became of it."""

    state: VisitState


@router.get("/store/visits", who=STAFF, summary="Who comes to my store (到店预约列表)")
async def list_store_visits(scope: Scope) -> list[VisitOut]:
    return await _shown(await visits_for(scope))


@router.post(
    "/store/visits/{visit_id}/end",
    who=STAFF,
    summary="They came, or did not, or cannot (到店/未到/取消)",
    errors=(VisitNotFound, VisitCannotMove),
)
async def post_end(scope: Scope, visit_id: str, body: EndIn) -> VisitOut:
    if body.state is VisitState.CANCELLED:
        return (await _shown([await cancel_visit(scope, visit_id=visit_id)]))[0]
    if body.state is VisitState.BOOKED:
        raise VisitCannotMove(state=body.state)
    has_come = body.state is VisitState.CAME
    return (await _shown([await note_visit(scope, visit_id=visit_id, has_come=has_come)]))[0]


async def _shown(visits: tuple[VisitView, ...] | list[VisitView]) -> list[VisitOut]:
    stores = {store.id: store for store in await stores_of(one.store_id for one in visits)}
    names = await product_names(one.product_id for one in visits if one.product_id is not None)
    return [
        VisitOut.of(
            one,
            visit_id=one.public_id,
            store_code=stores[one.store_id].code,
            store_name=stores[one.store_id].name,
            address=stores[one.store_id].address,
            product_title=names[one.product_id].title if one.product_id in names else "",
        )
        for one in visits
    ]

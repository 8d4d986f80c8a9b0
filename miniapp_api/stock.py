"""库存. The stock room for who runs it: what lies there and why, is broken, or is lent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView, skus, skus_by_code
from trade.stock.errors import (
    MomentInFuture,
    MovementCauseReused,
    NotThere,
    QuantityNotPositive,
    ReasonDoesNotFit,
)
from trade.stock.queries import (
    MovementKind,
    Place,
    Reason,
    availability,
    movements_of,
    short_shelves,
)
from trade.stock.service import adjust, set_safety
from trade.stores.errors import NotLendable, StoreNotFound
from trade.stores.queries import StoreView, find_store, stores_of
from trade.stores.service import set_lending

router = Router("/api/v1/stock", "stock")
KEEPERS = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
OWNERS = allow(Role.FRANCHISEE, Role.HEAD_OFFICE)
Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
StoreCode = Annotated[str, Field(min_length=1, max_length=32)]
SkuCode = Annotated[str, Field(min_length=1, max_length=40)]
Units = Annotated[int, Field(ge=0, le=1_000_000)]


class LevelOut(Schema):
    """`available` is what can be promised: on hand - reserved - safety, never below zero."""

    sku_code: str
    title: str
    on_hand: int
    reserved: int
    safety: int
    available: int
    in_transit: int
    in_returns: int
    damaged: int


class LevelsIn(Schema):
    store_code: StoreCode
    sku_codes: list[SkuCode] = Field(min_length=1, max_length=200)


class ShortOut(Schema):
    store_code: str
    sku_code: str
    on_hand: int
    reserved: int


class MovementsIn(Schema):
    """`before`: the last `id` of the page before."""

    store_code: StoreCode
    sku_code: SkuCode
    before: int | None = Field(default=None, ge=1, le=2**62)


class MovementOut(Schema):
    id: int
    cause: str
    kind: MovementKind
    place: Place
    quantity: int
    reason: str
    actor: str
    at: datetime
    booked_at: datetime


class AdjustIn(Schema):
    """`quantity` is + for what was found, - for what is gone; `at` is when it happened."""

    store_code: StoreCode
    sku_code: SkuCode
    quantity: int = Field(ge=-1_000_000, le=1_000_000)
    reason: Reason
    at: AwareDatetime | None = None


class SafetyIn(Schema):
    store_code: StoreCode
    sku_code: SkuCode
    safety: Units


class LendingIn(Schema):
    store_code: StoreCode
    lends_stock: bool


async def own_store(scope: Scope, code: str) -> StoreView:
    """Raises StoreNotFound, also for a store the asker has nothing to do with."""
    store = await find_store(code)
    if store is None or not scope.sees_store(store.id):
        raise StoreNotFound(store_code=code)
    return store


async def sku_ids(codes: list[str]) -> dict[str, int]:
    """Raises SkuNotFound for a code nobody knows."""
    views = await skus_by_code(codes)
    for code in codes:
        if code not in views:
            raise SkuNotFound(sku_code=code)
    return {code: view.id for code, view in views.items()}


async def _one(scope: Scope, store_code: str, sku_code: str) -> tuple[int, int]:
    store = await own_store(scope, store_code)
    return (await sku_ids([sku_code]))[sku_code], store.id


@router.post(
    "/levels",
    who=KEEPERS,
    idempotent=False,
    summary="What lies in a store (库存查询)",
    errors=(StoreNotFound, SkuNotFound),
)
async def list_levels(scope: Scope, body: LevelsIn) -> list[LevelOut]:
    store = await own_store(scope, body.store_code)
    views = await skus_by_code(body.sku_codes)
    await sku_ids(body.sku_codes)
    levels = await availability([view.id for view in views.values()], [store.id])
    return [
        LevelOut.of(level, sku_code=view.code, title=view.title)
        for view in views.values()
        if (level := levels.get((view.id, store.id)))
    ]


@router.post(
    "/movements",
    who=KEEPERS,
    idempotent=False,
    summary="Why there is as much as there is (库存流水)",
    errors=(StoreNotFound, SkuNotFound),
)
async def list_movements(scope: Scope, body: MovementsIn) -> list[MovementOut]:
    sku_id, store_id = await _one(scope, body.store_code, body.sku_code)
    rows = await movements_of(sku_id, store_id, before=body.before)
    return [MovementOut.of(row) for row in rows]


@router.get("/short", who=KEEPERS, summary="Shelves that owe goods: count them (欠货清单)")
async def list_short(scope: Scope) -> list[ShortOut]:
    rows = await short_shelves(scope)
    known = await skus({row.sku_id for row in rows})
    codes = {store.id: store.code for store in await stores_of(row.store_id for row in rows)}
    return [
        ShortOut.of(row, store_code=codes[row.store_id], sku_code=code_of(known, row.sku_id))
        for row in rows
    ]


@router.post(
    "/adjustments",
    who=KEEPERS,
    status=204,
    summary="Correct the books, with a reason (库存调整)",
    errors=(
        StoreNotFound,
        SkuNotFound,
        ReasonDoesNotFit,
        NotThere,
        MomentInFuture,
        MovementCauseReused,
    ),
)
async def post_adjustment(request: Request, scope: Scope, body: AdjustIn) -> None:
    sku_id, store_id = await _one(scope, body.store_code, body.sku_code)
    await adjust(
        cause=f"adjust:{scope.actor}:{request.headers['idempotency-key']}",
        sku_id=sku_id,
        store_id=store_id,
        quantity=body.quantity,
        reason=body.reason,
        actor=scope.actor,
        at=body.at,
    )


@router.put(
    "/safety",
    who=KEEPERS,
    summary="Units promised to nobody (安全库存)",
    errors=(StoreNotFound, SkuNotFound, QuantityNotPositive),
)
async def put_safety(scope: Scope, body: SafetyIn) -> None:
    sku_id, store_id = await _one(scope, body.store_code, body.sku_code)
    await set_safety(sku_id=sku_id, store_id=store_id, safety=body.safety)


@router.put(
    "/lending",
    who=OWNERS,
    summary="Whether a store's goods serve other stores' orders (库存共享)",
    errors=(StoreNotFound, NotLendable),
)
async def put_lending(scope: Scope, body: LendingIn) -> None:
    store = await own_store(scope, body.store_code)
    await set_lending(store.id, lends_stock=body.lends_stock, actor=scope.actor)


def code_of(known: Mapping[int, SkuView], sku_id: int) -> str:
    return known[sku_id].code if sku_id in known else str(sku_id)

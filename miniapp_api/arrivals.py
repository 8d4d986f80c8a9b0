"""收货与调拨. Documents of goods on their way: announced, sent, received with their differences."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Scope
from core.web.api import Router, Schema
from miniapp_api.stock import (
    KEEPERS,
    Number,
    SkuCode,
    StoreCode,
    Units,
    code_of,
    own_store,
    sku_ids,
)
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import skus
from trade.stock.errors import (
    GivenTwice,
    InboundClosed,
    InboundNotFound,
    MovementCauseReused,
    NotThere,
    NumberTaken,
    SameStore,
)
from trade.stock.queries import (
    InboundKind,
    InboundState,
    InboundView,
    inbound_for,
    open_inbounds,
)
from trade.stock.service import (
    Arrived,
    Piece,
    announce_receipt,
    close_inbound,
    receive_inbound,
    ship_transfer,
)
from trade.stores.errors import StoreNotFound
from trade.stores.queries import find_store, stores_of

router = Router("/api/v1/stock", "arrivals")


class PieceIn(Schema):
    sku_code: SkuCode
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class ReceiptIn(Schema):
    number: Number
    store_code: StoreCode
    due_on: date | None = None
    lines: list[PieceIn] = Field(min_length=1, max_length=1000)


class TransferIn(Schema):
    number: Number
    from_store_code: StoreCode
    store_code: StoreCode
    due_on: date | None = None
    lines: list[PieceIn] = Field(min_length=1, max_length=1000)


class ArrivedIn(Schema):
    sku_code: SkuCode
    arrived: Units
    damaged: Units = 0


class ArrivalIn(Schema):
    """`is_last`: nothing more comes; what is missing of a transfer is written off as lost."""

    number: Number
    lines: list[ArrivedIn] = Field(max_length=1000)
    is_last: bool = False


class InboundLineOut(Schema):
    """`difference` is what arrived, good or damaged, less what was sent."""

    sku_code: str
    sent: int
    arrived: int
    damaged: int
    lost: int
    difference: int


class InboundOut(Schema):
    number: str
    kind: InboundKind
    from_store_code: str | None
    store_code: str
    state: InboundState
    due_on: date | None
    opened_at: datetime
    closed_at: datetime | None
    lines: list[InboundLineOut]


async def _pieces(lines: list[PieceIn]) -> list[Piece]:
    ids = await sku_ids([line.sku_code for line in lines])
    return [Piece(ids[line.sku_code], line.quantity) for line in lines]


@router.post(
    "/receipts",
    who=KEEPERS,
    status=201,
    summary="Announce what a supplier sends (到货单)",
    errors=(StoreNotFound, SkuNotFound, NumberTaken, GivenTwice),
)
async def post_receipt(scope: Scope, body: ReceiptIn) -> InboundOut:
    store = await own_store(scope, body.store_code)
    await announce_receipt(
        number=body.number,
        store_id=store.id,
        pieces=await _pieces(body.lines),
        actor=scope.actor,
        due_on=body.due_on,
    )
    return await _inbound(await inbound_for(scope, body.number))


@router.post(
    "/transfers",
    who=KEEPERS,
    status=201,
    summary="Send goods to another store (调拨)",
    errors=(StoreNotFound, SkuNotFound, NumberTaken, GivenTwice, SameStore, NotThere),
)
async def post_transfer(scope: Scope, body: TransferIn) -> InboundOut:
    sender = await own_store(scope, body.from_store_code)
    store = await find_store(body.store_code)
    if store is None or not store.is_open:
        raise StoreNotFound(store_code=body.store_code)
    await ship_transfer(
        number=body.number,
        from_store_id=sender.id,
        store_id=store.id,
        pieces=await _pieces(body.lines),
        actor=scope.actor,
        due_on=body.due_on,
    )
    return await _inbound(await inbound_for(scope, body.number))


@router.post(
    "/arrivals",
    who=KEEPERS,
    summary="Goods of a document arrived (收货)",
    errors=(
        InboundNotFound,
        InboundClosed,
        SkuNotFound,
        GivenTwice,
        MovementCauseReused,
    ),
)
async def post_arrival(request: Request, scope: Scope, body: ArrivalIn) -> InboundOut:
    await _arriving(scope, body.number)
    ids = await sku_ids([line.sku_code for line in body.lines])
    await receive_inbound(
        number=body.number,
        key=request.headers["idempotency-key"],
        pieces=[Arrived(ids[line.sku_code], line.arrived, line.damaged) for line in body.lines],
        actor=scope.actor,
        is_last=body.is_last,
    )
    return await _inbound(await inbound_for(scope, body.number))


class ClosingIn(Schema):
    number: Number


@router.post(
    "/arrivals/close",
    who=KEEPERS,
    summary="Nothing more of a document comes (结束收货)",
    errors=(InboundNotFound,),
)
async def post_closing(scope: Scope, body: ClosingIn) -> InboundOut:
    await _arriving(scope, body.number)
    await close_inbound(number=body.number, actor=scope.actor)
    return await _inbound(await inbound_for(scope, body.number))


async def _arriving(scope: Scope, number: str) -> None:
    """Only the receiving store receives. Raises InboundNotFound."""
    if not scope.sees_store((await inbound_for(scope, number)).store_id):
        raise InboundNotFound(number=number)


class StoreQuery(Schema):
    store_code: StoreCode


@router.get(
    "/arrivals",
    who=KEEPERS,
    summary="What is on its way to a store (待收货)",
    errors=(StoreNotFound,),
)
async def list_arrivals(scope: Scope, query: StoreQuery) -> list[InboundOut]:
    store = await own_store(scope, query.store_code)
    return [await _inbound(view) for view in await open_inbounds(store.id)]


async def _inbound(view: InboundView) -> InboundOut:
    known = await skus({line.sku_id for line in view.lines})
    asked = [each for each in (view.from_store_id, view.store_id) if each is not None]
    codes = {store.id: store.code for store in await stores_of(asked)}
    return InboundOut.of(
        view,
        store_code=codes[view.store_id],
        from_store_code=codes.get(view.from_store_id or 0),
        lines=[
            InboundLineOut.of(line, sku_code=code_of(known, line.sku_id)) for line in view.lines
        ],
    )

"""门店售后. What becomes of goods that came back, and the money: each step by itself."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request

from core.ledger import InsufficientBalance
from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from miniapp_api.cases import (
    CaseOut,
    shown_case,
)
from miniapp_api.store_returns import own_store
from miniapp_api.stores import open_store
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import skus_by_code
from trade.fulfilment.errors import (
    BadPieces,
    GoodsFirst,
    ManagerNeeded,
    NoReplacement,
    NotResellable,
    NotWorthThat,
    ReturnCannotMove,
    ReturnNotFound,
    TooManyPieces,
)
from trade.fulfilment.queries import (
    Disposition,
    RefundTo,
    return_for,
)
from trade.fulfilment.service import (
    Decision,
    Exchange,
    GiveBack,
    allow_money,
    close_return,
    dispose,
    exchange,
    pay_back,
    put_away,
)
from trade.orders.errors import BadLines, StoreIsClosed
from trade.orders.service import OrderedLine
from trade.payments.errors import NobodyToCredit, RefundTooMuch
from trade.stock.errors import NotThere, SameStore, StoreNeeded
from trade.stores.errors import StoreNotFound

router = Router("/api/v1/store", "store returns")
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
MANAGERS = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
MONEY = (GoodsFirst, NotWorthThat, NobodyToCredit, RefundTooMuch)


class DispositionIn(Schema):
    """`number` is that of what arrived; a transfer goes to `to_store_code`."""

    number: int = Field(ge=1, le=1000)
    what: Disposition
    quantity: int = Field(ge=1, le=999)
    to_store_code: str | None = Field(default=None, max_length=32)
    note: str = Field(default="", max_length=200)


@router.post(
    "/returns/{return_id}/dispositions",
    who=STAFF,
    status=201,
    summary="What becomes of it (退货处置)",
    errors=(
        ReturnNotFound,
        StoreNotFound,
        BadPieces,
        TooManyPieces,
        NotResellable,
        StoreNeeded,
        SameStore,
        NotThere,
    ),
)
async def post_disposition(
    request: Request, scope: Scope, return_id: str, body: DispositionIn
) -> CaseOut:
    case = await return_for(scope, return_id)
    if body.number > len(case.arrived):
        raise BadPieces(number=body.number)
    decision = Decision(
        pieces_id=case.arrived[body.number - 1].id,
        what=body.what,
        quantity=body.quantity,
        key=request.headers["idempotency-key"],
        to_store_id=(await open_store(body.to_store_code)).id if body.to_store_code else None,
        note=body.note,
    )
    return await shown_case(await dispose(scope=scope, decision=decision))


class PutAwayIn(Schema):
    disposition_id: str = Field(min_length=1, max_length=40)


@router.post(
    "/returns/{return_id}/put-away",
    who=STAFF,
    summary="It lies on the shelf again (确认上架)",
    errors=(ReturnNotFound,),
)
async def post_put_away(scope: Scope, return_id: str, body: PutAwayIn) -> CaseOut:
    case = await return_for(scope, return_id)
    if body.disposition_id not in {one.public_id for one in case.dispositions}:
        raise ReturnNotFound(disposition_id=body.disposition_id)
    return await shown_case(await put_away(scope=scope, disposition_id=body.disposition_id))


class RefundIn(Schema):
    """Null: all the pieces are worth, the way the policy says."""

    amount_fen: int | None = Field(default=None, ge=1, le=1_000_000_000)
    refund_to: Literal["origin", "credit"] | None = None


@router.post(
    "/returns/{return_id}/refunds",
    who=STAFF,
    status=201,
    summary="Give money back (退款)",
    errors=(ReturnNotFound, ReturnCannotMove, *MONEY),
)
async def post_refund(request: Request, scope: Scope, return_id: str, body: RefundIn) -> CaseOut:
    """Above the policy's limit it waits for a manager."""
    wish = GiveBack(
        key=request.headers["idempotency-key"],
        amount_fen=body.amount_fen,
        refund_to=RefundTo(body.refund_to) if body.refund_to else None,
    )
    return await shown_case(await pay_back(scope=scope, return_id=return_id, wish=wish))


@router.post(
    "/returns/{return_id}/allow",
    who=MANAGERS,
    summary="A manager allows what waits (店长确认退款)",
    errors=(ReturnNotFound, ManagerNeeded, *MONEY),
)
async def post_allow(scope: Scope, return_id: str) -> CaseOut:
    return await shown_case(await allow_money(scope=scope, return_id=return_id))


class ReplacementIn(Schema):
    sku_code: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=999)


class ExchangeIn(Schema):
    store_code: str = Field(min_length=1, max_length=32)
    lines: list[ReplacementIn] = Field(min_length=1, max_length=20)


@router.post(
    "/returns/{return_id}/exchange",
    who=STAFF,
    status=201,
    summary="Take another piece along instead (换货)",
    errors=(
        ReturnNotFound,
        StoreNotFound,
        SkuNotFound,
        BadPieces,
        NoReplacement,
        ReturnCannotMove,
        BadLines,
        StoreIsClosed,
        InsufficientBalance,
        *MONEY,
    ),
)
async def post_exchange(
    request: Request, scope: Scope, return_id: str, body: ExchangeIn
) -> CaseOut:
    case = await return_for(scope, return_id)
    known = await skus_by_code([line.sku_code for line in body.lines])
    missing = [line.sku_code for line in body.lines if line.sku_code not in known]
    if missing:
        raise SkuNotFound(sku_code=missing[0])
    wish = Exchange(
        lines=tuple(OrderedLine(known[line.sku_code].id, line.quantity) for line in body.lines),
        store_id=await own_store(scope, body.store_code),
        key=request.headers["idempotency-key"],
    )
    return await shown_case(await exchange(scope=scope, return_id=case.public_id, wish=wish))


@router.post(
    "/returns/{return_id}/close",
    who=STAFF,
    summary="Nothing is left to do (完结售后)",
    errors=(ReturnNotFound, ReturnCannotMove),
)
async def post_close(scope: Scope, return_id: str) -> CaseOut:
    case = await return_for(scope, return_id)
    return await shown_case(await close_return(scope=scope, return_no=case.return_no))

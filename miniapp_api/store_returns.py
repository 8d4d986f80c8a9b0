"""门店售后. People of any store take goods back: proof and receipt."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.limits import TooManyTries, check_rate
from core.web.policy import allow
from crm.people.queries import member_known_as
from miniapp_api.cases import (
    CaseOut,
    PieceIn,
    ReturnableOut,
    pieces_of,
    shown_case,
    shown_returnable,
)
from miniapp_api.stores import open_store
from trade.fulfilment.errors import (
    BadPieces,
    CannotReturn,
    ProofNeeded,
    ReturnCannotMove,
    ReturnKeyReused,
    ReturnNotFound,
    TooManyPieces,
)
from trade.fulfilment.queries import (
    Condition,
    Proof,
    ReturnKind,
    find_purchases,
    purchases_of_member,
    return_at_counter,
    return_for,
    returnable,
    returns_for,
)
from trade.fulfilment.service import (
    Arrived,
    AskReturn,
    Delivered,
    ask_return_at_counter,
    finish_receipt,
    receive_goods,
)
from trade.orders.queries import OrderView, order_of
from trade.stores.errors import StoreNotFound

router = Router("/api/v1/store", "store returns")
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)


class ProofIn(Schema):
    """An order's number, a receipt's code, a number of the payment or of a card's slip, or the
    member number (会员号) that the guest's phone shows."""

    proof: Literal["order", "receipt", "payment", "member"]
    value: str = Field(min_length=4, max_length=64)


@router.post(
    "/purchases",
    who=STAFF,
    summary="Find a purchase by its proof (验证购买凭证)",
    errors=(ProofNeeded, TooManyTries),
)
async def post_purchases(request: Request, scope: Scope, body: ProofIn) -> list[ReturnableOut]:
    """In whatever store it was sold; ten tries a minute."""
    await check_rate("fulfilment.proof", scope.actor, per_minute=10)
    found = await _purchases(body)
    return [shown_returnable(await returnable(order), language_of(request)) for order in found]


async def _purchases(body: ProofIn) -> tuple[OrderView, ...]:
    """Raises ProofNeeded."""
    proof = Proof(body.proof)
    if proof is not Proof.MEMBER:
        return await find_purchases(proof, body.value)
    number = body.value.strip()
    member_id = await member_known_as(number) if number.startswith("mem_") else None
    found = await purchases_of_member(member_id) if member_id is not None else ()
    if not found:
        raise ProofNeeded
    return found


class CounterReturnIn(ProofIn):
    """`order_no` chooses among the purchases the proof names, else it is the first; `store_code`
    is the asker's."""

    order_no: str = Field(default="", max_length=32)
    store_code: str = Field(min_length=1, max_length=32)
    lines: list[PieceIn] = Field(min_length=1, max_length=50)
    kind: ReturnKind = ReturnKind.RETURN
    reason: str = Field(default="", max_length=200)


@router.post(
    "/returns",
    who=STAFF,
    status=201,
    summary="Open a return at the counter (门店受理售后)",
    errors=(
        ProofNeeded,
        StoreNotFound,
        CannotReturn,
        BadPieces,
        TooManyPieces,
        ReturnKeyReused,
        TooManyTries,
    ),
)
async def post_counter_return(request: Request, scope: Scope, body: CounterReturnIn) -> CaseOut:
    await check_rate("fulfilment.proof", scope.actor, per_minute=10)
    named = [one for one in await _purchases(body) if body.order_no in {"", one.order_no}]
    if not named:
        raise ProofNeeded
    order = named[0]
    ask = AskReturn(
        pieces=pieces_of(order, body.lines),
        key=request.headers["idempotency-key"],
        kind=body.kind,
        reason=body.reason,
        store_id=await own_store(scope, body.store_code),
        proof=Proof(body.proof),
    )
    return await shown_case(await ask_return_at_counter(scope=scope, order_id=order.id, ask=ask))


async def own_store(scope: Scope, code: str) -> int:
    """Raises StoreNotFound also for a store that is not the asker's."""
    store = await open_store(code)
    if not scope.sees_store(store.id):
        raise StoreNotFound(store_code=code)
    return store.id


@router.get("/returns", who=STAFF, summary="Returns of my store (门店售后)")
async def list_returns(scope: Scope) -> list[CaseOut]:
    return [await shown_case(view) for view in await returns_for(scope)]


@router.get(
    "/returns/{return_id}",
    who=STAFF,
    summary="One return (售后详情)",
    errors=(ReturnNotFound,),
)
async def one_return(scope: Scope, return_id: str) -> CaseOut:
    return await shown_case(await return_for(scope, return_id))


class ArrivedIn(PieceIn):
    condition: Condition = Condition.INTACT


class ReceiptIn(Schema):
    """What lies on the counter, and the `place` it is laid in until somebody decides."""

    store_code: str = Field(min_length=1, max_length=32)
    lines: list[ArrivedIn] = Field(min_length=1, max_length=50)
    place: str = Field(default="", max_length=20)


@router.post(
    "/returns/{return_no}/receipts",
    who=STAFF,
    summary="It arrived here (退货签收)",
    errors=(ReturnNotFound, StoreNotFound, BadPieces, TooManyPieces, ReturnCannotMove),
)
async def post_receipt(request: Request, scope: Scope, return_no: str, body: ReceiptIn) -> CaseOut:
    """In any store, whoever sold it. No money moves by this."""
    order = await order_of((await return_at_counter(return_no)).order_id)
    pieces = pieces_of(order, body.lines)
    arrived = tuple(
        Arrived(piece.line_id, piece.quantity, line.condition)
        for piece, line in zip(pieces, body.lines, strict=True)
    )
    delivered = Delivered(
        store_id=await own_store(scope, body.store_code),
        arrived=arrived,
        key=request.headers["idempotency-key"],
        place=body.place,
    )
    view = await receive_goods(scope=scope, return_no=return_no, delivered=delivered)
    return await shown_case(view)


@router.post(
    "/returns/{return_id}/receipt-end",
    who=STAFF,
    summary="Nothing more comes (结束收货)",
    errors=(ReturnNotFound, ReturnCannotMove),
)
async def post_receipt_end(scope: Scope, return_id: str) -> CaseOut:
    case = await return_for(scope, return_id)
    return await shown_case(await finish_receipt(scope=scope, return_no=case.return_no))

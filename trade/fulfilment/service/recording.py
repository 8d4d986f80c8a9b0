"""A return that a till has already done: all its steps at once, in the till's own time."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql, use_case
from trade.fulfilment.cases import ReturnView, return_view
from trade.fulfilment.errors import NotResellable
from trade.fulfilment.models import DispositionRow, Return, ReturnedPieces
from trade.fulfilment.return_rules import (
    Condition,
    Disposition,
    MoneyWhen,
    ReceiptState,
    RefundTo,
    ReturnState,
    may_become,
)
from trade.fulfilment.service.asking import AskReturn, log_case, open_case
from trade.fulfilment.service.disposing import TAKE, move_pieces
from trade.fulfilment.service.paying_back import GiveBack, give_money
from trade.fulfilment.service.pieces import Pieces
from trade.fulfilment.service.receiving import Arrived, Delivered, take_in
from trade.orders.queries import order_of
from trade.payments.service import Counter


@dataclass(frozen=True, slots=True)
class RecordReturn:
    """What a till took back. The till has decided: eligibility is not asked again.

    `refund_to` NONE: goods came and no money went (it went elsewhere, or not yet).
    """

    order_id: int
    pieces: tuple[Pieces, ...]
    store_id: int
    key: str
    actor: str
    at: datetime
    disposition: Disposition = Disposition.RESTOCK
    condition: Condition = Condition.INTACT
    refund_to: RefundTo = RefundTo.ORIGIN
    amount_fen: int | None = None
    reason: str = ""


@use_case
async def record_return(request: RecordReturn) -> ReturnView:
    """Receipt, disposition and money of a return in one. The same key again is the same return.

    `amount_fen` None: what the pieces were worth; more than that is refused. Raises OrderNotFound,
    BadPieces, TooManyPieces, NotResellable, NotWorthThat, ReturnKeyReused, and what payments
    refuses.
    """
    if not may_become(request.condition, request.disposition):
        raise NotResellable(condition=request.condition)
    order = await order_of(request.order_id)
    ask = AskReturn(
        pieces=request.pieces, key=request.key, reason=request.reason, store_id=request.store_id
    )
    opened = await open_case(order, ask, by=request.actor, is_free=True, at=request.at)
    if opened.receipt is not ReceiptState.AWAITED:
        return opened
    case = await Return.get(id=opened.id)
    await _take_in_and_put_away(case, request)
    await _pay(case, request)
    await Return.filter(id=case.id).update(state=ReturnState.CLOSED, closed_at=request.at)
    await log_case(case.id, "close", actor=request.actor)
    return await return_view(case.id)


async def _take_in_and_put_away(case: Return, request: RecordReturn) -> None:
    arrived = tuple(
        Arrived(piece.line_id, piece.quantity, request.condition) for piece in request.pieces
    )
    delivered = Delivered(request.store_id, arrived, request.key, at=request.at)
    await take_in(case, delivered, by=request.actor)
    for pieces in await ReturnedPieces.filter(case_id=case.id).order_by("id"):
        row = await DispositionRow.create(
            request_key=f"{request.actor}:{request.key}:{pieces.id}",
            pieces_id=pieces.id,
            what=request.disposition,
            quantity=pieces.quantity,
            by=request.actor,
        )
        await sql(TAKE, pieces.id, pieces.quantity)
        await move_pieces(row.id, actor=request.actor, at=request.at)


async def _pay(case: Return, request: RecordReturn) -> None:
    await case.refresh_from_db()
    if request.refund_to is RefundTo.NONE or not case.worth_fen:
        await Return.filter(id=case.id).update(
            refund_to=RefundTo.NONE, money_when=MoneyWhen.NO_GOODS
        )
        return
    wish = GiveBack(request.key, request.amount_fen, request.refund_to)
    counter = Counter(request.store_id, request.actor)
    await give_money(case, wish, by=request.actor, is_manager=True, counter=counter)

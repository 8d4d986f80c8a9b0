"""What shoppers and stores see of returns, and how they name pieces: by SKU code."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from core.web.api import Schema
from trade.fulfilment.errors import BadPieces
from trade.fulfilment.queries import (
    Condition,
    Disposition,
    MoneyState,
    ReceiptState,
    RefundTo,
    Returnable,
    ReturnableLine,
    ReturnKind,
    ReturnState,
    ReturnView,
)
from trade.fulfilment.service import Pieces
from trade.orders.queries import OrderView, order_of
from trade.stores.queries import get_store


class PieceIn(Schema):
    """Pieces of one line of the order; `is_gift` tells a gift from the same SKU bought."""

    sku_code: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=999)
    is_gift: bool = False


class ReturnableLineOut(Schema):
    """`quantity` pieces may come back, worth `worth_fen`; else `why` and `rule` say why not."""

    sku_code: str
    title: str
    spec_text: str
    picture: str
    is_gift: bool
    quantity: int
    worth_fen: int
    refund_to: RefundTo
    until: datetime | None
    why: str
    rule: str


class ReturnableOut(Schema):
    order_id: str
    order_no: str
    lines: list[ReturnableLineOut]
    notes: list[str]


class CaseLineOut(Schema):
    sku_code: str
    title: str
    quantity: int
    received: int
    worth_fen: int


class ArrivedOut(Schema):
    """The first one is number 1; `waiting` pieces have no disposition yet."""

    number: int
    sku_code: str
    quantity: int
    waiting: int
    condition: Condition
    place: str
    at: datetime


class DispositionOut(Schema):
    disposition_id: str
    what: Disposition
    quantity: int
    at: datetime
    put_away_at: datetime | None


class CaseMoneyOut(Schema):
    amount_fen: int
    refund_to: RefundTo
    state: MoneyState
    at: datetime
    settled_at: datetime | None


class CaseStepOut(Schema):
    action: str
    at: datetime


class GoesToOut(Schema):
    """The store that takes the goods back, and its address for a parcel."""

    store_code: str
    store_name: str
    address: str
    phone: str


class CaseOut(Schema):
    """A return: what arrived, what became of it and the money, each with its own state."""

    return_id: str
    return_no: str
    order_no: str
    kind: ReturnKind
    state: ReturnState
    receipt: ReceiptState
    money: MoneyState
    refund_to: RefundTo
    reason: str
    worth_fen: int
    asked_fen: int
    goes_to: GoesToOut
    carrier: str
    tracking_no: str
    at: datetime
    ends_at: datetime
    closed_at: datetime | None
    lines: list[CaseLineOut]
    arrived: list[ArrivedOut]
    dispositions: list[DispositionOut]
    refunds: list[CaseMoneyOut]
    timeline: list[CaseStepOut]


def pieces_of(order: OrderView, pieces: Sequence[PieceIn]) -> tuple[Pieces, ...]:
    """Raises BadPieces for what the order does not hold."""
    ids = {(line.sku_code, line.is_gift): line.id for line in order.lines}
    for piece in pieces:
        if (piece.sku_code, piece.is_gift) not in ids:
            raise BadPieces(sku_code=piece.sku_code)
    return tuple(Pieces(ids[piece.sku_code, piece.is_gift], piece.quantity) for piece in pieces)


def shown_returnable(found: Returnable, language: str) -> ReturnableOut:
    is_en = language == "en"
    return ReturnableOut(
        order_id=found.order.public_id,
        order_no=found.order.order_no,
        lines=[_line(line, is_en=is_en) for line in found.lines],
        notes=[note.en if is_en else note.zh for note in found.notes],
    )


def _line(line: ReturnableLine, *, is_en: bool) -> ReturnableLineOut:
    return ReturnableLineOut.of(line, rule=line.rule_en if is_en else line.rule_zh)


async def shown_case(view: ReturnView) -> CaseOut:
    lines = {line.id: line for line in (await order_of(view.order_id)).lines}
    store = await get_store(view.store_id)
    return CaseOut.of(
        view,
        goes_to=GoesToOut.of(store, store_code=store.code, store_name=store.name),
        return_id=view.public_id,
        lines=[
            CaseLineOut.of(
                one, sku_code=lines[one.line_id].sku_code, title=lines[one.line_id].title
            )
            for one in view.lines
        ],
        arrived=[
            ArrivedOut.of(one, number=number, sku_code=lines[one.line_id].sku_code)
            for number, one in enumerate(view.arrived, start=1)
        ],
        dispositions=[
            DispositionOut.of(one, disposition_id=one.public_id) for one in view.dispositions
        ],
        refunds=[CaseMoneyOut.of(one) for one in view.refunds],
        timeline=[CaseStepOut.of(step) for step in view.steps],
    )

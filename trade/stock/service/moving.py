"""Goods on their way to a store: announced by a supplier or sent by another store, then received.

What arrived is told by the movements that carry the document's number; the document itself says
only what was sent. So a difference is never a second opinion that could be wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.database import sql, use_case
from trade.stock.errors import (
    GivenTwice,
    InboundClosed,
    InboundNotFound,
    NumberTaken,
    QuantityNotPositive,
    SameStore,
)
from trade.stock.models import Inbound, InboundLine
from trade.stock.rules import InboundKind, InboundState, MovementKind, Place, Reason
from trade.stock.service.posting import Move, post

WAITING = """
SELECT sku_id, sum(quantity)::bigint AS units FROM stock_movement
WHERE document_no = $1 AND place = 'transit' GROUP BY 1
"""

CLOSE = """
UPDATE stock_inbound SET state = 'closed', closed_by = $2, closed_at = now()
WHERE id = $1 AND state = 'on_the_way'
"""

BOOKED = "SELECT cause FROM stock_movement WHERE cause = ANY($1::text[])"


@dataclass(frozen=True, slots=True)
class Piece:
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """`arrived` good pieces, and `damaged` ones apart, which go on no shelf."""

    sku_id: int
    arrived: int
    damaged: int = 0


@use_case
async def announce_receipt(
    *, number: str, store_id: int, pieces: Sequence[Piece], actor: str, due_on: date | None = None
) -> None:
    """A supplier, or the warehouse, says what is coming. The same document again: no change.

    Raises NumberTaken when the number names something else, GivenTwice, QuantityNotPositive.
    """
    kind = InboundKind.RECEIPT
    await open_inbound(number, kind, None, store_id, pieces, actor, due_on)


@use_case
async def ship_transfer(  # noqa: PLR0913  what stands on its paper
    *,
    number: str,
    from_store_id: int,
    store_id: int,
    pieces: Sequence[Piece],
    actor: str,
    due_on: date | None = None,
    at: datetime | None = None,
) -> None:
    """Goods leave a store for another one (调拨); until they arrive they are in transit there.

    What open orders hold stays. The same document again: no change.
    Raises NotThere, SameStore, NumberTaken, GivenTwice, QuantityNotPositive.
    """
    if from_store_id == store_id:
        raise SameStore(store_id=store_id)
    kind = InboundKind.TRANSFER
    if not await open_inbound(number, kind, from_store_id, store_id, pieces, actor, due_on):
        return
    out = [
        Move(
            f"ship:{number}:{piece.sku_id}:out",
            MovementKind.TRANSFERRED_OUT,
            piece.sku_id,
            from_store_id,
            -piece.quantity,
            actor=actor,
            document_no=number,
            at=at,
        )
        for piece in pieces
    ]
    await post([*out, *(on_the_way(move, store_id) for move in out)])


def on_the_way(out: Move, store_id: int) -> Move:
    """The other half of goods that left for a store."""
    return replace(
        out,
        cause=f"{out.cause}:transit",
        store_id=store_id,
        quantity=-out.quantity,
        place=Place.TRANSIT,
    )


async def open_inbound(  # noqa: PLR0913, PLR0917  what stands on its paper
    number: str,
    kind: InboundKind,
    from_store_id: int | None,
    store_id: int,
    pieces: Sequence[Piece],
    actor: str,
    due_on: date | None = None,
) -> bool:
    """Write the document. False: just this one was there before. Part of a use case."""
    _check(pieces)
    sent = {piece.sku_id: piece.quantity for piece in pieces}
    _, is_new = await Inbound.get_or_create(
        {
            "kind": kind,
            "from_store_id": from_store_id,
            "store_id": store_id,
            "state": InboundState.ON_THE_WAY,
            "due_on": due_on,
            "opened_by": actor,
        },
        number=number,
    )
    inbound = await Inbound.get(number=number)
    if is_new:
        lines = [
            InboundLine(inbound=inbound, sku_id=sku_id, sent=units)
            for sku_id, units in sent.items()
        ]
        await InboundLine.bulk_create(lines)
        return True
    known = dict(await InboundLine.filter(inbound=inbound).values_list("sku_id", "sent"))
    same = (inbound.kind, inbound.from_store_id, inbound.store_id, known)
    if same != (kind, from_store_id, store_id, sent):
        raise NumberTaken(number=number)
    return False


def _check(pieces: Sequence[Piece]) -> None:
    if not pieces:
        raise QuantityNotPositive(quantity=0)
    for piece in pieces:
        if piece.quantity <= 0:
            raise QuantityNotPositive(quantity=piece.quantity)
    if len({piece.sku_id for piece in pieces}) < len(pieces):
        raise GivenTwice(of="sku")


@use_case
async def receive_inbound(
    *,
    number: str,
    key: str,
    pieces: Sequence[Arrived],
    actor: str,
    is_last: bool = False,
    at: datetime | None = None,
) -> None:
    """Goods of a document arrived: good ones go on the shelf, damaged ones apart.

    May be said in parts, each with its own `key`; the same key again changes nothing. More, fewer
    or other goods than sent are received as they are: the document shows the difference. It closes
    when `is_last`, or when all that was sent is there; what is then missing of a transfer is
    written off as lost on the way.
    Raises InboundNotFound, InboundClosed, GivenTwice, QuantityNotPositive.
    """
    inbound = await _locked(number)
    _check_arrived(pieces)
    waiting = {row["sku_id"]: row["units"] for row in await sql(WAITING, number)}
    moves = [
        move for piece in pieces for move in _arrivals(inbound, key, piece, waiting, actor, at)
    ]
    arrivals = [move for move in moves if move.place is not Place.TRANSIT]
    known = {row["cause"] for row in await sql(BOOKED, [move.cause for move in arrivals])}
    if arrivals and known == {move.cause for move in arrivals}:
        await post(arrivals)  # refuses when the key came with something else
        return
    if inbound.state is InboundState.CLOSED and (arrivals or not is_last):
        raise InboundClosed(number=number)
    await post(moves)
    if is_last or await _is_complete(inbound):
        await _close(inbound, actor)


@use_case
async def close_inbound(*, number: str, actor: str) -> None:
    """Nothing more comes. What is missing of a transfer is written off as lost on the way.

    A closed document stays closed. Raises InboundNotFound.
    """
    inbound = await _locked(number)
    if inbound.state is InboundState.ON_THE_WAY:
        await _close(inbound, actor)


async def _locked(number: str) -> Inbound:
    inbound = await Inbound.filter(number=number).select_for_update().first()
    if inbound is None:
        raise InboundNotFound(number=number)
    return inbound


def _check_arrived(pieces: Sequence[Arrived]) -> None:
    for piece in pieces:
        if piece.arrived < 0 or piece.damaged < 0:
            raise QuantityNotPositive(quantity=min(piece.arrived, piece.damaged))
    if len({piece.sku_id for piece in pieces}) < len(pieces):
        raise GivenTwice(of="sku")


def _arrivals(
    inbound: Inbound,
    key: str,
    piece: Arrived,
    waiting: dict[int, int],
    actor: str,
    at: datetime | None,
) -> list[Move]:
    is_transfer = inbound.kind is InboundKind.TRANSFER
    kind = MovementKind.TRANSFERRED_IN if is_transfer else MovementKind.RECEIVED
    came = min(piece.arrived + piece.damaged, waiting.get(piece.sku_id, 0))
    units = {Place.SHELF: piece.arrived, Place.DAMAGED: piece.damaged, Place.TRANSIT: -came}
    return [
        Move(
            f"in:{inbound.number}:{key}:{piece.sku_id}:{place}",
            kind,
            piece.sku_id,
            inbound.store_id,
            quantity,
            place,
            actor=actor,
            document_no=inbound.number,
            at=at,
        )
        for place, quantity in units.items()
        if quantity
    ]


async def _is_complete(inbound: Inbound) -> bool:
    arrived = await sql(
        "SELECT sku_id, sum(quantity)::bigint AS units FROM stock_movement"
        " WHERE document_no = $1 AND store_id = $2 AND place IN ('shelf', 'damaged') GROUP BY 1",
        inbound.number,
        inbound.store_id,
    )
    came = {row["sku_id"]: row["units"] for row in arrived}
    lines = await InboundLine.filter(inbound_id=inbound.id)
    return all(came.get(line.sku_id, 0) >= line.sent for line in lines)


async def _close(inbound: Inbound, actor: str) -> None:
    lost = [
        Move(
            f"lost:{inbound.number}:{row['sku_id']}",
            MovementKind.ADJUSTED,
            row["sku_id"],
            inbound.store_id,
            -row["units"],
            Place.TRANSIT,
            Reason.LOST_IN_TRANSIT.value,
            actor,
            inbound.number,
        )
        for row in await sql(WAITING, inbound.number)
        if row["units"]
    ]
    if lost:
        await post(lost)
    await sql(CLOSE, inbound.id, actor)

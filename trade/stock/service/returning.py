"""Goods that come back: received first, put away when somebody has said what becomes of them."""

from datetime import datetime

from core.database import use_case
from trade.stock.errors import QuantityNotPositive, SameStore, StoreNeeded
from trade.stock.rules import LEAVES_AS, Disposition, InboundKind, MovementKind, Place
from trade.stock.service.moving import Piece, on_the_way, open_inbound
from trade.stock.service.posting import Move, post


@use_case
async def receive_return(
    *,
    cause: str,
    sku_id: int,
    store_id: int,
    quantity: int,
    actor: str = "system",
    at: datetime | None = None,
) -> None:
    """Goods came back to a store and wait there for their disposition, promised to nobody.

    The same cause again changes nothing. Raises QuantityNotPositive, MovementCauseReused.
    """
    if quantity <= 0:
        raise QuantityNotPositive(quantity=quantity)
    kind, place = MovementKind.RETURNED, Place.RETURNS
    await post([Move(cause, kind, sku_id, store_id, quantity, place, actor=actor, at=at)])


@use_case
async def put_back(  # noqa: PLR0913  a fact has these parts
    *,
    cause: str,
    sku_id: int,
    store_id: int,
    quantity: int,
    disposition: Disposition,
    to_store_id: int | None = None,
    actor: str = "system",
    at: datetime | None = None,
) -> None:
    """Say what becomes of goods that came back: only restocked ones can be sold again, from now on.

    A transfer sends them to `to_store_id`, where they arrive under the number `cause`.
    The same cause again changes nothing. Raises QuantityNotPositive, StoreNeeded, SameStore,
    NotThere when not that many wait in this store, MovementCauseReused.
    """
    _check_target(quantity, disposition, store_id, to_store_id)
    kind = LEAVES_AS[disposition]
    leaving = Move(
        f"{cause}:{disposition}",
        kind,
        sku_id,
        store_id,
        -quantity,
        Place.RETURNS,
        actor=actor,
        at=at,
        document_no=cause if disposition is Disposition.TRANSFER else None,
    )
    moves = [leaving]
    if disposition is Disposition.RESTOCK:
        put = Move(f"{cause}:shelf", kind, sku_id, store_id, quantity, actor=actor, at=at)
        moves.append(put)
    if disposition is Disposition.TRANSFER and to_store_id is not None:
        pieces = [Piece(sku_id, quantity)]
        await open_inbound(cause, InboundKind.TRANSFER, store_id, to_store_id, pieces, actor)
        moves.append(on_the_way(leaving, to_store_id))
    await post(moves)


def _check_target(
    quantity: int, disposition: Disposition, store_id: int, to_store_id: int | None
) -> None:
    if quantity <= 0:
        raise QuantityNotPositive(quantity=quantity)
    if disposition is Disposition.TRANSFER and to_store_id is None:
        raise StoreNeeded
    if to_store_id == store_id:
        raise SameStore(store_id=store_id)

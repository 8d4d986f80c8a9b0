"""A return or a void of a till: pieces come back, money goes back, by the door of fulfilment."""

from dataclasses import dataclass
from datetime import datetime

from devices.errors import TillReturnUnfit
from trade.fulfilment.service import Pieces, RecordReturn, record_return
from trade.orders.queries import order_of


@dataclass(frozen=True, slots=True)
class TakenBack:
    """`pieces` are units by SKU, None: all of the order; `at` is the till's time."""

    order_id: int
    pieces: dict[int, int] | None
    amount_fen: int
    store_id: int
    key: str
    at: datetime
    actor: str


async def take_back(taken: TakenBack) -> None:
    """Book what a till took back of an order. The same `key` again changes nothing.

    Raises TillReturnUnfit, and what fulfilment refuses.
    """
    order = await order_of(taken.order_id)
    wanted = taken.pieces or {line.sku_id: line.quantity for line in order.lines}
    lines = {line.sku_id: line for line in order.lines}
    if not wanted.keys() <= lines.keys():
        raise TillReturnUnfit(order_no=order.order_no)
    await record_return(
        RecordReturn(
            order_id=taken.order_id,
            pieces=tuple(Pieces(lines[sku_id].id, units) for sku_id, units in wanted.items()),
            store_id=taken.store_id,
            key=taken.key,
            actor=taken.actor,
            at=taken.at,
            amount_fen=taken.amount_fen if taken.pieces else None,
            reason="till",
        )
    )

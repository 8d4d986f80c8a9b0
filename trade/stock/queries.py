"""What can be asked about stock. Nothing here writes."""

from collections.abc import Collection
from dataclasses import dataclass

from trade.stock.models import Reservation, StockLevel
from trade.stock.rules import ReservationState


@dataclass(frozen=True, slots=True)
class StockView:
    """ATP (可承诺量) is `available`: on hand - reserved - safety, never below zero."""

    on_hand: int
    reserved: int
    safety: int
    available: int


async def availability(
    sku_ids: Collection[int], store_ids: Collection[int]
) -> dict[tuple[int, int], StockView]:
    """Stock by (SKU, store). A pair that never had stock is missing from the answer."""
    rows = StockLevel.filter(sku_id__in=list(sku_ids), store_id__in=list(store_ids))
    return {
        (row.sku_id, row.store_id): StockView(
            row.on_hand,
            row.reserved,
            row.safety,
            max(row.on_hand - row.reserved - row.safety, 0),
        )
        for row in await rows
    }


async def held_orders() -> set[str]:
    """The numbers of all orders that hold stock now; for the auditor."""
    rows = await Reservation.filter(state=ReservationState.HELD).only("order_no")
    return {row.order_no for row in rows}

"""How a reservation lives, and how demand is counted before a shelf is asked."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class ReservationState(StrEnum):
    HELD = "held"  # 预占中
    CAPTURED = "captured"  # 已出库
    RELEASED = "released"  # 已释放


def sum_demand(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Units wanted per SKU, in the order of their ids: two lines of one SKU are one demand.

    Raises ValueError when a quantity is not positive.
    """
    demand: Counter[int] = Counter()
    for sku_id, quantity in lines:
        if quantity <= 0:
            raise ValueError(f"quantity {quantity} of SKU {sku_id}")
        demand[sku_id] += quantity
    return dict(sorted(demand.items()))

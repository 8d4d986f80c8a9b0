"""How a reservation lives, where goods can be, why they move, and how demand is counted."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class ReservationState(StrEnum):
    HELD = "held"  # 预占中
    CAPTURED = "captured"  # 已出库
    RELEASED = "released"  # 已释放


class Place(StrEnum):
    """Where in a store's books a unit lies. Only the shelf is promised to anybody."""

    SHELF = "shelf"  # 货架
    TRANSIT = "transit"  # 在途, on its way to this store
    RETURNS = "returns"  # 待处理退货, came back and waits for its disposition
    DAMAGED = "damaged"  # 残次


class MovementKind(StrEnum):
    OPENING = "opening"  # 期初
    RECEIVED = "received"  # 收货
    SOLD = "sold"  # 销售出库
    RETURNED = "returned"  # 退货入库
    PUT_AWAY = "put_away"  # 退货上架
    TRANSFERRED_OUT = "transferred_out"  # 调拨出库
    TRANSFERRED_IN = "transferred_in"  # 调拨入库
    COUNTED = "counted"  # 盘点
    SYNCED = "synced"  # 同步
    ADJUSTED = "adjusted"  # 调整
    SCRAPPED = "scrapped"  # 报废
    TO_VENDOR = "to_vendor"  # 退供应商
    LIQUIDATED = "liquidated"  # 清仓处理


TRUTHS = frozenset({MovementKind.COUNTED, MovementKind.SYNCED})


class Reason(StrEnum):
    """Why somebody corrects the books (调整原因)."""

    DAMAGED = "damaged"  # 残损
    SCRAPPED = "scrapped"  # 报废
    LOST = "lost"  # 丢失
    STOLEN = "stolen"  # 被盗
    FOUND = "found"  # 找到
    SAMPLE = "sample"  # 样品
    OWN_USE = "own_use"  # 自用
    GIFT = "gift"  # 赠送
    CORRECTION = "correction"  # 更正
    LOST_IN_TRANSIT = "lost_in_transit"  # 途中丢失; closing a transfer says it, nobody else


EITHER_WAY = frozenset({Reason.CORRECTION})
BACK = frozenset({Reason.FOUND})
NOT_BY_HAND = frozenset({Reason.LOST_IN_TRANSIT})


def fits(reason: Reason, quantity: int) -> bool:
    """Whether a correction of this many units (+ came, - went) can have this reason."""
    if quantity == 0 or reason in NOT_BY_HAND:
        return False
    return reason in EITHER_WAY or (quantity > 0) == (reason in BACK)


class Disposition(StrEnum):
    """What becomes of goods that came back (退货处置)."""

    RESTOCK = "restock"  # 重新上架
    TRANSFER = "transfer"  # 调往他店
    VENDOR = "vendor"  # 退供应商
    LIQUIDATE = "liquidate"  # 清仓
    SCRAP = "scrap"  # 报废


LEAVES_AS = {
    Disposition.RESTOCK: MovementKind.PUT_AWAY,
    Disposition.TRANSFER: MovementKind.TRANSFERRED_OUT,
    Disposition.VENDOR: MovementKind.TO_VENDOR,
    Disposition.LIQUIDATE: MovementKind.LIQUIDATED,
    Disposition.SCRAP: MovementKind.SCRAPPED,
}


class InboundKind(StrEnum):
    RECEIPT = "receipt"  # 到货单, from a supplier or the warehouse
    TRANSFER = "transfer"  # 调拨单, from another store


class InboundState(StrEnum):
    ON_THE_WAY = "on_the_way"  # 在途
    CLOSED = "closed"  # 已完成


class CountState(StrEnum):
    OPEN = "open"  # 盘点中
    POSTED = "posted"  # 已过账
    REJECTED = "rejected"  # 已驳回


class Fullness(StrEnum):
    """Stock as shoppers see it: how many there are is the shop's business."""

    NONE = "none"  # 无货
    FEW = "few"  # 少量
    SOME = "some"  # 有货
    PLENTY = "plenty"  # 充足


FEW, SOME = 2, 9


def fullness(available: int) -> Fullness:
    """none 0, few 1-2, some 3-9, plenty from 10."""
    if available <= 0:
        return Fullness.NONE
    if available <= FEW:
        return Fullness.FEW
    return Fullness.SOME if available <= SOME else Fullness.PLENTY


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

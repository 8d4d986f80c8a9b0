"""What an order may become. The table is the truth; docs, admin buttons and tests read it."""

from enum import StrEnum

from trade.orders.errors import OrderCannotMove


class OrderState(StrEnum):
    PLACED = "placed"  # 待付款
    PAID = "paid"  # 待发货
    SHIPPED = "shipped"  # 待收货
    DONE = "done"  # 已完成
    CLOSED = "closed"  # 已关闭


MOVES = {
    (OrderState.PLACED, "pay"): OrderState.PAID,
    (OrderState.PLACED, "close"): OrderState.CLOSED,
    (OrderState.PAID, "ship"): OrderState.SHIPPED,
    (OrderState.PAID, "refund"): OrderState.CLOSED,
    (OrderState.SHIPPED, "confirm"): OrderState.DONE,
}


def move(state: OrderState, action: str) -> OrderState:
    """Raises OrderCannotMove when the table has no such road."""
    if (state, action) not in MOVES:
        raise OrderCannotMove(state=state, action=action)
    return MOVES[state, action]

"""What an order may become. The table is the truth; docs, admin buttons and tests read it."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic_core import to_json

from trade.orders.errors import BadLines, OrderCannotMove

PAY_WITHIN = timedelta(minutes=15)
BALANCE_WITHIN = timedelta(days=7)  # where nothing else was agreed
MAX_LINES = 50
MAX_QUANTITY = 999
MOST_HOLD_HOURS = 72


class OrderState(StrEnum):
    PLACED = "placed"  # 待付款
    DEPOSITED = "deposited"  # 待付尾款
    PAID = "paid"  # 待发货
    SHIPPED = "shipped"  # 待收货
    DONE = "done"  # 已完成
    CLOSED = "closed"  # 已关闭


class CloseReason(StrEnum):
    EXPIRED = "expired"  # 超时未付款
    CANCELLED = "cancelled"  # 顾客取消
    REFUNDED = "refunded"  # 全额退款


class Delivery(StrEnum):
    PICKUP = "pickup"  # 到店自提
    EXPRESS = "express"  # 快递
    CITY = "city"  # 同城配送
    TAKEN = "taken"  # 当场取走


class Entrance(StrEnum):
    """Through which door an order came (下单入口)."""

    MINI_PROGRAM = "mini_program"  # 小程序
    GUIDE = "guide"  # 导购代下单
    LIVE = "live"  # 直播
    TILL = "till"  # 收银机
    IMPORT = "import"  # 历史导入
    EXCHANGE = "exchange"  # 换货
    PHONE = "phone"  # 电话留货
    COUNTER = "counter"  # 柜台收银


MOVES = {
    (OrderState.PLACED, "pay"): OrderState.PAID,
    (OrderState.PLACED, "pay_deposit"): OrderState.DEPOSITED,
    (OrderState.PLACED, "close"): OrderState.CLOSED,
    (OrderState.DEPOSITED, "pay_balance"): OrderState.PAID,
    (OrderState.DEPOSITED, "give_up"): OrderState.CLOSED,
    (OrderState.CLOSED, "revive"): OrderState.PAID,  # only what expired, when the money came late
    (OrderState.PAID, "ship"): OrderState.SHIPPED,
    (OrderState.PAID, "hand_over"): OrderState.DONE,
    (OrderState.PAID, "refund"): OrderState.CLOSED,
    (OrderState.SHIPPED, "confirm"): OrderState.DONE,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a sale began (来源): the guide's card, the store and customer group it was sent to."""

    guide_id: int
    store_id: int
    group_id: int | None = None


def move(state: OrderState, action: str) -> OrderState:
    """Raises OrderCannotMove when the table has no such road."""
    if (state, action) not in MOVES:
        raise OrderCannotMove(state=state, action=action)
    return MOVES[state, action]


def road(action: str) -> tuple[OrderState, OrderState]:
    """From where to where an action leads; each action of the table has one road."""
    [(before, after)] = [(here, there) for (here, name), there in MOVES.items() if name == action]
    return before, after


def merge_lines(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Units per SKU in the order of SKU ids, so that two lines of one SKU are priced as one.

    Raises BadLines when there are none, too many, or a quantity outside 1 to 999.
    """
    units: Counter[int] = Counter()
    for sku_id, quantity in lines:
        if quantity < 1:
            raise BadLines(sku_id=sku_id, quantity=quantity)
        units[sku_id] += quantity
    if not 1 <= len(units) <= MAX_LINES:
        raise BadLines(lines=len(units), most=MAX_LINES)
    sku_id, quantity = max(units.items(), key=lambda item: item[1])
    if quantity > MAX_QUANTITY:
        raise BadLines(sku_id=sku_id, quantity=quantity, most=MAX_QUANTITY)
    return dict(sorted(units.items()))


def fingerprint(content: dict[str, Any]) -> str:
    """Tells whether a repeated request asks for the same order: sha256 of its JSON by name."""
    return hashlib.sha256(to_json(dict(sorted(content.items())))).hexdigest()

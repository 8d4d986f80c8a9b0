"""What an order looks like to those who may see it, and how a parcel is addressed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pydantic import Field

from core.web.api import Schema
from miniapp_api.quotes import ReasonOut
from trade.fulfilment.queries import task_of
from trade.orders.queries import (
    CloseReason,
    Delivery,
    OrderState,
    OrderView,
    notes_of,
    timeline_of,
)
from trade.orders.service import Consignee
from trade.stores.queries import StoreView, stores_of


class ConsigneeIn(Schema):
    name: str = Field(min_length=1, max_length=40)
    phone: str = Field(pattern=r"^\+?[0-9-]{5,20}$")
    address: str = Field(min_length=4, max_length=200)

    @property
    def value(self) -> Consignee:
        return Consignee(self.name, self.phone, self.address)


class OrderLineOut(Schema):
    """`list_fen` and `price_fen` are for one piece, the other amounts for the line."""

    sku_code: str
    title: str
    spec_text: str
    picture: str
    unit: str
    quantity: int
    list_fen: int
    price_fen: int
    discount_fen: int
    payable_fen: int
    is_gift: bool


class OrderOut(Schema):
    """goodsFen - discountFen + freightFen = payableFen. Unpaid, it ends at `expires_at`."""

    order_id: str
    order_no: str
    state: OrderState
    close_reason: CloseReason | None
    store_code: str
    store_name: str
    delivery: Delivery
    lines: list[OrderLineOut]
    goods_fen: int
    discount_fen: int
    freight_fen: int
    payable_fen: int
    paid_fen: int
    deposit_fen: int
    points_spent: int
    points_earned: int
    note: str
    promised_on: date | None
    balance_due_at: datetime | None
    reasons: list[ReasonOut]
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None


class StepOut(Schema):
    action: str
    state: OrderState
    at: datetime


class RemarkOut(Schema):
    """What the store wrote to the buyer."""

    text: str
    at: datetime


class OrderDetailOut(OrderOut):
    """`pickup_code` is shown at the counter; there is one once the store has its task."""

    pickup_code: str | None
    remarks: list[RemarkOut]
    timeline: list[StepOut]


async def stores_of_orders(orders: Iterable[OrderView]) -> Mapping[int, StoreView]:
    return {store.id: store for store in await stores_of(order.store_id for order in orders)}


def shown_order(order: OrderView, store: StoreView, language: str) -> OrderOut:
    return OrderOut.of(
        order,
        order_id=order.public_id,
        store_code=store.code,
        store_name=store.name,
        lines=[OrderLineOut.of(line) for line in order.lines],
        reasons=[
            ReasonOut.of(reason, text=reason.en if language == "en" else reason.zh)
            for reason in order.reasons
        ],
    )


async def order_detail(order: OrderView, language: str) -> OrderDetailOut:
    stores, task = await stores_of_orders([order]), await task_of(order.id)
    steps = [StepOut.of(step) for step in await timeline_of(order.id)]
    return OrderDetailOut.of(
        shown_order(order, stores[order.store_id], language),
        pickup_code=task.code if task and task.is_live else None,
        remarks=[RemarkOut.of(one) for one in await notes_of(order.id, with_inner=False)],
        timeline=steps,
    )

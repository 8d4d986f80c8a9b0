"""What ERPs call our orders."""

from dataclasses import dataclass
from datetime import datetime

from core.security.scope import Scope
from devices.models import OrderMark
from trade.orders.errors import OrderNotFound
from trade.orders.queries import OrderView, find_order


@dataclass(frozen=True, slots=True)
class MarkView:
    """`noted_at` is when we heard it, `exported_at` when the ERP took the order."""

    document_no: str
    state: str
    exported_at: datetime
    noted_at: datetime


async def marks_of(order_id: int) -> list[MarkView]:
    """Everything ERPs said of an order, the oldest first."""
    return [
        MarkView(row.document_no, row.state, row.exported_at, row.noted_at)
        for row in await OrderMark.filter(order_id=order_id).order_by("id")
    ]


async def order_numbered(scope: Scope, order_no: str) -> OrderView:
    """An order by the number people see. Raises OrderNotFound, also outside the asker's stores."""
    order = await find_order(order_no)
    if order is None or not scope.sees_store(order.store_id):
        raise OrderNotFound(order_no=order_no)
    return order

"""Set the scene: goods that arrived at the buyer, and come back."""

from tests.scenes.fulfilment import (
    ME,
    a_label,
    key,
    people_of,
    sold,
    the_task,
)
from tests.scenes.orders import Shelf
from trade.fulfilment.queries import (
    ReturnView,
)
from trade.fulfilment.service import (
    Arrived,
    AskReturn,
    Delivered,
    Pieces,
    ask_return,
    confirm_receipt,
    ship,
)
from trade.orders.queries import Delivery, OrderView


async def received_by_member(shelf: Shelf, quantity: int = 3) -> OrderView:
    """An express order that arrived: 3 pieces at 399 yuan."""
    order = await sold(shelf, quantity=quantity, delivery=Delivery.EXPRESS, wechat=True)
    task = await the_task(order)
    scope = people_of(shelf.store_id)
    await ship(scope=scope, task_id=task.public_id, labels=[a_label()], key=key())
    return await confirm_receipt(scope=ME, order_id=order.public_id)


def a_wish(order: OrderView, pieces: int, **more: object) -> AskReturn:
    """To give back so many pieces of the first line."""
    facts = {"pieces": (Pieces(order.lines[0].id, pieces),), "key": key(), **more}
    return AskReturn(**facts)  # type: ignore[arg-type]


async def a_case(order: OrderView, pieces: int = 1, **more: object) -> ReturnView:
    """A return the buyer has asked for."""
    return await ask_return(scope=ME, order_id=order.public_id, ask=a_wish(order, pieces, **more))


def brought(case: ReturnView, store_id: int, pieces: int = 1, **more: object) -> Delivered:
    """So many pieces of its first line, at the counter of a store."""
    one = Arrived(case.lines[0].line_id, pieces, **more)  # type: ignore[arg-type]
    return Delivered(store_id, (one,), key(), place="R-1")

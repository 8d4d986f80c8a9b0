"""Set the scene: orders paid in the mini-program, their parcels, and what WeChat was told."""

from typing import Any

from core import clock
from core.database import sql
from sandbox.timetable import Doc
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.bills import merchant, paid_there
from tests.scenes.fulfilment import key, people_of, sold, the_task
from tests.scenes.orders import OPEN_ID, a_shelf
from trade.fulfilment.queries import ShipmentView, TaskView
from trade.fulfilment.service import (
    Label,
    Pieces,
    ship,
)
from trade.fulfilment.service.shipping_info import (
    UploadView,
    uploads_of,
)
from trade.fulfilment.shipping_info.owing import look_at_all
from trade.orders.queries import Delivery, OrderView
from trade.payments.queries import payment_of


async def a_sale(world: World | None, delivery: Delivery, **more: Any) -> OrderView:
    """An order paid in the mini-program; `world` None: WeChat does not know of it yet."""
    shelf = await a_shelf()
    await sql("UPDATE stores_store SET city_radius_m = 5000")
    order = await sold(shelf, wechat=True, delivery=delivery, **more)
    if world is not None:
        await known_there(world, order)
    return order


async def known_there(world: World, order: OrderView) -> None:
    payment = await payment_of(order.id)
    assert payment is not None
    assert payment.transaction_id is not None
    number, fen = payment.payment_no, payment.amount_fen
    at = clock.now()
    paid_there(world, number, payment.transaction_id, fen, at, openid=OPEN_ID)


async def there(world: World, order: OrderView) -> Doc:
    """What WeChat was told of an order."""
    payment = await payment_of(order.id)
    assert payment is not None
    told = world.collection("shippings").get(f"{merchant()}/{payment.payment_no}")
    return told or {"list": [], "finished": False}


async def ours(order: OrderView) -> UploadView:
    [row] = await uploads_of(order.id)
    return row


async def sent(
    order: OrderView, *labels: str, pieces: int | None = None, carrier: str = "ZTO"
) -> ShipmentView:
    task: TaskView = await the_task(order)
    chosen = [Pieces(task.lines[0].line_id, pieces)] if pieces else []
    shipment = await ship(
        scope=people_of(task.store_id),
        task_id=task.public_id,
        labels=[Label(carrier, number) for number in labels],
        key=key(),
        pieces=chosen,
    )
    await tell_everyone()
    return shipment


def uploads(world: World) -> int:
    path = "/wxa/sec/order/upload_shipping_info"
    return sum(1 for call in world.calls if call.get("path") == path)


async def later() -> None:
    """As if the waits were over."""
    for _ in range(4):
        await sql("UPDATE shipping_info_upload SET try_at = now() WHERE state = 'owed'")
        await look_at_all()
        await make_due()
        await tell_everyone()

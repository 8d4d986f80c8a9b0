"""Set the scene: sold orders, the people of stores, and what they have to do."""

from itertools import count
from typing import Any

from core.database import sql
from core.security.scope import Role, Scope
from tests.scene import tell_everyone
from tests.scenes.orders import MEMBER, Shelf, a_payment, an_order, money_back, money_for
from trade.fulfilment.queries import TaskView, task_of
from trade.fulfilment.service import AskReturn, Label, Pieces, ask_return, ship
from trade.orders.queries import Consignee, Delivery, OrderView, order_of
from trade.payments.queries import Method, payment_of, refunds_of
from trade.payments.service import Tender, book_refund, record_tender, settle
from trade.stock.queries import availability

serial = count(1)
PARCEL = Consignee(name="林晓", phone="021-60000000", address="上海市静安区南京西路 1 号")


def key() -> str:
    return f"key-{next(serial):06}"


def people_of(*store_ids: int, role: Role = Role.GUIDE) -> Scope:
    return Scope(role, staff_id=31, store_ids=frozenset(store_ids))


def a_label(carrier: str = "SF") -> Label:
    return Label(carrier, f"SF{next(serial):012}")


async def sold(*shelves: Shelf, quantity: int = 1, wechat: bool = False, **more: Any) -> OrderView:
    """An order that was paid, in cash unless by `wechat`; whoever hears of it has heard."""
    if more.get("delivery") in {Delivery.EXPRESS, Delivery.CITY}:
        more.setdefault("consignee", PARCEL)
    order = await an_order(*shelves, quantity=quantity, **more)
    if wechat:
        await settle(await money_for(await a_payment(order)))
    else:
        tender = Tender(Method.CASH, order.payable_fen)
        await record_tender(order_id=order.id, tender=tender, key=key(), by="guide:31")
    await tell_everyone()
    return await order_of(order.id)


async def refunds_arrive(order: OrderView) -> None:
    """WeChat Pay tells that all refunds of an order went through."""
    payment = await payment_of(order.id)
    assert payment is not None
    for refund in await refunds_of(order.id):
        told = money_back(
            payment.payment_no,
            refund.refund_no,
            refund_fen=refund.amount_fen,
            total_fen=payment.amount_fen,
        )
        await book_refund(told)
    await tell_everyone()


async def the_task(order: OrderView) -> TaskView:
    task = await task_of(order.id)
    assert task is not None
    return task


async def on_hand(shelf: Shelf) -> int:
    return (await availability([shelf.sku_id], [shelf.store_id]))[
        shelf.sku_id, shelf.store_id
    ].on_hand


async def waiting(shelf: Shelf) -> int:
    """Pieces that came back to the store and have no place yet."""
    return (await availability([shelf.sku_id], [shelf.store_id]))[
        shelf.sku_id, shelf.store_id
    ].in_returns


async def days_pass(days: int) -> None:
    """As if everything had happened so many days earlier."""
    for table, columns in AGES.items():
        moved = ", ".join(f"{name} = {name} - interval '{days} days'" for name in columns)
        await sql(f"UPDATE {table} SET {moved}")  # noqa: S608  names of ours


AGES = {
    "fulfilment_store_task": ("due_at", "ready_at", "created_at"),
    "fulfilment_shipment": ("left_at", "arrived_at"),
    "fulfilment_return": ("ends_at",),
}

ME = Scope(Role.MEMBER, member_id=MEMBER)


async def a_days_work(shelf: Shelf, paid: OrderView, member_id: int) -> dict[str, str]:
    """Of one store: a task, a parcel on its way, and two returns of a member, one to withdraw."""
    staff = people_of(shelf.store_id)
    task = await the_task(paid)
    express = await sold(shelf, member_id=member_id, delivery=Delivery.EXPRESS)
    packed = (await the_task(express)).public_id
    parcel = await ship(scope=staff, task_id=packed, labels=[a_label()], key=key())
    taken = await sold(shelf, quantity=2, member_id=member_id, delivery=Delivery.TAKEN)
    me = Scope(Role.MEMBER, member_id=member_id)
    one = (Pieces(taken.lines[0].id, 1),)
    case, kept = [
        await ask_return(scope=me, order_id=taken.public_id, ask=AskReturn(one, key()))
        for _ in range(2)
    ]
    return {
        "task": task.public_id,
        "sold_code": paid.lines[0].sku_code,
        "shipment": parcel.public_id,
        "case": case.public_id,
        "kept": kept.public_id,
        "return_no": case.return_no,
    }

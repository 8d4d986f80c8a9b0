"""How points react to news of others. Each listener is thin and bears being called twice."""

from core.events import on
from crm.behaviour.events import BehaviourNoted
from crm.people.events import MemberJoined
from crm.points.service import On, earn_points, reward, start_waiting, take_points_back
from trade.catalog.events import ProductFavourited
from trade.orders.events import OrderDone, OrderPaid
from trade.payments.events import RefundSettled


@on(OrderPaid)
async def credit_points(event: OrderPaid) -> None:
    await earn_points(order_id=event.order_id, at=event.at)


@on(OrderDone)
async def start_the_wait(event: OrderDone) -> None:
    await start_waiting(order_id=event.order_id, at=event.at)


@on(RefundSettled)
async def debit_points(event: RefundSettled) -> None:
    await take_points_back(order_id=event.order_id)


WORTH = {"share": On.SHARE, "review": On.REVIEW, "follow": On.FOLLOW, "visit": On.VISIT}


@on(BehaviourNoted)
async def thank_for_it(event: BehaviourNoted) -> None:
    known = WORTH.get(event.kind)
    if known is not None:
        await reward(member_id=event.member_id, on=known, key=event.key[:60], at=event.at)


@on(MemberJoined)
async def welcome(event: MemberJoined) -> None:
    key = str(event.member_id)
    await reward(member_id=event.member_id, on=On.JOIN, key=key, at=event.at)


@on(ProductFavourited)
async def thank_for_a_favourite(event: ProductFavourited) -> None:
    key = f"{event.member_id}:{event.product_id}"
    await reward(member_id=event.member_id, on=On.FAVOURITE, key=key, at=event.at)

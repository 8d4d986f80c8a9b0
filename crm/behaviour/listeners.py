"""How this room reacts to news from others. Each listener is thin and bears being called twice."""

from core.events import on
from crm.behaviour.rules import Step
from crm.behaviour.service import note, recount_days
from crm.people.events import GuideChanged, MemberJoined, MembersMerged, MergeUndone
from trade.catalog.events import ProductFavourited
from trade.orders.events import OrderDone, OrderPaid, OrderPlaced
from trade.orders.queries import order_of
from trade.payments.events import RefundSettled
from trade.promotions.events import CouponClaimed, CouponUsed


@on(MemberJoined)
async def note_joining(event: MemberJoined) -> None:
    cause = str(event.member_id)
    await note(member_id=event.member_id, kind=Step.JOINED, cause=cause, at=event.at)


@on(GuideChanged)
async def note_guide(event: GuideChanged) -> None:
    cause = f"{event.member_id}:{event.at.isoformat()}"
    subject = str(event.guide_id or "")
    await note(
        member_id=event.member_id, kind=Step.GUIDE, cause=cause, at=event.at, subject=subject
    )


@on(ProductFavourited)
async def note_favourite(event: ProductFavourited) -> None:
    await note(
        member_id=event.member_id,
        kind=Step.FAVOURITE,
        cause="",
        at=event.at,
        product_id=event.product_id,
    )


@on(OrderPlaced)
async def note_order(event: OrderPlaced) -> None:
    await _of_order(Step.ORDERED, event)


@on(OrderPaid)
async def note_payment(event: OrderPaid) -> None:
    await _of_order(Step.PAID, event)


@on(OrderDone)
async def note_goods(event: OrderDone) -> None:
    await _of_order(Step.DONE, event)


@on(RefundSettled)
async def note_refund(event: RefundSettled) -> None:
    order = await order_of(event.order_id)
    if order.member_id is not None:
        await note(
            member_id=order.member_id,
            kind=Step.REFUNDED,
            cause=event.refund_no,
            at=event.at,
            subject=event.order_no,
        )


@on(CouponClaimed)
async def note_coupon(event: CouponClaimed) -> None:
    await _of_coupon(Step.COUPON, event)


@on(CouponUsed)
async def note_coupon_used(event: CouponUsed) -> None:
    await _of_coupon(Step.COUPON_USED, event)


async def _of_order(kind: Step, event: OrderPlaced | OrderPaid | OrderDone) -> None:
    if event.member_id is not None:
        await note(
            member_id=event.member_id,
            kind=kind,
            cause=event.order_no,
            at=event.at,
            subject=event.order_no,
        )


async def _of_coupon(kind: Step, event: CouponClaimed | CouponUsed) -> None:
    await note(
        member_id=event.member_id,
        kind=kind,
        cause=f"{event.coupon_id}:{event.member_id}:{event.at.isoformat()}",
        at=event.at,
        subject=event.campaign_code,
    )


@on(MembersMerged)
async def count_the_kept(event: MembersMerged) -> None:
    await recount_days([event.kept_id, event.gone_id])


@on(MergeUndone)
async def count_both(event: MergeUndone) -> None:
    await recount_days([event.kept_id, event.gone_id])

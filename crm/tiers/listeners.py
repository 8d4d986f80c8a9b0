"""How tiers react to news from others. Each listener is thin and bears being called twice."""

from core.events import on
from crm.people.events import MembersMerged, MergeUndone
from crm.tiers.rules import Why
from crm.tiers.service import count_order, end_refunded_terms, judge, open_bought_terms
from trade.orders.events import OrderPaid
from trade.payments.events import RefundSettled


@on(OrderPaid)
async def count_purchase(event: OrderPaid) -> None:
    """One debt of the outbox for both: every order of the shop passes here."""
    await count_order(order_id=event.order_id)
    await open_bought_terms(order_id=event.order_id)


@on(RefundSettled)
async def count_refund(event: RefundSettled) -> None:
    await count_order(order_id=event.order_id, why=Why.REFUND)
    await end_refunded_terms(order_id=event.order_id)


@on(MembersMerged)
async def judge_both(event: MembersMerged) -> None:
    """What counted of both counts for the one who stays."""
    await judge([event.kept_id, event.gone_id], why=Why.MERGE, cause=f"merge:{event.merge_id}")


@on(MergeUndone)
async def judge_both_again(event: MergeUndone) -> None:
    await judge([event.kept_id, event.gone_id], why=Why.MERGE, cause=f"undone:{event.merge_id}")

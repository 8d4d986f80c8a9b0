"""Waits that are over: pending earnings become points."""

from datetime import timedelta

from core.database import sql, use_case
from crm.points.models import Earning
from crm.points.service.earning import TAKE_TURNS
from crm.points.service.giving import DUE, give
from crm.points.service.taking import note_refunds
from trade.payments.queries import RefundState, refunds_of

PUT_OFF = timedelta(hours=6)


async def give_due(limit: int = 500) -> int:
    """Give every earning whose wait is over, each in its own transaction; how many were due."""
    due = await sql(DUE, limit)
    for row in due:
        await _give_one(row["id"], row["order_id"])
    return len(due)


@use_case
async def _give_one(earning_id: int, order_id: int | None) -> None:
    if order_id is not None:
        await sql(TAKE_TURNS, order_id)
        await note_refunds(order_id)
    earning = await Earning.get(id=earning_id)
    if order_id is not None and await _is_under_refund(order_id):
        assert earning.available_at is not None
        earning.available_at += PUT_OFF
        await earning.save(update_fields=["available_at"])
        return
    await give(earning)


async def _is_under_refund(order_id: int) -> bool:
    """Money on its way back is waited for, instead of giving points and leaving a debt."""
    ended = {RefundState.SETTLED, RefundState.CLOSED}
    return any(
        refund.is_of_sale and refund.state not in ended for refund in await refunds_of(order_id)
    )

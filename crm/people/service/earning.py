"""What a paid order means to people: the credit for a guide."""

from datetime import datetime, timedelta

from core import clock
from core.database import use_case
from crm.people.models import Attribution, Binding
from crm.people.rules import ATTRIBUTION_RULE, attribute, sale_message, share_message
from crm.people.service.messages import want_message
from trade.orders.queries import order_of
from trade.settlement.queries import credit_of
from trade.settlement.service import CreditSale, credit_sale
from trade.stores.queries import get_store, staff_of_franchisee

NEWS = timedelta(days=2)  # an older sale, uploaded late, is told to nobody


@use_case
async def attribute_sale(*, order_id: int, at: datetime) -> None:
    """Decide who gets the credit of a paid order, and tell settlement, the guide, the franchisee.

    Decided once: told again, the first decision stands, even if the binding has changed since.
    """
    order = await order_of(order_id)
    if await Attribution.exists(order_no=order.order_no):
        return
    source = order.source
    guide_id, why = attribute(
        source_guide=source.guide_id if source else None,
        bound_guide=await _guide_at(order.member_id, at),
    )
    await Attribution(
        order_no=order.order_no,
        member_id=order.member_id,
        store_id=order.store_id,
        guide_id=guide_id,
        group_id=source.group_id if source else None,
        why=why,
        rule=ATTRIBUTION_RULE,
        paid_fen=order.paid_fen,
        points=order.points_earned,
        at=at,
    ).save()
    if order.paid_fen > 0:
        await credit_sale(
            CreditSale(
                order_no=order.order_no,
                order_id=order.id,
                store_id=order.store_id,
                paid_fen=order.paid_fen,
                guide_id=guide_id,
                at=at,
            )
        )
    if clock.now() - at > NEWS:
        return
    if guide_id is not None:
        await _tell_guide(guide_id, order.order_no, order.paid_fen, order.store_id)
    await _tell_franchisee(order.order_no)


async def _guide_at(member_id: int | None, at: datetime) -> int | None:
    """Who looked after the member when the money came; nobody after a buyer without a name."""
    if member_id is None:
        return None
    held = Binding.filter(member_id=member_id, bound_at__lte=at).order_by("-id")
    last = await held.first()
    if last is None or (last.unbound_at is not None and last.unbound_at <= at):
        return None
    return last.guide_id


async def _tell_guide(guide_id: int, order_no: str, paid_fen: int, store_id: int) -> None:
    store = await get_store(store_id)
    text = sale_message(order_no=order_no, paid_fen=paid_fen, store_name=store.name)
    await want_message(key=f"sale:{order_no}", staff_id=guide_id, text=text)


async def _tell_franchisee(order_no: str) -> None:
    credit = await credit_of(order_no)
    if credit is None or credit.franchisee_id is None or credit.share_fen <= 0:
        return
    text = share_message(
        order_no=order_no,
        paid_fen=credit.paid_fen,
        share_fen=credit.share_fen,
        store_name=(await get_store(credit.store_id)).name,
    )
    for owner in await staff_of_franchisee(credit.franchisee_id):
        await want_message(key=f"share:{order_no}:{owner.id}", staff_id=owner.id, text=text)

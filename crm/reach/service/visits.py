"""Visits to stores (到店预约): the member is told in the brand's own words, their guide asked.

The words are the brand's standing notices `visit-booked`, `visit-soon`, `visit-cancelled`.
"""

from datetime import datetime
from enum import StrEnum

from core import clock
from core.database import use_case
from crm.reach.queries import template_for
from crm.reach.service.settling import cancel_messages
from crm.reach.service.tasks import ask_guide
from crm.reach.service.wanting import want
from trade.fulfilment.queries import VisitState, visit_of
from trade.stores.queries import get_store


class VisitNews(StrEnum):
    BOOKED = "booked"  # 已预约
    SOON = "soon"  # 即将到店
    CANCELLED = "cancelled"  # 已取消


ASKED = {
    VisitNews.BOOKED: "会员预约 {time} 到 {store}，请提前联系确认",
    VisitNews.SOON: "会员 {time} 到 {store}，请备好商品",
    VisitNews.CANCELLED: "会员取消了 {time} 到 {store} 的预约，请联系改期",
}


@use_case
async def tell_of_visit(visit_id: int, news: VisitNews) -> bool:
    """Tell the member and ask the guide, once for each news. True: the member will be told.

    News of a visit that has been cancelled or begun meanwhile is no news; a cancelled visit takes
    back what has not left yet.
    """
    visit = await visit_of(visit_id)
    is_off = visit is not None and visit.state is VisitState.CANCELLED
    if visit is None or is_off is not (news is VisitNews.CANCELLED):
        return False
    if visit.starts_at <= clock.now():
        return False
    if is_off:
        await cancel_messages(cause=_cause(visit_id, VisitNews.BOOKED))
        await cancel_messages(cause=_cause(visit_id, VisitNews.SOON))
    words = {"store": (await get_store(visit.store_id)).name, "time": _said(visit.starts_at)}
    cause, member_id = _cause(visit_id, news), visit.member_id
    text = ASKED[news].format(**words)
    due_on = clock.shop_day(visit.starts_at if news is VisitNews.SOON else clock.now())
    await ask_guide(key=cause, member_id=member_id, text=text, due_on=due_on)
    template = await template_for(member_id, f"visit-{news}")
    if template is None:
        return False
    return await want(key=cause, member_id=member_id, template=template, cause=cause, words=words)


def _cause(visit_id: int, news: VisitNews) -> str:
    return f"visit:{visit_id}:{news}"


def _said(at: datetime) -> str:
    return at.astimezone(clock.SHOP_ZONE).strftime("%m-%d %H:%M")

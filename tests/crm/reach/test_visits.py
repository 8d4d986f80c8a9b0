"""A visit to a store is told to the member and asked of their guide, once, and taken back."""

from datetime import timedelta

import pytest

from core import clock
from core.privacy import Purpose
from core.security.scope import Role, Scope
from crm.people.models import Member
from crm.reach.models import GuideTask, Message
from crm.reach.rules import Channel
from crm.reach.service import VisitNews, tell_of_visit
from tests.scene import tell_everyone
from tests.scenes.reach import a_reachable_member, a_template
from tests.scenes.stores import a_member_of_staff
from trade.fulfilment.models import Visit
from trade.fulfilment.queries import VisitView, slots_in
from trade.fulfilment.service.visiting import BookVisit, book_visit, cancel_visit
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("db")


async def texts() -> None:
    for news in VisitNews:
        text = "您 {time} 到 {store} 的预约，回复可改期。"
        code, purpose = f"visit-{news}-sms", Purpose.MEMBERSHIP
        await a_template(Channel.SMS, code, text=text, purpose=purpose)


async def a_visit() -> tuple[Member, VisitView]:
    guide = await a_member_of_staff()
    member = await a_reachable_member(guide=guide)
    assert guide.store_id is not None
    tomorrow = clock.shop_day(clock.now() + timedelta(days=2))
    [slot, *_] = await slots_in(guide.store_id, tomorrow)
    visit = await book_visit(BookVisit(member.id, guide.store_id, slot.starts_at, "k1"))
    return member, visit


async def test_a_booked_visit_tells_the_member_and_asks_the_guide_once() -> None:
    await texts()
    member, visit = await a_visit()
    await tell_everyone()
    assert await tell_of_visit(visit.id, VisitNews.BOOKED) is False
    [message], [task] = await Message.all(), await GuideTask.all()
    store = await Store.get(id=visit.store_id)

    assert (message.member_id, message.purpose, message.channel) == (
        member.id,
        Purpose.MEMBERSHIP,
        Channel.SMS,
    )
    assert message.words["store"] == store.name
    assert store.name in task.text


async def test_a_cancelled_visit_takes_back_what_has_not_left() -> None:
    await texts()
    member, visit = await a_visit()
    await tell_of_visit(visit.id, VisitNews.BOOKED)
    await tell_of_visit(visit.id, VisitNews.SOON)
    await cancel_visit(Scope(Role.MEMBER, member_id=member.id), visit_id=visit.public_id)
    await tell_of_visit(visit.id, VisitNews.CANCELLED)
    await tell_of_visit(visit.id, VisitNews.CANCELLED)
    told = await Message.all().order_by("id").values_list("cause", "state")

    assert told == [
        (f"visit:{visit.id}:booked", "suppressed"),
        (f"visit:{visit.id}:soon", "suppressed"),
        (f"visit:{visit.id}:cancelled", "wanted"),
    ]
    assert await GuideTask.all().count() == 3
    assert await tell_of_visit(visit.id, VisitNews.SOON) is False


async def test_without_words_of_the_brand_only_the_guide_is_asked() -> None:
    _, visit = await a_visit()
    assert await tell_of_visit(visit.id, VisitNews.BOOKED) is False
    await Visit.filter(id=visit.id).update(starts_at=clock.now() - timedelta(hours=1))

    assert await tell_of_visit(visit.id, VisitNews.SOON) is False
    assert (await Message.all().count(), await GuideTask.all().count()) == (0, 1)

"""What people promised each other: a visit to the store, a call of the guide."""

from datetime import timedelta
from uuid import uuid4

from core import clock
from crm.reach.models import GuideTask
from crm.reach.service import ask_guide
from trade.fulfilment.queries import slots_in
from trade.fulfilment.service import BookVisit, book_visit


async def some_promises(member_id: int, store_id: int) -> dict[str, str]:
    """Two visits of tomorrow and a task of the member's guide, by what they are called outside."""
    return {
        "visit": await a_visit(member_id, store_id),
        "arriving": await a_visit(member_id, store_id, hour=1),
        "guide_task": await a_guide_task(member_id),
    }


async def a_visit(member_id: int, store_id: int, *, hour: int = 0) -> str:
    """In one of tomorrow's hours: a member is in one place at a time."""
    slot = (await slots_in(store_id, clock.shop_day(clock.now()) + timedelta(days=1)))[hour]
    wish = BookVisit(member_id, store_id, slot.starts_at, key=uuid4().hex)
    return (await book_visit(wish)).public_id


async def a_guide_task(member_id: int) -> str:
    key = uuid4().hex
    due_on = clock.shop_day(clock.now()) + timedelta(days=3)
    assert await ask_guide(key=key, member_id=member_id, text="回访试穿", due_on=due_on)
    return (await GuideTask.get(key=key)).public_id

"""A store learns of its task at once; being late, its manager does."""

import pytest

from core.security.scope import Role
from crm.people.models import MessageIntent
from tests.scene import tell_everyone
from tests.scenes.fulfilment import days_pass, sold
from tests.scenes.orders import a_shelf
from tests.scenes.stores import a_member_of_staff, a_store
from trade.fulfilment.service.watching import escalate

pytestmark = pytest.mark.usefixtures("db")


async def test_all_people_of_the_store_are_told_once_and_late_the_manager_alone() -> None:
    # hotwax bopis-push-notifications: stores that learn late sell the piece to somebody else
    store = await a_store(name="静安甲店")
    guide = await a_member_of_staff(store=store)
    manager = await a_member_of_staff(Role.STORE_MANAGER, store=store)
    _ = await a_member_of_staff()
    order = await sold(await a_shelf(store_id=store.id))
    at_once = await MessageIntent.filter(key__startswith="task:")
    await days_pass(1)
    await escalate()
    await tell_everyone()

    late = await MessageIntent.filter(key__startswith="task-late:")
    assert {row.staff_id for row in at_once} == {guide.id, manager.id}
    assert [row.staff_id for row in late] == [manager.id]
    assert all(order.order_no[-6:] in row.text for row in [*at_once, *late])
    assert all(order.order_no not in row.text for row in [*at_once, *late])

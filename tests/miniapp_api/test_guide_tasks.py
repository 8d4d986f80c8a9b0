"""A guide reads what to do for their own members, and ticks it off."""

import pytest
from httpx2 import AsyncClient

from core import clock
from core.security.scope import Role
from crm.people.models import MessageIntent
from crm.reach.models import GuideTask
from crm.reach.service import ask_guide
from tests.scene import signed_in_staff
from tests.scenes.people import a_mate_of, a_member
from tests.scenes.stores import a_member_of_staff

pytestmark = pytest.mark.usefixtures("db")


async def test_a_task_is_asked_once_read_and_ticked_off(client: AsyncClient) -> None:
    guide = await a_member_of_staff()
    mine, nobodys = await a_member(guide=guide), await a_member()
    due = clock.shop_day(clock.now())
    asked = [
        await ask_guide(key="t:1", member_id=one.id, text="邀请到店试穿", due_on=due)
        for one in (mine, mine, nobodys)
    ]
    headers = await signed_in_staff(guide.id, Role.GUIDE)
    [task] = (await client.get("/api/v1/guide/tasks", headers=headers)).json()
    path = f"/api/v1/guide/tasks/{task['taskId']}/done"
    stranger = await signed_in_staff((await a_mate_of(guide)).id, Role.GUIDE)
    key = {"idempotency-key": "0123456789abcdef"}
    refused = await client.post(path, headers=stranger | key, json={})
    done = await client.post(path, headers=headers | key, json={"note": "周六来"})

    assert asked == [True, True, False]
    assert (task["text"], task["memberId"]) == ("邀请到店试穿", mine.public_id)
    assert (refused.status_code, done.status_code) == (404, 204)
    assert (await GuideTask.get()).note == "周六来"
    assert await MessageIntent.all().count() == 1

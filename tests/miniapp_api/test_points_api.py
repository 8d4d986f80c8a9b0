"""Points on the phone: what I have, signing in, the redemption shop, partners."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from crm.points.models import Alliance
from crm.points.rules import On, Purse
from tests.scene import signed_in_member, signed_in_staff
from tests.scenes.people import a_member
from tests.scenes.points import a_paid_order, a_program, a_reward, some_points
from tests.scenes.stores import a_member_of_staff, a_store

pytestmark = pytest.mark.usefixtures("db")


def once() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}


async def test_a_member_sees_both_kinds_of_points_and_what_is_still_to_come(
    client: AsyncClient,
) -> None:
    member = await a_member()
    await some_points(member.id, 100)
    await a_program(as_promised=True, pending={"since": "done", "days": 7})
    order = await a_paid_order(member)
    me = await signed_in_member(member.id)
    said = await client.get("/api/v1/points", headers={**me, "accept-language": "en"})
    points, behaviour = said.json()["purses"]

    assert (points["points"], points["coming"], points["owed"]) == (100, 399, 0)
    assert points["pending"][0]["orderNo"] == order.order_no
    assert points["pending"][0]["availableAt"] is None
    assert (behaviour["purse"], behaviour["points"]) == ("behaviour_points", 0)


async def test_signing_in_twice_a_day_is_answered_and_counts_once(client: AsyncClient) -> None:
    me = await signed_in_member((await a_member()).id)
    await a_program("sign", On.SIGN_IN, purse=Purse.BEHAVIOUR, flat=3)
    said = [
        (await client.post("/api/v1/points/check-ins", headers=me | once())).json()
        for _ in range(2)
    ]

    assert [one["points"] for one in said] == [3, 0]
    assert [one["isNew"] for one in said] == [True, False]


async def test_a_gift_is_redeemed_fetched_in_its_store_and_listed(client: AsyncClient) -> None:
    member, store = await a_member(), await a_store()
    guide, stranger = await a_member_of_staff(store=store), await a_member_of_staff()
    reward = await a_reward(points=40, stock=2)
    await some_points(member.id, 100)
    me, key = await signed_in_member(member.id), once()
    body = {"rewardId": reward.public_id, "storeCode": store.code}
    path = "/api/v1/points/redemptions"
    said = [await client.post(path, headers=me | key, json=body) for _ in range(2)]
    number = said[0].json()["redemptionNo"]
    here = await signed_in_staff(guide.id, Role.GUIDE)
    there = await signed_in_staff(stranger.id, Role.GUIDE)
    seen = (await client.get("/api/v1/counter/redemptions", headers=here)).json()["items"]
    elsewhere = (await client.get("/api/v1/counter/redemptions", headers=there)).json()["items"]
    handed = f"/api/v1/counter/redemptions/{number}/hand-over"
    refused = await client.post(handed, headers=there | once())
    given = await client.post(handed, headers=here | once())
    [mine] = (await client.get(path, headers=me)).json()["items"]
    late = await client.delete(f"{path}/{number}", headers=me)

    assert [one.status_code for one in said] == [201, 201]
    assert said[1].json()["redemptionNo"] == number
    assert [one["redemptionNo"] for one in seen] == [number]
    assert (elsewhere, refused.status_code, given.status_code) == ([], 404, 204)
    assert (mine["state"], mine["storeCode"]) == ("handed_over", store.code)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "points.redemption_not_ready")


async def test_the_shop_says_what_i_can_have(client: AsyncClient) -> None:
    me = await signed_in_member((await a_member()).id)
    rewards = [
        await a_reward(points=10, stock=0),
        await a_reward(points=20),
        await a_reward(points=5, is_on=False),
    ]
    items = (await client.get("/api/v1/points/rewards", headers=me)).json()["items"]

    assert [(one["points"], one["canRedeem"]) for one in items] == [(10, False), (20, True)]
    assert len(rewards) == 3


async def test_partners_are_listed_and_an_exchange_needs_an_account(client: AsyncClient) -> None:
    me = await signed_in_member((await a_member()).id)
    await Alliance(
        code="skyclub", name="云天会", out_ours=100, out_theirs=80, most_a_day=1_000
    ).save()
    [partner] = (await client.get("/api/v1/alliances", headers=me)).json()["items"]
    body = {"alliance": "skyclub", "direction": "out", "points": 100}
    said = await client.post("/api/v1/alliances/exchanges", headers=me | once(), json=body)
    path = "/api/v1/alliances/skyclub/account"
    linked = await client.put(path, headers=me, json={"account": "SKY88123456"})

    assert (partner["outOurs"], partner["isLinked"]) == (100, False)
    assert said.json()["error"]["code"] == "points.not_linked"
    assert linked.json()["error"]["code"] == "points.consent_needed"
    assert (await client.delete(path, headers=me)).status_code == 204
    assert (await client.get("/api/v1/alliances/exchanges", headers=me)).json() == {"items": []}

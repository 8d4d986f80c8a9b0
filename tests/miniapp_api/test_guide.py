"""The guide's API: who asks is the session's word, and no parameter changes that."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from httpx2 import AsyncClient

from core.security.source_code import Source, read_source
from tests.scene import signed_in_member, signed_in_staff, tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.orders import a_payment, a_shelf, an_order, money_for, some_rates
from tests.scenes.people import a_group, a_mate_of, a_member
from tests.scenes.stores import a_member_of_staff
from trade.payments.service import settle
from trade.stores.models import Staff


async def entered(guide: Staff) -> dict[str, str]:
    token = await signed_in_staff(guide.id, guide.role)
    return token | {"idempotency-key": uuid4().hex}


async def test_a_card_says_who_shared_which_product_into_which_group(client: AsyncClient) -> None:
    guide = await a_member_of_staff()
    group, scarf = await a_group(guide), await (await a_sku()).product
    body = {"productId": scarf.public_id, "groupId": group.public_id}
    answer = await client.post("/api/v1/guide/share-cards", headers=await entered(guide), json=body)
    card = answer.json()
    query = parse_qs(urlsplit(card["path"]).query)

    assert answer.status_code == 200
    assert card["title"] == scarf.title
    assert card["path"].startswith("pages/product/index?")
    assert query["id"] == [scarf.public_id]
    source = read_source(query["source"][0])
    assert source == Source(guide.id, guide.store_id or 0, group.id, scarf.id)


async def test_a_guide_cannot_share_as_somebody_else_or_to_a_foreign_group(
    client: AsyncClient,
) -> None:
    guide, other = await a_member_of_staff(), await a_member_of_staff()
    mine, foreign, scarf = await a_group(guide), await a_group(other), await (await a_sku()).product
    as_other = {"productId": scarf.public_id, "groupId": mine.public_id, "guideId": other.id}
    to_foreign = {"productId": scarf.public_id, "groupId": foreign.public_id}
    to_nowhere = {"productId": scarf.public_id, "groupId": "grp_missing"}
    answers = [
        await client.post("/api/v1/guide/share-cards", headers=await entered(guide), json=body)
        for body in (as_other, to_foreign, to_nowhere)
    ]

    assert [answer.status_code for answer in answers] == [422, 404, 404]
    assert answers[1].json()["error"]["code"] == answers[2].json()["error"]["code"]


async def test_a_guide_sees_the_groups_of_their_store_their_own_first(client: AsyncClient) -> None:
    guide = await a_member_of_staff()
    mate, stranger = await a_mate_of(guide), await a_member_of_staff()
    there = [await a_group(owner) for owner in (mate, guide, stranger)]
    groups = (await client.get("/api/v1/guide/groups", headers=await entered(guide))).json()

    assert [group["groupId"] for group in groups] == [there[1].public_id, there[0].public_id]


async def test_a_guide_sees_their_own_earnings_explained_and_nobody_elses(
    client: AsyncClient,
) -> None:
    await some_rates()
    guide, other = await a_member_of_staff(), await a_member_of_staff()
    shelf = await a_shelf(store_id=guide.store_id)
    order = await an_order(shelf, member_id=(await a_member(guide=guide)).id)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    path = f"/api/v1/guide/earnings?staffId={guide.id}"
    mine = (await client.get("/api/v1/guide/earnings", headers=await entered(guide))).json()
    theirs = (await client.get("/api/v1/guide/earnings", headers=await entered(other))).json()
    asked = await client.get(path, headers=await entered(other))

    assert (mine["todayFen"], mine["balanceFen"]) == (1_197, 1_197)
    assert [sale["orderNo"] for sale in mine["sales"]] == [order.order_no]
    assert order.order_no in mine["explained"][0]
    assert theirs == {"todayFen": 0, "balanceFen": 0, "sales": [], "explained": []}
    assert asked.status_code == 422


async def test_a_guide_who_left_is_out_at_once(client: AsyncClient) -> None:
    guide = await a_member_of_staff()
    headers = await entered(guide)
    before = await client.get("/api/v1/guide/groups", headers=headers)
    await Staff.filter(id=guide.id).update(is_active=False)
    after = await client.get("/api/v1/guide/groups", headers=headers)

    assert (before.status_code, after.status_code) == (200, 401)


async def test_a_member_is_no_guide(client: AsyncClient) -> None:
    headers = await signed_in_member((await a_member()).id)

    assert (await client.get("/api/v1/guide/groups", headers=headers)).status_code == 403

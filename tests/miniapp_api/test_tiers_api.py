"""Tiers, memberships, gifts and codes as a phone asks for them."""

from datetime import date

import pytest
from httpx2 import AsyncClient

from core.ids import new_id
from core.security.scope import Role
from tests.scene import signed_in_member, signed_in_staff
from tests.scenes.people import a_member, head_office
from tests.scenes.stores import a_member_of_staff, a_store
from tests.scenes.tiers import some_cards, some_tiers
from trade.promotions.queries import codes_of
from trade.promotions.service import DealKind, PromotionDraft, make_codes, put_promotions

pytestmark = pytest.mark.usefixtures("db")


async def asked(member_id: int) -> dict[str, str]:
    return {**await signed_in_member(member_id), "idempotency-key": new_id("key")}


async def test_a_member_reads_where_they_stand_and_what_it_brings(client: AsyncClient) -> None:
    member = await a_member()
    await some_cards(member.id)
    told = (await client.get("/api/v1/tier", headers=await asked(member.id))).json()

    assert (told["tier"], told["earned"], told["amount"]) == ("gold", "standard", 0)
    assert (told["nextTier"], told["missing"]) == ("silver", 100_000)
    assert [step["tier"] for step in told["ladder"] if step["isMine"]] == ["gold"]
    assert [change["toTier"] for change in told["changes"]] == ["gold"]


async def test_a_member_says_whether_a_membership_goes_on(client: AsyncClient) -> None:
    member, other = await a_member(), await a_member()
    await some_cards(member.id)
    path = "/api/v1/memberships/plus/renewal"
    mine = await client.put(path, headers=await asked(member.id), json={"isWanted": True})
    theirs = await client.put(path, headers=await asked(other.id), json={"isWanted": True})
    told = (await client.get("/api/v1/memberships", headers=await asked(member.id))).json()

    assert (mine.status_code, theirs.status_code) == (204, 409)
    assert theirs.json()["error"]["code"] == "tiers.no_membership"
    assert [(one["plan"], one["wantsRenewal"]) for one in told["terms"]] == [("plus", True)]


async def test_a_coupon_goes_to_a_friend_over_the_phone_once(client: AsyncClient) -> None:
    me, friend, late = await a_member(), await a_member(), await a_member()
    cards = await some_cards(me.id)
    path = f"/api/v1/coupons/{cards['coupon']}/gift"
    token = (await client.post(path, headers=await asked(me.id))).json()["token"]
    answers = [
        await client.post(
            "/api/v1/coupon-gifts", headers=await asked(one.id), json={"token": token}
        )
        for one in (me, friend, friend, late)
    ]

    assert [one.status_code for one in answers] == [409, 201, 201, 409]
    assert answers[1].json() == answers[2].json()
    codes = [answers[at].json()["error"]["code"] for at in (0, 3)]
    assert codes == ["promotions.gift_own", "promotions.gift_gone"]
    assert (await client.delete(path, headers=await asked(me.id))).status_code == 409


async def test_guessing_codes_is_slowed_down(client: AsyncClient) -> None:
    member = await a_member()
    await some_cards(member.id)
    batch = await make_codes(code="card", count=1, cause="x", by=head_office())
    [code] = [one.code for one in await codes_of(batch)]
    headers = await asked(member.id)
    good = await client.post("/api/v1/coupon-codes", headers=headers, json={"code": code})
    tries = [
        await client.post(
            "/api/v1/coupon-codes", headers=await asked(member.id), json={"code": f"WRONG{at}"}
        )
        for at in range(12)
    ]

    assert good.status_code == 201
    assert {one.status_code for one in tries} == {404, 429}


async def test_a_guide_gives_a_coupon_to_a_member_of_theirs_alone(client: AsyncClient) -> None:
    await some_tiers()
    store = await a_store()
    guide = await a_member_of_staff(store=store)
    mine, stranger = await a_member(guide=guide), await a_member()
    terms = {"off_fen": 500, "by_guide": True, "claimable": False}
    first = date(2026, 1, 1)
    await put_promotions([PromotionDraft("g", DealKind.COUPON, "导购券", terms, first)])
    session = await signed_in_staff(guide.id, Role.GUIDE)
    headers = {**session, "idempotency-key": new_id("key")}
    offered = (await client.get("/api/v1/guide/coupons", headers=session)).json()
    body = {"memberId": mine.public_id, "code": "g"}
    given = [
        await client.post("/api/v1/guide/coupons", headers=headers, json=body) for _ in range(2)
    ]
    other = {**session, "idempotency-key": new_id("key")}
    refused = await client.post(
        "/api/v1/guide/coupons", headers=other, json={**body, "memberId": stranger.public_id}
    )

    assert offered == [{"code": "g", "name": "导购券"}]
    assert [one.status_code for one in given] == [201, 201]
    assert given[0].json() == given[1].json()
    assert refused.status_code == 404

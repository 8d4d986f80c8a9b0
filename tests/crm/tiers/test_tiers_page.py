"""The pages of tiers: bounds, benefits, memberships, coupons for a tier, a member's own tab."""

import re

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from core.web.panels import panels
from crm.tiers.queries import benefits, ladder_now, plans, terms_of, tier_of
from tests.scene import tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.console import csrf_of, enter
from tests.scenes.people import a_member, head_office
from tests.scenes.stores import a_member_of_staff
from tests.scenes.tiers import has_tier, some_cards, some_tiers
from trade.promotions.queries import coupons_of

pytestmark = pytest.mark.usefixtures("db")
PAGES = "/console/tiers"
LADDER = {
    "code0": "standard",
    "zh0": "普通会员",
    "threshold0": "0",
    "code1": "silver",
    "zh1": "银卡",
    "en1": "Silver",
    "threshold1": "1000.50",
    "basis": "paid",
    "window_days": "365",
    "holds_days": "",
    "round_to": "year",
    "fall": "balance_based",
    "grace_days": "7",
    "notice_days": "30",
    "growth_per_yuan": "1",
}


async def test_tiers_are_set_and_read_again(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    csrf = csrf_of(await client.get(f"{PAGES}/edit"))
    kept = await client.post(f"{PAGES}/edit", data={**LADDER, "csrf": csrf})
    ladder = await ladder_now()

    assert kept.status_code == 303
    assert [(one.code, one.threshold) for one in ladder.rungs] == [
        ("standard", 0),
        ("silver", 100_050),
    ]
    assert (ladder.holds_days, ladder.grace_days, ladder.version) == (None, 7, 1)
    await client.post(f"{PAGES}/edit", data={**LADDER, "csrf": csrf})
    assert (await ladder_now()).version == 1
    for page in (PAGES, f"{PAGES}/edit", f"{PAGES}/of/silver"):
        assert "银卡" in (await client.get(page)).text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"threshold1": "0"}, "threshold"),
        ({"threshold1": "-5"}, "threshold"),
        ({"threshold0": "1"}, "threshold"),
        ({"code1": "standard"}, "rungs"),
        ({"holds_days": "5"}, "holds_days"),
        ({"window_days": "x"}, "window_days"),
        ({"basis": "points"}, "basis"),
        ({"basis": "growth"}, "threshold"),
        ({"code1": "<b>"}, "code"),
    ],
)
async def test_tiers_that_cannot_be_are_told_with_the_field(
    client: AsyncClient, change: dict[str, str], field: str
) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    csrf = csrf_of(await client.get(f"{PAGES}/edit"))
    answer = await client.post(f"{PAGES}/edit", data={**LADDER, **change, "csrf": csrf})

    assert answer.status_code == 422
    assert f"<code>{field}</code>" in answer.text
    assert (await ladder_now()).version == 0


async def test_benefits_and_memberships_are_set_on_their_pages(client: AsyncClient) -> None:
    await some_tiers()
    sku = await a_sku(list_price_fen=9_900)
    await enter(client, await a_member_of_staff(Role.MARKETER))
    csrf = csrf_of(await client.get(f"{PAGES}/of/gold"))
    rows = {"kind0": "price", "value0": "95", "kind1": "freight", "value1": "99"}
    more = {"kind2": "points", "value2": "1.5", "kind3": "service", "zh3": "专属导购"}
    await client.post(f"{PAGES}/of/gold", data={**rows, **more, "csrf": csrf})
    wrong = await client.post(f"{PAGES}/of/gold", data={"kind0": "price", "csrf": csrf})
    plan = {
        "code": "plus",
        "zh": "悦享",
        "en": "Plus",
        "sku": sku.code,
        "tier": "gold",
        "days": "30",
    }
    made = await client.post(f"{PAGES}/plans", data={**plan, "is_open": "1", "csrf": csrf})
    bad = await client.post(f"{PAGES}/plans", data={**plan, "sku": "none", "csrf": csrf})
    found = {one.kind.value: one.facts for one in await benefits(tier="gold")}

    assert (wrong.status_code, bad.status_code, made.status_code) == (422, 422, 303)
    assert found["price"] == {"rate_bp": 9_500}
    assert found["freight"] == {"free_from_fen": 9_900, "fee_fen": 0}
    assert found["points"] == {"bp": 15_000}
    assert [one.days for one in await plans()] == [30]
    assert "悦享" in (await client.get(PAGES)).text
    shown = (await client.get(f"{PAGES}/of/gold")).text
    assert re.findall(r'name="value\d" value="([^"]+)"', shown) == [
        "95",
        "99.00",
        "1.5",
    ]


async def test_a_coupon_goes_to_all_of_a_tier_once_for_a_form(client: AsyncClient) -> None:
    member = await a_member()
    await some_cards(member.id)
    await has_tier(901, "gold")
    await enter(client, await a_member_of_staff(Role.MARKETER))
    page = await client.get(f"{PAGES}/of/gold")
    key = re.search(r'name="key" value="(\w+)"', page.text)
    assert key is not None
    data = {"csrf": csrf_of(page), "key": key[1], "coupon": "card"}
    answers = [await client.post(f"{PAGES}/of/gold/coupons", data=data) for _ in range(2)]
    await tell_everyone()

    assert len({one.headers["location"] for one in answers}) == 1
    assert len(await coupons_of(901)) == 1
    none = await client.post(f"{PAGES}/of/gold/coupons", data={**data, "coupon": "x", "key": "k"})
    assert none.status_code == 422


async def test_head_office_gives_a_tier_and_takes_it_back(client: AsyncClient) -> None:
    await some_tiers()
    member = await a_member()
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    csrf = csrf_of(await client.get(f"{PAGES}/edit"))
    data = {"csrf": csrf, "tier": "gold", "days": "60", "key": "k"}
    for _ in range(2):
        await client.post(f"{PAGES}/members/{member.public_id}", data=data)
    assert await tier_of(member.id) == "gold"
    panel = panels["tiers"]
    told = await panel.load(head_office(), member.id, "en")
    assert told is not None
    assert told["names"]["gold"] == "Gold"
    [term] = await terms_of(member.id)
    back = {"csrf": csrf, "why": "误开", "member": member.public_id}
    await client.post(f"{PAGES}/terms/{term.public_id}/end", data=back)

    assert await tier_of(member.id) == "standard"

"""The pages of points: programs by form, trials step by step, the redemption shop."""

from datetime import date

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from crm.points.models import Alliance, Difference, ProgramRow, Redemption, Reward
from crm.points.pages.forms import program_draft, typed_of
from crm.points.queries import all_programs
from crm.points.rules import RedemptionState
from tests.scenes.console import csrf_of, enter
from tests.scenes.people import a_member
from tests.scenes.points import a_paid_order, a_program, has, some_gifts, some_points
from tests.scenes.stores import a_member_of_staff, a_store

pytestmark = pytest.mark.usefixtures("db")
LIST, SHOP = "/console/points", "/console/rewards"
SHARE = {
    "code": "share",
    "name": "分享有礼",
    "on": "share",
    "purse": "behaviour_points",
    "gives": "flat",
    "points": "5",
    "times_a_day": "3",
    "is_on": "on",
    "valid_from": "2026-01-01",
}
GOLD = {
    "code": "base",
    "name": "消费积分",
    "on": "order",
    "purse": "points",
    "gives": "as_promised",
    "times": "1.5 tier:gold\n2 birthday",
    "since": "done",
    "wait": "7",
    "ends": "yes",
    "count": "12",
    "is_on": "on",
    "valid_from": "2026-01-01",
}

WRONG = [
    ({"code": "Bad Code"}, "code"),
    ({"name": " "}, "name"),
    ({"on": "order", "gives": "as_promised"}, "as_promised"),
    ({"points": "many"}, "points"),
    ({"points": "0"}, "gives"),
    ({"gives": "as_promised"}, "gives"),
    ({"streak": "one:20"}, "streak"),
    ({"times": "twice"}, "times"),
    ({"times": "2 moon:full"}, "times"),
    ({"valid_from": "2026-13-01"}, "valid_from"),
    ({"valid_to": "2025-01-01"}, "valid_to"),
    ({"on": "gift"}, "on"),
    ({"ends": "yes", "span": "century"}, "expires"),
]

WRONG_THERE = [
    {"do": "offer", "name": "x", "kind": "gift", "purse": "points", "points": "-1"},
    {"do": "offer", "name": "x", "kind": "coupon", "purse": "points", "points": "1"},
    {"do": "restock", "reward": "rwd_none", "pieces": "1"},
    {"do": "restock", "reward": "rwd_none", "pieces": "many"},
    {"do": "on", "reward": "rwd_none"},
    {"do": "hand_over", "number": "PX1"},
    {"do": "settle", "difference": "1", "note": "x"},
]


async def a_marketer(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))


async def test_a_marketer_writes_a_program_and_its_next_version(client: AsyncClient) -> None:
    await a_marketer(client)
    token = csrf_of(await client.get(f"{LIST}/new"))
    saved = await client.post(LIST, data={**SHARE, "csrf": token})
    again = await client.post(LIST, data={**SHARE, "csrf": token})
    more = await client.post(LIST, data={**SHARE, "points": "8", "csrf": token})
    shown = (await client.get(f"{LIST}/share")).text

    assert [one.status_code for one in (saved, again, more)] == [303, 303, 303]
    assert saved.headers["location"] == f"{LIST}/share"
    assert [row.terms["flat"] for row in await ProgramRow.all().order_by("version")] == [5, 8]
    assert 'value="8"' in shown
    assert "readonly" in shown


async def test_a_program_that_cannot_be_worked_out_comes_back_with_what_was_typed(
    client: AsyncClient,
) -> None:
    await a_marketer(client)
    token = csrf_of(await client.get(f"{LIST}/new"))
    for wrong, field in WRONG:
        said = await client.post(LIST, data={**SHARE, **wrong, "csrf": token})

        assert (said.status_code, f"<code>{field}" in said.text) == (422, True), wrong
    assert not await ProgramRow.exists()


async def test_what_an_order_would_give_is_shown_step_by_step(client: AsyncClient) -> None:
    await a_program(as_promised=True, times=[{"bp": 15_000, "tiers": ["gold"]}])
    await a_marketer(client)
    token = csrf_of(await client.get(f"{LIST}/what-if"))
    form = {"on": "order", "yuan": "399.00", "tier": "gold", "csrf": token}
    said = await client.post(f"{LIST}/what-if", data=form, headers={"accept-language": "en"})

    assert "promised by the quote: +399" in said.text
    assert "399 points times 1.5: +199" in said.text
    assert '<p class="number">598</p>' in said.text


async def test_the_overview_counts_both_kinds_and_each_program(client: AsyncClient) -> None:
    member = await a_member()
    await a_paid_order(member)
    await a_marketer(client)
    page = (await client.get(LIST, headers={"accept-language": "en"})).text

    assert "399" in page
    assert f'href="{LIST}/base"' in page


async def test_a_program_survives_its_own_form() -> None:
    draft = program_draft(GOLD)
    await a_program(**draft.terms)
    [view] = await all_programs(date(2026, 1, 1))

    assert program_draft({**typed_of(view), "name": "消费积分"}).terms == {
        **draft.terms,
        "limits": dict.fromkeys(draft.terms["limits"]),
        "times": [
            {"bp": 15_000, "tiers": ["gold"]},
            {"bp": 20_000, "in_birth_month": True},
        ],
    }


async def test_head_office_offers_stocks_hands_over_and_takes_back(client: AsyncClient) -> None:
    await a_marketer(client)
    member, store = await a_member(), await a_store()
    await some_points(member.id, 20)
    numbers = list((await some_gifts(member.id, store.id)).values())
    token = csrf_of(await client.get(SHOP))
    offer = {"do": "offer", "kind": "gift", "name": "茶杯", "purse": "points", "points": "80"}
    posts = [
        {**offer, "stock": "5"},
        {"do": "hand_over", "number": numbers[0]},
        {"do": "cancel", "number": numbers[1]},
    ]
    said = [await client.post(SHOP, data={**one, "csrf": token}) for one in posts]
    cup = await Reward.get(name="茶杯")
    stock = {"do": "restock", "reward": cup.public_id, "pieces": "-2", "csrf": token}
    off = {"do": "off", "reward": cup.public_id, "csrf": token}
    said += [await client.post(SHOP, data=one) for one in (stock, off)]
    cup = await Reward.get(name="茶杯")
    states = {row.redemption_no: row.state for row in await Redemption.all()}

    assert {one.status_code for one in said} == {303}
    assert (cup.stock, cup.is_on) == (3, False)
    assert states == {
        numbers[0]: RedemptionState.HANDED_OVER,
        numbers[1]: RedemptionState.CANCELLED,
    }
    assert await has(member.id) == 30


async def test_what_cannot_be_done_in_the_shop_is_said(client: AsyncClient) -> None:
    await a_marketer(client)
    token = csrf_of(await client.get(SHOP))
    for wrong in WRONG_THERE:
        said = await client.post(SHOP, data={**wrong, "csrf": token})

        assert (said.status_code, 'role="alert"' in said.text) == (422, True), wrong


async def test_a_difference_with_a_partner_is_settled_with_words(client: AsyncClient) -> None:
    partner = await Alliance.create(code="skyclub", name="云天会", most_a_day=1)
    await Difference(
        alliance_id=partner.id, day=date(2026, 1, 2), exchange_no="PJ1", what="amount", ours=5
    ).save()
    await a_marketer(client)
    page = await client.get(SHOP)
    row = await Difference.get()
    form = {"do": "settle", "difference": str(row.id), "note": "已更正", "csrf": csrf_of(page)}
    said = await client.post(SHOP, data=form)

    assert "PJ1" in page.text
    assert said.status_code == 303
    assert (await Difference.get()).note == "已更正"

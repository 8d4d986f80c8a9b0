"""The marketers' pages over HTTP: the list with its bars, ending one, and trying a cart."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from httpx2 import AsyncClient, Response

from core.audit_log import AuditRow
from core.security.scope import Role
from core.security.sessions import open_session
from core.web.policy import SESSION_COOKIE
from tests.scenes.catalog import a_sku
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.promotions.models import Campaign, Promotion
from trade.promotions.service import (
    DealKind,
    MemberRateDraft,
    PromotionDraft,
    put_member_rates,
    put_promotions,
)

LONG_AGO = date(2026, 1, 1)
PAGES = "/console/promotions"


def csrf_of(page: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def keep(page: Response, name: str) -> None:
    """For whoever wants to look at it: SHOW=folder keeps the page there."""
    if folder := os.environ.get("SHOW"):
        Path(folder, f"{name}.html").write_text(page.text)


async def enter(client: AsyncClient, role: Role = Role.MARKETER) -> None:
    staff = await a_member_of_staff(role)
    token = await open_session(role=role, staff_id=staff.id)
    client.cookies.set(SESSION_COOKIE, token)


async def some_promotions() -> None:
    steps = {"steps": [{"threshold_fen": 30_000, "off_fen": 3_000}]}
    await put_promotions(
        [
            PromotionDraft("autumn", DealKind.FULL_REDUCTION, "满300减30", steps, LONG_AGO),
            PromotionDraft(
                "flash",
                DealKind.TIMED_PRICE,
                "周末<b>限时</b>",
                {"rate_bp": 9_000},
                LONG_AGO,
                budget_fen=1_000_000,
                budget_times=100,
            ),
            PromotionDraft(
                "ten",
                DealKind.COUPON,
                "新客十元券",
                {"off_fen": 1_000, "threshold_fen": 90_000},
                LONG_AGO,
                quota=1_000,
            ),
            PromotionDraft(
                "f",
                DealKind.FREIGHT,
                "满99包邮",
                {"fee_fen": 800, "free_from_fen": 9_900},
                LONG_AGO,
            ),
        ]
    )
    await Campaign.filter(code="flash").update(used_fen=930_000, used_times=41)
    await Campaign.filter(code="ten").update(claimed=230)
    await put_member_rates([MemberRateDraft("gold", 9_500, LONG_AGO, None)])


async def test_the_list_shows_what_runs_and_how_much_is_used(client: AsyncClient) -> None:
    await some_promotions()
    await enter(client)
    page = await client.get(PAGES)
    keep(page, "list")

    assert page.status_code == 200
    assert page.text.count('class="card deal running"') == 4
    assert 'aria-label="已用 93%"' in page.text
    assert "¥9,300.00 / ¥10,000.00" in page.text
    assert "周末&lt;b&gt;限时&lt;/b&gt;" in page.text


async def test_ending_takes_one_click_twice_changes_nothing_and_is_on_record(
    client: AsyncClient,
) -> None:
    await some_promotions()
    await enter(client)
    fields = {"csrf": csrf_of(await client.get(PAGES)), "code": "autumn"}
    answers = [await client.post(f"{PAGES}/end", data=fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert await Promotion.filter(campaign__code="autumn").count() == 2
    assert await AuditRow.filter(action="promotion.end", subject="autumn").count() == 1
    assert 'class="card deal ended"' in (await client.get(PAGES)).text


async def test_a_forged_form_ends_nothing(client: AsyncClient) -> None:
    await some_promotions()
    await enter(client)
    answer = await client.post(f"{PAGES}/end", data={"csrf": "x", "code": "autumn"})

    assert answer.status_code == 403
    assert await Promotion.filter(campaign__code="autumn").count() == 1


async def test_a_cart_is_tried_and_every_rule_has_its_say(client: AsyncClient) -> None:
    await some_promotions()
    store, sku = await a_store(name="上海静安店"), await a_sku(list_price_fen=39_900)
    await enter(client)
    page = await client.get(f"{PAGES}/what-if")
    keep(page, "empty")
    fields = {
        "csrf": csrf_of(page),
        "store": store.code,
        "lines": f"{sku.code} 2\n",
        "tier": "gold",
        "coupons": "ten none-such",
        "points": "x",
        "delivery": "express",
    }
    answer = await client.post(f"{PAGES}/what-if", data=fields)
    keep(answer, "answer")

    assert answer.status_code == 200
    assert "¥688.20" in answer.text  # 2 x 359.10 - 30.00
    for said in (
        "限时价 359.10 元",
        "会员价 379.05 元，限时价更低",
        "再买 211.80 元",
        "没有优惠券",
        "免运费",
    ):
        assert said in answer.text
    english = await client.post(f"{PAGES}/what-if?lang=en", data=fields)
    assert "ten: 211.80 yuan more and 10.00 yuan come off." in english.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lines": "none-such 1"}, "none-such"),
        ({"lines": "{sku} -3"}, "-3"),
        ({"lines": "{sku} 1000"}, "1000"),
        ({"lines": ""}, "请先选择商品"),
        ({"lines": "x " * 1_000}, "x"),
        ({"store": "S404"}, "S404"),
        ({"lines": "<script>alert(1)</script> 1"}, "&lt;script&gt;"),
    ],
)
async def test_what_cannot_be_tried_is_told_beside_the_form(
    client: AsyncClient, change: dict[str, str], said: str
) -> None:
    store, sku = await a_store(), await a_sku()
    await enter(client)
    page = await client.get(f"{PAGES}/what-if")
    fields = {"csrf": csrf_of(page), "store": store.code, "lines": f"{sku.code} 1"}
    fields |= {name: text.replace("{sku}", sku.code) for name, text in change.items()}
    answer = await client.post(f"{PAGES}/what-if", data=fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("role", [Role.STORE_MANAGER, Role.FRANCHISEE, Role.GUIDE])
async def test_promotions_are_for_marketers_and_head_office(
    client: AsyncClient, role: Role
) -> None:
    owner = await a_franchisee()
    staff = await a_member_of_staff(role, store=await a_store(), franchisee=owner)
    client.cookies.set(SESSION_COOKIE, await open_session(role=role, staff_id=staff.id))

    assert (await client.get(PAGES)).status_code == 403

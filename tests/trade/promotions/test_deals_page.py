"""Promotions and prices by form: each kind kept and read again, tried first, refused by field."""

import re
from datetime import date

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from tests.scenes.catalog import a_sku
from tests.scenes.console import csrf_of, enter
from tests.scenes.stores import a_member_of_staff, a_store
from trade.promotions.models import Price, Promotion
from trade.promotions.queries import program_now, tier_rates, versions_of
from trade.promotions.service import DealKind, PromotionDraft, put_promotions

pytestmark = pytest.mark.usefixtures("db")
PAGES = "/console/promotions"
NEW = {"do": "keep", "name": "新促销", "valid_from": "2026-01-01", "may_stack": "1"}
STEPS = {"step1_threshold": "300", "step1_off": "30", "step2_pieces": "3", "step2_percent": "90"}
KINDS: dict[str, tuple[dict[str, str], dict[str, object]]] = {
    "timed_price": ({"prices": "{sku} 199.5"}, {"prices": {"{sku}": 19_950}}),
    "n_for_m": ({"pieces": "3", "pay_pieces": "2"}, {"pieces": 3, "pay_pieces": 2}),
    "bundle": (
        {"parts": "2 {sku}\n1 {sku}", "for": "500"},
        {
            "parts": [
                {"pieces": 2, "sku_ids": ["{sku}"], "product_ids": []},
                {"pieces": 1, "sku_ids": ["{sku}"], "product_ids": []},
            ],
            "for_fen": 50_000,
        },
    ),
    "full_reduction": (
        STEPS,
        {
            "steps": [
                {"threshold_fen": 30_000, "off_fen": 3_000},
                {"pieces": 3, "pay_bp": 9_000},
            ],
            "is_every": False,
        },
    ),
    "gift": (
        {"sku": "{sku}", "threshold": "399", "gives": "1"},
        {"sku_id": "{sku}", "threshold_fen": 39_900, "gives": 1, "is_every": False},
    ),
    "freight": (
        {"fee": "8", "free_from": "99", "by_express": "1"},
        {"deliveries": ["express"], "fee_fen": 800, "free_from_fen": 9_900},
    ),
}


def filled(facts: object, code: str | int) -> object:
    if isinstance(facts, dict):
        return {str(filled(key, code)): filled(one, code) for key, one in facts.items()}
    if isinstance(facts, list):
        return [filled(one, code) for one in facts]
    if isinstance(facts, str) and "{sku}" in facts:
        return code if facts == "{sku}" else facts.replace("{sku}", str(code))
    return facts


def fields_of(text: str) -> dict[str, str]:
    """What a browser would send of the form."""
    inputs = (
        r'<input (?:id="\w+" )?(?:type="hidden" )?name="(\w+)"(?: type="[\w-]+")? value="([^"]*)"'
    )
    found = dict(re.findall(inputs, text))
    found |= dict(re.findall(r'<textarea id="\w+" name="(\w+)"[^>]*>([^<]*)</textarea>', text))
    return found | dict(re.findall(r'name="(\w+)" value="(1)" checked', text))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_promotion_of_each_kind_is_made_and_read_again(
    client: AsyncClient, kind: str
) -> None:
    sku = await a_sku()
    await enter(client, await a_member_of_staff(Role.MARKETER))
    typed, terms = KINDS[kind]
    csrf = csrf_of(await client.get(f"{PAGES}/new?kind={kind}"))
    facts = {**NEW, **dict(filled(typed, sku.code)), "kind": kind, "code": "P-1"}  # type: ignore[call-overload]
    made = await client.post(f"{PAGES}/draft", data={**facts, "csrf": csrf})
    assert (made.status_code, made.headers["location"]) == (303, f"{PAGES}/of/P-1")
    [kept] = await versions_of("P-1")
    assert (kept.kind, kept.terms) == (DealKind(kind), filled(terms, sku.id))

    page = await client.get(f"{PAGES}/of/P-1")
    again = {**fields_of(page.text), "do": "keep"}
    assert (await client.post(f"{PAGES}/draft", data=again)).status_code == 303
    assert await Promotion.all().count() == 1
    await client.post(f"{PAGES}/draft", data={**again, "budget": "1000", "times_each": "2"})
    newest = (await versions_of("P-1"))[0]

    assert (newest.version, newest.budget_fen, newest.times_each) == (2, 100_000, 2)
    assert newest.terms == kept.terms


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "=cmd"}, "code"),
        ({"code": "taken"}, "code"),
        ({"name": ""}, "name"),
        ({"step1_threshold": "1e3"}, "step1_threshold"),
        ({"step1_threshold": ""}, "step1_threshold"),
        ({"step2_percent": "101"}, "step2_percent"),
        ({"step1_off": ""}, "step1_off"),
        ({"is_every": "1"}, "is_every"),
        ({"skus": "NO-SUCH"}, "skus"),
        ({"valid_to": "2025-01-01"}, "valid_to"),
        ({"starts_at": "0001-01-01T00:00"}, "starts_at"),
        ({"budget": "-1"}, "budget"),
    ],
)
async def test_a_refusal_stands_at_its_field(
    client: AsyncClient, change: dict[str, str], field: str
) -> None:
    other = PromotionDraft("taken", DealKind.FREIGHT, "运费", {"fee_fen": 800}, date(2026, 1, 1))
    await put_promotions([other])
    await enter(client, await a_member_of_staff(Role.MARKETER))
    csrf = csrf_of(await client.get(f"{PAGES}/new?kind=full_reduction"))
    facts = {**NEW, **STEPS, "kind": "full_reduction", "code": "P-1", **change, "csrf": csrf}
    answer = await client.post(f"{PAGES}/draft", data=facts)

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert field == "is_every" or f'id="{field}"' in answer.text
    assert field == "is_every" or 'aria-describedby="wrong"' in answer.text
    assert await Promotion.all().count() == 1


async def test_a_draft_is_tried_without_being_kept(client: AsyncClient) -> None:
    sku, store = await a_sku(list_price_fen=39_900), await a_store()
    await enter(client, await a_member_of_staff(Role.MARKETER))
    csrf = csrf_of(await client.get(f"{PAGES}/new?kind=full_reduction"))
    facts = {**NEW, **STEPS, "do": "try", "kind": "full_reduction", "code": "P-1", "csrf": csrf}
    cart = {"trial_store": store.code, "trial_lines": f"{sku.code} 1"}
    whole = await client.post(f"{PAGES}/draft", data={**facts, **cart})
    part = await client.post(
        f"{PAGES}/draft", data={**facts, **cart}, headers={"hx-request": "true"}
    )
    elsewhere = {**facts, **cart, "places": "region:none"}
    other = await client.post(f"{PAGES}/draft", data=elsewhere)
    wrong = {**facts, "trial_store": store.code, "trial_lines": "NO-SUCH 1"}
    refused = await client.post(f"{PAGES}/draft", data=wrong, headers={"hx-request": "true"})

    assert "¥399.00 → ¥369.00" in whole.text
    assert "<form" in whole.text
    assert "¥399.00 → ¥369.00" in part.text
    assert "<form" not in part.text
    assert "¥399.00 → ¥399.00" in other.text
    assert (refused.status_code, "NO-SUCH" in refused.text) == (422, True)
    assert await Promotion.all().count() == 0


async def test_prices_keep_their_versions_and_refuse_by_field(client: AsyncClient) -> None:
    sku, store = await a_sku(), await a_store()
    await enter(client, await a_member_of_staff(Role.MARKETER))
    page = await client.get(f"/console/prices?sku={sku.code}")
    facts = {"csrf": csrf_of(page), "sku": sku.code, "valid_from": "2026-11-01"}
    for price in ("199", "189.5", "189.5"):
        await client.post("/console/prices", data={**facts, "price": price})
    here = {**facts, "price": "150", "tier": "gold", "place": "store", "store": store.code}
    assert (await client.post("/console/prices", data=here)).status_code == 303
    shown = (await client.get(f"/console/prices?sku={sku.code}")).text
    rows = await Price.all().order_by("id").values_list("place", "tier", "price_fen", "version")
    refusals = {
        "price": {"price": ""},
        "sku": {"sku": "NO-SUCH", "price": "1"},
        "store": {"price": "1", "place": "store"},
        "region": {"price": "1", "place": "region"},
        "tier": {"price": "1", "tier": "金卡"},
        "valid_to": {"price": "1", "valid_to": "2025-01-01"},
    }

    assert rows == [
        ("", "", 19_900, 1),
        ("", "", 18_950, 2),
        (f"store:{store.id}", "gold", 15_000, 1),
    ]
    assert "旧版" in shown
    for field, change in refusals.items():
        answer = await client.post("/console/prices", data={**facts, **change})
        assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True), field


async def test_rates_of_tiers_and_points_are_kept_by_form(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    csrf = {"csrf": csrf_of(await client.get("/console/prices"))}
    rate = {"rate_tier": "gold", "rate": "95", "rate_of": "sale", **csrf}
    worth = {"points_per_yuan": "1", "points_a_yuan": "100", "points_step": "100", **csrf}
    wrong = await client.post("/console/prices/tiers", data={**rate, "rate": "101"})
    assert (wrong.status_code, 'href="#rate"' in wrong.text) == (422, True)
    stuck = await client.post("/console/prices/points", data={**worth, "points_step": "0"})
    assert (stuck.status_code, 'href="#points_step"' in stuck.text) == (422, True)
    await client.post("/console/prices/tiers", data=rate)
    await client.post("/console/prices/points", data={**worth, "points_cap": "50"})
    [kept], now = await tier_rates(), await program_now()

    assert (kept.tier, kept.rate_bp, kept.rate_of.value) == ("gold", 9_500, "sale")
    assert now is not None
    assert (now.points_a_yuan, now.points_step, now.points_cap_bp) == (100, 100, 5_000)

"""The pages of coupons: make one, change it, read how it does, print codes, see who bears it."""

import re
from datetime import date

import pytest
from httpx2 import AsyncClient

from core.audit_log import AuditRow
from core.security.scope import Role
from core.web.panels import panels
from tests.scene import tell_everyone
from tests.scenes.console import csrf_of, enter
from tests.scenes.coupons import used_in_an_order
from tests.scenes.people import head_office
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.promotions.models import CouponCode, Promotion
from trade.promotions.queries import find_template
from trade.promotions.service import (
    DealKind,
    PromotionDraft,
    give_coupon,
    issue_coupons,
    put_promotions,
)

pytestmark = pytest.mark.usefixtures("db")
PAGES = "/console/coupons"
NEW = {
    "code": "AUTUMN-50",
    "name": "秋季满减",
    "threshold": "399",
    "off": "50.5",
    "quota": "1000",
    "claims_each": "1",
    "valid_from": "2026-01-01",
    "valid_days": "30",
    "borne": "40",
    "claimable": "1",
    "giftable": "1",
    "tiers": "gold black",
}


async def a_coupon(code: str = "ten", **more: object) -> None:
    facts = {"name": "立减十元", "terms": {"off_fen": 1_000}, "valid_from": date(2026, 1, 1)}
    await put_promotions([PromotionDraft(code, DealKind.COUPON, **{**facts, **more})])  # type: ignore[arg-type]


async def test_a_coupon_is_made_changed_and_read_again(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    csrf = csrf_of(await client.get(f"{PAGES}/new"))
    made = await client.post(PAGES, data={**NEW, "csrf": csrf})
    assert (made.status_code, made.headers["location"]) == (303, f"{PAGES}/of/AUTUMN-50")
    view = await find_template("AUTUMN-50")
    assert view is not None
    assert (view.terms["threshold_fen"], view.terms["off_fen"]) == (39_900, 5_050)
    assert (view.borne_bp, view.scope, view.quota) == (4_000, {"tiers": ["gold", "black"]}, 1_000)

    form = await client.get(f"{PAGES}/of/AUTUMN-50/edit")
    typed = dict(re.findall(r'<input id="\w+" name="(\w+)" type="\w+" value="([^"]*)"', form.text))
    checked = dict(re.findall(r'name="(\w+)" value="(1)" checked', form.text))
    again = {**typed, **checked, "code": "AUTUMN-50", "before": "AUTUMN-50", "csrf": csrf}
    await client.post(PAGES, data=again)
    assert await Promotion.all().count() == 1
    await client.post(PAGES, data={**again, "off": "", "percent": "85", "cap": "100"})
    changed = await find_template("AUTUMN-50")

    assert changed is not None
    assert (changed.version, changed.terms["pay_bp"], changed.terms["cap_fen"]) == (
        2,
        8_500,
        10_000,
    )
    assert await AuditRow.filter(action="coupon.put").count() == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "has space"}, "code"),
        ({"code": "=cmd"}, "code"),
        ({"name": ""}, "name"),
        ({"off": "1e9"}, "off"),
        ({"off": "", "percent": ""}, "off"),
        ({"percent": "85"}, "off"),
        ({"off": "", "percent": "101"}, "percent"),
        ({"quota": "-1"}, "quota"),
        ({"valid_from": "2026-13-01"}, "valid_from"),
        ({"valid_to": "2025-01-01"}, "valid_to"),
        ({"borne": "100.01"}, "borne"),
        ({"valid_days": "0"}, "valid_days"),
    ],
)
async def test_what_cannot_be_kept_is_told_with_its_field(
    client: AsyncClient, change: dict[str, str], field: str
) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    csrf = csrf_of(await client.get(f"{PAGES}/new"))
    answer = await client.post(PAGES, data={**NEW, **change, "csrf": csrf})

    assert answer.status_code == 422
    assert f"<code>{field}</code>" in answer.text
    assert await Promotion.all().count() == 0


async def test_a_new_coupon_does_not_overwrite_another_and_unshown_terms_stay(
    client: AsyncClient,
) -> None:
    await a_coupon("AUTUMN-50", scope={"sku_ids": [5]})
    await enter(client, await a_member_of_staff(Role.MARKETER))
    csrf = csrf_of(await client.get(f"{PAGES}/new"))
    taken = await client.post(PAGES, data={**NEW, "csrf": csrf})
    assert taken.status_code == 422
    assert "请换一个编号" in taken.text
    await client.post(PAGES, data={**NEW, "before": "AUTUMN-50", "csrf": csrf})
    view = await find_template("AUTUMN-50")

    assert view is not None
    assert view.scope == {"sku_ids": [5], "tiers": ["gold", "black"]}


async def test_numbers_issues_and_codes_stand_on_the_coupons_page(client: AsyncClient) -> None:
    await a_coupon(quota=5)
    await give_coupon(member_id=7, code="ten", cause="c")
    issue = await issue_coupons(
        code="ten", member_ids=range(10, 20), cause="s", by=head_office(), note="沉睡会员"
    )
    await enter(client, await a_member_of_staff(Role.MARKETER))
    running = await client.get(f"{PAGES}/issues/{issue}/part")
    assert 'hx-trigger="every 1s"' in running.text
    await tell_everyone()
    page = await client.get(f"{PAGES}/of/ten")
    csrf = csrf_of(page)
    key = re.search(r'name="key" value="(\w+)"', page.text)
    assert key is not None
    for _ in range(2):
        await client.post(f"{PAGES}/of/ten/codes", data={"csrf": csrf, "count": "3", "key": key[1]})
    batch = re.search(r"/batches/(cdb_\w+)/file", (await client.get(f"{PAGES}/of/ten")).text)
    assert batch is not None
    file = await client.post(f"{PAGES}/batches/{batch[1]}/file", data={"csrf": csrf})

    assert "沉睡会员" in page.text
    assert await CouponCode.all().count() == 3
    assert file.text.startswith("\ufeffcode,taken_at\r\n")
    assert len(file.text.splitlines()) == 4
    assert await AuditRow.filter(action="coupon.codes_file").count() == 1
    done = await client.get(f"{PAGES}/issues/{issue}")
    assert "10 / 10" in done.text
    assert "hx-trigger" not in done.text
    assert 'class="mark good"' in (await client.get(PAGES)).text


async def test_a_franchisee_sees_the_costs_of_own_stores_alone(client: AsyncClient) -> None:
    owner = await a_franchisee()
    mine, other = await a_store(franchisee=owner, name="甲店"), await a_store(name="乙店")
    await a_coupon(borne_bp=5_000)
    for at, store in enumerate((mine, other)):
        coupon = await give_coupon(member_id=7, code="ten", cause=f"c{at}")
        await used_in_an_order(coupon, 7, f"O{at}", store.id)
    await enter(client, await a_member_of_staff(Role.FRANCHISEE, franchisee=owner))
    page = await client.get(f"{PAGES}/costs")

    assert "甲店" in page.text
    assert "乙店" not in page.text
    assert page.text.count("¥5.00") == 2
    assert (await client.get(PAGES)).status_code == 403


async def test_a_members_page_shows_their_coupons(client: AsyncClient) -> None:
    await a_coupon()
    await give_coupon(member_id=7, code="ten", cause="c")
    found = await panels["coupons"].load(head_office(), 7, "zh")

    assert found is not None
    assert [one.code for one in found["found"]] == ["ten"]

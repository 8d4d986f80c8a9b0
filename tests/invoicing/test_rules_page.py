"""Head office sets how sellers invoice, on a page; what is wrong is said beside what was typed."""

import httpx2
import pytest

from core import clock
from core.security.scope import Role
from invoicing.models import Route, Stray, TaxClass
from invoicing.queries import terms_of
from tests.scenes.console import csrf_of, enter
from tests.scenes.stores import a_member_of_staff, a_store
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("shop")
RULES = "/console/invoices/rules"
TERMS = {
    "window_days": "90", "closing_month": "5", "closing_day": "31", "wait_days": "7",
    "frozen_from": "1", "frozen_until": "9", "title_changes": "1", "title_change_days": "30",
    "month_quota": "10000.50", "is_active": "on", "is_special_allowed": "on",
    "not_invoiced": "stored_value", "lump_name": "*餐饮服务*餐费",
    "lump_tax_code": "3070401000000000000", "lump_rate": "6",
}  # fmt: skip


async def a_shop_open(client: httpx2.AsyncClient) -> Store:
    store = await a_store()
    await enter(client, await a_member_of_staff(role=Role.HEAD_OFFICE))
    return store


async def say(client: httpx2.AsyncClient, store: Store, **fields: str) -> httpx2.Response:
    page = await client.get(RULES, params={"seller": store.tax_entity_id})
    typed = {"csrf": csrf_of(page), "seller": str(store.tax_entity_id), **fields}
    return await client.post(RULES, data=typed)


async def test_terms_are_set_for_a_seller(client: httpx2.AsyncClient) -> None:
    store = await a_shop_open(client)
    saved = await say(client, store, do="terms", **TERMS)

    assert saved.status_code == 303
    terms = await terms_of(store.tax_entity_id)
    assert (terms.window_days, terms.closing_month, terms.frozen_until) == (90, 5, 9)
    assert (terms.month_quota_fen, terms.lump_tax_bp, terms.has_short_entry) == (
        1000050,
        600,
        False,
    )
    page = await client.get(RULES, params={"seller": store.tax_entity_id, "done": "yes"})
    assert "10000.50" in page.text
    assert "已保存" in page.text


WRONG = [
    {"do": "terms", **TERMS, "window_days": "x"},
    {"do": "terms", **TERMS, "closing_day": "40"},
    {"do": "terms", **TERMS, "month_quota": "1.005"},
    {"do": "terms", **TERMS, "month_quota": "9" * 30},
    {"do": "terms", **TERMS, "lump_tax_code": "12"},
    {"do": "route", "pattern": "TEA", "valid_from": "2026-01-01"},
    {"do": "route", "valid_from": "tomorrow"},
    {"do": "route", "valid_from": "2026-01-01", "to": "999"},
    {"do": "class", "valid_from": "2026-01-01", "policy": "gift"},
    {"do": "class", "valid_from": "2026-01-01", "rate": "99", "policy": ""},
    {"do": "end", "kind": "route", "rule": "99"},
    {"do": "stray", "stray": "99", "note": "x"},
    {"do": "dance"},
]


async def test_what_is_wrong_is_said_and_nothing_is_saved(client: httpx2.AsyncClient) -> None:
    store = await a_shop_open(client)
    for wrong in WRONG:
        page = await say(client, store, **wrong)
        assert page.status_code == 422, wrong
        assert 'role="alert"' in page.text

    assert await Route.all().count() == await TaxClass.all().count() == 0


async def test_routes_and_classes_are_added_and_ended(client: httpx2.AsyncClient) -> None:
    store = await a_shop_open(client)
    to = str(store.tax_entity_id)
    dated = {"valid_from": "2026-01-01"}
    assert (await say(client, store, do="route", pattern="code:A*", to=to, **dated)).is_redirect
    added = {"pattern": "name:*面", "tax_code": "3070401000000000000", "rate": "6", "policy": ""}
    assert (
        await say(client, store, do="class", short_name="餐饮服务", **added, **dated)
    ).is_redirect
    route, kind = await Route.get(), await TaxClass.get()
    await say(client, store, do="end", kind="route", rule=str(route.id))
    await say(client, store, do="end", kind="tax_class", rule=str(kind.id))

    today = clock.shop_day(clock.now())
    assert [(await Route.get()).valid_until, (await TaxClass.get()).valid_until] == [today] * 2
    page = (await client.get(RULES, params={"seller": to}, headers={"accept-language": "en"})).text
    assert "code:A*" in page
    assert "餐饮服务" in page
    assert "Who invoices which goods" in page


async def test_an_invoice_issued_past_us_is_settled_with_a_note(client: httpx2.AsyncClient) -> None:
    store = await a_shop_open(client)
    stray = await Stray.create(
        tax_entity_id=store.tax_entity_id, account_id=1, number="25312000000000009999",
        issued_at=clock.now(), incl_fen=100,
    )  # fmt: skip
    assert stray.number in (await client.get(RULES)).text
    await say(client, store, do="stray", stray=str(stray.id), note="柜台开具")

    assert (await Stray.get()).settled_by != ""
    assert stray.number not in (await client.get(RULES)).text

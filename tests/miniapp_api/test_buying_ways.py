"""Ways to buy, from the screen to the money, over HTTP: a pre-sale with its deposit, a member's own
price, and the piece that lies in another store."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from core import clock
from core.security.scope import Role
from tests.scene import signed_in_member, signed_in_staff, tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff, a_store
from tests.scenes.tiers import has_tier
from trade.catalog.models import Product, Sku
from trade.promotions.service import (
    MemberRateDraft,
    PriceDraft,
    put_member_rates,
    put_prices,
)
from trade.stock.queries import availability
from trade.stock.service import receive_stock
from trade.stores.models import Store

Json = dict[str, Any]
LONG_AGO = date(2020, 1, 1)


class Caller:
    """Somebody's way to the API; each change has a key of its own."""

    def __init__(self, client: AsyncClient, headers: dict[str, str] | None = None) -> None:
        self.client, self.headers = client, headers or {}

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(f"/api/v1{path}", params=query, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Json, *, ok: int = 200) -> Any:
        headers = {**self.headers, "idempotency-key": uuid4().hex}
        answer = await self.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == ok, answer.text
        return answer.json()


async def lies_in(store: Store, sku: Sku, units: int) -> None:
    cause = f"scene:{sku.id}:{store.id}"
    await receive_stock(cause=cause, sku_id=sku.id, store_id=store.id, quantity=units)


async def a_shopper(client: AsyncClient, tier: str = "") -> Caller:
    member = await a_member()
    if tier:
        await has_tier(member.id, tier)
    return Caller(client, await signed_in_member(member.id))


def wish_for(store: Store, sku: Sku, **more: Any) -> Json:
    return {"storeCode": store.code, "lines": [{"skuCode": sku.code, "quantity": 1}], **more}


@pytest.mark.parametrize("is_deposit", [True, False])
async def test_a_pre_sale_is_ordered_with_its_deposit_or_whole(
    client: AsyncClient, *, is_deposit: bool
) -> None:
    # MP-20, FU-06, PY-06: the day is promised, a share is paid now, the rest before the goods go
    store, ships_on = await a_store(), clock.shop_day(clock.now()) + timedelta(30)
    sku = await a_sku(list_price_fen=100_001, presale_on=ships_on, deposit_bp=2_000)
    await lies_in(store, sku, 3)
    me = await a_shopper(client)
    guide = await a_member_of_staff(store=store)
    counter = Caller(client, await signed_in_staff(guide.id, Role.GUIDE))
    order = await me.post("/orders", wish_for(store, sku, isDeposit=is_deposit), ok=201)
    path = f"/counter/orders/{order['orderId']}"
    parts = [20_000, 80_001] if is_deposit else [100_001]
    states, dues = [], []
    for part in parts:
        dues.append((await counter.get(path))["dueFen"])
        await counter.post(f"{path}/tenders", {"method": "cash", "amountFen": part}, ok=201)
        states.append((await counter.get(path))["state"])
    await tell_everyone()
    seen = await me.get(f"/orders/{order['orderId']}")

    assert order["promisedOn"] == str(ships_on)
    assert (order["depositFen"], order["payableFen"]) == (20_000 if is_deposit else 0, 100_001)
    assert dues == parts
    assert states == (["deposited", "paid"] if is_deposit else ["paid"])
    assert seen["paidFen"] == 100_001
    steps = [step["action"] for step in seen["timeline"]]
    assert steps == ["place", *(["pay_deposit", "pay_balance"] if is_deposit else ["pay"])]


async def test_the_page_asks_of_a_member_what_cart_and_order_ask(client: AsyncClient) -> None:
    # MP-03, ST-08: the price of this store and of this tier, on the page already
    store = await a_store()
    sku = await a_sku(list_price_fen=40_000)
    await lies_in(store, sku, 9)
    await put_member_rates([MemberRateDraft("gold", 9_000, LONG_AGO, None)])
    silver = PriceDraft(store.id, sku.id, 35_000, LONG_AGO, None, tier="silver")
    await put_prices([silver])
    product = await Product.get(id=sku.product_id)
    told = []
    for tier in ("", "silver", "gold"):
        me = await a_shopper(client, tier)
        page = await me.get(f"/products/{product.public_id}", storeCode=store.code)
        [card] = (await me.get("/products", storeCode=store.code))["items"]
        quote = await me.post("/quotes", wish_for(store, sku))
        order = await me.post("/orders", wish_for(store, sku), ok=201)
        told.append((page["skus"][0]["priceFen"], card["priceFen"], quote["payableFen"]))
        assert order["payableFen"] == quote["payableFen"]
    guest = await Caller(client).get(f"/products/{product.public_id}", storeCode=store.code)

    assert told == [(40_000,) * 3, (35_000,) * 3, (36_000,) * 3]
    assert guest["skus"][0]["priceFen"] == 40_000


async def test_what_this_store_lacks_is_found_nearby_and_ordered_there(client: AsyncClient) -> None:
    # MP-12 "save the sale", MP-08: each answer of the search is an order as it stands
    here = await a_store(latitude=31.23)
    near, far = await a_store(latitude=31.24), await a_store(latitude=31.30)
    sku = await a_sku(list_price_fen=39_900)
    await lies_in(near, sku, 1)
    await lies_in(far, sku, 5)
    me, other = await a_shopper(client), await a_shopper(client)
    refused = await client.post(
        "/api/v1/orders",
        json=wish_for(here, sku),
        headers={**me.headers, "idempotency-key": uuid4().hex},
    )
    found = (await me.get("/nearby", skuCode=sku.code, storeCode=here.code))["items"]
    placed = []
    for shopper in (me, other):
        [first, *_] = (await shopper.get("/nearby", skuCode=sku.code, storeCode=here.code))["items"]
        wish = wish_for(here, sku, delivery=first["ways"][0]["delivery"])
        placed.append(
            await shopper.post("/orders", {**wish, "storeCode": first["storeCode"]}, ok=201)
        )
    kept = (await availability([sku.id], [near.id]))[sku.id, near.id]

    assert refused.json()["error"]["code"] == "stock.out_of_stock"
    assert [each["storeCode"] for each in found] == [near.code, far.code]
    assert [order["storeCode"] for order in placed] == [near.code, far.code]
    assert [order["payableFen"] for order in placed] == [39_900, 39_900]
    assert (kept.reserved, kept.available) == (1, 0)  # the piece waits for whoever saved the sale

"""What the quote says is what the order costs, to the fen: same words, same answer."""

import asyncio
from datetime import date
from typing import Any

import pytest
from httpx2 import AsyncClient

from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, house, post
from tests.miniapp_api.test_orders_api import a_body, key
from tests.scene import signed_in_member
from tests.scenes.orders import Shelf, a_cart, a_shelf
from tests.scenes.people import a_member
from trade.orders.queries import OrderView
from trade.orders.service import place_order
from trade.promotions.service import (
    DealKind,
    ProgramRateDraft,
    PromotionDraft,
    give_coupon,
    put_program_rates,
    put_promotions,
)
from trade.stores.service import DeliveryTerms, set_deliveries

Json = dict[str, Any]
PARCEL = {"name": "林晓", "phone": "021-60000000", "address": "上海市静安区南京西路 1 号"}
LONG_AGO = date(2020, 1, 1)
POINTS = 5_000


async def deals(gift_sku_id: int | None = None) -> None:
    await put_program_rates([ProgramRateDraft(1, 300, 7000, LONG_AGO, 100, 100, 5000)])
    drafts = [
        PromotionDraft(
            "full",
            DealKind.FULL_REDUCTION,
            name="满三百减三十",
            terms={"steps": [{"threshold_fen": 30_000, "off_fen": 3_000}]},
            valid_from=LONG_AGO,
        ),
        PromotionDraft(
            "ten",
            DealKind.COUPON,
            name="立减十元",
            terms={"off_fen": 1_000},
            valid_from=LONG_AGO,
        ),
    ]
    if gift_sku_id is not None:
        terms = {"sku_id": gift_sku_id, "threshold_fen": 10_000, "gives": 1}
        gift = PromotionDraft(
            "gift", DealKind.GIFT, name="满百送", terms=terms, valid_from=LONG_AGO
        )
        drafts.append(gift)
    await put_promotions(drafts)


@use_case
async def points_for(member_id: int) -> None:
    mine, ours = (
        Account(AccountKind.POINTS, f"member:{member_id}"),
        house(AccountKind.POINTS_ISSUED),
    )
    cause = Cause("scene.points", str(member_id))
    await post(cause, [Entry(mine, POINTS), Entry(ours, -POINTS)])


async def delivering(store_id: int, *, fee_fen: int = 800, minimum_fen: int = 0) -> None:
    terms = DeliveryTerms(
        offers_pickup=True,
        offers_express=True,
        city_radius_m=5_000,
        city_fee_fen=fee_fen,
        city_minimum_fen=minimum_fen,
    )
    await set_deliveries(store_id, terms, actor="head_office:1")


async def quoted_and_placed(client: AsyncClient, me: Json, body: Json) -> tuple[Json, Json]:
    quote = await client.post("/api/v1/quotes", headers=me, json=body)
    consignee = {} if body["delivery"] == "pickup" else {"consignee": PARCEL}
    order = await client.post("/api/v1/orders", headers={**me, **key()}, json={**body, **consignee})
    assert (quote.status_code, order.status_code) == (200, 201), (quote.text, order.text)
    return quote.json(), order.json()


AMOUNTS = ("goodsFen", "discountFen", "freightFen", "payableFen", "pointsEarned", "pointsSpent")
LINE = ("skuCode", "quantity", "listFen", "priceFen", "discountFen", "payableFen", "isGift")


def told(answer: Json) -> tuple[Json, list[Json]]:
    amounts = {name: answer[name] for name in AMOUNTS}
    return amounts, [{name: line[name] for name in LINE} for line in answer["lines"]]


@pytest.mark.parametrize("delivery", ["pickup", "express", "city"])
@pytest.mark.parametrize(
    ("coupons", "points", "gifts"),
    [(0, 0, None), (1, 300, 0), (1, 10**6, 5)],
)
async def test_the_order_costs_what_the_quote_says(
    client: AsyncClient, delivery: str, coupons: int, points: int, gifts: int | None
) -> None:
    member = await a_member()
    me, shelf = await signed_in_member(member.id), await a_shelf(list_price_fen=39_900)
    present = None
    if gifts is not None:
        present = await a_shelf(units=gifts or 1, store_id=shelf.store_id)
        if not gifts:
            await sql("UPDATE stock_level SET safety = 1 WHERE sku_id = $1", present.sku_id)
    await deals(present.sku_id if present else None)
    await delivering(shelf.store_id)
    await points_for(member.id)
    body = await a_body(shelf, delivery=delivery, points=points)
    if coupons:
        coupon = await give_coupon(member_id=member.id, code="ten", cause="scene")
        body["coupons"] = [coupon]
    quote, order = await quoted_and_placed(client, me, body)

    assert told(quote) == told(order)
    assert quote["freightFen"] == (800 if delivery == "city" else 0)
    assert (quote["pointsSpent"] > 0) == (points > 0)
    assert quote["pointsSpent"] <= min(points, POINTS)
    assert len(order["lines"]) == (2 if gifts else 1)
    assert order["discountFen"] >= 3_000 + 1_000 * coupons


async def test_a_gift_that_is_gone_says_so_and_does_not_stop_the_order(client: AsyncClient) -> None:
    member = await a_member()
    me, shelf = await signed_in_member(member.id), await a_shelf(units=3, list_price_fen=39_900)
    await deals(shelf.sku_id)  # the gift is the same piece: three are there
    quote, order = await quoted_and_placed(client, me, await a_body(shelf, quantity=3))

    assert told(quote) == told(order)
    assert [line["isGift"] for line in order["lines"]] == [False]
    assert "满百送：赠品已送完" in [reason["text"] for reason in order["reasons"]]
    assert "满百送：赠品已送完" in [reason["text"] for reason in quote["reasons"]]


async def test_the_last_gift_goes_to_one_of_many_and_all_get_their_goods(
    client: AsyncClient,
) -> None:
    shelf = await a_shelf(units=10, list_price_fen=39_900)
    present = await a_shelf(units=1, store_id=shelf.store_id)
    await deals(present.sku_id)

    async def buy(member_id: int) -> OrderView:
        return await place_order(a_cart(shelf, member_id=member_id))

    orders = await asyncio.gather(*(buy(100 + at) for at in range(6)))
    gifts = [line for order in orders for line in order.lines if line.is_gift]

    assert len(gifts) == 1
    assert {order.payable_fen for order in orders} == {36_900}


async def test_below_the_stores_minimum_nothing_is_brought_home(client: AsyncClient) -> None:
    member = await a_member()
    me, shelf = await signed_in_member(member.id), await a_shelf(list_price_fen=4_000)
    await delivering(shelf.store_id, minimum_fen=5_000)
    body = await a_body(shelf, delivery="city")
    order = {**body, "consignee": PARCEL}
    quote = (await client.post("/api/v1/quotes", headers=me, json=body)).json()
    refused = await client.post("/api/v1/orders", headers={**me, **key()}, json=order)
    two = {**order, "lines": [{**body["lines"][0], "quantity": 2}]}
    taken = await client.post("/api/v1/orders", headers={**me, **key()}, json=two)

    assert (quote["freightFen"], quote["shortFen"]) == (800, 1_000)
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "orders.below_minimum"
    assert refused.json()["error"]["facts"] == {"minimum_fen": 5_000, "short_fen": 1_000}
    assert (taken.status_code, taken.json()["payableFen"]) == (201, 8_800)


async def test_the_cart_leaves_a_gone_gift_out_too(client: AsyncClient) -> None:
    member = await a_member()
    me, shelf = await signed_in_member(member.id), await a_shelf(list_price_fen=39_900)
    present = await gone_gift(shelf)
    await deals(present.sku_id)
    body = await a_body(shelf)
    cart = {name: body[name] for name in ("storeCode", "lines")}
    kept = await client.put("/api/v1/cart", headers={**me, **key()}, json=cart)

    assert [line["isGift"] for line in kept.json()["quote"]["lines"]] == [False]


async def gone_gift(shelf: Shelf) -> Shelf:
    present = await a_shelf(units=1, store_id=shelf.store_id)
    await sql("UPDATE stock_level SET safety = 1 WHERE sku_id = $1", present.sku_id)
    return present

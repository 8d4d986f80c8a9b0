"""Promotions in the database: versions, places, limits, memory; one price for page, cart, order."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.database import sql, use_case
from core.upsert import Upserted
from tests.scenes.catalog import a_sku
from tests.scenes.orders import a_shelf, an_order
from tests.scenes.stores import a_franchisee, a_store
from trade.promotions.errors import BadPromotion, PromotionNotFound, PromotionSpent
from trade.promotions.models import Promotion
from trade.promotions.queries import Shopper, offers_of, prices_of
from trade.promotions.service import (
    DealKind,
    HoldUses,
    PriceDraft,
    PromotionDraft,
    QuoteLine,
    QuoteRequest,
    end_promotion,
    forget_terms,
    hold_uses,
    put_prices,
    put_promotions,
    quote_cart,
    quote_carts,
    what_if,
)

pytestmark = pytest.mark.usefixtures("db")
LONG_AGO, MEMBER = date(2026, 1, 1), 7
TERMS = {"steps": [{"threshold_fen": 10_000, "off_fen": 1_000}]}


def reduction(code: str = "r", **more: object) -> PromotionDraft:
    facts = {"name": "满100减10", "terms": TERMS, "valid_from": LONG_AGO, **more}
    return PromotionDraft(code, DealKind.FULL_REDUCTION, **facts)  # type: ignore[arg-type]


def timed(sku_id: int, fen: int, **more: object) -> PromotionDraft:
    terms = {"prices": {str(sku_id): fen}}
    return PromotionDraft("flash", DealKind.TIMED_PRICE, "限时", terms, LONG_AGO, **more)  # type: ignore[arg-type]


def asking(store_id: int, sku_id: int, quantity: int = 1, **more: Any) -> QuoteRequest:
    return QuoteRequest(store_id, [QuoteLine(sku_id, quantity)], **more)


async def payable(store_id: int, sku_id: int, **more: Any) -> int:
    return (await quote_cart(asking(store_id, sku_id, **more))).payable_fen


async def test_a_changed_promotion_is_a_new_version_and_the_same_is_none() -> None:
    first = await put_promotions([reduction()])
    again = await put_promotions([reduction()])
    changed = await put_promotions([reduction(priority=5)])

    assert [first, again, changed] == [Upserted(1), Upserted(same=1), Upserted(changed=1)]
    assert [one.version for one in await Promotion.all().order_by("id")] == [1, 2]


@pytest.mark.parametrize(
    "facts",
    [
        {"terms": {"steps": []}},
        {"scope": {"shops": ["1"]}},
        {"valid_to": date(2025, 1, 1)},
        {"budget_fen": -1},
        {"starts_at": clock.now(), "ends_at": clock.now() - timedelta(days=1)},
    ],
)
async def test_a_promotion_that_cannot_run_is_refused_whole(facts: dict[str, object]) -> None:
    with pytest.raises(BadPromotion):
        await put_promotions([reduction("good"), reduction("bad", **facts)])

    assert await Promotion.all().count() == 0


async def test_a_code_keeps_its_kind() -> None:
    await put_promotions([reduction()])
    with pytest.raises(BadPromotion):
        await put_promotions([PromotionDraft("r", DealKind.FREIGHT, "f", {"fee_fen": 1}, LONG_AGO)])


async def test_ending_is_a_last_version_and_counts_at_once() -> None:
    store, sku = await a_store(), await a_sku(list_price_fen=10_000)
    await put_promotions([reduction()])
    before = await payable(store.id, sku.id)

    assert [await end_promotion("r"), await end_promotion("r")] == [True, False]
    assert (before, await payable(store.id, sku.id)) == (9_000, 10_000)
    with pytest.raises(PromotionNotFound):
        await end_promotion("none-such")


async def test_a_thousand_places_a_thousand_prices() -> None:
    owner = await a_franchisee()
    own, theirs = await a_store(), await a_store(franchisee=owner)
    sku = await a_sku(list_price_fen=10_000)
    everywhere = PriceDraft(None, sku.id, 9_900, LONG_AGO, None)
    await put_prices([everywhere])
    assert await payable(own.id, sku.id) == await payable(theirs.id, sku.id) == 9_900
    await put_prices([PriceDraft(None, sku.id, 9_800, LONG_AGO, None, region=own.region)])
    assert await payable(own.id, sku.id) == 9_800
    await put_prices([PriceDraft(None, sku.id, 9_700, LONG_AGO, None, franchisee_id=owner.id)])
    assert (await payable(own.id, sku.id), await payable(theirs.id, sku.id)) == (9_800, 9_700)
    await put_prices([PriceDraft(theirs.id, sku.id, 9_600, LONG_AGO, None)])
    assert await payable(theirs.id, sku.id) == 9_600
    await put_prices([PriceDraft(theirs.id, sku.id, 9_000, LONG_AGO, None, tier="gold")])
    assert await payable(theirs.id, sku.id, tier="gold") == 9_000


async def test_a_promotion_holds_in_its_places_only() -> None:
    owner = await a_franchisee()
    own, theirs = await a_store(), await a_store(franchisee=owner)
    sku = await a_sku(list_price_fen=10_000)
    await put_promotions([reduction(scope={"places": [f"franchisee:{owner.id}"]})])

    assert (await payable(own.id, sku.id), await payable(theirs.id, sku.id)) == (10_000, 9_000)


async def test_page_cart_and_order_tell_one_price() -> None:
    shelf = await a_shelf(list_price_fen=10_000)
    await put_promotions([timed(shelf.sku_id, 6_000, times_each=5)])
    page = await prices_of(shelf.store_id, [shelf.sku_id], shopper=Shopper(member_id=MEMBER))
    cart = await quote_cart(asking(shelf.store_id, shelf.sku_id, member_id=MEMBER))
    order = await an_order(shelf)
    offers = await offers_of(shelf.store_id, [shelf.sku_id])

    assert page[shelf.sku_id].price_fen == cart.payable_fen == order.payable_fen == 6_000
    assert (page[shelf.sku_id].name, [one.code for one in offers[shelf.sku_id]]) == (
        "限时",
        ["flash"],
    )


async def test_the_page_stops_showing_a_price_this_member_has_used_up() -> None:
    store, sku = await a_store(), await a_sku(list_price_fen=10_000)
    await put_promotions([timed(sku.id, 6_000, times_each=1)])
    uses = (await quote_cart(asking(store.id, sku.id, member_id=MEMBER))).uses
    await hold_uses([HoldUses("O1", MEMBER, uses, clock.now() + timedelta(minutes=15))])

    mine = await prices_of(store.id, [sku.id], shopper=Shopper(member_id=MEMBER))
    theirs = await prices_of(store.id, [sku.id], shopper=Shopper(member_id=8))
    assert (mine[sku.id].price_fen, theirs[sku.id].price_fen) == (10_000, 6_000)
    assert await payable(store.id, sku.id, member_id=MEMBER) == 10_000


async def test_a_flash_price_of_seven_pieces_sells_seven_pieces_to_many_at_once() -> None:
    store, sku = await a_store(), await a_sku(list_price_fen=10_000)
    await put_promotions([timed(sku.id, 6_000, budget_times=7)])
    quotes = await quote_carts([asking(store.id, sku.id, 2, member_id=n) for n in range(1, 9)])
    later = clock.now() + timedelta(minutes=15)
    wanted = [
        HoldUses(f"O{n}", n, quote.uses, later)  # type: ignore[union-attr]
        for n, quote in enumerate(quotes, start=1)
    ]
    answers = await asyncio.gather(*(hold_uses([one]) for one in wanted))
    refused = [refusal for answer in answers for refusal in answer.values()]

    assert [type(one) for one in refused] == [PromotionSpent] * 5
    left = await quote_cart(asking(store.id, sku.id, 2, member_id=99))
    assert left.payable_fen == 6_000 + 10_000


async def test_a_moment_decides_about_a_timed_price_and_the_shops_day_about_others() -> None:
    store, sku = await a_store(), await a_sku(list_price_fen=10_000)
    eight, ten = datetime(2026, 11, 11, 12, tzinfo=UTC), datetime(2026, 11, 11, 14, tzinfo=UTC)
    await put_promotions([timed(sku.id, 6_000, starts_at=eight, ends_at=ten)])
    second = timedelta(seconds=1)
    moments = (eight - second, eight, ten - second, ten)

    found = [await payable(store.id, sku.id, at=at) for at in moments]
    assert found == [10_000, 6_000, 6_000, 10_000]
    await put_promotions([timed(sku.id, 6_000, valid_to=date(2026, 11, 11))])
    midnight = datetime(2026, 11, 11, 16, tzinfo=UTC)
    found = [await payable(store.id, sku.id, at=at) for at in (midnight - second, midnight)]
    assert found == [6_000, 10_000]


async def test_what_is_kept_in_memory_ends_with_its_edition() -> None:
    store, sku = await a_store(), await a_sku(list_price_fen=10_000)
    await put_promotions([reduction()])
    quote = await quote_cart(asking(store.id, sku.id))
    [row] = await sql("SELECT edition::text FROM promotions_edition")
    await sql("UPDATE promotions_price SET price_fen = 0")  # by hand, of no row: an edition too

    assert quote.edition == row["edition"]
    assert (await quote_cart(asking(store.id, sku.id))).edition != quote.edition
    kept = (await quote_carts([asking(store.id, sku.id)], is_checked_later=True))[0]
    await put_promotions([reduction(priority=1)])
    stale = (await quote_carts([asking(store.id, sku.id)], is_checked_later=True))[0]
    assert stale.edition == kept.edition  # type: ignore[union-attr]
    forget_terms()
    fresh = (await quote_carts([asking(store.id, sku.id)], is_checked_later=True))[0]
    assert fresh.edition != stale.edition  # type: ignore[union-attr]


async def test_a_price_that_was_rolled_back_is_never_asked() -> None:
    store, sku = await a_store(), await a_sku(list_price_fen=10_000)
    await put_prices([PriceDraft(store.id, sku.id, 9_000, LONG_AGO, None)])

    class Regret(Exception): ...

    @use_case
    async def try_and_regret() -> None:
        await put_prices([PriceDraft(store.id, sku.id, 1, LONG_AGO, None)])
        assert await payable(store.id, sku.id) == 1
        raise Regret

    with pytest.raises(Regret):
        await try_and_regret()
    assert await payable(store.id, sku.id) == 9_000


async def test_a_what_if_tries_a_draft_and_changes_nothing() -> None:
    store, sku = await a_store(), await a_sku(list_price_fen=10_000)
    await put_promotions([reduction()])
    bigger = reduction(terms={"steps": [{"threshold_fen": 10_000, "off_fen": 4_000}]})
    coupon = PromotionDraft("c", DealKind.COUPON, "券", {"off_fen": 500}, LONG_AGO)
    request = asking(store.id, sku.id, coupons=("c", "none-such"))
    tried = await what_if(request, [bigger, coupon])

    assert tried.payable_fen == 5_500
    assert tried.reasons[-1].en == "No coupon none-such."
    assert await Promotion.all().count() == 1
    assert await payable(store.id, sku.id) == 9_000

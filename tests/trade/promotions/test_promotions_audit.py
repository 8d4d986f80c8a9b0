"""The auditor of promotions: clean books find nothing, each corruption is named."""

from datetime import date, timedelta

import pytest

from core import clock
from core.audit import Finding, checks
from core.database import sql
from tests.scenes.catalog import a_sku
from tests.scenes.stores import a_store
from trade.promotions.service import (
    DealKind,
    HoldUses,
    PriceDraft,
    PromotionDraft,
    QuoteLine,
    QuoteRequest,
    capture_uses,
    claim_coupon,
    hold_uses,
    put_prices,
    put_promotions,
    quote_cart,
    release_uses,
    return_uses,
)

pytestmark = pytest.mark.usefixtures("db")
LONG_AGO, MEMBER = date(2026, 1, 1), 7


async def findings() -> list[Finding]:
    found: list[Finding] = []
    for name, work in checks.items():
        if name.startswith("promotions."):
            found += await work()
    return found


async def a_busy_day() -> None:
    """Four orders with a coupon and a limited price: held, released, paid and given back."""
    store, sku = await a_store(), await a_sku(list_price_fen=10_000)
    await put_prices([PriceDraft(store.id, sku.id, 9_000, LONG_AGO, None)])
    flash = PromotionDraft(
        "flash", DealKind.TIMED_PRICE, "限时", {"rate_bp": 8_000}, LONG_AGO, budget_times=50
    )
    ten = PromotionDraft("ten", DealKind.COUPON, "十元", {"off_fen": 1_000}, LONG_AGO)
    await put_promotions([flash, ten])
    later = clock.now() + timedelta(minutes=15)
    for number in range(4):
        coupon = await claim_coupon(member_id=MEMBER, code="ten")
        request = QuoteRequest(
            store.id, [QuoteLine(sku.id, 2)], member_id=MEMBER, coupons=(coupon,)
        )
        uses = (await quote_cart(request)).uses
        assert len(uses) == 2
        assert await hold_uses([HoldUses(f"O{number}", MEMBER, uses, later)]) == {}
    await release_uses("O1")
    for paid in ("O2", "O3"):
        await capture_uses(paid)
    await return_uses("O3")


async def test_clean_books_find_nothing() -> None:
    await a_busy_day()

    assert await findings() == []


CORRUPTIONS = {
    "promotions.used": [
        "UPDATE promotions_campaign SET used_fen = used_fen + 1 WHERE code = 'flash'",
        "UPDATE promotions_campaign SET used_times = used_times - 1 WHERE code = 'flash'",
        "UPDATE promotions_use SET times = times + 1 WHERE order_no = 'O0' AND kind = 'deal'",
        "UPDATE promotions_use SET state = 'released' WHERE order_no = 'O2' AND kind = 'deal'",
        "DELETE FROM promotions_use WHERE order_no = 'O0' AND kind = 'deal'",
    ],
    "promotions.claimed": [
        "UPDATE promotions_campaign SET claimed = claimed - 1 WHERE code = 'ten'",
        "UPDATE promotions_coupon SET returned_of_id = NULL WHERE returned_of_id IS NOT NULL",
    ],
    "promotions.coupons": [
        "UPDATE promotions_coupon SET order_no = 'O9' WHERE order_no = 'O0'",
        "UPDATE promotions_coupon SET state = 'used' WHERE order_no = 'O0'",
        "UPDATE promotions_coupon SET state = 'held' WHERE order_no = 'O2'",
        "UPDATE promotions_coupon SET state = 'issued', order_no = NULL WHERE order_no = 'O2'",
        "UPDATE promotions_use SET state = 'captured' WHERE order_no = 'O1' AND kind = 'coupon'",
        "DELETE FROM promotions_use WHERE order_no = 'O2' AND kind = 'coupon'",
        "DELETE FROM promotions_coupon WHERE returned_of_id IS NOT NULL",
    ],
    "promotions.orphans": [
        (
            "DO $$ BEGIN SET LOCAL session_replication_role = replica;"
            " UPDATE promotions_coupon SET campaign_id = 999; END $$"
        ),
    ],
    "promotions.prices": [
        "UPDATE promotions_price SET sku_id = 999",
        "UPDATE promotions_price SET place = 'store:999999'",
    ],
}


@pytest.mark.parametrize(
    ("name", "statement"), [(name, one) for name, some in CORRUPTIONS.items() for one in some]
)
async def test_each_corruption_is_found_and_named(name: str, statement: str) -> None:
    await a_busy_day()
    await sql(statement)

    assert name in {finding.check for finding in await findings()}

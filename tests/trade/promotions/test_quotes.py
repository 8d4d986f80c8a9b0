from datetime import UTC, date, datetime

import pytest

from core.database import use_case
from core.upsert import Upserted
from tests.scenes.catalog import a_sku
from trade.catalog.errors import SkuNotFound
from trade.catalog.models import Product
from trade.promotions.errors import (
    NothingToQuote,
    QuantityOutOfRange,
    SkuOffShelf,
    TooManyLines,
)
from trade.promotions.models import Price, Promotion
from trade.promotions.queries import PriceView, prices_of, rates
from trade.promotions.service import (
    FullReductionDraft,
    MemberRateDraft,
    PriceDraft,
    ProgramRateDraft,
    QuoteLine,
    QuoteRequest,
    put_full_reductions,
    put_member_rates,
    put_prices,
    put_program_rates,
    quote_cart,
)

pytestmark = pytest.mark.usefixtures("db")

STORE, OTHER_STORE = 1, 2
NOVEMBER = date(2026, 11, 1)
AT = datetime(2026, 11, 11, 4, tzinfo=UTC)


def autumn(**more: object) -> FullReductionDraft:
    facts = {
        "code": "autumn",
        "name": "满300减30",
        "store_id": None,
        "threshold_fen": 30_000,
        "reduction_fen": 3_000,
        "valid_from": NOVEMBER,
        "valid_to": date(2026, 11, 30),
    }
    return FullReductionDraft(**{**facts, **more})  # type: ignore[arg-type]


async def price(sku_id: int, fen: int, *, store_id: int = STORE, since: date = NOVEMBER) -> None:
    await put_prices([PriceDraft(store_id, sku_id, fen, since, None)])


def asking(*lines: tuple[int, int], at: datetime = AT, tier: str = "") -> QuoteRequest:
    return QuoteRequest(STORE, [QuoteLine(*line) for line in lines], tier, at)


async def test_a_quote_takes_the_price_of_the_store_and_nobody_elses() -> None:
    sku = await a_sku(list_price_fen=39_900)
    await price(sku.id, 35_900)
    await price(sku.id, 1, store_id=OTHER_STORE)
    quote = await quote_cart(asking((sku.id, 2)))

    assert (quote.goods_fen, quote.payable_fen) == (71_800, 71_800)
    assert await prices_of(STORE, [sku.id], AT) == {sku.id: PriceView(39_900, 35_900)}
    assert await prices_of(3, [sku.id], AT) == {sku.id: PriceView(39_900, 39_900)}


async def test_the_youngest_valid_price_counts_by_the_shops_day() -> None:
    sku = await a_sku()
    await price(sku.id, 30_000)
    await price(sku.id, 20_000, since=date(2026, 11, 12))
    before_midnight = datetime(2026, 11, 11, 15, 59, tzinfo=UTC)
    after_midnight = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)

    assert (await quote_cart(asking((sku.id, 1), at=before_midnight))).payable_fen == 30_000
    assert (await quote_cart(asking((sku.id, 1), at=after_midnight))).payable_fen == 20_000


async def test_a_price_ends_after_its_last_day() -> None:
    sku = await a_sku(list_price_fen=39_900)
    await put_prices([PriceDraft(STORE, sku.id, 9_900, NOVEMBER, date(2026, 11, 11))])
    next_day = datetime(2026, 11, 12, 4, tzinfo=UTC)

    assert (await quote_cart(asking((sku.id, 1)))).payable_fen == 9_900
    assert (await quote_cart(asking((sku.id, 1), at=next_day))).payable_fen == 39_900


async def test_a_full_reduction_holds_on_its_days_and_in_its_store() -> None:
    sku = await a_sku(list_price_fen=30_000)
    await put_full_reductions([autumn(), autumn(code="theirs", store_id=OTHER_STORE)])
    in_december = datetime(2026, 12, 1, 4, tzinfo=UTC)
    quote = await quote_cart(asking((sku.id, 1)))

    assert quote.payable_fen == 27_000
    assert [reason.version for reason in quote.reasons] == ["autumn v1"]
    assert (await quote_cart(asking((sku.id, 1), at=in_december))).payable_fen == 30_000


async def test_a_tier_has_its_rate_and_others_have_not() -> None:
    sku = await a_sku(list_price_fen=10_000)
    await put_member_rates([MemberRateDraft("gold", 9_500, NOVEMBER, None)])

    assert (await quote_cart(asking((sku.id, 1), tier="gold"))).payable_fen == 9_500
    assert (await quote_cart(asking((sku.id, 1), tier="iron"))).payable_fen == 10_000
    assert (await quote_cart(asking((sku.id, 1)))).payable_fen == 10_000


async def test_lines_of_one_sku_become_one() -> None:
    scarf, hat = await a_sku(list_price_fen=100), await a_sku(list_price_fen=10)
    quote = await quote_cart(asking((scarf.id, 1), (hat.id, 1), (scarf.id, 2)))

    found = [(line.sku_id, line.quantity, line.payable_fen) for line in quote.lines]
    assert found == [(scarf.id, 3, 300), (hat.id, 1, 10)]


async def test_points_of_a_quote_follow_the_rate() -> None:
    sku = await a_sku(list_price_fen=12_399)
    await put_program_rates([ProgramRateDraft(2, 300, 1_500, NOVEMBER)])

    assert (await quote_cart(asking((sku.id, 1)))).points_earned == 246


async def test_a_quote_may_be_asked_inside_a_use_case() -> None:
    sku = await a_sku(list_price_fen=100)

    @use_case
    async def ask() -> int:
        return (await quote_cart(asking((sku.id, 1)))).payable_fen

    assert await ask() == 100


async def test_what_cannot_be_sold_is_refused() -> None:
    gone = await a_sku(on_sale=False)
    hidden = await a_sku()
    await Product.filter(id=hidden.product_id).update(on_sale=False)

    with pytest.raises(NothingToQuote):
        await quote_cart(asking())
    with pytest.raises(SkuNotFound):
        await quote_cart(asking((999_999, 1)))
    for sku in (gone, hidden):
        with pytest.raises(SkuOffShelf):
            await quote_cart(asking((sku.id, 1)))
    with pytest.raises(TooManyLines):
        await quote_cart(asking(*[(sku_id, 1) for sku_id in range(1, 52)]))


@pytest.mark.parametrize("quantities", [(0,), (-1,), (1_000,), (999, 1), (2, -1)])
async def test_a_quantity_out_of_range_is_refused(quantities: tuple[int, ...]) -> None:
    sku = await a_sku()

    with pytest.raises(QuantityOutOfRange):
        await quote_cart(asking(*[(sku.id, quantity) for quantity in quantities]))


async def test_a_changed_rule_is_a_new_version_and_the_old_one_stays() -> None:
    first = await put_full_reductions([autumn()])
    again = await put_full_reductions([autumn()])
    changed = await put_full_reductions([autumn(reduction_fen=4_000)])
    sku = await a_sku(list_price_fen=30_000)
    quote = await quote_cart(asking((sku.id, 1)))

    assert [first, again, changed] == [Upserted(1), Upserted(same=1), Upserted(changed=1)]
    assert [
        (rule.version, rule.terms["steps"][0]["off_fen"])
        for rule in await Promotion.all().order_by("version")
    ] == [(1, 3_000), (2, 4_000)]
    assert (quote.payable_fen, quote.reasons[0].version) == (26_000, "autumn v2")


async def test_putting_a_price_again_changes_nothing() -> None:
    draft = PriceDraft(STORE, 7, 100, NOVEMBER, None)
    first, again = await put_prices([draft]), await put_prices([draft])
    changed = await put_prices([PriceDraft(STORE, 7, 90, NOVEMBER, None)])

    assert [first, again, changed] == [Upserted(1), Upserted(same=1), Upserted(changed=1)]
    assert [row.price_fen for row in await Price.all().order_by("version")] == [100, 90]


async def test_rates_count_from_their_day_and_before_them_nothing_is_earned() -> None:
    await put_program_rates([ProgramRateDraft(1, 300, 1_500, NOVEMBER)])
    again = await put_program_rates([ProgramRateDraft(1, 300, 1_500, NOVEMBER)])
    await put_program_rates([ProgramRateDraft(3, 500, 2_000, date(2027, 1, 1))])
    before, now, later = [
        await rates(datetime(*day, 4, tzinfo=UTC))
        for day in ((2026, 10, 1), (2026, 11, 11), (2027, 1, 1))
    ]

    assert again == Upserted(same=1)
    assert (before.points_for(99_999), before.commission_for(99_999)) == (0, 0)
    assert (now.points_for(39_950), now.commission_for(39_950), now.share_for(39_950)) == (
        399,
        1_199,
        5_993,
    )
    assert (later.points_per_yuan, later.version) == (3, 2)

"""promotions.csv and the places of prices.csv, as a marketer fills them in."""

import shutil
from pathlib import Path

import pytest

from app.importing import import_brand
from trade.catalog.queries import sku_ids
from trade.promotions.queries import coupon_offers, offers_of, prices_of
from trade.promotions.service import QuoteLine, QuoteRequest, quote_cart
from trade.stores.queries import store_ids

BRAND = Path(__file__).parents[2] / "examples/brand"
NEEDED = (
    "tax_entities",
    "franchisees",
    "stores",
    "products",
    "skus",
    "categories",
    "brands",
    "axes",
)
HEAD = "code,kind,name,threshold_fen,pieces,off_fen,pay_bp,price_fen,pay_pieces"
HEAD += ",gift_sku_code,sku_codes,store_codes,quota,deliveries\n"
GOOD = """\
autumn,full_reduction,满300减30,30000,,3000,,,,,,,,
half,n_for_m,第二件半价,,2,,5000,,,,P1001-11,,,
three,n_for_m,买三付二,,3,,,,2,,P1001-12,,,
set,bundle,客厅套餐,,,,,700000,,,P1001-21 P1001-22,,,
flash,timed_price,限时,,,,,49900,,,P1002-11,S001,,
gift,gift,满赠,500000,,,,,,P1002-11,,,,
ten,coupon,十元券,10000,,1000,,,,,,,100,
post,freight,满99包邮,9900,,,,800,,,,,,express city
"""


def a_brand(folder: Path, promotions: str, prices: str = "") -> Path:
    for name in NEEDED:
        if (BRAND / f"{name}.csv").exists():
            shutil.copy(BRAND / f"{name}.csv", folder)
    (folder / "promotions.csv").write_text(HEAD + promotions)
    if prices:
        (folder / "prices.csv").write_text(prices)
    return folder


@pytest.mark.usefixtures("db")
async def test_every_kind_of_promotion_comes_in_and_counts(tmp_path: Path) -> None:
    folder = a_brand(tmp_path, GOOD)
    report = await import_brand(folder)
    again = await import_brand(folder)
    stores, skus = await store_ids(), await sku_ids()
    sofa, chair = skus["P1001-11"], skus["P1002-11"]
    here = stores["S001"]
    quote = await quote_cart(QuoteRequest(here, [QuoteLine(sofa, 2)], member_id=7))

    assert report.refusals == ()
    assert {one.file: one.new for one in report.files}["promotions.csv"] == 8
    assert {one.file: one.same for one in again.files}["promotions.csv"] == 8
    # two sofas at 3999.00: half of one off is 1999.50, then 30.00 off; above 5000.00: a gift
    assert (quote.payable_fen, [line.sku_id for line in quote.lines]) == (596_850, [sofa, chair])
    assert (await prices_of(here, [chair]))[chair].price_fen == 49_900
    assert (await prices_of(stores["S002"], [chair]))[chair].price_fen != 49_900
    assert "half" in {one.code for one in (await offers_of(here, [sofa]))[sofa]}
    assert [(one.code, one.left) for one in await coupon_offers(here, 7)] == [("ten", 100)]


@pytest.mark.usefixtures("db")
async def test_a_promotion_that_cannot_run_is_refused_and_the_others_are_taken(
    tmp_path: Path,
) -> None:
    bad = (
        "a,full_reduction,减多,1000,,3000,,,,,,,,\n"
        "b,gift,没有的,1000,,,,,,NONE-1,,,,\n"
        "c,timed_price,没有价,,,,,,,,,,,\n"
        "d,lottery,没有的类,,,,,,,,,,,\n"
        "e,full_reduction,好的,3000,,1000,,,,,,,,\n"
    )
    report = await import_brand(a_brand(tmp_path, bad))

    assert [(one.line, one.code) for one in report.refusals] == [
        (5, "importing.bad_choice"),
        (2, "promotions.bad_promotion"),
        (3, "importing.unknown_reference"),
        (4, "promotions.bad_promotion"),
    ]
    assert {one.file: one.new for one in report.files}["promotions.csv"] == 1


@pytest.mark.usefixtures("db")
async def test_prices_may_be_of_a_region_a_tier_or_everywhere(tmp_path: Path) -> None:
    prices = (
        "store_code,region,tier,sku_code,price_fen\n"
        ",,,P1001-11,390000\n,华东,,P1001-11,380000\nS001,,,P1001-11,370000\n"
        ",,gold,P1001-12,500000\n"
    )
    report = await import_brand(a_brand(tmp_path, "", prices))
    stores, skus = await store_ids(), await sku_ids()
    sofa, wide = skus["P1001-11"], skus["P1001-12"]

    assert report.refusals == ()
    assert (await prices_of(stores["S001"], [sofa]))[sofa].price_fen == 370_000
    assert (await prices_of(stores["S002"], [sofa]))[sofa].price_fen == 380_000
    gold = QuoteRequest(stores["S001"], [QuoteLine(wide, 1)], "gold")
    assert (await quote_cart(gold)).payable_fen == 500_000

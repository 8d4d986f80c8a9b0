"""Categories, axes, kits, pre-sale and scenes of a brand's files."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from app.importing import import_brand
from trade.catalog.audit import (
    every_label_reads_right,
    every_product_is_found_by_its_words,
    no_kit_is_part_of_a_kit,
    the_path_of_a_category_goes_through_its_parent,
)
from trade.catalog.models import Scene, SceneSpot, Sku
from trade.catalog.queries import Here, Wanted, find_products, find_sku, scenes_of, skus_by_barcode

BRAND = Path(__file__).parents[2] / "examples/brand"
HEAD = "product_code,code,barcode,colour,size,unit,tax_code,tax_bp,list_price_fen,"
MORE = "more_barcodes,spec,presale_on,presale_until,deposit_bp\n"
TAIL = "张,1050201010000000000,1300,100,"
pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BRAND, tmp_path / "brand"))


async def test_the_example_brand_is_found_by_tree_and_words_and_shows_its_scenes() -> None:
    await import_brand(BRAND)
    scenes = await scenes_of(1)
    words = await find_products(Wanted(text="亚麻 衬衫"), Here(1))
    english = await find_products(Wanted(text="cloud sofa"), Here(1))
    home = await find_products(Wanted(category="home"), Here(1), limit=100)

    assert [product.title for product in words.products] == ["水洗亚麻衬衫"]
    assert [product.title for product in english.products] == ["云朵沙发"]
    assert len(home.products) == 10
    assert len([scene for scene in scenes if scene.kind == "room"]) == 4
    assert len({spot.product_id for scene in scenes for spot in scene.spots}) > 10
    for proof in (
        every_label_reads_right,
        every_product_is_found_by_its_words,
        no_kit_is_part_of_a_kit,
        the_path_of_a_category_goes_through_its_parent,
    ):
        assert await proof() == []


async def test_kits_axes_labels_and_pre_sale_come_in_and_again_change_nothing(
    brand: Path,
) -> None:
    rows = [
        f"P1003,OAK,2000000200019,原木色,2 米,{TAIL}2000000200026|2000000200033,material=白橡木,,,",
        f"P1003,SET,,,套,{TAIL},,2099-01-31,2099-01-01,2000",
    ]
    (brand / "skus.csv").write_text(HEAD + MORE + "\n".join(rows), encoding="utf-8")
    (brand / "kits.csv").write_text("kit_code,sku_code,quantity\nSET,OAK,2\n", encoding="utf-8")
    for name in ("prices.csv", "stock.csv", "scenes.csv"):
        (brand / name).unlink()
    first, again = await import_brand(brand), await import_brand(brand)
    oak, kit = await find_sku("OAK"), await find_sku("SET")
    labels = await skus_by_barcode(["2000000200019", "2000000200026", "2000000200033"])

    assert (first.refusals, again.refusals) == ((), ())
    assert [(each.new, each.changed) for each in again.files if each.new or each.changed] == []
    assert oak
    assert kit
    assert oak.spec == {"颜色": "原木色", "尺寸": "2 米", "材质": "白橡木"}
    assert {view.code for view in labels.values()} == {"OAK"}
    assert len(labels) == 3
    assert kit.parts == ((oak.id, 2),)
    assert (kit.presale_on, kit.deposit_bp) == (date(2099, 1, 31), 2_000)


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("2000000200027,,,,", "more_barcodes", "importing.bad_barcode"),
        ("2000000200019,,,,", "more_barcodes", "catalog.barcode_taken"),
        (",material,,,", "spec", "importing.bad_spec"),
        (",material=a|material=b,,,", "spec", "importing.bad_spec"),
        (",nothing=a,,,", "spec", "importing.unknown_reference"),
        (",,,,2000", "", "importing.presale_day_needed"),
        (",,2026-11-01,2026-11-02,", "", "importing.bad_days"),
        (",,2026-11-01,,10000", "deposit_bp", "importing.out_of_range"),
    ],
)
async def test_a_row_that_cannot_be_is_refused(
    brand: Path, cells: str, column: str, code: str
) -> None:
    row = f"P1003,OAK,2000000200019,原木色,2 米,{TAIL}{cells}"
    (brand / "skus.csv").write_text(HEAD + MORE + row, encoding="utf-8")
    for name in ("prices.csv", "stock.csv", "scenes.csv"):
        (brand / name).unlink()
    report = await import_brand(brand)
    found = [(each.column, each.code) for each in report.refusals]

    expected = "importing.taken" if code == "catalog.barcode_taken" else code
    assert found == [(column, expected)]
    assert not await Sku.filter(code="OAK").exists()


async def test_a_kit_or_scene_that_cannot_be_is_refused_in_the_rooms_own_words(
    brand: Path,
) -> None:
    kits = "kit_code,sku_code,quantity\nP1001-11,P1002-11,1\nP1002-11,P1004-11,1\nX,P1004-11,1\n"
    (brand / "kits.csv").write_text(kits, encoding="utf-8")
    scenes = (brand / "scenes.csv").read_text(encoding="utf-8")
    (brand / "scenes.csv").write_text(scenes.replace("P1009,,", "P9999,,"), encoding="utf-8")
    report = await import_brand(brand)

    assert [(each.file, each.line, each.code) for each in report.refusals] == [
        ("kits.csv", 3, "catalog.kit_in_kit"),
        ("kits.csv", 4, "catalog.sku_not_found"),
        ("scenes.csv", 5, "catalog.product_not_found"),
        ("scenes.csv", 6, "catalog.product_not_found"),
    ]
    assert await Scene.all().count() == 5
    assert await SceneSpot.filter(scene__code="living-green").count() == 0

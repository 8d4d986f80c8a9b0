"""Labels and choices of goods: each belongs to one SKU."""

import pytest
from tortoise.exceptions import IntegrityError

from tests.scenes.catalog import a_sku, draft_of
from trade.catalog.audit import (
    every_label_reads_right,
)
from trade.catalog.errors import (
    AxisUnknown,
    BarcodeTaken,
    BarcodeWrong,
)
from trade.catalog.models import Barcode
from trade.catalog.queries import (
    find_sku,
    skus_by_barcode,
)
from trade.catalog.service import (
    AxisDraft,
    put_axes,
    put_skus,
)

pytestmark = pytest.mark.usefixtures("db")
FIRST, SECOND, THIRD = "2000000100012", "2000000100029", "2000000100036"


async def test_a_sku_is_found_by_each_of_its_labels() -> None:
    sku = await a_sku()
    wanted = draft_of(sku, barcode=FIRST, more_barcodes=(SECOND,))
    first, again = [await put_skus([wanted]) for _ in range(2)]
    found = await skus_by_barcode([FIRST, SECOND, THIRD])

    assert (first.changed, again.same) == (1, 1)
    assert {code: view.id for code, view in found.items()} == {FIRST: sku.id, SECOND: sku.id}
    assert found[SECOND].barcode == FIRST
    await put_skus([draft_of(sku, barcode=SECOND)])
    assert list(await skus_by_barcode([FIRST, SECOND])) == [SECOND]


async def test_a_label_belongs_to_one_sku() -> None:
    here, there = await a_sku(), await a_sku()
    await put_skus([draft_of(here, barcode=FIRST)])
    for wanted in (
        [draft_of(there, barcode=FIRST)],
        [draft_of(there, barcode=SECOND, more_barcodes=(SECOND,))],
        [draft_of(here, barcode=SECOND), draft_of(there, barcode=SECOND)],
    ):
        with pytest.raises(BarcodeTaken):
            await put_skus(wanted)
    with pytest.raises(BarcodeWrong):
        await put_skus([draft_of(there, barcode="2000000100013")])

    assert await Barcode.all().values_list("code", "sku_id") == [(FIRST, here.id)]
    assert await every_label_reads_right() == []


async def test_the_auditor_finds_a_label_that_cannot_be_read() -> None:
    await Barcode(sku=await a_sku(), code="2000000100013").save()

    assert [finding.key for finding in await every_label_reads_right()] == ["2000000100013"]


async def test_goods_are_chosen_by_as_many_things_as_the_brand_likes() -> None:
    oak = await a_sku(colour="原木色", size="1.4 米")
    with pytest.raises(AxisUnknown):
        await put_skus([draft_of(oak, more_spec={"material": "白橡木"})])
    await put_axes([AxisDraft("legs", "脚", position=2), AxisDraft("material", "材质", position=1)])
    await put_skus([draft_of(oak, more_spec={"legs": "铁", "material": "白橡木"})])
    walnut = draft_of(oak, code="W", more_spec={"legs": "铁", "material": "胡桃木"})
    await put_skus([walnut])
    view = await find_sku(oak.code)

    assert view
    assert list(view.spec.items()) == [
        *(("颜色", "原木色"), ("尺寸", "1.4 米")),
        *(("材质", "白橡木"), ("脚", "铁")),
    ]
    with pytest.raises(IntegrityError, match="catalog_sku_choice_key"):
        await put_skus([draft_of(oak, code="W2", more_spec=walnut.more_spec)])

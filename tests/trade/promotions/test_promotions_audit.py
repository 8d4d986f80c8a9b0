from datetime import date

import pytest

from core.audit import Finding
from tests.scenes.catalog import a_sku
from tests.scenes.stores import a_store
from trade.promotions.audit import every_price_is_of_a_sku_and_a_store_that_exist
from trade.promotions.service import PriceDraft, put_prices


@pytest.mark.usefixtures("db")
async def test_the_auditor_finds_a_price_of_nothing() -> None:
    store, sku = await a_store(), await a_sku()
    await put_prices([PriceDraft(store.id, sku.id, 100, date(2026, 11, 1), None)])
    sound = await every_price_is_of_a_sku_and_a_store_that_exist()
    await put_prices([PriceDraft(store.id, 999, 100, date(2026, 11, 1), None)])

    assert sound == []
    assert await every_price_is_of_a_sku_and_a_store_that_exist() == [
        Finding("promotions.prices", f"store:{store.id} sku 999", "is of nothing")
    ]

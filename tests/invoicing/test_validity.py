"""Until when a receipt can be invoiced: the day on our paper is the day the page keeps."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock
from core.settings import Settings
from devices.queries import receipt_code_of
from devices.service.receipts import sale_of as printed_sale_of
from invoicing.queries import Scanned, good_until, look_up
from invoicing.rules.lines import last_day
from invoicing.service import set_terms
from tests.scenes.invoicing import OFFICE, an_order_known, seller_id_of


def test_the_page_closes_with_the_years_books() -> None:
    assert f"{last_day(datetime(2025, 12, 30, tzinfo=UTC))}" == "2026-03-31"


@pytest.mark.usefixtures("shop")
async def test_our_receipt_says_the_last_day_of_its_own_seller(shop: Settings) -> None:
    order = await an_order_known()
    code = await receipt_code_of(order)
    found = await look_up(code)
    assert isinstance(found, Scanned)
    printed = [(await printed_sale_of(order, code)).invoice_until]
    seller = await seller_id_of(order.store_id)
    await set_terms(scope=OFFICE, tax_entity_id=seller, rules={"window_days": 30})
    printed.append((await printed_sale_of(order, code)).invoice_until)

    today = clock.shop_day(clock.now())
    assert printed[1] == await good_until(found.sale) == today + timedelta(days=30)
    assert printed[0] == min(today + timedelta(days=180), date(today.year + 1, 3, 31))

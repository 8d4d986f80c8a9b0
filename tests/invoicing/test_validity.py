"""Until when a receipt can be invoiced: what devices prints is what invoicing keeps."""

from datetime import UTC, datetime

import pytest

from devices.rules import last_invoice_day
from invoicing.rules.lines import last_day


@pytest.mark.parametrize("month", range(1, 13))
def test_the_day_on_the_receipt_is_the_day_the_page_keeps(month: int) -> None:
    moment = datetime(2025, month, 28, 17, tzinfo=UTC)

    assert last_invoice_day(moment) == last_day(moment)


def test_the_page_closes_with_the_years_books() -> None:
    assert f"{last_day(datetime(2025, 12, 30, tzinfo=UTC))}" == "2026-03-31"

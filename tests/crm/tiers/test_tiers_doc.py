"""The worked numbers of docs/why/tiers.md, worked out again."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.clock import SHOP_ZONE
from crm.tiers.rules import Credit, Ladder, fold
from tests.scenes.tiers import LONG_AGO, RUNGS

PAGE = (Path(__file__).parents[3] / "docs/why/tiers.md").read_text(encoding="utf-8")
FIRST = datetime(2025, 3, 1, 12, tzinfo=SHOP_ZONE)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| 0:")
]


def amounts(cell: str, sign: int) -> list[Credit]:
    pairs = [one.split(":") for one in cell.split(",") if one]
    return [
        Credit(FIRST + timedelta(days=int(day)), sign * int(Decimal(yuan.strip()) * 100))
        for day, yuan in pairs
    ]


@pytest.mark.parametrize("row", ROWS, ids=" / ".join)
def test_the_page_is_right(row: list[str]) -> None:
    bought, refunded, day, tier = row
    counted = amounts(bought, 1) + amounts(refunded, -1)
    ladder = Ladder(RUNGS, since=LONG_AGO)

    assert fold([ladder], counted, FIRST + timedelta(days=int(day))).code == tier


def test_the_page_has_its_table() -> None:
    assert len(ROWS) == 10

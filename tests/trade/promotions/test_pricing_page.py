"""The worked numbers of docs/why/pricing.md, worked out again."""

import re
from pathlib import Path

import pytest

from trade.promotions.rules import (
    Asked,
    Deal,
    DealKind,
    FullReduction,
    Item,
    PointsTerm,
    PriceTerm,
    RateTerm,
    Step,
    Terms,
    work_out,
)

PAGE = (Path(__file__).parents[3] / "docs/why/pricing.md").read_text()
CASES = dict(re.findall(r"^Case: (.+)\n\n((?:.|\n)+?points\.)", PAGE, re.MULTILINE))


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def rows_of(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def reduction(name: str, threshold_fen: int, off_fen: int) -> Deal:
    terms = FullReduction((Step(threshold_fen, off_fen=off_fen),))
    return Deal(name, DealKind.FULL_REDUCTION, name, "v1", terms, group="full_reduction")


def terms_of(text: str, rows: list[list[str]]) -> Terms:
    rate = re.search(r"tier pays (\d+)", text)
    points = re.search(r"(\d+) points? a yuan", text)
    assert points
    return Terms(
        prices={
            int(row[0]): (PriceTerm("store:1", fen(row[3]), "v1"),) for row in rows if row[3] != "–"
        },
        rates={"gold": RateTerm("gold", int(rate[1]), "gold v1")} if rate else {},
        deals=tuple(
            reduction(f"满{full}减{off}", int(full) * 100, int(off) * 100)
            for full, off in re.findall(r"满(\d+)减(\d+)", text)
        ),
        points=PointsTerm(per_yuan=int(points[1])),
    )


def test_the_page_has_worked_numbers() -> None:
    assert len(CASES) == PAGE.count("Case: ") == 6


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_a_worked_number_of_the_page_is_right(text: str) -> None:
    rows = rows_of(text)
    items = [Item(int(row[0]), int(row[2]), fen(row[1])) for row in rows]
    quote = work_out(items, terms_of(text, rows), Asked(tier="gold"))
    total = re.search(r"Goods (\S+), discount (\S+), payable (\S+), (\d+) points", text)
    assert total

    found = [(line.price_fen, line.discount_fen, line.payable_fen) for line in quote.lines]
    assert found == [tuple(fen(cell) for cell in row[4:]) for row in rows]
    assert [fen(total[at]) for at in (1, 2, 3)] == [
        quote.goods_fen,
        quote.discount_fen,
        quote.payable_fen,
    ]
    assert quote.points_earned == int(total[4])

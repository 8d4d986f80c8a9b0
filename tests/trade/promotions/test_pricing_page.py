"""The worked numbers of docs/why/pricing.md, worked out again."""

import re
from pathlib import Path
from typing import Any

import pytest

from trade.promotions.rules import (
    Asked,
    Claim,
    Deal,
    DealKind,
    FullReduction,
    Item,
    PointsTerm,
    PriceTerm,
    RateTerm,
    Step,
    Terms,
    deal_terms,
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


def others(text: str) -> tuple[Deal, ...]:
    """The rules of the page that are no full reductions."""
    found: list[tuple[str, DealKind, dict[str, Any]]] = [
        (f"n{n}", DealKind.N_FOR_M, {"pieces": int(n), "pay_pieces": int(pay)})
        for n, pay in re.findall(r"买(\d+)付(\d+)", text)
    ]
    found += [
        (f"t{sku}", DealKind.TIMED_PRICE, {"prices": {sku: fen(price)}})
        for sku, price in re.findall(r"限时价 SKU (\d+) ([\d.]+)", text)
    ]
    found += [
        ("coupon", DealKind.COUPON, {"off_fen": fen(off)})
        for off in re.findall(r"券([\d.]+)", text)
    ]
    found += [
        ("f", DealKind.FREIGHT, {"fee_fen": fen(fee), "free_from_fen": fen(free)})
        for free, fee in re.findall(r"包邮 from ([\d.]+), else ([\d.]+)", text)
    ]
    return tuple(
        Deal(code, kind, code, "v1", deal_terms(kind, facts)) for code, kind, facts in found
    )


def asked_of(text: str, terms: Terms) -> Asked:
    spent = re.search(r"(\d+) points spent", text)
    claims = tuple(Claim(deal.code, deal) for deal in terms.deals if deal.kind is DealKind.COUPON)
    return Asked("gold", delivery="express", claims=claims, points=int(spent[1]) if spent else 0)


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
        )
        + others(text),
        points=PointsTerm(per_yuan=int(points[1]), a_yuan=100, cap_bp=5_000),
    )


def test_the_page_has_worked_numbers() -> None:
    assert len(CASES) == PAGE.count("Case: ") == 10


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_a_worked_number_of_the_page_is_right(text: str) -> None:
    rows = rows_of(text)
    items = [Item(int(row[0]), int(row[2]), fen(row[1])) for row in rows]
    terms = terms_of(text, rows)
    quote = work_out(items, terms, asked_of(text, terms))
    total = re.search(
        r"Goods (\S+), discount (\S+),(?: freight (\S+),)? payable (\S+), (\d+) points", text
    )
    assert total

    found = [(line.price_fen, line.discount_fen, line.payable_fen) for line in quote.lines]
    assert found == [tuple(fen(cell) for cell in row[4:]) for row in rows]
    assert [fen(total[at] or "0") for at in (1, 2, 3, 4)] == [
        quote.goods_fen,
        quote.discount_fen,
        quote.freight_fen,
        quote.payable_fen,
    ]
    assert quote.points_earned == int(total[5])

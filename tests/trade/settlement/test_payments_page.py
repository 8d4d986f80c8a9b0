"""The worked numbers of docs/why/payments.md, worked out again."""

from fractions import Fraction
from pathlib import Path

from core.ledger.mirroring import next_parts
from trade.settlement.rules import shares_of_sale

PAGE = (Path(__file__).parents[3] / "docs/why/payments.md").read_text(encoding="utf-8")


def test_the_page_says_what_the_rules_say() -> None:
    sale = shares_of_sale(
        10_000, commission_bp=300, share_bp_=7_000, has_guide=True, is_franchise=True
    )
    first = [
        next_parts([amount], [0], Fraction(3_333, 10_000))[0]
        for amount in (sale.commission_fen, sale.share_fen)
    ]
    rest = [sale.commission_fen - first[0], sale.share_fen - first[1]]

    assert f"| +{sale.commission_fen} | +{sale.share_fen:,} |" in PAGE
    assert f"| -{first[0]} | -{first[1]:,} |" in PAGE
    assert f"| -{rest[0]} | -{rest[1]:,} |" in PAGE

"""What the invoicing tests share: the published vectors, and goods."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from invoicing.rules.tax import Goods

VECTORS = Path(__file__).resolve().parents[1] / "data/invoicing.json"
CLOTHES = "1040201990000000000"


@cache
def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
    return found


def fen_of(yuan: str) -> int:
    """`-1.05` is -105: exact, without a float."""
    sign = -1 if yuan.startswith("-") else 1
    whole, _, part = yuan.removeprefix("-").partition(".")
    return sign * (int(whole) * 100 + int(part.ljust(2, "0")[:2]))


def goods(*, gross_fen: int = 39_900, discount_fen: int = 0, quantity: int = 1) -> Goods:
    return Goods(
        name="羊绒围巾",
        spec="烟灰",
        unit="条",
        quantity=quantity,
        tax_code=CLOTHES,
        tax_bp=1300,
        gross_fen=gross_fen,
        discount_fen=discount_fen,
    )

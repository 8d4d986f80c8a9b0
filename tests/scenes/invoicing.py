"""What the invoicing tests share: the published vectors, and goods."""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from core import clock
from core.database import sql
from invoicing.rules.buyers import Buyer, BuyerKind, read_buyer
from invoicing.rules.tax import Goods
from trade.orders.queries import OrderView

VECTORS = Path(__file__).resolve().parents[1] / "data/invoicing.json"
CLOTHES = "1040201990000000000"
SELLER_TAX_NO = "91310101MA1DGXY129"
BUYER_TAX_NO = "11310115MA4R207G5L"
MAIL = "finance@buyer.example.cn"


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


def a_buyer(**more: str) -> Buyer:
    facts = {"title": "某某商贸（上海）有限公司", "tax_no": BUYER_TAX_NO, "mail": MAIL, **more}
    return read_buyer(kind=BuyerKind.ENTERPRISE, **facts)


async def later(order: OrderView, **wait: float) -> None:
    """As if the order had been paid that much earlier; its code stays the one of today."""
    moment = clock.now() - timedelta(**wait)
    await sql("UPDATE orders_order SET paid_at = $2 WHERE id = $1", order.id, moment)

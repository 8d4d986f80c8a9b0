"""From what was sold to what is invoiced: lines that add up to what the guest really paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.clock import shop_day
from core.money import split_fen
from invoicing.errors import NothingToInvoice, TaxClassMissing
from invoicing.rules.tax import Goods, TaxLine, level_out, merged, net_lines


@dataclass(frozen=True, slots=True)
class Sold:
    """One order line; `payable_fen` is the whole line after its discounts."""

    name: str
    spec: str
    unit: str
    quantity: int
    tax_code: str
    tax_bp: int
    payable_fen: int


def invoice_lines(sold: Sequence[Sold], net_paid_fen: int) -> list[TaxLine]:
    """Lines that add up to what was paid and not given back.

    What the lines do not carry is shared over them: freight on top, an order's discount or a part
    refund off. Raises TaxClassMissing, NothingToInvoice.
    """
    kept = [line for line in sold if line.payable_fen > 0]
    if net_paid_fen <= 0 or not kept:
        raise NothingToInvoice
    for line in kept:
        if not line.tax_code:
            raise TaxClassMissing(name=line.name)
    goods = [_goods(line) for line in kept]
    rest = net_paid_fen - sum(line.gross_fen for line in goods)
    if rest > 0:
        tops = split_fen(rest, [line.gross_fen for line in goods])
        pairs = zip(goods, tops, strict=True)
        goods = [replace(line, gross_fen=line.gross_fen + top) for line, top in pairs]
    return level_out(net_lines(merged(goods), max(0, -rest)))


def _goods(line: Sold) -> Goods:
    return Goods(
        name=line.name,
        spec=line.spec,
        unit=line.unit,
        quantity=line.quantity,
        tax_code=line.tax_code,
        tax_bp=line.tax_bp,
        gross_fen=line.payable_fen,
    )


def last_day(paid_at: datetime) -> date:
    """Until when a guest may ask: half a year, and never past the closing of the year's books."""
    paid_on = shop_day(paid_at)
    return min(paid_on + timedelta(days=180), date(paid_on.year + 1, 3, 31))

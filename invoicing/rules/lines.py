"""From what was sold to what is invoiced: lines that add up to what the guest really paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.money import split_fen
from invoicing.errors import NothingToInvoice, TaxClassMissing
from invoicing.rules.tax import (
    Goods,
    Origin,
    Policy,
    TaxLine,
    discount_lines,
    level_out,
    merged,
    net_lines,
)
from invoicing.rules.terms import last_day

__all__ = ["MOST_NAME", "Sold", "full_name", "goods_of", "invoice_lines", "last_day"]

MOST_NAME, MOST_SPEC, MOST_UNIT = 90, 40, 20


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
    policy: Policy = Policy.NONE
    origin: Origin | None = None
    discount_fen: int = 0


def invoice_lines(
    sold: Sequence[Sold], net_paid_fen: int, *, shows_discounts: bool = False
) -> list[TaxLine]:
    """Lines that add up to what was paid and not given back.

    What the lines do not carry is shared over them: freight on top, an order's discount or a part
    refund off. Raises TaxClassMissing, NothingToInvoice.
    """
    goods = goods_of(sold, net_paid_fen)
    rest = sum(line.gross_fen - line.discount_fen for line in goods) - net_paid_fen
    form = discount_lines if shows_discounts else net_lines
    return level_out(form(merged(goods), rest))


def goods_of(sold: Sequence[Sold], net_paid_fen: int) -> list[Goods]:
    """The goods with what came on top of them, as freight; what is still off is the caller's."""
    kept = [line for line in sold if line.payable_fen > 0]
    if net_paid_fen <= 0 or not kept:
        raise NothingToInvoice
    for line in kept:
        if not line.tax_code:
            raise TaxClassMissing(name=line.name)
    goods = [_goods(line) for line in kept]
    costs = [line.payable_fen for line in kept]
    tops = split_fen(max(0, net_paid_fen - sum(costs)), costs)
    return [
        replace(line, gross_fen=line.gross_fen + top) for line, top in zip(goods, tops, strict=True)
    ]


def full_name(name: str, short_name: str) -> str:
    """`*short*name`, not twice; cut at the border of a character, never refused for its length."""
    is_said = not short_name or name.startswith("*")
    return (name if is_said else f"*{short_name}*{name}")[:MOST_NAME]


def _goods(line: Sold) -> Goods:
    return Goods(
        name=line.name,
        spec=line.spec[:MOST_SPEC],
        unit=line.unit[:MOST_UNIT],
        quantity=line.quantity,
        tax_code=line.tax_code,
        tax_bp=line.tax_bp,
        gross_fen=line.payable_fen + line.discount_fen,
        discount_fen=line.discount_fen,
        policy=line.policy,
        origins=(line.origin,) if line.origin else (),
    )

"""The total on the clerk's screen while a sale grows: prices, promotions and why, nothing kept."""

from dataclasses import dataclass

from core.database import use_case
from core.security.scope import Scope
from devices.counter.errors import BuyerUnknown
from devices.counter.service.asking import RingUp, buyer_known_as
from devices.counter.service.pricing import Priced, price_sale
from devices.counter.service.selling import check_may_sell
from trade.catalog.queries import skus
from trade.orders.queries import ReasonView


@dataclass(frozen=True, slots=True)
class PricedLine:
    """`reasons` are the rules that count for this line, or would if something more came."""

    title: str
    spec_text: str
    sku_code: str
    quantity: int
    list_fen: int
    payable_fen: int
    is_gift: bool
    reasons: tuple[ReasonView, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """goods - discount = payable. `discount_fen` is below the prices of the list, too."""

    lines: tuple[PricedLine, ...]
    list_fen: int
    payable_fen: int
    reasons: tuple[ReasonView, ...]
    is_member: bool

    @property
    def discount_fen(self) -> int:
        return self.list_fen - self.payable_fen


@use_case
async def total_of(scope: Scope, sale: RingUp) -> Total:
    """What a sale would cost now. Raises what `ring_up` does of goods and buyer, and NotHere."""
    check_may_sell(scope, sale.store_id)
    buyer = await buyer_known_as(sale.member)
    if sale.member and buyer is None:
        raise BuyerUnknown
    return await _shown(await price_sale(sale, buyer), is_member=buyer is not None)


async def _shown(priced: Priced, *, is_member: bool) -> Total:
    views = await skus({line.sku_id for line in priced.agreed.lines})
    lines = tuple(
        PricedLine(
            title=line.title or views[line.sku_id].title,
            spec_text="" if line.title else " / ".join(views[line.sku_id].spec.values()),
            sku_code="" if line.title else views[line.sku_id].code,
            quantity=line.quantity,
            list_fen=max(line.list_fen, line.price_fen) * line.quantity,
            payable_fen=line.payable_fen,
            is_gift=line.is_gift,
            reasons=line.reasons,
        )
        for line in priced.agreed.lines
    )
    return Total(
        lines=lines,
        list_fen=sum(line.list_fen for line in lines),
        payable_fen=priced.payable_fen,
        reasons=priced.agreed.reasons,
        is_member=is_member,
    )

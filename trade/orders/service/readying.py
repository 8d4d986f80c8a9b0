"""An order as it will stand: its amounts, its lines, what it takes from stock and promises."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.ids import new_id, new_no
from core.money import share_bp
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView
from trade.orders.queries import OrderLineView, ReasonView
from trade.orders.service.asking import AgreedLine, PlaceOrder
from trade.orders.service.buying import Limit, limits_of
from trade.promotions.service import Use
from trade.stock.service import ReserveLine


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a quote and an agreement have in common."""

    lines: tuple[AgreedLine, ...]
    freight_fen: int
    points_earned: int
    reasons: tuple[ReasonView, ...] = ()
    uses: tuple[Use, ...] = ()
    points_spent: int = 0
    version: str = ""
    edition: str = ""

    @property
    def goods_fen(self) -> int:
        return sum(line.price_fen * line.quantity for line in self.lines)

    @property
    def discount_fen(self) -> int:
        return sum(line.discount_fen for line in self.lines)

    @property
    def payable_fen(self) -> int:
        return self.goods_fen - self.discount_fen + self.freight_fen


@dataclass(frozen=True, slots=True)
class Ready:
    """An order with its prices, waiting to be written.

    `demand` is the units of each stock item, whatever line wants them.
    """

    request: PlaceOrder
    content: str
    public_id: str
    order_no: str
    amounts: Amounts
    lines: tuple[OrderLineView, ...]
    demand: tuple[ReserveLine, ...]
    deposit_fen: int = 0
    balance_due_at: datetime | None = None
    promised_on: date | None = None
    limits: tuple[Limit, ...] = ()

    @property
    def moves_stock(self) -> bool:
        return self.request.agreed is None or self.request.agreed.moves_stock

    @property
    def is_forced(self) -> bool:
        return self.request.agreed is not None and self.request.agreed.is_forced

    @property
    def reserves(self) -> bool:
        return self.moves_stock and not self.is_forced


@dataclass(frozen=True, slots=True)
class Goods:
    """The lines of an order, and what they take from stock."""

    lines: tuple[OrderLineView, ...]
    demand: tuple[ReserveLine, ...]


def goods_of(amounts: Amounts, known: Mapping[int, SkuView]) -> Goods:
    """Raises SkuNotFound."""
    for agreed in amounts.lines:
        if agreed.sku_id not in known:
            raise SkuNotFound(sku_id=agreed.sku_id)
    lines = tuple(_line(one, known[one.sku_id]) for one in amounts.lines)
    units: Counter[int] = Counter()
    for line in lines:
        for sku_id, quantity in line.demand:
            units[sku_id] += quantity
    return Goods(lines, tuple(ReserveLine(sku_id, units[sku_id]) for sku_id in sorted(units)))


def ready(
    request: PlaceOrder, amounts: Amounts, known: Mapping[int, SkuView], goods: Goods
) -> Ready:
    """The order as it will stand."""
    deposit_fen, promised_on = _promise(request, amounts, known)
    return Ready(
        request=request,
        content=request.content,
        public_id=new_id("ord"),
        order_no=new_no(),
        amounts=amounts,
        lines=goods.lines,
        demand=goods.demand,
        deposit_fen=deposit_fen,
        promised_on=promised_on,
        limits=limits_of(request, [known[one.sku_id] for one in amounts.lines if not one.is_gift]),
    )


def _promise(
    request: PlaceOrder, amounts: Amounts, known: Mapping[int, SkuView]
) -> tuple[int, date | None]:
    """What is due first, and the day pre-sale goods are promised for (预售)."""
    ahead = [line for line in amounts.lines if known[line.sku_id].presale_on is not None]
    if not ahead or request.agreed is not None:
        return 0, None
    promised_on = max(filter(None, (known[line.sku_id].presale_on for line in ahead)))
    if not request.is_deposit:
        return 0, promised_on
    due_fen = sum(
        share_bp(line.payable_fen, known[line.sku_id].deposit_bp or 10_000)
        if line in ahead
        else line.payable_fen
        for line in amounts.lines
    )
    due_fen += amounts.freight_fen
    return (due_fen if due_fen < amounts.payable_fen else 0), promised_on


def _line(line: AgreedLine, sku: SkuView) -> OrderLineView:
    return OrderLineView(
        id=0,
        sku_id=line.sku_id,
        sku_code=sku.code,
        title=line.title or sku.title,
        spec_text=" / ".join(sku.spec.values()),
        picture=sku.picture,
        unit=sku.unit,
        quantity=line.quantity,
        list_fen=line.list_fen,
        price_fen=line.price_fen,
        discount_fen=line.discount_fen,
        payable_fen=line.payable_fen,
        tax_code=sku.tax_code,
        tax_bp=sku.tax_bp,
        is_gift=line.is_gift,
        parts=sku.parts if line.is_counted else ((sku.id, 0),),
        reasons=line.reasons,
    )

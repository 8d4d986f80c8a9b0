"""From a wish to an order ready to be written: asked and worked out before any transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core import clock
from core.database import is_in_transaction
from core.errors import DomainError
from core.gathering import Gathering
from core.ids import new_id, new_no
from core.money import share_bp
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView, skus
from trade.orders.errors import BadLines, BelowMinimum, DeliveryNotOffered, StoreIsClosed
from trade.orders.queries import OrderLineView, ReasonView
from trade.orders.rules import Delivery, merge_lines
from trade.orders.service.asking import Agreed, AgreedLine, PlaceOrder
from trade.orders.service.buying import Limit, limits_of
from trade.orders.service.quoting import quote_wishes, short_of_minimum
from trade.promotions.errors import CouponNotUsable
from trade.promotions.queries import rates
from trade.promotions.service import (
    Quote,
    QuotedLine,
    QuoteLine,
    QuoteRequest,
    Reason,
    Use,
)
from trade.stock.service import ReserveLine
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView, offers, stores_of


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
class Known:
    """Stores and SKUs that the caller has just read; what is not among them is asked."""

    stores: Mapping[int, StoreView] = field(default_factory=dict)
    skus: Mapping[int, SkuView] = field(default_factory=dict)


NOTHING = Known()


async def price(request: PlaceOrder, known: Known = NOTHING) -> Ready:
    """Raises what `place_order` says of the goods, the store and the quote."""
    if is_in_transaction():
        [answer] = await price_group([request], known)
    else:
        answer = await pricing.ask((request, known))
    if isinstance(answer, BaseException):
        raise answer
    return answer


async def price_group(
    group: Sequence[PlaceOrder], known: Known = NOTHING
) -> list[Ready | BaseException]:
    """Everything a group needs to know in a few questions; one answer each."""
    stores, seen = await _missing(group, known)
    amounts = await _amounts_of(group, stores, seen)
    wanted = {line.sku_id for one in amounts if isinstance(one, Amounts) for line in one.lines}
    if not wanted <= seen.keys():  # gifts, and what was agreed
        seen |= await skus(wanted - seen.keys())
    shown: dict[int, Goods] = {}  # of the same amounts the same lines
    return [
        one if isinstance(one, DomainError) else _ready_or_refusal(request, one, seen, shown)
        for request, one in zip(group, amounts, strict=True)
    ]


async def _missing(
    group: Sequence[PlaceOrder], known: Known
) -> tuple[dict[int, StoreView], dict[int, SkuView]]:
    """The stores and the goods of a group: what is known, and the rest asked."""
    stores, seen = dict(known.stores), dict(known.skus)
    asked = {request.store_id for request in group} - stores.keys()
    stores |= {store.id: store for store in await stores_of(asked)}
    goods = {line.sku_id for request in group if not request.agreed for line in request.lines}
    if not goods <= seen.keys():
        seen |= await skus(goods - seen.keys())
    return stores, seen


async def _price_together(group: Sequence[tuple[PlaceOrder, Known]]) -> list[Ready | BaseException]:
    """What one of them has just read is known to all."""
    stores: dict[int, StoreView] = {}
    seen: dict[int, SkuView] = {}
    for known in {id(known): known for _, known in group}.values():
        stores |= known.stores
        seen |= known.skus
    return await price_group([request for request, _ in group], Known(stores, seen))


async def _amounts_of(
    group: Sequence[PlaceOrder], stores: Mapping[int, StoreView], seen: Mapping[int, SkuView]
) -> list[Amounts | DomainError]:
    """Whoever has the very same quote as another has the very same amounts."""
    found = [await _amounts(one, stores) for one in group]
    quoted = [one for one, settled in zip(group, found, strict=True) if settled is None]
    at = clock.now()
    wishes = [_wish(one, at) for one in quoted]
    quotes = await quote_wishes(wishes, stores, is_checked_later=True, known=seen)
    made: dict[int, Amounts | DomainError] = {}
    for one, quote in zip(quoted, quotes, strict=True):
        if id(quote) not in made:
            made[id(quote)] = _quoted(one, stores[one.store_id], quote)
    priced = iter(quotes)
    return [made[id(next(priced))] if settled is None else settled for settled in found]


async def _amounts(
    request: PlaceOrder, stores: Mapping[int, StoreView]
) -> Amounts | DomainError | None:
    """What was agreed, or why there is no asking for a quote; None: there is."""
    try:
        _check(request, stores)
        return None if request.agreed is None else await _agreed(request.agreed)
    except DomainError as refusal:
        return refusal


def _ready_or_refusal(
    request: PlaceOrder,
    amounts: Amounts,
    known: Mapping[int, SkuView],
    shown: dict[int, "Goods"],
) -> Ready | DomainError:
    try:
        if id(amounts) not in shown:
            shown[id(amounts)] = _goods(amounts, known)
        return ready(request, amounts, known, shown[id(amounts)])
    except DomainError as refusal:
        return refusal


def _check(request: PlaceOrder, stores: Mapping[int, StoreView]) -> None:
    store = stores.get(request.store_id)
    if store is None:
        raise StoreNotFound(store_id=request.store_id)
    if request.agreed is not None:
        return
    if not store.is_open:
        raise StoreIsClosed(store_id=request.store_id)
    if request.delivery is not Delivery.TAKEN and not offers(store, request.delivery):
        raise DeliveryNotOffered(store_id=request.store_id, delivery=request.delivery)
    merge_lines((line.sku_id, line.quantity) for line in request.lines)


def _wish(request: PlaceOrder, at: datetime) -> QuoteRequest:
    units = merge_lines((line.sku_id, line.quantity) for line in request.lines)
    return QuoteRequest(
        store_id=request.store_id,
        lines=[QuoteLine(sku_id, quantity) for sku_id, quantity in units.items()],
        tier=request.tier,
        at=at,
        member_id=request.member_id,
        segments=request.segments,
        channel=request.entrance,
        coupons=request.coupons,
        points=request.points,
        delivery=request.delivery,
    )


def _quoted(
    request: PlaceOrder, store: StoreView, quote: Quote | DomainError
) -> Amounts | DomainError:
    """A coupon that was named and does not count is a refusal: nobody pays more unasked."""
    if isinstance(quote, DomainError):
        return quote
    if sum(use.kind == "coupon" for use in quote.uses) < len(set(request.coupons)):
        return CouponNotUsable()
    if short_fen := short_of_minimum(store, request.delivery, quote):
        return BelowMinimum(minimum_fen=store.city_minimum_fen, short_fen=short_fen)
    return Amounts(
        lines=tuple(_quoted_line(line) for line in quote.lines),
        freight_fen=quote.freight_fen,
        points_earned=quote.points_earned,
        reasons=reasons_of(quote.reasons),
        uses=quote.uses,
        points_spent=quote.points_spent,
        version=quote.version,
        edition=quote.edition,
    )


def _quoted_line(line: QuotedLine) -> AgreedLine:
    return AgreedLine(
        line.sku_id,
        line.quantity,
        line.list_fen,
        line.price_fen,
        line.discount_fen,
        line.payable_fen,
        line.is_gift,
        reasons_of(line.reasons),
    )


def reasons_of(reasons: Sequence[Reason]) -> tuple[ReasonView, ...]:
    return tuple(ReasonView(r.rule, r.version, r.zh, r.en, r.amount_fen, r.won) for r in reasons)


async def _agreed(agreed: Agreed) -> Amounts:
    """Raises BadLines when the amounts do not add up."""
    for line in agreed.lines:
        if line.quantity < 1 or (
            line.price_fen * line.quantity - line.discount_fen != line.payable_fen
        ):
            raise BadLines(sku_id=line.sku_id, payable_fen=line.payable_fen)
    if not agreed.lines:
        raise BadLines(lines=0)
    payable_fen = sum(line.payable_fen for line in agreed.lines) + agreed.freight_fen
    if payable_fen < 0:
        raise BadLines(payable_fen=payable_fen)
    earned = agreed.points_earned
    if earned is None:
        earned = (await rates(agreed.at)).points_for(payable_fen)
    return Amounts(agreed.lines, agreed.freight_fen, earned, agreed.reasons, agreed.uses)


@dataclass(frozen=True, slots=True)
class Goods:
    """The lines of an order, and what they take from stock."""

    lines: tuple[OrderLineView, ...]
    demand: tuple[ReserveLine, ...]


def _goods(amounts: Amounts, known: Mapping[int, SkuView]) -> Goods:
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


pricing: Gathering[tuple[PlaceOrder, Known], Ready] = Gathering(_price_together, most=64)

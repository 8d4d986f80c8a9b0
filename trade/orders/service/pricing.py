"""From a wish to an order ready to be written: asked and worked out before any transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.database import is_in_transaction
from core.errors import DomainError
from core.gathering import Gathering
from trade.catalog.queries import SkuView, skus
from trade.orders.errors import BadLines, BelowMinimum, DeliveryNotOffered, StoreIsClosed
from trade.orders.queries import ReasonView
from trade.orders.rules import Delivery, merge_lines
from trade.orders.service.asking import Agreed, AgreedLine, PlaceOrder
from trade.orders.service.quoting import quote_wishes, short_of_minimum
from trade.orders.service.readying import Amounts, Goods, Ready, goods_of, ready
from trade.promotions.errors import CouponNotUsable
from trade.promotions.queries import rates
from trade.promotions.service import (
    Quote,
    QuotedLine,
    QuoteLine,
    QuoteRequest,
    Reason,
)
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView, offers, stores_of


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
    shown: dict[int, Goods],
) -> Ready | DomainError:
    try:
        if id(amounts) not in shown:
            shown[id(amounts)] = goods_of(amounts, known)
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


pricing: Gathering[tuple[PlaceOrder, Known], Ready] = Gathering(_price_together, most=64)

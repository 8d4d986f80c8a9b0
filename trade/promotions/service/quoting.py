"""What goods cost in a store, asked by page, cart, order and what-if alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.errors import DomainError
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import skus
from trade.promotions.errors import (
    NothingToQuote,
    QuantityOutOfRange,
    SkuOffShelf,
    TooManyLines,
)
from trade.promotions.queries import terms_at
from trade.promotions.rules import Quote, work_out

MAX_LINES, MAX_QUANTITY = 50, 999


@dataclass(frozen=True, slots=True)
class QuoteLine:
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """Who wants what, where. `tier` and `segments` are what crm says of the member; `at` is now.

    `coupons` are public ids of the member's coupons or codes, `points` how many are offered,
    `channel` the order's entrance, `sold_out` gifts that the caller knows to be gone.
    """

    store_id: int
    lines: Sequence[QuoteLine]
    tier: str = ""
    at: datetime | None = None
    member_id: int | None = None
    segments: frozenset[str] = frozenset()
    channel: str = "mini_program"
    coupons: tuple[str, ...] = ()
    points: int = 0
    delivery: str = "pickup"
    sold_out: frozenset[int] = frozenset()


async def quote_cart(request: QuoteRequest) -> Quote:
    """What these goods cost in this store, explained rule by rule. Changes nothing.

    Lines of the same SKU become one, where the first of them stood. Raises NothingToQuote,
    TooManyLines, QuantityOutOfRange, SkuNotFound, SkuOffShelf.
    """
    quantities = _quantities(request.lines)
    views = await skus(quantities)
    for sku_id in quantities:
        if sku_id not in views:
            raise SkuNotFound(sku_id=sku_id)
        if not views[sku_id].on_sale:
            raise SkuOffShelf(sku_id=sku_id, sku_code=views[sku_id].code)
    day = clock.shop_day(request.at or clock.now())
    terms = await terms_at(request.store_id, quantities, day=day, tier=request.tier)
    items = [(id_, quantity, views[id_].list_price_fen) for id_, quantity in quantities.items()]
    return work_out(items, terms)


async def quote_carts(
    requests: Sequence[QuoteRequest], *, is_checked_later: bool = False
) -> list[Quote | DomainError]:
    """The quotes of a group; what one of them refuses stands in its place.

    `is_checked_later`: the caller compares each quote's `edition` with the database's itself, in
    the transaction that keeps the order, and calls `forget_terms` when they differ.
    """
    return [await _quote_or_refusal(request) for request in requests]


async def _quote_or_refusal(request: QuoteRequest) -> Quote | DomainError:
    try:
        return await quote_cart(request)
    except DomainError as refusal:
        return refusal


def forget_terms() -> None:
    """Read prices and rules anew with the next quote."""


def _quantities(lines: Sequence[QuoteLine]) -> dict[int, int]:
    if not lines:
        raise NothingToQuote
    if len(lines) > MAX_LINES:
        raise TooManyLines(lines=len(lines))
    quantities: dict[int, int] = {}
    for line in lines:
        quantities[line.sku_id] = quantities.get(line.sku_id, 0) + line.quantity
        if not 1 <= line.quantity <= quantities[line.sku_id] <= MAX_QUANTITY:
            raise QuantityOutOfRange(sku_id=line.sku_id, quantity=line.quantity)
    return quantities

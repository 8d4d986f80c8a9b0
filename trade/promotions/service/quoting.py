"""What goods cost in a store, asked by page, cart, order and what-if alike."""

from collections.abc import Mapping, Sequence

from core.errors import DomainError
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView, skus
from trade.promotions.errors import (
    NothingToQuote,
    QuantityOutOfRange,
    SkuOffShelf,
    TooManyLines,
)
from trade.promotions.queries.asking import Answerable, QuoteLine, QuoteRequest, answerable
from trade.promotions.queries.showing import item_of
from trade.promotions.rules import Item, Quote, work_out

MAX_LINES, MAX_QUANTITY = 50, 999


async def quote_cart(request: QuoteRequest) -> Quote:
    """What these goods cost in this store, explained rule by rule. Changes nothing.

    Lines of the same SKU become one, where the first of them stood. A coupon that does not count is
    told so among the reasons. Raises NothingToQuote, TooManyLines, QuantityOutOfRange, SkuNotFound,
    SkuOffShelf.
    """
    [answer] = await quote_carts([request])
    if isinstance(answer, DomainError):
        raise answer
    return answer


async def quote_carts(
    requests: Sequence[QuoteRequest], *, is_checked_later: bool = False
) -> list[Quote | DomainError]:
    """The quotes of a group; what one of them refuses stands in its place.

    `is_checked_later`: the caller compares each quote's `edition` with the database's itself, in
    the transaction that keeps the order, and calls `forget_terms` when they differ.
    """
    views = await skus({line.sku_id for request in requests for line in request.lines})
    ready = await answerable(requests, is_checked_later=is_checked_later)
    return [_answer(one, views) for one in ready]


def _answer(one: Answerable, views: Mapping[int, SkuView]) -> Quote | DomainError:
    try:
        return work_out(items_of(one.request.lines, views), one.terms, one.asked)
    except DomainError as refusal:
        return refusal


def items_of(lines: Sequence[QuoteLine], views: Mapping[int, SkuView]) -> list[Item]:
    """The goods of a request, one item a SKU. Raises what `quote_cart` says of lines."""
    quantities = _quantities(lines)
    for sku_id in quantities:
        if sku_id not in views:
            raise SkuNotFound(sku_id=sku_id)
        if not views[sku_id].on_sale:
            raise SkuOffShelf(sku_id=sku_id, sku_code=views[sku_id].code)
    return [item_of(views[sku_id], quantity) for sku_id, quantity in quantities.items()]


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

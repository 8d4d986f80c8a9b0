"""What goods cost in a store, asked by page, cart, order and what-if alike."""

from collections.abc import Mapping, Sequence

from core.errors import DomainError
from trade.catalog.queries import SkuView, skus
from trade.promotions.queries.asking import Answerable, QuoteRequest, answerable
from trade.promotions.queries.goods import items_of
from trade.promotions.rules import Quote, work_out


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

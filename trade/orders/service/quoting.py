"""What a wish costs. Page, cart and order ask here, so that the quote is what the order costs.

A quote alone does not know what the store asks for bringing goods home, how many points a member
has, and which gifts are gone: these are looked up here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.errors import DomainError
from core.ledger import Account, AccountKind, balances
from trade.catalog.queries import SkuView, skus
from trade.orders.rules import Delivery
from trade.promotions.service import Quote, QuoteRequest, quote_carts
from trade.stock.queries import availability
from trade.stores.queries import StoreView, stores_of

ROUNDS = 4  # leaving one gift out may earn another; then what is left is settled by the shelf


async def quote_wish(request: QuoteRequest) -> Quote:
    """What this would cost if it were ordered now. Changes nothing. Raises what `quote_cart` does.

    Points are counted up to what the member has; a gift that is not there is left out, with the
    reason. `delivery_fee_fen` and `sold_out` need not be said.
    """
    stores = {store.id: store for store in await stores_of([request.store_id])}
    [answer] = await quote_wishes([request], stores)
    if isinstance(answer, DomainError):
        raise answer
    return answer


async def quote_wishes(
    requests: Sequence[QuoteRequest],
    stores: Mapping[int, StoreView],
    *,
    is_checked_later: bool = False,
    known: Mapping[int, SkuView] | None = None,
) -> list[Quote | DomainError]:
    """As `quote_wish` for a group. Asks more than `quote_carts` only for points and for gifts."""
    purses = await _purses(requests)
    asked = [_complete(one, stores.get(one.store_id), purses) for one in requests]
    quotes = await quote_carts(asked, is_checked_later=is_checked_later, known=known)
    for _ in range(ROUNDS):
        gone = await _gone(asked, quotes)
        if not gone:
            break
        for at, ids in gone.items():
            asked[at] = replace(asked[at], sold_out=asked[at].sold_out | ids)
        less = [asked[at] for at in gone]
        again = await quote_carts(less, is_checked_later=is_checked_later, known=known)
        for at, quote in zip(gone, again, strict=True):
            quotes[at] = quote
    return quotes


def short_of_minimum(store: StoreView, delivery: str, quote: Quote) -> int:
    """What is missing, in fen, to the smallest order this store brings home in its city; or 0."""
    if delivery != Delivery.CITY:
        return 0
    return max(store.city_minimum_fen - (quote.goods_fen - quote.discount_fen), 0)


async def _purses(requests: Sequence[QuoteRequest]) -> dict[int, int]:
    members = {one.member_id for one in requests if one.points and one.member_id is not None}
    if not members:
        return {}
    found = await balances(Account(AccountKind.POINTS, f"member:{one}") for one in members)
    return {int(account.owner.removeprefix("member:")): has for account, has in found.items()}


def _complete(
    request: QuoteRequest, store: StoreView | None, purses: Mapping[int, int]
) -> QuoteRequest:
    is_city = store is not None and request.delivery == Delivery.CITY
    if not request.points and not is_city:
        return request
    has = purses.get(request.member_id, 0) if request.member_id is not None else 0
    return replace(
        request,
        points=max(min(request.points, has), 0),
        delivery_fee_fen=store.city_fee_fen if store and is_city else request.delivery_fee_fen,
    )


async def _gone(
    asked: Sequence[QuoteRequest], quotes: Sequence[Quote | DomainError]
) -> dict[int, frozenset[int]]:
    """Which gifts of which quote the shelf does not hold besides the goods that are paid for."""
    giving = {
        at: quote
        for at, quote in enumerate(quotes)
        if isinstance(quote, Quote) and any(line.is_gift for line in quote.lines)
    }
    if not giving:
        return {}
    views = await skus({line.sku_id for quote in giving.values() for line in quote.lines})
    items = {item for view in views.values() for item, _ in parts_of(view)}
    shelf = await availability(items, {asked[at].store_id for at in giving})
    free = {pair: level.available for pair, level in shelf.items()}
    found = {at: _missing(quote, views, asked[at].store_id, free) for at, quote in giving.items()}
    return {at: ids for at, ids in found.items() if ids}


def _missing(
    quote: Quote, views: Mapping[int, SkuView], store_id: int, free: Mapping[tuple[int, int], int]
) -> frozenset[int]:
    """Goods that are paid for come first, then each gift that still fits whole."""
    taken: Counter[int] = Counter()
    gone = set()
    for line in sorted(quote.lines, key=lambda line: line.is_gift):
        wanted = Counter({item: n * line.quantity for item, n in parts_of(views[line.sku_id])})
        after = taken + wanted
        fits = all(after[item] <= free.get((item, store_id), 0) for item in wanted)
        if fits or not line.is_gift:
            taken = after
        else:
            gone.add(line.sku_id)
    return frozenset(gone)


def parts_of(sku: SkuView) -> tuple[tuple[int, int], ...]:
    """The stock items of one piece, with how many of each: a kit's parts, or the SKU itself."""
    return sku.parts or ((sku.id, 1),)

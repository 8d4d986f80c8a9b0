"""What goods cost in a store, asked by page, cart, order and what-if alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.errors import DomainError
from trade.catalog.queries import SkuView, skus
from trade.promotions.queries.asking import Answerable, QuoteRequest, answerable
from trade.promotions.queries.goods import items_of
from trade.promotions.rules import Claim, Deal, DealKind, Quote, places_of, work_out
from trade.promotions.service.running import PromotionDraft, deal_of_draft
from trade.stores.queries import stores_of


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
    requests: Sequence[QuoteRequest],
    *,
    is_checked_later: bool = False,
    known: Mapping[int, SkuView] | None = None,
) -> list[Quote | DomainError]:
    """The quotes of a group; what one of them refuses stands in its place.

    `known`: all their SKUs, where the caller has just read them.

    `is_checked_later`: the caller compares each quote's `edition` with the database's itself, in
    the transaction that keeps the order, and calls `forget_terms` when they differ.
    """
    wanted = {line.sku_id for request in requests for line in request.lines}
    views = await skus(wanted) if known is None else known
    ready = await answerable(requests, is_checked_later=is_checked_later)
    answers: dict[int, Quote] = {}  # of who ask for the very same
    return [answers.get(id(one)) or _answer(one, views, answers) for one in ready]


async def what_if(request: QuoteRequest, drafts: Sequence[PromotionDraft] = ()) -> Quote:
    """The quote as it would be with these promotions running beside, or instead of, the others.

    `coupons` are codes of campaigns here: nobody has to hold one. A draft for other places counts
    for nothing here, but its days are not asked. Changes nothing. Raises what `quote_cart` raises,
    and BadPromotion.
    """
    views = await skus({line.sku_id for line in request.lines})
    items = items_of(request.lines, views)
    [ready] = await answerable([replace(request, coupons=())])
    ours = {draft.code: deal_of_draft(draft) for draft in drafts}
    others = (deal for deal in ready.terms.deals if deal.code not in ours)
    here = await _that_count_in(request.store_id, ours.values())
    deals = {deal.code: deal for deal in (*others, *here)}
    claims = tuple(_imagined(code, deals.get(code)) for code in request.coupons)
    terms = replace(ready.terms, deals=tuple(deals.values()))
    return work_out(items, terms, replace(ready.asked, claims=claims))


async def _that_count_in(store_id: int, deals: Iterable[Deal]) -> list[Deal]:
    found = await stores_of([store_id])
    store = found[0] if found else None
    owner, region = (store.franchisee_id, store.region) if store else (None, "")
    places = places_of(store_id, owner, region)
    return [one for one in deals if not one.scope.places or one.scope.places.intersection(places)]


def _imagined(code: str, deal: Deal | None) -> Claim:
    if deal is None or deal.kind is not DealKind.COUPON:
        return Claim(code, None, None, f"没有优惠券“{code[:40]}”", f"No coupon {code[:40]}.")
    return Claim(code, deal)


def _answer(
    one: Answerable, views: Mapping[int, SkuView], answers: dict[int, Quote]
) -> Quote | DomainError:
    try:
        quote = work_out(items_of(one.request.lines, views), one.terms, one.asked)
    except DomainError as refusal:
        return refusal
    answers[id(one)] = quote
    return quote

"""A whole list or page in one question: the prices of its goods and what is running there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from trade.catalog.queries import SkuView
from trade.promotions.queries.asking import QuoteLine, QuoteRequest, answerable
from trade.promotions.queries.showing import NOBODY, OfferView, PriceView, Shopper
from trade.promotions.reading import EDITION, kept_rules
from trade.promotions.rules import Deal, DealKind, FullReduction, Item, piece_prices


@dataclass(frozen=True, slots=True)
class ReductionView:
    """A step of a full-reduction of the whole cart (满减)."""

    name: str
    threshold_fen: int
    reduction_fen: int


@dataclass(frozen=True, slots=True)
class Shown:
    """By SKU id. Gift, coupon and freight rules are no tags of goods."""

    prices: Mapping[int, PriceView]
    offers: Mapping[int, tuple[OfferView, ...]]
    reductions: tuple[ReductionView, ...]


async def shown_of(
    store_id: int,
    views: Mapping[int, SkuView],
    at: datetime | None = None,
    shopper: Shopper = NOBODY,
) -> Shown:
    """What `prices_of` and `offers_of` say, of goods that were read already."""
    [ready] = await answerable(
        [
            QuoteRequest(
                store_id=store_id,
                lines=[QuoteLine(sku_id, 1) for sku_id in views],
                tier=shopper.tier,
                at=at,
                member_id=shopper.member_id,
                segments=shopper.segments,
                channel=shopper.channel,
            )
        ]
    )
    items = {sku_id: _item(view) for sku_id, view in views.items()}
    priced = piece_prices(list(items.values()), ready.terms, ready.asked)
    running = [deal for deal in ready.terms.deals if deal.is_for(ready.asked)]
    return Shown(
        {sku_id: _price(views[sku_id], *found) for sku_id, found in priced.items()},
        {sku_id: _offers(running, item) for sku_id, item in items.items()},
        _reductions(running),
    )


def _item(view: SkuView) -> Item:
    return Item(
        sku_id=view.id,
        quantity=1,
        list_fen=view.list_price_fen,
        product_id=view.product_id,
        category_ids=view.category_ids,
        brand_id=view.brand_id,
    )


def _price(view: SkuView, price_fen: int, deal: Deal | None) -> PriceView:
    if deal is None:
        return PriceView(view.list_price_fen, price_fen)
    return PriceView(view.list_price_fen, price_fen, deal.name, deal.ends_at)


def _offers(running: Iterable[Deal], item: Item) -> tuple[OfferView, ...]:
    return tuple(
        OfferView(deal.code, deal.kind, deal.name, deal.ends_at)
        for deal in running
        if deal.kind not in {DealKind.COUPON, DealKind.FREIGHT} and deal.means(item)
    )


def _reductions(running: Iterable[Deal]) -> tuple[ReductionView, ...]:
    steps = [
        ReductionView(deal.name, step.threshold_fen, step.off_fen or 0)
        for deal in running
        if isinstance(deal.terms, FullReduction)
        for step in deal.terms.steps
    ]
    return tuple(sorted(steps, key=lambda one: (one.threshold_fen, one.name)))


def is_for_everybody_alike() -> bool:
    """Whether all of a tier see the same prices: no promotion is counted or for a segment only.

    By what this process knows; False when it knows nothing yet.
    """
    rules = kept_rules()
    return rules is not None and not any(
        one.deal.is_limited or one.deal.scope.segments for one in rules.deals
    )


def asks_for_segments() -> bool:
    """Whether a rule is for members of a segment only; True when this process knows no rules."""
    rules = kept_rules()
    return rules is None or any(one.deal.scope.segments for one in rules.deals)


async def price_edition() -> str:
    """A word that every change of prices and promotions replaces."""
    [row] = await sql(f"SELECT {EDITION} AS edition")
    return str(row["edition"])

"""What lists and pages of products show: a piece's price now, and the offers it takes part in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from trade.catalog.queries import skus
from trade.promotions.queries.asking import QuoteLine, QuoteRequest, answerable
from trade.promotions.queries.goods import item_of
from trade.promotions.rules import DealKind, piece_prices


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who looks: the tier and segments crm says of the member, and the entrance."""

    tier: str = ""
    member_id: int | None = None
    segments: frozenset[str] = frozenset()
    channel: str = "mini_program"


NOBODY = Shopper()


@dataclass(frozen=True, slots=True)
class PriceView:
    """One piece bought alone by this shopper. `name` and `ends_at` are a timed price's."""

    list_fen: int
    price_fen: int
    name: str = ""
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfferView:
    """A promotion (促销) a product takes part in."""

    code: str
    kind: DealKind
    name: str
    ends_at: datetime | None


async def prices_of(
    store_id: int,
    sku_ids: Iterable[int],
    at: datetime | None = None,
    shopper: Shopper = NOBODY,
) -> dict[int, PriceView]:
    """What SKUs cost in a store now, or `at` a moment, as cart and order will say too.

    Member and timed prices are in it. Any number of SKUs in one go; unknown ones are left out.
    """
    views = await skus(sku_ids)
    [ready] = await answerable([_request(store_id, views, at, shopper)])
    found = piece_prices([item_of(view) for view in views.values()], ready.terms, ready.asked)
    return {
        id_: PriceView(views[id_].list_price_fen, fen, deal.name, deal.ends_at)
        if deal
        else PriceView(views[id_].list_price_fen, fen)
        for id_, (fen, deal) in found.items()
    }


async def offers_of(
    store_id: int,
    sku_ids: Iterable[int],
    at: datetime | None = None,
    shopper: Shopper = NOBODY,
) -> dict[int, tuple[OfferView, ...]]:
    """The promotions SKUs take part in here, for this shopper: what a page shows as tags."""
    views = await skus(sku_ids)
    [ready] = await answerable([_request(store_id, views, at, shopper)])
    running = [
        deal
        for deal in ready.terms.deals
        if deal.is_for(ready.asked) and deal.kind not in {DealKind.COUPON, DealKind.FREIGHT}
    ]
    return {
        id_: tuple(
            OfferView(deal.code, deal.kind, deal.name, deal.ends_at)
            for deal in running
            if deal.means(item_of(view))
        )
        for id_, view in views.items()
    }


def _request(
    store_id: int, sku_ids: Iterable[int], at: datetime | None, shopper: Shopper
) -> QuoteRequest:
    return QuoteRequest(
        store_id=store_id,
        lines=[QuoteLine(sku_id, 1) for sku_id in sku_ids],
        tier=shopper.tier,
        at=at,
        member_id=shopper.member_id,
        segments=shopper.segments,
        channel=shopper.channel,
    )

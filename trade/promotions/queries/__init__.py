"""What can be asked about prices, promotions and rates. Nothing here writes; views leave."""

from trade.promotions.queries.rates import Rates, rates
from trade.promotions.queries.showing import (
    OfferView,
    PriceView,
    Shopper,
    offers_of,
    prices_of,
    terms_at,
)
from trade.promotions.queries.showing import PriceView as StorePriceTerm

__all__ = [
    "OfferView",
    "PriceView",
    "Rates",
    "Shopper",
    "StorePriceTerm",
    "offers_of",
    "prices_of",
    "rates",
    "terms_at",
]

"""A product in a list, and the choices beside it."""

from collections.abc import Iterable
from datetime import date

from core.web.api import Schema
from miniapp_api.window import Pieces, exactly
from trade.catalog.queries import (
    Choice,
    Facets,
    ProductView,
)
from trade.promotions.queries.shelf import Shown
from trade.stock.queries import Fullness, fullness


class ProductCard(Schema):
    """`price_fen` and `list_fen` are the lowest of the SKUs, `stock` is of all their pieces.

    `available` says how many, and is null unless the shop shows exact numbers.

    `price_fen` is what the cart will ask, timed prices included; `offers` names what is running.
    """

    product_id: str
    title: str
    category: str
    brand: str
    picture: str
    price_fen: int
    list_fen: int
    stock: Fullness
    available: int | None
    offers: list[str]
    presale_on: date | None


class ChoiceOut(Schema):
    value: str
    name: str
    count: int


class BandOut(Schema):
    """Ask for it with `minFen=fromFen&maxFen=toFen`; `to_fen` null: no end."""

    from_fen: int
    to_fen: int | None
    count: int


class FacetsOut(Schema):
    """Each count is of products, under all filters but the facet's own."""

    total: int
    in_stock: int
    categories: list[ChoiceOut]
    brands: list[ChoiceOut]
    colours: list[ChoiceOut]
    sizes: list[ChoiceOut]
    prices: list[BandOut]


def title_of(product: ProductView, lang: str) -> str:
    return product.title_en if lang == "en" and product.title_en else product.title


def card(
    product: ProductView, store_id: int, shown: Shown, pieces: Pieces, lang: str
) -> ProductCard:
    """A product in a list; its prices and pieces were read with those of the whole page."""
    ahead = [sku.presale_on for sku in product.skus if sku.presale_on]
    there = sum(pieces[sku.id, store_id] for sku in product.skus)
    names = (offer.name for sku in product.skus for offer in shown.offers.get(sku.id, ()))
    return ProductCard(
        product_id=product.public_id,
        title=title_of(product, lang),
        category=product.category,
        brand=product.brand,
        picture=product.picture,
        price_fen=min(shown.prices[sku.id].price_fen for sku in product.skus),
        list_fen=min(sku.list_price_fen for sku in product.skus),
        stock=fullness(there),
        available=exactly(there),
        offers=list(dict.fromkeys(names))[:3],
        presale_on=min(ahead) if len(ahead) == len(product.skus) else None,
    )


def facets_out(facets: Facets, lang: str) -> FacetsOut:
    """What each further choice would leave, in the reader's language."""

    def named(choices: Iterable[Choice]) -> list[ChoiceOut]:
        return [
            ChoiceOut(
                value=each.value,
                name=each.name_en if lang == "en" and each.name_en else each.name,
                count=each.count,
            )
            for each in choices
        ]

    return FacetsOut(
        total=facets.total,
        in_stock=facets.in_stock,
        categories=named(facets.categories),
        brands=named(facets.brands),
        colours=named(facets.colours),
        sizes=named(facets.sizes),
        prices=[
            BandOut(from_fen=each.from_fen, to_fen=each.to_fen, count=each.count)
            for each in facets.prices
        ],
    )

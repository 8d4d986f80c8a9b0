"""Goods in a form: people write SKU codes and products, the rules keep ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trade.catalog.queries import (
    category_codes,
    known_products,
    product_names,
    skus,
    skus_by_code,
)
from trade.promotions.errors import BadPromotion

MOST = 500


@dataclass(frozen=True, slots=True)
class Goods:
    """What the words of a form mean."""

    skus: Mapping[str, int]
    products: Mapping[str, int]
    categories: Mapping[str, int]

    def sku(self, word: str, field: str) -> int:
        return self._of(self.skus, word, field)

    def skus_in(self, text: str, field: str) -> list[int]:
        return [self._of(self.skus, word, field) for word in words_of(text)]

    def products_in(self, text: str, field: str) -> list[int]:
        return [self._of(self.products, word, field) for word in words_of(text)]

    def categories_in(self, text: str, field: str) -> list[int]:
        return [self._of(self.categories, word, field) for word in words_of(text)]

    def _of(self, known: Mapping[str, int], word: str, field: str) -> int:
        if word not in known:
            raise BadPromotion(field=field, unknown=word[:40])
        return known[word]


def words_of(text: str) -> list[str]:
    return text.replace(",", " ").replace("，", " ").split()[:MOST]


async def goods_in(texts: Iterable[str]) -> Goods:
    """Everything among these texts that is the code of a SKU, a product or a category."""
    words = {word[:64] for text in texts for word in words_of(text)}
    found = await skus_by_code(words)
    return Goods(
        {code: view.id for code, view in found.items()},
        await known_products(words),
        await category_codes(),
    )


async def goods_of(facts: Iterable[Mapping[str, Any]]) -> Goods:
    """The other way round: what the ids of terms and scopes are called."""
    sku_ids: set[int] = set()
    product_ids: set[int] = set()
    for one in facts:
        sku_ids.update(one.get("sku_ids", ()), one.get("but_sku_ids", ()))
        sku_ids.update(int(sku_id) for sku_id in one.get("prices", {}))
        sku_ids.update([one["sku_id"]] if "sku_id" in one else [])
        product_ids.update(one.get("product_ids", ()))
    views, names = await skus(sku_ids), await product_names(product_ids)
    return Goods(
        {view.code: view.id for view in views.values()},
        {name.public_id: key for key, name in names.items()},
        await category_codes(),
    )

"""What goods are called, for whoever holds only their ids or their public names."""

from collections.abc import Iterable
from dataclasses import dataclass

from trade.catalog.models import Product


@dataclass(frozen=True, slots=True)
class ProductName:
    public_id: str
    title: str
    title_en: str


async def known_products(public_ids: Iterable[str]) -> dict[str, int]:
    """Public id to id, on the shelf or not; unknown ones are left out."""
    wanted = sorted(set(public_ids))
    rows = Product.filter(public_id__in=wanted).values_list("public_id", "id")
    return dict(await rows) if wanted else {}


async def product_names(product_ids: Iterable[int]) -> dict[int, ProductName]:
    """What these are called; unknown ids are left out."""
    wanted = sorted(set(product_ids))
    rows = await Product.filter(id__in=wanted) if wanted else []
    return {row.id: ProductName(row.public_id, row.title, row.title_en) for row in rows}

"""What can be asked about products. Nothing here writes; models never leave, views do."""

from dataclasses import dataclass
from datetime import datetime

from trade.catalog.models import Favourite


@dataclass(frozen=True, slots=True)
class FavouriteView:
    product_id: int
    title: str
    price_fen: int
    since: datetime


async def favourites_of(*, customer_id: int, limit: int = 50) -> list[FavouriteView]:
    """Newest first."""
    rows = Favourite.filter(customer_id=customer_id).select_related("product")
    return [
        FavouriteView(row.product.id, row.product.title, row.product.price_fen, row.created_at)
        for row in await rows.order_by("-id").limit(limit)
    ]

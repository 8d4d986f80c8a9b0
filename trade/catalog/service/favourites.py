"""Remember what members like."""

from core import clock
from core.database import use_case
from core.outbox import publish
from trade.catalog.errors import ProductNotFound
from trade.catalog.events import ProductFavourited
from trade.catalog.models import Favourite, Product


@use_case
async def favourite_product(*, member_id: int, product_id: int, source: str | None = None) -> None:
    """Remember that a member likes a product. Doing it again changes nothing and tells nobody.

    Raises ProductNotFound when the product is unknown or off the shelf.
    """
    product = await Product.get_or_none(id=product_id, on_sale=True)
    if product is None:
        raise ProductNotFound(product_id=product_id)
    _, is_new = await Favourite.get_or_create(
        {"source": source}, member_id=member_id, product=product
    )
    if is_new:
        at = clock.now()
        await publish(ProductFavourited(member_id=member_id, product_id=product_id, at=at))

"""Set the scene: a product with its colours and sizes on the shelf."""

from itertools import count

from core.ids import new_no
from trade.catalog.models import Product, Sku

serial = count(1)


async def a_sku(
    *,
    list_price_fen: int = 39_900,
    colour: str = "燕麦色",
    size: str = "M",
    product: Product | None = None,
    on_sale: bool = True,
) -> Sku:
    of = product or await Product.create(
        title="羊绒围巾", category="针织", brand="木棠", price_fen=list_price_fen, on_sale=True
    )
    return await Sku.create(
        product=of,
        code=new_no(f"K{next(serial)}-"),
        colour=colour,
        size=size,
        unit="件",
        tax_code="1040201990000000000",
        tax_bp=1300,
        list_price_fen=list_price_fen,
        on_sale=on_sale,
    )

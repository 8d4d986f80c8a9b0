"""From the lines of a request to the goods of the chain."""

from collections.abc import Mapping, Sequence

from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView
from trade.promotions.errors import (
    NothingToQuote,
    QuantityOutOfRange,
    SkuOffShelf,
    TooManyLines,
)
from trade.promotions.queries.asking import QuoteLine
from trade.promotions.rules import Item

MAX_LINES, MAX_QUANTITY = 50, 999


def item_of(view: SkuView, quantity: int = 1) -> Item:
    """One SKU as the chain knows it."""
    return Item(
        sku_id=view.id,
        quantity=quantity,
        list_fen=view.list_price_fen,
        product_id=view.product_id,
        category_ids=view.category_ids,
        brand_id=view.brand_id,
    )


def items_of(lines: Sequence[QuoteLine], views: Mapping[int, SkuView]) -> list[Item]:
    """The goods of a request, one item a SKU. Raises what `quote_cart` says of lines."""
    quantities = _quantities(lines)
    for sku_id in quantities:
        if sku_id not in views:
            raise SkuNotFound(sku_id=sku_id)
        if not views[sku_id].on_sale:
            raise SkuOffShelf(sku_id=sku_id, sku_code=views[sku_id].code)
    return [item_of(views[sku_id], quantity) for sku_id, quantity in quantities.items()]


def _quantities(lines: Sequence[QuoteLine]) -> dict[int, int]:
    if not lines:
        raise NothingToQuote
    if len(lines) > MAX_LINES:
        raise TooManyLines(lines=len(lines))
    quantities: dict[int, int] = {}
    for line in lines:
        quantities[line.sku_id] = quantities.get(line.sku_id, 0) + line.quantity
        if not 1 <= line.quantity <= quantities[line.sku_id] <= MAX_QUANTITY:
            raise QuantityOutOfRange(sku_id=line.sku_id, quantity=line.quantity)
    return quantities

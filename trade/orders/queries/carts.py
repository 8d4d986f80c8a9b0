"""What members have laid aside."""

from dataclasses import dataclass

from trade.orders.models import Cart


@dataclass(frozen=True, slots=True)
class CartLineView:
    sku_id: int
    quantity: int


async def cart_of(member_id: int, store_id: int) -> tuple[CartLineView, ...]:
    """What a member has laid aside in a store, in the member's order; empty when nothing is."""
    row = await Cart.get_or_none(member_id=member_id, store_id=store_id)
    lines = row.lines if row else []
    return tuple(CartLineView(line["sku_id"], line["quantity"]) for line in lines)

"""Set the scene: a product with its colours and sizes on the shelf."""

from itertools import count
from typing import Any

from core.ids import new_no
from trade.catalog.models import Brand, Category, Product, Sku
from trade.catalog.service import SkuDraft, index_products

serial = count(1)


async def a_category(name: str = "针织") -> Category:
    found = await Category.get_or_none(code=name)
    made = found or await Category.create(code=name, name=name, path=[])
    if not found:
        await Category.filter(id=made.id).update(path=[made.id])
    return made


async def a_brand(name: str = "木棠") -> Brand:
    return (await Brand.get_or_create({"name": name}, code=name))[0]


async def a_product(title: str = "羊绒围巾", *, category: str = "针织", **more: Any) -> Product:
    facts = {"price_fen": 39_900, "brand": await a_brand(), **more}
    return await Product.create(title=title, category=await a_category(category), **facts)


async def a_sku(
    *,
    list_price_fen: int = 39_900,
    colour: str = "燕麦色",
    size: str = "M",
    product: Product | None = None,
    on_sale: bool = True,
    **more: Any,
) -> Sku:
    of = product or await a_product(price_fen=list_price_fen)
    sku = await Sku.create(
        product=of,
        code=new_no(f"K{next(serial)}-"),
        colour=colour,
        size=size,
        unit="件",
        tax_code="1040201990000000000",
        tax_bp=1300,
        list_price_fen=list_price_fen,
        on_sale=on_sale,
        **more,
    )
    await index_products([of.id])
    return sku


def draft_of(sku: Sku, **more: object) -> SkuDraft:
    """What a SKU is now, with changes."""
    names = ("product_id", "code", "colour", "size", "unit", "tax_code", "tax_bp")
    rest = ("list_price_fen", "picture", "on_sale")
    facts = {name: getattr(sku, name) for name in (*names, *rest)}
    return SkuDraft(**{"barcode": None, **facts, **more})

"""What can be done with products. One public function is one use case is one transaction."""

from trade.catalog.rules import SceneKind
from trade.catalog.service.favourites import favourite_product
from trade.catalog.service.indexing import index_products
from trade.catalog.service.kits import PartDraft, set_kit
from trade.catalog.service.limits import set_limit_each
from trade.catalog.service.pictures import (
    PictureOf,
    StoredPicture,
    set_pictures,
    store_picture,
    sweep_pictures,
)
from trade.catalog.service.presales import set_presale
from trade.catalog.service.products import (
    ProductDraft,
    SkuDraft,
    put_products,
    put_skus,
)
from trade.catalog.service.scenes import SceneDraft, SpotDraft, put_scene
from trade.catalog.service.shelves import limit_product, put_on_shelf, take_off_shelf
from trade.catalog.service.store_pages import PageDraft, set_store_page
from trade.catalog.service.tree import (
    AxisDraft,
    BrandDraft,
    CategoryDraft,
    put_axes,
    put_brands,
    put_categories,
)

__all__ = [
    "AxisDraft",
    "BrandDraft",
    "CategoryDraft",
    "PageDraft",
    "PartDraft",
    "PictureOf",
    "ProductDraft",
    "SceneDraft",
    "SceneKind",
    "SkuDraft",
    "SpotDraft",
    "StoredPicture",
    "favourite_product",
    "index_products",
    "limit_product",
    "put_axes",
    "put_brands",
    "put_categories",
    "put_on_shelf",
    "put_products",
    "put_scene",
    "put_skus",
    "set_kit",
    "set_limit_each",
    "set_pictures",
    "set_presale",
    "set_store_page",
    "store_picture",
    "sweep_pictures",
    "take_off_shelf",
]

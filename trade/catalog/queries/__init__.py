"""What can be asked about products. Nothing here writes; models never leave, views do."""

from trade.catalog.queries.pictures import PictureFile, picture_file
from trade.catalog.queries.products import (
    FavouriteView,
    ProductPage,
    ProductView,
    categories,
    favourites_of,
    get_product,
    list_products,
    product_by_public_id,
    product_ids,
)
from trade.catalog.queries.skus import (
    SkuView,
    barcodes,
    choices,
    find_sku,
    is_on_shelf,
    sku_ids,
    skus,
    skus_by_barcode,
    skus_by_code,
    spec_key,
)

__all__ = [
    "FavouriteView",
    "PictureFile",
    "ProductPage",
    "ProductView",
    "SkuView",
    "barcodes",
    "categories",
    "choices",
    "favourites_of",
    "find_sku",
    "get_product",
    "is_on_shelf",
    "list_products",
    "picture_file",
    "product_by_public_id",
    "product_ids",
    "sku_ids",
    "skus",
    "skus_by_barcode",
    "skus_by_code",
    "spec_key",
]

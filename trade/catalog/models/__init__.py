"""Catalog tables. Private: other rooms come through `service` and `queries`."""

from trade.catalog.models.goods import (
    Axis,
    Barcode,
    Brand,
    Category,
    KitPart,
    Product,
    Sku,
)
from trade.catalog.models.pictures import (
    Picture,
    ProductPicture,
    Scene,
    SceneSpot,
)
from trade.catalog.models.shelves import (
    Edition,
    Favourite,
    LimitedStore,
    OffShelf,
    SearchEntry,
    StorePage,
)

__all__ = [
    "Axis",
    "Barcode",
    "Brand",
    "Category",
    "Edition",
    "Favourite",
    "KitPart",
    "LimitedStore",
    "OffShelf",
    "Picture",
    "Product",
    "ProductPicture",
    "Scene",
    "SceneSpot",
    "SearchEntry",
    "Sku",
    "StorePage",
]

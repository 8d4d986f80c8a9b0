from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class ProductFavourited(Event):
    name: ClassVar[str] = "catalog.product_favourited"
    member_id: int
    product_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProductChanged(Event):
    """What is known of these products is different now; one piece of news for a whole write.

    `what` says where to look: `product`, `sku`, `kit`, `presale`, `shelf`, `picture`, `scene`.
    """

    name: ClassVar[str] = "catalog.product_changed"
    product_ids: tuple[int, ...]
    what: str
    at: datetime

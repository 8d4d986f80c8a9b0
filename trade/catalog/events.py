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

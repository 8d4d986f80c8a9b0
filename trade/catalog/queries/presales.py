"""What was said of a SKU's pre-sale, also once its day has come."""

from dataclasses import dataclass
from datetime import date

from trade.catalog.models import Sku


@dataclass(frozen=True, slots=True)
class PresaleView:
    on: date | None
    until: date | None
    deposit_bp: int


async def presale_of(sku_id: int) -> PresaleView:
    row = await Sku.get(id=sku_id)
    return PresaleView(row.presale_on, row.presale_until, row.deposit_bp)

"""Pre-sale (预售): goods that are ordered before they are there."""

from datetime import date

from core.audit_log import record
from core.database import use_case
from core.security.scope import Scope
from trade.catalog.errors import BadPresale, SkuNotFound
from trade.catalog.models import Sku
from trade.catalog.service.telling import tell_changed

ALL_BP = 10_000


@use_case
async def set_presale(
    scope: Scope, *, sku_code: str, on: date | None, until: date | None, deposit_bp: int
) -> bool:
    """Promise a SKU for a day, or (None) sell it as it is there. Again: no change.

    `until` is the last day to order it, `deposit_bp` what is paid at once, 0: everything. Orders
    that are placed keep their terms. Answers whether that is new. Raises SkuNotFound, BadPresale.
    """
    if not 0 <= deposit_bp < ALL_BP:
        raise BadPresale(field="deposit")
    if on is None and (until is not None or deposit_bp):
        raise BadPresale(field="on")
    if on is not None and until is not None and until > on:
        raise BadPresale(field="until")
    row = await Sku.filter(code=sku_code).select_for_update().first()
    if row is None:
        raise SkuNotFound(sku_code=sku_code)
    if (row.presale_on, row.presale_until, row.deposit_bp) == (on, until, deposit_bp):
        return False
    facts = {"presale_on": on, "presale_until": until, "deposit_bp": deposit_bp}
    await Sku.filter(id=row.id).update(**facts)
    await record(scope, "catalog.presale", sku_code, on=str(on), deposit_bp=deposit_bp)
    await tell_changed([row.product_id], "sku")
    return True

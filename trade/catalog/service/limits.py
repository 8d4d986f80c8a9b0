"""How many pieces of a product one member may buy (限购)."""

from core.audit_log import record
from core.database import use_case
from core.security.scope import Scope
from trade.catalog.errors import BadLimit, ProductNotFound
from trade.catalog.models import Product
from trade.catalog.service.telling import tell_changed

MOST_EACH, MOST_DAYS = 10_000, 3_650


@use_case
async def set_limit_each(scope: Scope, *, product_id: int, each: int | None, days: int = 0) -> bool:
    """From the next order on a member buys at most `each` pieces within `days`; 0: ever.

    None: any number. Orders that are placed stay. Answers whether that is new. Raises BadLimit and
    ProductNotFound.
    """
    if each is None and days:
        raise BadLimit(field="each")
    if each is not None and not 1 <= each <= MOST_EACH:
        raise BadLimit(field="each")
    if not 0 <= days <= MOST_DAYS:
        raise BadLimit(field="days")
    row = await Product.filter(id=product_id).select_for_update().first()
    if row is None:
        raise ProductNotFound(product_id=product_id)
    if (row.limit_each, row.limit_days) == (each, days):
        return False
    await Product.filter(id=product_id).update(limit_each=each, limit_days=days)
    await record(scope, "catalog.limit_each", row.code, each=each, days=days)
    await tell_changed([product_id], "product")
    return True

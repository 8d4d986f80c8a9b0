"""Into whose account money comes: the merchant number a store collects under."""

from core.errors import NotConfigured
from core.settings import Pay, current
from trade.stores.queries import get_store


async def merchant_of_store(store_id: int | None) -> Pay:
    """The merchant that lists the store's code, else the shop's own. Raises NotConfigured."""
    settings = current()
    if settings.pay is None:
        raise NotConfigured(what="pay")
    if store_id is None or not settings.more_pay:
        return settings.pay
    code = (await get_store(store_id)).code
    listed = (pay for pay in settings.more_pay if code in pay.store_codes)
    return next(listed, settings.pay)

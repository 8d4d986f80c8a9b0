"""Until when a seller invoices what was paid: the day on the paper is the day of the page."""

from datetime import date, datetime

from invoicing.queries.terms import terms_of
from invoicing.rules.terms import last_day
from trade.stores.queries import seller_of


async def last_day_at(store_id: int, paid_at: datetime) -> date:
    """The last day on which a guest of this store may ask. Raises StoreNotFound."""
    seller = await seller_of(store_id)
    return last_day(paid_at, await terms_of(seller.tax_entity_id))

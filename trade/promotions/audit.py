"""What must always be true of prices and rules."""

from core.audit import Finding, check
from core.database import sql
from trade.catalog.queries import sku_ids
from trade.stores.queries import store_ids


@check("promotions.prices")
async def every_price_is_of_a_sku_and_a_store_that_exist() -> list[Finding]:
    """Rows name other rooms' things by plain id, so nobody else would notice."""
    known_skus, known_stores = set((await sku_ids()).values()), set((await store_ids()).values())
    places = {"", *(f"store:{store_id}" for store_id in known_stores)}
    rows = await sql("SELECT DISTINCT place, sku_id FROM promotions_price")
    return [
        Finding("promotions.prices", f"{row['place']} sku {row['sku_id']}", "is of nothing")
        for row in rows
        if row["sku_id"] not in known_skus
        or (row["place"].startswith("store:") and row["place"] not in places)
    ]
